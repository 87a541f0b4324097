"""Keeps installed boundaries below a data directory: the set in force and the one before it, nothing older.

    boundaries/state.json            which set is in force and which one `undo` brings back
    boundaries/<number>/             regencies.geojson, districts.geojson, about.json

The state file is replaced in one step after its set is complete on disk, so a crash leaves one set or the other.
It knows files and JSON only; what they mean is `geo.areas`' business.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from geo.boundaries.errors import NothingToUndo

BUNDLED = "bundled"
FILES = ("regencies.geojson", "districts.geojson", "about.json")


@dataclass(frozen=True, slots=True)
class State:
    current: str = BUNDLED  # the name of a set's folder, or BUNDLED
    previous: str | None = None


def state(data_dir: Path) -> State:
    path = _home(data_dir) / "state.json"
    if not path.exists():
        return State()
    held = orjson.loads(path.read_bytes())
    return State(held["current"], held["previous"])


def installed(data_dir: Path) -> Path | None:
    """The folder of the set in force; None while the bundled one is."""
    current = state(data_dir).current
    return None if current == BUNDLED else _home(data_dir) / current


def install(data_dir: Path, files: Mapping[str, dict[str, Any]]) -> Path:
    """Writes a set and puts it in force; the one in force becomes the previous one."""
    if set(files) != set(FILES):
        raise ValueError(f"a set of boundaries is {', '.join(FILES)}, not {', '.join(sorted(files))}")
    before = state(data_dir)
    home = _home(data_dir)
    home.mkdir(parents=True, exist_ok=True)
    folder = home / _next_name(home)
    folder.mkdir()
    for name, content in files.items():
        _write(folder / name, content)
    _put_in_force(home, State(folder.name, before.current))
    _drop_others(home)
    return folder


def undo(data_dir: Path) -> State:
    """Brings the previous set back; once more goes forward again."""
    before = state(data_dir)
    if before.previous is None:
        raise NothingToUndo(f"no boundaries have been installed in {data_dir}; the bundled ones are in force")
    after = State(before.previous, before.current)
    _put_in_force(_home(data_dir), after)
    return after


def _home(data_dir: Path) -> Path:
    return data_dir / "boundaries"


def _next_name(home: Path) -> str:
    """Numbers rise and are not used again while a set with a higher one is kept."""
    taken = [int(folder.name) for folder in home.iterdir() if folder.is_dir() and folder.name.isdigit()]
    return f"{max(taken, default=0) + 1:04d}"


def _put_in_force(home: Path, new: State) -> None:
    draft = home / "state.json.new"
    _write(draft, {"current": new.current, "previous": new.previous})
    draft.replace(home / "state.json")
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, content: dict[str, Any]) -> None:
    with path.open("wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2 if len(content) < 4 else 0) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _drop_others(home: Path) -> None:
    kept = state(home.parent)
    for folder in home.iterdir():
        if folder.is_dir() and folder.name not in (kept.current, kept.previous):
            shutil.rmtree(folder)
