"""Every door against every role: routes, callbacks and socket messages. A new one without a rule fails here."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import dash
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from dashboard.access.rights import RIGHTS, ROLES, TABLE, Role
from dashboard.access.routes import CALLBACKS, OPEN, ROUTES, SHUT, right_for
from dashboard.app import create_app
from dashboard.pages import analysis
from dashboard.settings import Settings
from feeds.log import EventLog
from tests.dashboard.people import Siger, siger


@pytest.fixture(scope="module")
def app(log_url: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = Settings(mode="serve", data_dir=tmp_path_factory.mktemp("doors"))
    return create_app(settings, EventLog.open(log_url, prefix="test-rights-doors"))


@pytest.fixture(scope="module")
def running(app: FastAPI) -> Iterator[Siger]:
    with siger(app) as running:
        yield running


@pytest.fixture(scope="module")
def everybody(running: Siger) -> dict[Role, TestClient]:
    return running.everybody()


def doors_of(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Every method and path that the running app answers, however deep it was included."""
    for route in routes:
        if isinstance(route, WebSocketRoute):
            yield "WS", route.path
        elif isinstance(route, Mount):
            yield "GET", f"{route.path}/x"
        elif isinstance(route, Route):
            for method in sorted(route.methods or ()):
                if method != "HEAD":
                    yield method, route.path
        else:
            included = getattr(route, "original_router", None)
            assert included is not None, f"what is {route!r}?"
            yield from doors_of(included.routes)


def example(path: str) -> str:
    for name in ("{fingerprinted_path:path}", "{path:path}", "{file:path}"):
        path = path.replace(name, "x.js")
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, "x", 1)
    return path if path.startswith("/") else f"/{path}"


def test_every_door_of_the_app_has_a_line_in_the_table(running: Siger) -> None:
    doors = set(doors_of(running.app.routes))
    assert len(doors) > 25
    without = [door for door in doors if right_for(door[0], example(door[1])) is None and door not in SHUT]
    assert without == [], "add them to dashboard/access/routes.py with the right that they need"


def test_every_line_of_the_table_is_a_door(running: Siger) -> None:
    known = {(method, example(path)) for method, path in doors_of(running.app.routes)}
    pages = {"/posko", *(path for path, _, _ in analysis.PAGES)}
    stale = [
        (method, path)
        for method, path, _ in ROUTES
        if (method, example(path)) not in known and path not in pages and "{file:path}" not in path
    ]
    assert stale == []


def test_every_callback_has_a_line_in_the_table() -> None:
    server_side = {output for output, entry in dash.get_app().callback_map.items() if entry.get("callback")}
    assert server_side
    assert server_side == set(CALLBACKS)


def test_every_right_is_one_that_the_table_of_roles_knows() -> None:
    asked = {right for _, _, right in ROUTES if right != OPEN} | set(CALLBACKS.values())
    assert asked <= set(RIGHTS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "right"), [line for line in ROUTES if line[0] != "WS"])
def test_the_walk(everybody: dict[Role, TestClient], role: Role, method: str, path: str, right: str) -> None:
    if path in ("/keluar", "/masuk"):
        pytest.skip("would end the walker's session; test_access_coming walks them")
    answer = everybody[role].request(method, example(path))
    may = right == OPEN or right in TABLE[role].may
    is_refused = answer.status_code == 403 and answer.headers["content-type"] == "application/problem+json"
    assert is_refused == (not may), (answer.status_code, answer.text[:200])
    assert answer.status_code not in (401, 500)


@pytest.mark.parametrize(("method", "path", "right"), [line for line in ROUTES if line[0] != "WS"])
def test_nobody_gets_through_without_logging_in(running: Siger, method: str, path: str, right: str) -> None:
    answer = running.anybody.request(method, example(path))
    asked_to_log_in = answer.status_code == 401 and answer.headers["content-type"] == "application/problem+json"
    assert asked_to_log_in == (right != OPEN), answer.text[:200]


@pytest.mark.parametrize(("method", "path"), SHUT)
def test_shut_doors_are_shut_even_to_those_who_see_everything(
    everybody: dict[Role, TestClient], method: str, path: str
) -> None:
    if method == "WS":
        with pytest.raises(WebSocketDisconnect), everybody["komando"].websocket_connect(path):
            pass
    else:
        assert everybody["komando"].request(method, path).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_the_live_feed_asks_for_the_right_to_read(everybody: dict[Role, TestClient], role: Role) -> None:
    client = everybody[role]
    if "read" in TABLE[role].may:
        with client.websocket_connect("/live") as socket:
            for message in ("{}", '{"resync": true}'):
                socket.send_text(message)
                assert socket.receive_bytes()
    else:
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/live"):
            pass
        assert refused.value.code == 4403


def test_the_live_feed_is_shut_to_who_has_not_logged_in(running: Siger) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, running.anybody.websocket_connect("/live"):
        pass
    assert refused.value.code == 4401


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("output", [*CALLBACKS, "no.such", ""])
def test_callbacks_ask_for_their_right(everybody: dict[Role, TestClient], role: Role, output: str) -> None:
    answer = everybody[role].post("/_dash-update-component", json={"output": output, "inputs": [], "outputs": []})
    right = CALLBACKS.get(output)
    if "read" not in TABLE[role].may:
        assert answer.status_code == 403
    elif right is None:
        assert answer.status_code == 404
    else:
        assert (answer.status_code == 403) == (right not in TABLE[role].may)


def test_only_the_gate_makes_callers() -> None:
    """A route that looks at the picture itself, past the caller's view, fails here."""
    folder = Path(inspect.getfile(create_app)).parent / "api"
    past_the_view = [
        f"{path.name}: {line.strip()}"
        for path in folder.glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(part in line for part in (".picture.incidents", ".picture.units", ".picture.levels"))
    ]
    # health.py: figures for operators, restricted reports left out; warnings.py: what Siger itself ends in time;
    # alerts.py asks `sender.may_see` for each.
    allowed = ("health.py", "warnings.py", "alerts.py")
    assert [line for line in past_the_view if not line.startswith(allowed)] == []
