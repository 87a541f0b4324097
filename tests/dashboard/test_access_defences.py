"""The doors' defences: other sites, bodies without end, headers, seals, buckets, and the hourly chores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.checkpoints import read_checkpoint
from dashboard.access.chores import checkpoint_file, once
from dashboard.access.headers import comes_from, host_name
from dashboard.access.limits import Bucket
from dashboard.access.sealed import Unopenable, new_key, seal, unseal
from tests.dashboard.people import Siger


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


def test_the_hourly_chores_sign_where_the_audit_stands(running: Siger) -> None:
    house = running.app.state.house
    running.add("ani", "komando")
    for _ in range(2):
        running.run(once(running.access, house.log, house.picture))
    (line,) = checkpoint_file(running.access).read_text().splitlines()
    assert read_checkpoint(line).n == running.run(running.access.audit.head())[0]
