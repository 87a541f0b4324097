"""Areas over HTTP: outlines, files, search and what is known of one."""

import io

import geopandas
import pytest
import shapely
from starlette.testclient import TestClient

AREAS = "/api/v1/areas"
COUNTS = {"province": 1, "regency": 15, "district": 229, "polres": 15, "kodim": 9}


@pytest.mark.parametrize("level", COUNTS)
@pytest.mark.parametrize("detail", ["low", "mid", "high"])
def test_every_level_is_served_as_a_valid_coverage(client: TestClient, level: str, detail: str) -> None:
    asked = {"level": level, "detail": detail}
    answer = client.get(AREAS, params=asked)
    assert answer.headers["content-type"] == "application/geo+json"
    body = answer.json()
    outlines = [shapely.geometry.shape(feature["geometry"]) for feature in body["features"]]
    assert len(outlines) == COUNTS[level]
    assert shapely.coverage_is_valid(outlines)
    assert body["source"]
    assert body["licence"]
    again = client.get(AREAS, params=asked, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_a_level_can_be_taken_away_as_a_file(client: TestClient) -> None:
    answer = client.get(f"{AREAS}/download", params={"level": "district", "format": "parquet"})
    assert "attachment" in answer.headers["content-disposition"]
    frame = geopandas.read_parquet(io.BytesIO(answer.content))
    assert len(frame) == 229
    assert set(frame["licence"]) != {None}
    assert len(client.get(f"{AREAS}/download", params={"level": "kodim"}).json()["features"]) == 9


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("tlk betung utara", "187109"),
        ("bengkunat", "181311"),
        ("rajabasa bandar lampung", "187110"),
        ("1806", "1806"),
    ],
)
def test_search_forgives_spelling_and_tells_namesakes_apart(client: TestClient, words: str, code: str) -> None:
    found = client.get(f"{AREAS}/find", params={"q": words}).json()["areas"]
    assert found[0]["code"] == code, [area["full_name"] for area in found]


def test_what_is_known_of_an_area_comes_with_source_and_date(client: TestClient) -> None:
    about = client.get(f"{AREAS}/18.06").json()
    figures = {figure["key"]: figure for figure in about["figures"]}
    assert figures["tps_2024"]["value"] == 981
    assert all(figure["source"] and figure["as_of"] for figure in figures.values())
    assert len(about["children"]) == 20
    assert len(client.get(f"{AREAS}/polres:tanggamus").json()["polsek"]["units"]) == 13
    unknown = client.get(f"{AREAS}/1899")
    assert unknown.status_code == 404
