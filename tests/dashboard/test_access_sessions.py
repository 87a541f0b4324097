"""Sessions: their cookies, how long they hold, what ends them, second factors, and walls that come in by token."""

import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fastapi.testclient import TestClient

from dashboard.access import second
from dashboard.access.coming import WrongPassword, _spent
from dashboard.access.sealed import seal
from dashboard.settings import Settings
from tests.dashboard.people import BY_TEST, PASSWORD, Siger, seal_of, try_in, wait_for


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(mode="serve", data_dir=tmp_path, idle_minutes=1)


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


def test_a_phone_that_knows_basic_alone_shows_its_token_as_the_password(running: Siger) -> None:
    token = running.issue("phone", "sumber")
    assert running.anybody.get("/api/v1/me", auth=("anything", token)).json()["name"] == "phone"
    assert running.anybody.get("/api/v1/me", auth=("phone", "wrong")).status_code == 401
    for broken in ("Basic !!", "Basic", "Bearer", "Digest x", "Bearer " + "x" * 5000):
        assert running.anybody.get("/api/v1/me", headers={"authorization": broken}).status_code == 401
