"""Official classifications of vulnerability, side by side: each with owner, date and source, never blended.

Siger's own level does not look at them. Where an owner published nothing there is nothing here, and the screen says
"belum ada data". Layers that come in as files replace a bundled one of the same code.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

BUNDLED = Path(__file__).with_name("official.toml")
#: Imported layers, under the data directory.
FOLDER = "indices"
#: Two layers disagree about an area where their classes lie further apart than this, on a scale from 0 to 1.
APART = 0.49


class LayerError(ValueError):
    """An official layer that does not hold; the text says what is wrong with it."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Said(_Entry):
    """What a layer says about one area. Everything that was not published is None or empty."""

    klass: str | None = Field(None, alias="class")
    not_class: str | None = None
    value: float | None = None
    count: Mapping[str, int] = Field(default_factory=dict)
    total: int | None = None
    dimension: Mapping[str, float] = Field(default_factory=dict)
    note: str = ""


class Layer(_Entry):
    """One official classification; `scale` runs from the lowest class up, its first `ranked` in an order."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")
    name: str = Field(min_length=1, max_length=200)
    owner: str = Field(min_length=1, max_length=100)
    date: date
    scale: tuple[str, ...] = Field(min_length=2)
    ranked: int | None = None
    unit: str = ""
    source: str = ""
    note: str = ""
    area: Mapping[str, Said] = Field(default_factory=dict)

    def model_post_init(self, _context: Any) -> None:
        for code, said in self.area.items():
            named = {said.klass, said.not_class, *said.count} - {None}
            strange = sorted(str(name) for name in named if name not in self.scale)
            if strange:
                raise ValueError(f"{code}: class '{strange[0]}' is not one of {', '.join(self.scale)}")
            summed = sum(said.count.values())
            if said.total is not None and len(said.count) == len(self.scale) and summed != said.total:
                raise ValueError(f"{code}: the counts add up to {summed}, not {said.total}")

    def height(self, klass: str) -> float:
        """Where a class stands on its scale, from 0 (lowest) to 1 (highest)."""
        return self.scale.index(klass) / ((self.ranked or len(self.scale)) - 1)


NOTE = "Klasifikasi resmi milik pemiliknya masing-masing; tidak digabung dan tidak dipakai untuk tingkat Siger."


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two layers that say different things about an area, in words fit for a table."""

    area: str
    one: str
    one_says: str
    other: str
    other_says: str


@cache
def bundled() -> tuple[Layer, ...]:
    """The layers that come with Siger."""
    with BUNDLED.open("rb") as file:
        return tuple(layer_of(entry) for entry in tomllib.load(file)["layer"])


def layer_of(entry: object) -> Layer:
    """A layer from plain data. Raises `LayerError` naming the field."""
    try:
        return Layer.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "layer"
        raise LayerError(f"{place}: {first['msg']}") from error


def load(data_dir: Path | None) -> tuple[Layer, ...]:
    """Bundled and imported layers, oldest first. Raises `LayerError` where an imported file was damaged."""
    layers = {layer.code: layer for layer in bundled()}
    for path in sorted((data_dir / FOLDER).glob("*.json")) if data_dir else ():
        try:
            layer = layer_of(orjson.loads(path.read_bytes()))
        except (OSError, orjson.JSONDecodeError, LayerError) as error:
            raise LayerError(f"{path} cannot be used: {error}") from error
        layers[layer.code] = layer
    return tuple(sorted(layers.values(), key=lambda layer: (layer.date, layer.code)))


def install(layer: Layer, data_dir: Path) -> Path:
    """Keeps an imported layer, whole or not at all; returns its file."""
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{layer.code}.json"
    part = path.with_suffix(".part")
    part.write_bytes(orjson.dumps(layer.model_dump(mode="json", by_alias=True), option=orjson.OPT_INDENT_2))
    os.replace(part, path)
    return path


def disagreements(layers: Iterable[Layer], areas: Iterable[str]) -> list[Disagreement]:
    """Where two layers put an area clearly apart, or one puts it in a class that the other says it is not in."""
    known = list(layers)
    found = []
    for area in areas:
        for number, one in enumerate(known):
            for other in known[number + 1 :]:
                first, second = one.area.get(area), other.area.get(area)
                if first and second and _apart(one, first, other, second):
                    found.append(Disagreement(area, one.code, says(first), other.code, says(second)))
    return found


def says(said: Said) -> str:
    """What a layer says about an area, in a word or two; "belum ada data" where it says nothing."""
    if said.klass:
        return said.klass
    return f"bukan {said.not_class}" if said.not_class else "belum ada data"


def _apart(one: Layer, first: Said, other: Layer, second: Said) -> bool:
    if first.klass and second.klass:
        return abs(one.height(first.klass) - other.height(second.klass)) > APART
    for layer, said, denier, denied in ((one, first, other, second), (other, second, one, first)):
        if said.klass and denied.not_class:
            return layer.height(said.klass) >= denier.height(denied.not_class)
    return False
