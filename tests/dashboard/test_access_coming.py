"""Coming in: passwords, pauses after guesses, first passwords, and the way back."""

import orjson
import pytest

from dashboard.access.limits import FREE_FAILURES
from dashboard.access.passwords import WeakPassword, check_strength
from feeds.clock import now_ms
from tests.dashboard.people import PASSWORD, Siger, seal_of, try_in

HTML = {"accept": "text/html"}


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


@pytest.mark.parametrize(
    "weak", ["short", "12345678", "aaaaaaaaaa", "Liverpool1", "bandarlampung", "ani.wijaya", "x" * 200]
)
def test_weak_passwords_are_refused_with_the_reason(weak: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(weak, "ani.wijaya")
    check_strength("kuda-laut-biru", "ani.wijaya")
