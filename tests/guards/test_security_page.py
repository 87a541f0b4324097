"""docs/security.md names a test for each threat and a row for each role: both exist."""

import re
from pathlib import Path

from dashboard.access.rights import ROLES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_exists() -> None:
    named = {name.rpartition("::")[2] for name in re.findall(r"`((?:\w+/)?test_[\w:.]+|browser/test_\w+)`", PAGE)}
    named |= {name.rpartition("/")[2] for name in re.findall(r"`(browser/test_\w+)`", PAGE)}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    files = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    wanted = {name.rpartition("/")[2].rstrip(".").rstrip("_") for name in named}
    assert len(wanted) > 15
    assert [name for name in wanted if name not in files and f"def {name}" not in source] == []


def test_every_role_has_its_row() -> None:
    assert [role for role in ROLES if f"| `{role}`" not in PAGE] == []
