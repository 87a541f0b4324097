"""The texts: both languages say the same things, and every word that a script or a page asks for is there."""

import json
import re
from pathlib import Path

import pytest

from dashboard.text import LANGUAGES, Language, language, messages, say, script, table
from feeds.levels import parameters

ROOT = Path(__file__).parents[2]
ASKED_IN_JS = re.compile(r"""(?:siger\.text|\btext)\(\s*["'`]([a-z_.]+)""")
ASKED_IN_PYTHON = re.compile(r"""say\(lang, f?"([a-z_.]+)""")
#: Keys that are put together or stand as data in the scripts: "figure.open", "detail.place", ...
QUOTED = re.compile(r"""["'`]([a-z_]+(?:\.[a-z_0-9]+)*\.?)(?:["'`]|\$?\{)""")


def sources() -> str:
    scripts = sorted((ROOT / "assets").glob("*.js"))
    panels = sorted((ROOT / "dashboard").rglob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in [*scripts, *panels])


def asked() -> set[str]:
    text = sources()
    return set(ASKED_IN_JS.findall(text)) | set(ASKED_IN_PYTHON.findall(text))


def test_every_key_has_both_languages() -> None:
    assert table()
    for key, entry in table().items():
        assert set(entry) == set(LANGUAGES), key
        assert all(text.strip() for text in entry.values()), key


def test_both_languages_fill_in_the_same() -> None:
    def blanks(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)", text))

    for key, entry in table().items():
        assert blanks(entry["id"]) == blanks(entry["en"]), key


def test_every_number_of_the_risk_model_has_its_words() -> None:
    for name, one in parameters.bundled().table.items():
        assert table()[f"number.{name}"]["en"] == one.reason
        assert table()[f"unit_of.{one.unit.replace(' ', '_')}"]["en"] == one.unit


def test_every_text_that_is_asked_for_is_there() -> None:
    found = asked()
    assert len(found) > 60  # the pattern still finds what it looks for
    for key in found:
        known = any(name.startswith(key) for name in table()) if key.endswith((".", "_")) else key in table()
        assert known, f"'{key}' is asked for and not in messages.toml"


def test_no_text_stands_unused() -> None:
    quoted = set(QUOTED.findall(sources()))
    prefixes = tuple(part for part in quoted if part.endswith((".", "_")))

    def is_used(key: str) -> bool:
        # Whole, or begun by a script that adds a code, or joined from words that both stand in the sources.
        return key in quoted or key.startswith(prefixes) or quoted.issuperset(key.split("."))

    assert [key for key in table() if not is_used(key)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_script_carries_the_whole_table(lang: Language) -> None:
    first, _, rest = script(lang).partition("\n")
    payload = json.loads(first.removeprefix("window.siger_text = ").removesuffix(";"))
    assert payload == {"lang": lang, "messages": dict(messages(lang))}
    assert "dataset.theme" in rest


@pytest.mark.parametrize(
    ("cookie", "default", "chosen"),
    [(None, "id", "id"), ("en", "id", "en"), ("xx", "en", "en"), ("", "id", "id"), ("id", "en", "id")],
)
def test_a_known_cookie_chooses_the_language(cookie: str | None, default: Language, chosen: str) -> None:
    assert language(cookie, default) == chosen


def test_an_unknown_key_is_a_fault() -> None:
    with pytest.raises(KeyError):
        say("id", "no.such.key")
