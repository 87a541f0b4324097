"""Three floors, one direction: dashboard -> feeds -> geo. Nothing points back, and importing starts nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = {"geo": set(), "feeds": {"geo"}, "dashboard": {"geo", "feeds"}}
#: The screen's libraries stay on the screen's floor.
SCREEN = {"dash", "dash_leaflet", "fastapi", "starlette", "uvicorn"}
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The top-level names that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def test_there_is_something_to_check() -> None:
    assert len(MODULES) > 30
    assert "feeds" in imported(ROOT / "dashboard" / "app.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_its_own_floor_and_those_below(path: Path) -> None:
    floor = path.relative_to(ROOT).parts[0]
    forbidden = set(FLOORS) - FLOORS[floor] - {floor}
    if floor != "dashboard":
        forbidden |= SCREEN
    assert not imported(path) & forbidden


@pytest.mark.parametrize("floor", sorted(FLOORS))
def test_importing_every_module_starts_nothing(floor: str) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / floor).rglob("*.py")
        if path.name != "__main__.py"
    ]
    code = f"""
import importlib, os, socket, subprocess, sys, threading
def refuse(*a, **k): raise AssertionError(f"started something at import: {{a}}")
import dash, geopandas, uvicorn, fastapi  # what libraries do at their own import is not ours
before = threading.active_count()
socket.socket.connect = socket.socket.bind = refuse
subprocess.Popen.__init__ = refuse
for name in {names!r}:
    importlib.import_module(name)
assert threading.active_count() == before, threading.enumerate()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]
