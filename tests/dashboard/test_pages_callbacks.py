"""What the pages' server side answers: the route by pathname, and the one choice behind URL and controls."""

from collections.abc import Iterator
from typing import Any

import dash
import orjson
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.pages import shell
from dashboard.settings import Settings
from feeds import taxonomy as taxonomies
from geo.areas import bundled


@pytest.fixture(scope="module")
def page() -> Iterator[TestClient]:
    app = dash.Dash("siger", server=FastAPI(), suppress_callback_exceptions=True)
    shell.register(app, bundled(), taxonomies.bundled(), Settings(mode="demo"))
    with TestClient(app.server) as client:
        yield client


def called(
    page: TestClient, outputs: list[str], inputs: dict[str, Any], changed: str, **state: Any
) -> dict[str, Any]:
    def prop(name: str) -> dict[str, str]:
        owner, field = name.split(".")
        return {"id": owner, "property": field}

    body = {
        "output": f"..{'...'.join(outputs)}..",
        "outputs": [prop(name) for name in outputs],
        "inputs": [prop(name) | {"value": value} for name, value in inputs.items()],
        "changedPropIds": [changed],
        "state": [prop(name.replace("_", ".")) | {"value": value} for name, value in state.items()],
    }
    answer = page.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["response"]
    return found


def routed(page: TestClient, pathname: str, lang: str | None = None) -> str:
    page.cookies.clear()
    if lang:
        page.cookies.set("siger_lang", lang)
    outputs = ["page.children", "names.data"]
    return orjson.dumps(called(page, outputs, {"url.pathname": pathname}, "url.pathname")).decode()


def chosen(page: TestClient, search: str, choice: dict[str, Any] | None = None) -> dict[str, Any]:
    inputs = {"url.search": search, "choice.data": choice}
    changed = "choice.data" if choice else "url.search"
    return called(page, ["url.search", "filter.data"], inputs, changed, filter_data=None)


@pytest.mark.parametrize(
    ("pathname", "which"),
    [
        ("/", "officers"),
        ("/posko", "wall"),
        ("/posko/", "wall"),
        ("/posko/x", "missing"),
        ("/analisis", "analysis"),
        ("/perbandingan", "analysis"),
        ("/admin", "missing"),
    ],
)
def test_every_address_has_its_page(page: TestClient, pathname: str, which: str) -> None:
    assert f'"data-page":"{which}"' in routed(page, pathname)


def test_the_pages_hold_what_outside_tests_rely_on(page: TestClient) -> None:
    text = routed(page, "/")
    for testid in ("live-status", "map", "filter-area", "filter-category", "filter-time"):
        assert f'"data-testid":"{testid}"' in text
    wall = routed(page, "/posko")
    assert '"data-testid":"live-status"' in wall
    assert '"data-testid":"map"' in wall
    assert "filter-" not in wall


def test_the_language_is_the_cookies(page: TestClient) -> None:
    assert "Kejadian menurut waktu" in routed(page, "/")
    assert "Incidents over time" in routed(page, "/", "en")
    assert "Kejadian menurut waktu" in routed(page, "/", "tlh")


def test_a_link_is_restored_without_touching_the_url(page: TestClient) -> None:
    answer = chosen(page, "?area=1807&category=unjuk_rasa&hours=6")
    assert "url" not in answer
    assert answer["filter"]["data"]["regencies"] == ["1807"]


def test_a_press_writes_the_url_and_the_filter(page: TestClient) -> None:
    answer = chosen(page, "?hours=6", {"kind": "area", "value": "polres:tanggamus", "press": 1})
    assert answer["url"]["search"] == "?area=polres:tanggamus&hours=6"
    assert answer["filter"]["data"]["regencies"] == ["1806"]


def test_taking_the_last_filter_off_leaves_a_bare_address(page: TestClient) -> None:
    answer = chosen(page, "?hours=6", {"kind": "hours", "value": "", "press": 1})
    assert answer["url"]["search"] == ""


@pytest.mark.parametrize("choice", [{"kind": 7}, {"value": ["x"]}, {"kind": "area", "value": "<script>"}])
def test_a_forged_press_is_answered_calmly(page: TestClient, choice: dict[str, Any]) -> None:
    answer = chosen(page, "?hours=6", choice)
    assert answer["filter"]["data"]["hours"] == 6
    assert answer["filter"]["data"]["regencies"] is None


def test_the_document_has_its_language_its_texts_first_and_no_remote_part(page: TestClient) -> None:
    text = page.get("/").text
    assert '<html lang="id" data-theme="dark">' in text
    assert text.index('src="/text.js"') < text.index("_dash-component-suites")
    assert 'src="http' not in text
    assert 'href="http' not in text
