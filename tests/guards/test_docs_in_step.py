"""Documentation cannot drift: every setting and every route stands in docs/."""

import importlib
from pathlib import Path

from fastapi.routing import APIRoute

from dashboard.api import (
    alarms,
    areas,
    curves,
    forecast,
    health,
    incidents,
    levels,
    positions,
    reading,
    refused,
    sources,
    tps,
)
from dashboard.settings import Settings

PARTS = (alarms, areas, curves, forecast, incidents, levels, positions, reading, refused, sources, tps, health)
DOCS = Path(__file__).parents[2] / "docs"


def test_every_setting_is_documented_with_its_default() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    names = [f"SIGER_{name.upper()}" for name in Settings.model_fields if name != "mode"]
    assert names
    assert [name for name in names if f"`{name}`" not in text] == []


def test_no_setting_is_documented_that_does_not_exist() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    told = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `SIGER_")}
    assert told == {f"SIGER_{name.upper()}" for name in Settings.model_fields if name != "mode"}


def test_every_route_is_documented() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    routes: list[tuple[str, str]] = []
    for route in (route for part in PARTS for route in part.router.routes if isinstance(route, APIRoute)):
        assert route.methods, route.path
        routes += [(method, route.path) for method in route.methods]
    assert len(routes) > 10
    assert [f"{method} {path}" for method, path in routes if f"{method} {path}" not in text] == []


def test_every_benchmark_can_be_run_by_its_name() -> None:
    names = sorted(path.stem for path in (DOCS.parent / "tests" / "bench").glob("bench_*.py"))
    assert names
    assert [name for name in names if not hasattr(importlib.import_module(f"tests.bench.{name}"), "run")] == []
