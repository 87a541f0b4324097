"""OGC API Features, read by clients that are not ours: OWSLib and GDAL's OAPIF driver, from a real server."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import orjson
import pytest
import uvicorn
from fastapi import FastAPI
from owslib.ogcapi.features import Features
from starlette.testclient import TestClient

from feeds.clock import now_ms, utc_text
from tests.dashboard.waiting import wait_until

PLACES = {"Sukadana": (105.54, -5.05), "Kota": (105.266, -5.43)}


def reports(count: int = 25) -> list[dict[str, Any]]:
    at = datetime.now(UTC)
    return [
        {
            "external_id": str(number),
            "occurred_at": (at - timedelta(hours=number)).isoformat(),
            "category": "banjir" if number % 5 == 0 else "curat",
            "severity": 1 + number % 5,
            "title": f"Kejadian {number}",
            "lon": PLACES["Sukadana" if number % 2 else "Kota"][0],
            "lat": PLACES["Sukadana" if number % 2 else "Kota"][1],
            "victims": {"dead": number},
        }
        for number in range(count)
    ]


def fill(client: TestClient | httpx2.Client) -> None:
    assert client.post("/api/v1/incidents", json=reports()).status_code == 201
    unit = {"unit": "U-1", "observed_at": utc_text(now_ms()), "lon": 105.3, "lat": -5.4, "callsign": "SAMAPTA 1"}
    assert client.post("/api/v1/positions", json=unit).status_code == 202
    wait_until(lambda: client.get("/api/v1/picture").json()["counts"]["incidents"] == 25)


def items(client: TestClient, layer: str = "incidents", **asked: str) -> dict[str, Any]:
    answer = client.get(f"/ogc/collections/{layer}/items", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    found: dict[str, Any] = answer.json()
    return found


def test_everything_is_found_by_following_links(client: TestClient) -> None:
    landing = client.get("/ogc/").json()
    assert client.get("/ogc").json() == landing
    by_rel = {link["rel"]: link["href"] for link in landing["links"]}
    assert {"self", "service-desc", "conformance", "data"} <= by_rel.keys()
    assert any(part.endswith("/core") for part in client.get(by_rel["conformance"]).json()["conformsTo"])
    described = client.get(by_rel["service-desc"])
    assert described.headers["content-type"].startswith("application/vnd.oai.openapi+json")
    assert described.json()["openapi"].startswith("3.0")
    layers = client.get(by_rel["data"]).json()["collections"]
    assert [layer["id"] for layer in layers] == ["incidents", "units", "tps", "regencies", "districts"]
    for layer in layers:
        links = {link["rel"]: link["href"] for link in layer["links"]}
        assert client.get(links["self"]).json()["id"] == layer["id"]
        assert client.get(links["items"]).json()["type"] == "FeatureCollection"


def test_pages_go_on_without_repeats_though_more_comes_in(client: TestClient) -> None:
    fill(client)
    page = items(client, limit="10")
    assert (page["numberMatched"], page["numberReturned"]) == (25, 10)
    seen = [feature["id"] for feature in page["features"]]
    late = {**reports(1)[0], "external_id": "late"}
    client.post("/api/v1/incidents", json=late)
    wait_until(lambda: items(client)["numberMatched"] == 26)
    while following := [link["href"] for link in page["links"] if link["rel"] == "next"]:
        page = client.get(following[0]).json()
        seen += [feature["id"] for feature in page["features"]]
    assert len(seen) == len(set(seen)) >= 25


def test_clients_that_count_page_by_offset(client: TestClient) -> None:
    everything = [feature["id"] for feature in items(client, "districts", limit="1000")["features"]]
    page = items(client, "districts", limit="3", offset="5")
    assert [feature["id"] for feature in page["features"]] == everything[5:8]
    follow = next(link["href"] for link in page["links"] if link["rel"] == "next")
    assert [feature["id"] for feature in client.get(follow).json()["features"]] == everything[8:11]
    assert items(client, "districts", offset="1000")["features"] == []


def test_filters_hold_together(client: TestClient) -> None:
    fill(client)
    assert items(client, category="banjir")["numberMatched"] == 5
    assert items(client, severity="5", category="curat")["numberMatched"] == 5
    assert items(client, bbox="105.2,-5.5,105.3,-5.4")["numberMatched"] == 13
    assert items(client, bbox="105.2,-5.5,0,105.3,-5.4,100")["numberMatched"] == 13
    since = (datetime.now(UTC) - timedelta(hours=2, minutes=30)).isoformat()
    assert items(client, datetime=f"{since}/..")["numberMatched"] == 3
    assert items(client, datetime=f"../{since}")["numberMatched"] == 22
    assert items(client, "districts", bbox="105.26,-5.44,105.27,-5.42")["numberMatched"] >= 1
    assert items(client, "regencies", datetime="2024-11-27T00:00:00Z")["numberMatched"] == 15
    days = [(datetime.now(UTC) - timedelta(days=n)).date().isoformat() for n in range(3)]
    assert sum(items(client, datetime=day)["numberMatched"] for day in days) == 25, "a date is a whole day"
    one = items(client, "districts", code="180701")["features"][0]
    assert (one["properties"]["name"], one["id"]) == ("Sukadana", "180701")


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "many"},
        {"limit": "²"},
        {"limit": "9" * 5000},
        {"offset": "-1"},
        {"bbox": "1,2,3"},
        {"bbox": "nan,1,2,3"},
        {"bbox": "106,-5,105,-4"},
        {"datetime": "yesterday"},
        {"datetime": "2024-11-28T00:00:00Z/2024-11-27T00:00:00Z"},
        {"colour": "red"},
        {"bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
        {"f": "html"},
    ],
)
def test_what_does_not_hold_is_refused_and_never_ignored(client: TestClient, asked: dict[str, str]) -> None:
    answer = client.get("/ogc/collections/incidents/items", params=asked)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in asked


def test_what_is_not_there_is_404(client: TestClient) -> None:
    for path in ("nichts", "nichts/items", "incidents/items/K0", "districts/items/0"):
        assert client.get(f"/ogc/collections/{path}").status_code == 404


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """The app behind a real socket, in a thread, because these clients block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        wait_until(lambda: server.started)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until(lambda: client.get("/readyz").status_code == 200)
            fill(client)
        yield f"http://127.0.0.1:{port}/ogc"
    finally:
        server.should_exit = True
        thread.join(10)


def test_owslib_reads_layers_pages_and_filters(address: str) -> None:
    service = Features(address)
    assert {"incidents", "units", "regencies", "districts"} <= set(service.feature_collections())
    assert any(part.endswith("/core") for part in service.conformance()["conformsTo"])
    assert service.api()["openapi"].startswith("3.0")
    assert service.collection("units")["title"].endswith("(SIMULASI)")
    found = service.collection_items("incidents", limit=7, bbox=[105.2, -5.5, 105.3, -5.4], category="banjir")
    assert found["numberMatched"] == 3
    name = found["features"][0]["id"]
    assert service.collection_item("incidents", name)["properties"]["category"] == "banjir"
    units = service.collection_items("units")
    assert units["features"][0]["properties"]["callsign"] == "SAMAPTA 1"


GDAL = """
import json, sys
import pyogrio

url = f"OAPIF:{sys.argv[1]}"

def read(layer, **asked):
    return pyogrio.read_dataframe(url, layer=layer, **asked)

incidents, districts = read("incidents"), read("districts")
print(json.dumps({
    "layers": sorted(str(name) for name, _ in pyogrio.list_layers(url)),
    "incidents": len(incidents),
    "epsg": incidents.crs.to_epsg(),
    "dead": sorted(int(count) for count in incidents["victims_dead"]),
    "in_box": len(read("incidents", bbox=(105.2, -5.5, 105.3, -5.4))),
    "floods": len(read("incidents", where="category = 'banjir'")),
    "districts": len(districts),
    "valid": bool(districts.geometry.is_valid.all()),
    "regencies_by_four": len(read("regencies", PAGE_SIZE=4)),
}))
"""


def test_gdal_opens_every_layer_pages_and_filters(address: str) -> None:
    # In a process of its own: GDAL does not let go of the interpreter while it waits for an answer.
    done = subprocess.run(
        [sys.executable, "-c", GDAL, address], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert orjson.loads(done.stdout) == {
        "layers": ["districts", "incidents", "regencies", "tps", "units"],
        "incidents": 25,
        "epsg": 4326,
        "dead": list(range(25)),
        "in_box": 13,
        "floods": 5,
        "districts": 229,
        "valid": True,
        "regencies_by_four": 15,
    }
