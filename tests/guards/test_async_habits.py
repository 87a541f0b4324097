"""Habits of async code that a reader cannot see to be wrong."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def called(path: Path) -> set[str]:
    calls = (
        node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    )
    return {ast.unparse(func) for func in calls}


def test_nobody_waits_with_wait_for() -> None:
    """On Python 3.11 it swallows a cancellation that comes together with the result; `asyncio.timeout` does not."""
    modules = [path for floor in ("geo", "feeds", "dashboard") for path in (ROOT / floor).rglob("*.py")]
    assert any("asyncio.timeout" in called(path) for path in modules)
    assert [str(path) for path in modules if "asyncio.wait_for" in called(path)] == []
