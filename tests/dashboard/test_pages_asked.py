"""Dash's door for callbacks: what no page sends is refused before Dash fails at it, whatever the values."""

from typing import Any

import pytest
from starlette.testclient import TestClient

DOOR = "/_dash-update-component"
FILTER = "..url.search...filter.data.."


def prop(name: str, *value: Any) -> dict[str, Any]:
    owner, field = name.split(".")
    return {"id": owner, "property": field} | ({"value": value[0]} if value else {})


def asked(search: Any = "?hours=6", choice: Any = None, state: Any = None) -> dict[str, Any]:
    return {
        "output": FILTER,
        "outputs": [prop("url.search"), prop("filter.data")],
        "inputs": [prop("url.search", search), prop("choice.data", choice)],
        "changedPropIds": ["url.search"],
        "state": [prop("filter.data", state)],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": "x"},
        {"inputs": None},
        {"inputs": []},
        {"inputs": [[1], 2]},
        {"inputs": [prop("choice.data", 1), prop("url.search", 1)]},
        {"inputs": [prop("url.search", "")] * 3},
        {"outputs": None},
        {"outputs": [prop("url.search")]},
        {"outputs": {"id": {"type": "x"}, "property": "y"}},
        {"state": {"a": 1}},
        {"state": []},
        {"changedPropIds": 5},
        {"changedPropIds": ["page.children"]},
        {"changedPropIds": [{"a": []}]},
    ],
    ids=str,
)
def test_what_no_page_sends_is_refused(client: TestClient, change: dict[str, Any]) -> None:
    answer = client.post(DOOR, json=asked() | change)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not a page's request")


@pytest.mark.parametrize(
    "value", [None, 7, 1e308, [], [[1]], {}, {"kind": {"a": []}, "value": 2}, "\x00‮" * 3000, True]
)
def test_any_value_is_answered_calmly(client: TestClient, value: Any) -> None:
    for body in (asked(search=value), asked(choice=value), asked(state=value)):
        changed = "choice.data" if body["inputs"][1]["value"] is value else "url.search"
        assert client.post(DOOR, json=body | {"changedPropIds": [changed]}).status_code in (200, 204)
    route = {"output": "..page.children...names.data..", "outputs": [prop("page.children"), prop("names.data")]}
    search = {"output": "found.data", "outputs": prop("found.data")}
    for body, called_by in ((route, "url.pathname"), (search, "search.data")):
        told = {"inputs": [prop(called_by, value)], "changedPropIds": [called_by]}
        assert client.post(DOOR, json=body | told).status_code in (200, 204)
