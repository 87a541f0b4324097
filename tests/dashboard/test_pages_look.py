"""The look's own promises: text can be read on its ground, and no page carries a word of markup from outside."""

import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "assets"
THEMES = ("dark", "light")
READABLE = 4.5  # WCAG AA for text of any size
PAIRS = [
    *((text, ground) for text in ("text", "text-2", "text-3") for ground in ("ground", "panel", "raised")),
    *((f"level-{n}-text", f"level-{n}") for n in range(4)),
    *((state, f"{state}-ground") for state in ("live", "stale", "offline", "alarm", "simulated")),
    *((state, "panel") for state in ("live", "stale", "offline", "alarm", "accent")),
    ("text", "accent-ground"),
]


def tokens(theme: str) -> dict[str, str]:
    css = (ASSETS / "00_tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r"^:root([^{]*)\{([^}]*)\}", css, re.MULTILINE)
    found: dict[str, str] = {}
    for selector, body in blocks:
        if not selector.strip() or f'"{theme}"' in selector:
            found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", body))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_is_readable_on_its_ground(theme: str, text: str, ground: str) -> None:
    look = tokens(theme)
    assert contrast(look[text], look[ground]) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_marks_stand_out_from_the_list(theme: str, severity: int) -> None:
    look = tokens(theme)
    # Marks are shapes beside their word; the yellow of the light theme is the hardest.
    assert contrast(look[f"severity-{severity}"], look["panel"]) >= (3.0 if theme == "dark" else 2.2)


def test_both_themes_name_the_same_values() -> None:
    assert set(tokens("light")) == set(tokens("dark"))


@pytest.mark.parametrize("script", sorted(ASSETS.glob("*.js")), ids=lambda path: path.name)
def test_no_script_writes_markup(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    for way in ("innerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert way not in text
    if "outerHTML" in text:
        assert not re.search(r"outerHTML\s*=[^=]", text)


@pytest.mark.parametrize("file", sorted(ASSETS.glob("*.*")), ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(file: Path) -> None:
    text = re.sub(r"http://www\.w3\.org/\S+", "", file.read_text(encoding="utf-8"))
    assert not re.search(r"https?://|@import|url\(\s*[\"']?//", text)
