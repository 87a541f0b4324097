"""Polling stations over HTTP and in the live feed, for each role as far as its rights go."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dashboard.access.rights import Role
from dashboard.api.ogc_tps import FILTERS
from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.events import TpsListed
from feeds.log import EventLog
from feeds.tps import Reference, Tps
from tests.dashboard.frames import read
from tests.dashboard.people import Siger, siger
from tests.dashboard.waiting import wait_until

HOSTILE = "<img src=x onerror=alert(1)>\u202e"
KPU, POLDA = Reference("KPU Lampung", "2024-09-22"), Reference("Polda Lampung", "2024-09-18")


def listed(district: str, *stations: Tps) -> TpsListed:
    told = {"kpu": KPU, "polda": POLDA}
    return TpsListed(
        at_ms=1, received_ms=2, source="s", edition="e", district=district, stations=stations, references=told
    )


LISTS = (
    listed(
        "180601",
        Tps(
            "1806011003-001",
            1,
            "Kuripan",
            104.62,
            -5.49,
            "point",
            place="Balai Pekon",
            address=HOSTILE,
            voters=490,
            klass="rawan",
            flags=("terpencil",),
            listed="kpu",
            classed="polda",
            flagged="polda",
        ),
        Tps("1806011003-002", 2, "Kuripan", 104.63, -5.49, "village", voters=400, listed="kpu"),
    ),
    listed("187117", Tps("1871171001-001", 1, "Enggal", 105.26, -5.42, "point", klass="khusus", classed="polda")),
)


@pytest.fixture(scope="module")
def running(log_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siger]:
    data: Path = tmp_path_factory.mktemp("tps")
    app = create_app(Settings(mode="serve", data_dir=data), EventLog.open(log_url, prefix="test-tps-api"))
    with siger(app) as running:
        running.run(app.state.house.log.append(LISTS))
        wait_until(lambda: len(app.state.house.picture.tps) == 2)
        yield running


@pytest.fixture(scope="module")
def people(running: Siger) -> dict[Role, TestClient]:
    return running.everybody()


def ids(client: TestClient, **asked: object) -> list[str]:
    answer = client.get("/api/v1/tps", params=asked)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [feature["id"] for feature in answer.json()["features"]]


def test_a_station_names_the_owner_of_its_class(people: dict[Role, TestClient]) -> None:
    answer = people["komando"].get("/api/v1/tps/1806011003-001")
    told = answer.json()["properties"]
    assert (told["class"], told["class_owner"], told["class_date"]) == ("rawan", "Polda Lampung", "2024-09-18")
    assert (told["listed_owner"], told["polres"], told["kodim"]) == (
        "KPU Lampung",
        "polres:tanggamus",
        "kodim:0424",
    )
    assert told["address"] == HOSTILE
    assert people["komando"].get("/api/v1/tps/none").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["1806011003-001", "1806011003-002", "1871171001-001"]),
        ({"area": "1806"}, ["1806011003-001", "1806011003-002"]),
        ({"area": "polres:bandar-lampung"}, ["1871171001-001"]),
        ({"class": ["khusus", "belum_ada_data"]}, ["1806011003-002", "1871171001-001"]),
        ({"flag": "terpencil"}, ["1806011003-001"]),
        ({"bbox": "104,-6,105,-5"}, ["1806011003-001", "1806011003-002"]),
        ({"q": "kuripan tps 2"}, ["1806011003-002"]),
        ({"q": "ONERROR"}, ["1806011003-001"]),
        ({"limit": 1, "cursor": "1806011003-001"}, ["1806011003-002"]),
    ],
)
def test_what_is_asked_for_is_found(
    people: dict[Role, TestClient], asked: dict[str, str], found: list[str]
) -> None:
    assert ids(people["komando"], **asked) == found


@pytest.mark.parametrize("asked", [{"class": "gawat"}, {"flag": "x"}, {"bbox": "1,2"}, {"kelas": "rawan"}])
def test_what_there_is_not_is_refused(people: dict[Role, TestClient], asked: dict[str, str]) -> None:
    assert people["komando"].get("/api/v1/tps", params=asked).status_code == 422


def test_each_role_sees_the_stations_of_its_areas(people: dict[Role, TestClient]) -> None:
    assert ids(people["satwil"]) == ["1806011003-001", "1806011003-002"]
    assert people["satwil"].get("/api/v1/tps/1871171001-001").status_code == 404
    assert people["satwil"].get("/api/v1/areas/1871/tps").json()["known"] == 0
    assert people["sumber"].get("/api/v1/tps").status_code == 403
    wall = people["layar"].get("/api/v1/tps/1806011003-001").json()["properties"]
    assert (wall["place"], wall["address"]) == ("", "")
    assert ids(people["layar"], q="onerror") == []


def test_the_map_s_file_is_kept_for_ever_and_each_scope_has_its_own(people: dict[Role, TestClient]) -> None:
    here = people["komando"].get("/api/v1/layers/tps").json()
    answer = people["komando"].get(here["url"])
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    told = answer.json()
    plain = people["komando"].get(here["url"], headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == told
    stations = told["stations"]
    assert {len(column) for column in stations.values()} == {here["count"]} == {3}
    assert stations["lon_e6"] == [104_620_000, 104_630_000, 105_260_000]
    assert stations["class"] == [2, 0, 4]
    assert stations["flags"] == [2, 0, 0]
    assert told["references"][stations["classed"][0]] == {"owner": "Polda Lampung", "date": "2024-09-18"}
    again = people["komando"].get(here["url"], headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert people["satwil"].get(here["url"]).status_code == 404
    assert people["satwil"].get(people["satwil"].get("/api/v1/layers/tps").json()["url"]).status_code == 200


def test_an_area_s_count_stands_beside_what_kpu_states(people: dict[Role, TestClient]) -> None:
    told = people["komando"].get("/api/v1/areas/1806/tps").json()
    assert (told["known"], told["stated"]["value"], told["stated"]["as_of"]) == (2, 981, "2024-09-22")
    assert told["class"] == {"rawan": 1, "belum_ada_data": 1}
    assert told["references"]["classed"] == [{"owner": "Polda Lampung", "date": "2024-09-18", "source": ""}]
    assert people["komando"].get("/api/v1/areas/180601/tps").json()["stated"] is None
    assert people["komando"].get("/api/v1/areas/9999/tps").status_code == 404


def test_the_ogc_layer_filters_and_pages_by_itself_as_any_other_would(people: dict[Role, TestClient]) -> None:
    items = "/ogc/collections/tps/items"
    every = people["komando"].get(items).json()["features"]
    assert [feature["id"] for feature in every] == ["1806011003-001", "1806011003-002", "1871171001-001"]
    assert "flags" not in every[0]["properties"]
    for name in FILTERS:
        for feature in every:
            value = feature["properties"][name]
            asked = {name: str(value).lower() if isinstance(value, bool) else str(value)}
            same = [other["id"] for other in every if other["properties"][name] == value]
            found = people["komando"].get(items, params=asked).json()
            assert ([other["id"] for other in found["features"]], found["numberMatched"]) == (same, len(same)), (
                asked
            )
    second = people["komando"].get(items, params={"limit": 1, "cursor": "1806011003-001"}).json()
    assert [link["rel"] for link in second["links"]] == ["self", "collection", "next"]
    assert people["komando"].get(items, params={"bbox": "105,-6,106,-5"}).json()["numberMatched"] == 1
    assert people["satwil"].get(items).json()["numberMatched"] == 2
    assert people["komando"].get(f"{items}/1871171001-001").json()["properties"]["class"] == "khusus"


def test_an_open_page_hears_that_there_is_another_list(running: Siger, people: dict[Role, TestClient]) -> None:
    with people["komando"].websocket_connect("/live") as socket:
        socket.send_json({})
        mark = read(socket.receive_bytes()).header["tps"]
        assert mark == people["komando"].get("/api/v1/layers/tps").json()["mark"]
        running.run(running.app.state.house.log.append([listed("180601"), LISTS[0]]))
        frame = read(socket.receive_bytes())
        while "tps" not in frame.header:
            frame = read(socket.receive_bytes())
        assert frame.header["tps"] != mark
    wait_until(lambda: people["komando"].get("/api/v1/layers/tps").json()["count"] == 3)
