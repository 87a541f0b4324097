"""Coming in and going: passwords, pauses, first passwords, second factors, sessions, and the forms' defences."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access import second
from dashboard.access.checkpoints import read_checkpoint
from dashboard.access.chores import checkpoint_file, once
from dashboard.access.coming import WrongPassword, _spent
from dashboard.access.headers import comes_from, host_name
from dashboard.access.limits import FREE_FAILURES, Bucket
from dashboard.access.passwords import WeakPassword, check_strength
from dashboard.access.sealed import Unopenable, new_key, seal, unseal
from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.clock import now_ms
from feeds.log import EventLog
from tests.dashboard.people import BY_TEST, PASSWORD, Siger, siger, wait_for

HTML = {"accept": "text/html"}


@pytest.fixture
def running(log_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Siger]:
    settings = Settings(mode="serve", data_dir=tmp_path, idle_minutes=1)
    app: FastAPI = create_app(settings, EventLog.open(log_url, prefix=f"test-{request.node.name}"))
    with siger(app) as running:
        yield running


def try_in(client: TestClient, name: str, password: str, **more: str) -> Any:
    return client.post("/masuk", data={"username": name, "password": password, **more})


def seal_of(client: TestClient) -> str:
    found = re.search(r'name="seal" value="([0-9a-f]+)"', client.get("/sandi").text)
    assert found is not None
    return found.group(1)


def test_nobody_sees_a_page_before_logging_in_and_everybody_comes_back_to_it(running: Siger) -> None:
    running.add("ani", "komando")
    client = running.client()
    sent = client.get("/posko", headers=HTML)
    assert (sent.status_code, sent.headers["location"]) == (303, "/masuk?kembali=%2Fposko")
    form = client.get(sent.headers["location"]).text
    assert 'name="kembali" value="/posko"' in form
    assert try_in(client, "ani", PASSWORD, kembali="/posko").headers["location"] == "/posko"
    assert client.get("/posko", headers=HTML).status_code == 200


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/masuk", "x", "/a\nb"]
)
def test_the_way_back_is_never_another_site(running: Siger, back: str) -> None:
    running.add("ani", "komando")
    assert try_in(running.client(), "ani", PASSWORD, kembali=back).headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_look_alike_and_nothing_typed_runs(running: Siger) -> None:
    running.add("ani", "komando")
    answers = [try_in(running.client(), name, "wrong") for name in ("ani", "nobody")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text.replace('"ani"', "") == answers[1].text.replace('"nobody"', "")
    hostile = try_in(running.client(), '"><script>alert(1)</script>', "wrong").text
    assert "<script" not in hostile
    assert PASSWORD not in try_in(running.client(), "nobody", PASSWORD).text


def test_guessing_earns_a_pause_that_hits_the_guesser_alone(running: Siger) -> None:
    running.add("ani", "komando")
    running.add("budi", "komando")
    victim = running.client("ani")
    guesser = running.client()
    codes = [try_in(guesser, "ani", f"guess-{number}").status_code for number in range(FREE_FAILURES + 3)]
    assert codes[:FREE_FAILURES] == [401] * FREE_FAILURES
    assert codes[-1] == 429
    assert int(try_in(guesser, "ani", PASSWORD).headers["retry-after"]) >= 1
    # The one who is guessed at is in, stays in, and can come in again from the browser that is known.
    assert victim.get("/api/v1/me").status_code == 200
    assert try_in(victim, "ani", PASSWORD).status_code == 303
    # Behind the same address, other names are not touched.
    assert try_in(running.client(), "budi", PASSWORD).status_code == 303


def test_guesses_from_known_browsers_pause_nobody_elses(running: Siger) -> None:
    attempts = running.access.attempts
    for number in range(110):  # one insider with many browsers, each with its free attempts
        running.run(attempts.failed("ani", f"device {number // FREE_FAILURES}", ""))
    assert running.run(attempts.pause_s("budi", "device of budi", "")) == 0


def test_an_open_screen_is_no_place_to_guess_the_old_password(running: Siger) -> None:
    running.add("ani", "komando")
    client = running.client("ani")
    form = {"seal": seal_of(client), "new": "gajah-way-kambas"}
    codes = [
        client.post("/sandi", data={**form, "old": f"guess-{n}"}).status_code for n in range(FREE_FAILURES + 2)
    ]
    assert codes[:FREE_FAILURES] == [401] * FREE_FAILURES
    assert codes[-1] == 429
    assert client.post("/sandi", data={**form, "old": PASSWORD}).status_code == 429


def test_what_was_typed_as_a_name_that_nobody_has_is_written_nowhere(running: Siger) -> None:
    running.add("ani", "komando")
    for name in ("ani", "my-secret-password"):
        assert try_in(running.client(), name, "wrong").status_code == 401
    assert running.client().post("/masuk", data={"token": "siger_guess"}).status_code == 401

    async def refused() -> list[str]:
        told = [orjson.loads(link.body) async for link in running.access.audit.links()]
        return [one["who"] for one in told if one["outcome"] == "refused"]

    assert running.run(refused()) == ["ani", "?", "?"]


def test_behind_https_the_cookie_has_a_name_that_no_other_host_can_set(running: Siger) -> None:
    running.access.settings = running.access.settings.model_copy(update={"public_url": "https://siger.example"})
    running.add("ani", "komando")
    https = TestClient(running.app, base_url="https://siger.example", follow_redirects=False)
    https.portal = running.anybody.portal
    cookie = try_in(https, "ani", PASSWORD).headers.get_list("set-cookie")[0]
    assert cookie.startswith("__Host-siger_session=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/;"))
    assert https.get("/api/v1/me").status_code == 200
    planted = {"cookie": f"siger_session={https.cookies['__Host-siger_session']}"}
    https.cookies.clear()
    assert https.get("/api/v1/me", headers=planted).status_code == 401


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(running: Siger) -> None:
    running.add("ani", "komando")
    cookies = try_in(running.client(), "ani", PASSWORD).headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("siger_session="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    secret = session.partition("=")[2].partition(";")[0]
    keys = running.run(running.app.state.house.log.redis.keys("*"))
    assert secret not in repr(keys)
    https = TestClient(running.app, base_url="https://siger.example", follow_redirects=False)
    https.portal = running.anybody.portal
    assert "Secure" in try_in(https, "ani", PASSWORD).headers.get_list("set-cookie")[0]


def test_a_first_password_must_be_changed_and_does_not_hold_for_ever(running: Siger) -> None:
    running.add("ani", "komando", first_until_ms=now_ms() + 60_000)
    running.add("budi", "komando", first_until_ms=now_ms() - 1)
    client = running.client()
    assert try_in(client, "ani", PASSWORD).headers["location"] == "/sandi"
    assert client.get("/", headers=HTML).headers["location"].startswith("/sandi")
    assert (
        client.post("/_dash-update-component", json={"output": "..page.children...names.data.."}).status_code == 428
    )
    old_session = dict(client.cookies)
    new = {"seal": seal_of(client), "old": PASSWORD, "new": "gajah-way-kambas"}
    assert client.post("/sandi", data=new).status_code == 303
    assert client.get("/", headers=HTML).status_code == 200
    stale = running.client()
    stale.cookies.update(old_session)
    assert stale.get("/api/v1/me").status_code == 401
    assert try_in(running.client(), "ani", PASSWORD).status_code == 401
    assert try_in(running.client(), "budi", PASSWORD).status_code == 401


@pytest.mark.parametrize("wrong", [{"seal": "0" * 64}, {"old": "no"}, {"new": "12345678"}, {"new": PASSWORD}])
def test_a_password_is_not_changed_by_a_forged_or_a_wrong_form(running: Siger, wrong: dict[str, str]) -> None:
    running.add("ani", "komando")
    client = running.client("ani")
    form = {"seal": seal_of(client), "old": PASSWORD, "new": "gajah-way-kambas", **wrong}
    assert client.post("/sandi", data=form).status_code in (401, 403, 422)
    assert try_in(running.client(), "ani", PASSWORD).status_code == 303


def test_going_ends_the_session_and_going_everywhere_ends_all(running: Siger) -> None:
    running.add("ani", "komando")
    one, two, three = (running.client("ani") for _ in range(3))
    one.post("/keluar", data={"seal": "forged"})
    one.post("/keluar", data={"seal": seal_of(two)})
    kept = dict(two.cookies)
    two.post("/keluar", data={"seal": seal_of(two)})
    two.cookies.update(kept)
    assert two.get("/api/v1/me").status_code == 401
    assert three.get("/api/v1/me").status_code == 200
    three.post("/keluar", data={"seal": seal_of(three), "where": "everywhere"})
    assert running.client("ani").get("/api/v1/me").status_code == 200


def test_the_session_of_somebody_who_had_the_same_name_does_not_open(running: Siger) -> None:
    before = running.add("ani", "komando")
    client = running.client("ani")
    running.run(running.access.register.remove(BY_TEST, before))
    wait_for(0.01)
    running.add("ani", "pemda")
    running.access.doorkeeper.look_again()
    assert client.get("/api/v1/me").status_code == 401


def test_a_session_that_nobody_uses_ends_and_use_keeps_it(running: Siger) -> None:
    running.add("ani", "komando")
    client, redis = running.client("ani"), running.app.state.house.log.redis
    (key,) = running.run(redis.keys(running.app.state.house.log.key("session:*").replace("{", "[{]")))
    assert 0 < running.run(redis.pttl(key)) <= 60_000
    running.run(redis.pexpire(key, 5_000))
    running.access.doorkeeper._known.clear()
    client.get("/api/v1/me")
    assert running.run(redis.pttl(key)) > 50_000
    running.run(redis.delete(key))
    running.access.doorkeeper._known.clear()
    assert client.get("/api/v1/me").status_code == 401


def test_a_second_factor_is_asked_for_and_each_code_holds_once(running: Siger) -> None:
    secret = second.new_secret()
    running.add("ani", "komando", totp=seal(running.access.keys.sealing, secret, "totp ani"))
    code = TOTP(secret, 6, SHA1(), 30).generate(int(time.time())).decode()
    asked = try_in(running.client(), "ani", PASSWORD)
    assert (asked.status_code, 'name="code"' in asked.text) == (401, True)
    assert 'name="code"' not in try_in(running.client(), "ani", "wrong").text
    assert try_in(running.client(), "ani", PASSWORD, code="000000").status_code == 401
    assert try_in(running.client(), "ani", PASSWORD, code=code).status_code == 303
    assert try_in(running.client(), "ani", PASSWORD, code=code).status_code == 401
    # Twice at the same moment: both were read before either was written.
    stale = running.run(running.access.register.person("ani"))
    assert stale is not None
    running.run(running.access.register.change(BY_TEST, stale, totp_step=0))
    with pytest.raises(WrongPassword):
        running.run(_spent(running.access, BY_TEST, stale, stale.totp_step + 1))


def test_a_wall_comes_in_once_with_its_token_and_goes_when_that_is_revoked(running: Siger) -> None:
    token = running.issue("tv-posko", "layar")
    feed = running.issue("feed", "sumber")
    wall = running.client()
    assert wall.post("/masuk", data={"token": token, "kembali": "/posko"}).headers["location"] == "/posko"
    assert wall.get("/api/v1/me").json()["role"] == "layar"
    assert running.client().post("/masuk", data={"token": feed}).status_code == 401
    running.run(running.access.register.revoke(BY_TEST, "tv-posko"))
    time.sleep(0.6)
    assert wall.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_sites_page_can_make_the_browser_do_nothing(running: Siger, headers: dict[str, str]) -> None:
    running.add("ani", "komando")
    client = running.client("ani")
    for path in ("/masuk", "/keluar", "/sandi", "/api/v1/incidents", "/_dash-update-component"):
        assert client.post(path, headers=headers).status_code == 403, path
    assert client.get("/api/v1/me").status_code == 200


def test_a_body_over_the_limit_is_refused_at_every_door(running: Siger) -> None:
    running.add("ani", "komando")
    client = running.client("ani")
    for path, size in (
        ("/masuk", 20_000),
        ("/_dash-update-component", 2_000_000),
        ("/api/v1/incidents", 9_000_000),
    ):
        assert client.post(path, content=b"x" * size).status_code == 413, path


def test_the_usual_headers_stand_on_every_answer(running: Siger) -> None:
    for path in ("/masuk", "/", "/api/v1/me", "/assets/00_siger.js", "/api/nothing"):
        headers = running.anybody.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        script = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe" not in script
        assert "frame-ancestors 'none'" in policy
    assert running.anybody.get("/masuk").headers["cache-control"] == "no-store"


@given(st.text(max_size=40), st.text(max_size=40))
def test_only_our_own_origin_is_our_own(host: str, origin: str) -> None:
    site = comes_from({"host": host, "origin": origin}, None)
    assert site == "cross" or (site == "same" and host.lower() in origin.lower())


def test_hosts_are_read_with_and_without_their_port() -> None:
    assert [host_name(host) for host in ("[::1]:8050", "LOCALHOST:1", "a.b", "")] == ["::1", "localhost", "a.b", ""]


@pytest.mark.parametrize(
    "weak", ["short", "12345678", "aaaaaaaaaa", "Liverpool1", "bandarlampung", "ani.wijaya", "x" * 200]
)
def test_weak_passwords_are_refused_with_the_reason(weak: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(weak, "ani.wijaya")
    check_strength("kuda-laut-biru", "ani.wijaya")


def test_a_seal_opens_in_its_place_with_its_key_alone() -> None:
    key = new_key()
    sealed = seal(key, b"Siti", "K1")
    assert unseal(key, sealed, "K1") == b"Siti"
    for other_key, text, place in (
        (new_key(), sealed, "K1"),
        (key, sealed, "K2"),
        (key, "AAAA" + sealed, "K1"),
        (key, "!", "K1"),
    ):
        with pytest.raises(Unopenable):
            unseal(other_key, text, place)


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = 0.0
    bucket = Bucket(3, 2, clock=lambda: now)
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert bucket.take("b") == 0
    now = 0.5
    assert bucket.take("a") == 0
    assert bucket.take("a") == 0.5


def test_a_phone_that_knows_basic_alone_shows_its_token_as_the_password(running: Siger) -> None:
    token = running.issue("phone", "sumber")
    assert running.anybody.get("/api/v1/me", auth=("anything", token)).json()["name"] == "phone"
    assert running.anybody.get("/api/v1/me", auth=("phone", "wrong")).status_code == 401
    for broken in ("Basic !!", "Basic", "Bearer", "Digest x", "Bearer " + "x" * 5000):
        assert running.anybody.get("/api/v1/me", headers={"authorization": broken}).status_code == 401


def test_the_hourly_chores_sign_where_the_audit_stands(running: Siger) -> None:
    house = running.app.state.house
    running.add("ani", "komando")
    for _ in range(2):
        running.run(once(running.access, house.log, house.picture))
    (line,) = checkpoint_file(running.access).read_text().splitlines()
    assert read_checkpoint(line).n == running.run(running.access.audit.head())[0]
