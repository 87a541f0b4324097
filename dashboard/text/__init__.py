"""Every text on the screens, in Indonesian and English: one table, one place to look for a word.

The table is `messages.toml`: a key, and under it both languages. Python's panels take their words from `say`; the
browser gets the same table in one language as a script. Nothing here knows the place names or the terms of the
field: those are data (`dashboard.text.names`).
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import orjson

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")

#: Where the browser keeps the choice. A cookie, because the server writes half of the words.
COOKIE = "siger_lang"

TABLE = Path(__file__).with_name("messages.toml")

#: Runs in <head>, before the first paint: a light screen must not flash dark, nor English be read as Indonesian.
_EARLY = """
document.documentElement.lang = window.siger_text.lang;
try {
  document.documentElement.dataset.theme = localStorage.getItem("siger_theme") === "light" ? "light" : "dark";
} catch (blocked) {
  document.documentElement.dataset.theme = "dark"; // storage is forbidden here: the default holds
}
"""


def language(cookie: str | None, default: Language = "id") -> Language:
    """The language to answer in: what the viewer's cookie says, else the posko's own."""
    return cookie if cookie in LANGUAGES else default


@cache
def messages(lang: Language) -> Mapping[str, str]:
    """All messages of one language by key."""
    return {key: entry[lang] for key, entry in table().items()}


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """The whole table: key -> language -> text."""
    return table_of(TABLE)


def table_of(path: Path) -> Mapping[str, Mapping[str, str]]:
    """A file of texts as key -> language -> text. Raises `TypeError` where an entry lacks a language."""
    return _flat(tomllib.loads(path.read_text(encoding="utf-8")))


def say(lang: Language, key: str) -> str:
    """One message, as it stands in the table. An unknown key is a fault of ours and raises `KeyError`."""
    return messages(lang)[key]


@cache
def script(lang: Language) -> str:
    """The JavaScript that gives the browser its texts and sets language and theme on <html>."""
    payload = orjson.dumps({"lang": lang, "messages": messages(lang)}).decode()
    return f"window.siger_text = {payload};\n{_EARLY}"


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for name, entry in tree.items():
        if not isinstance(entry, dict):
            raise TypeError(f"text '{prefix}{name}' is {entry!r}; every key needs id = and en =")
        if set(entry) == set(LANGUAGES):
            found[prefix + name] = entry
        else:
            found |= _flat(entry, f"{prefix}{name}.")
    return found
