"""One unit and its way: read from the log, newest first, and cut to what the caller may see."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.testclient import TestClient

from feeds.clock import now_ms
from feeds.events import PositionsObserved, UnitPosition
from feeds.history import History
from feeds.log import EventLog
from feeds.track import track
from tests.dashboard.people import Siger
from tests.dashboard.reports import position
from tests.dashboard.waiting import wait_until

#: In Tanggamus (1806), and across the border in Pesawaran.
HERE, THERE = (104.62, -5.49), (105.08, -5.43)


def seen_at(ago_s: float, lon: float, lat: float, **fields: Any) -> dict[str, Any]:
    observed_at = (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat()
    return position(unit="a", observed_at=observed_at, lon=lon, lat=lat, **fields)


def test_a_unit_tells_what_the_frames_do_not(client: TestClient) -> None:
    client.post("/api/v1/positions", json=[seen_at(1, *HERE, battery_pct=41, strength=6), position(unit="b")])
    wait_until(lambda: client.get("/api/v1/units/a").status_code == 200)
    told = client.get("/api/v1/units/a").json()
    assert told["geometry"]["coordinates"] == list(HERE)
    assert (told["properties"]["battery_pct"], told["properties"]["strength"]) == (41, 6)
    assert client.get("/api/v1/units/nobody").status_code == 404
    assert client.get("/api/v1/units/nobody/track").status_code == 404


def test_a_track_is_in_order_of_observation_and_ends_at_the_minutes_asked_for(client: TestClient) -> None:
    ways = [(30, 104.60), (2_000, 104.50), (120, 104.56), (60, 104.58), (400, 104.54)]  # as phones send: late, too
    for ago_s, lon in ways:
        client.post("/api/v1/positions", json=[seen_at(ago_s, lon, -5.49), position(unit="b")])
    wait_until(lambda: len(client.get("/api/v1/units/a/track?minutes=60").json()["properties"]["times"]) == 5)
    line = client.get("/api/v1/units/a/track").json()
    assert line["geometry"] == {
        "type": "LineString",
        "coordinates": [[104.54, -5.49], [104.56, -5.49], [104.58, -5.49], [104.6, -5.49]],
    }
    assert line["properties"]["times"] == sorted(line["properties"]["times"])
    assert line["properties"]["complete"] is True
    assert client.get("/api/v1/units/a/track?minutes=1").json()["geometry"]["type"] == "MultiPoint"
    assert client.get("/api/v1/units/a/track?minutes=61").status_code == 422


async def test_reading_ends_at_the_limit_with_the_newest_part(log_url: str) -> None:
    log = EventLog.open(log_url, prefix="test-track-limit")
    began_ms = now_ms() - 60_000
    for number in range(205):
        await log.append([observed("other", began_ms + number), observed("a", began_ms + number)], durable=False)
    cut = await track(History(log), "a", began_ms - 1, most_bytes=1)
    whole = await track(History(log), "a", began_ms - 1)
    await log.close()
    assert (cut.complete, whole.complete) == (False, True)
    assert [position["observed_ms"] - began_ms for position in whole.positions] == list(range(205))
    assert cut.positions == whole.positions[-100:]


def observed(unit: str, at_ms: int) -> PositionsObserved:
    place = UnitPosition(unit=unit, observed_ms=at_ms, lon=HERE[0], lat=HERE[1])
    return PositionsObserved(at_ms=at_ms, received_ms=at_ms, source="gps", positions=(place,))


def test_a_track_shows_no_place_outside_the_callers_areas(running: Siger) -> None:
    people = running.everybody()
    for ago_s, place in ((50, THERE), (40, HERE), (30, (104.63, -5.49))):
        people["komando"].post("/api/v1/positions", json=seen_at(ago_s, *place))
    wait_until(lambda: people["satwil"].get("/api/v1/units/a").status_code == 200)
    wait_until(lambda: len(track_of(people["komando"])) == 3)
    assert track_of(people["satwil"]) == [list(HERE), [104.63, -5.49]]
    people["komando"].post("/api/v1/positions", json=seen_at(1, *THERE))
    wait_until(lambda: people["satwil"].get("/api/v1/units/a").status_code == 404)
    assert people["satwil"].get("/api/v1/units/a/track").status_code == 404


def track_of(client: TestClient) -> list[list[float]]:
    return list(client.get("/api/v1/units/a/track").json()["geometry"]["coordinates"])
