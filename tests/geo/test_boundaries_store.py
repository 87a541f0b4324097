"""Boundaries in force: installed, undone, read back alike, and what moves when they change."""

from pathlib import Path

import pytest
import shapely

from geo.areas import bundled, load
from geo.boundaries import store
from geo.boundaries.compare import Located, relocations
from geo.boundaries.errors import (
    NothingToUndo,
)
from geo.boundaries.importing import install, prepare
from geo.locate import locator_of
from tests.geo.boundary_files import frame, written


def test_install_undo_and_again(tmp_path: Path) -> None:
    with pytest.raises(NothingToUndo):
        store.undo(tmp_path)
    assert load(tmp_path) is bundled()
    assert load(None) is bundled()
    first = _install(tmp_path, "first")
    assert load(tmp_path).source == "first; kecamatan: " + bundled().source
    second = _install(tmp_path, "second")
    third = _install(tmp_path, "third")
    assert not first.exists()
    assert second.exists()
    store.undo(tmp_path)
    assert load(tmp_path).source.startswith("second")
    store.undo(tmp_path)
    assert load(tmp_path).source.startswith("third")
    assert store.installed(tmp_path) == third


def test_undo_of_the_first_set_brings_the_bundled_one_back(tmp_path: Path) -> None:
    _install(tmp_path, "first")
    assert store.undo(tmp_path).current == store.BUNDLED
    assert load(tmp_path) is bundled()


def test_a_crash_before_the_last_step_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path, "first")

    def crash(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store, "_put_in_force", crash)
    with pytest.raises(OSError, match="disk full"):
        _install(tmp_path, "second")
    assert load(tmp_path).source.startswith("first")


def test_what_is_installed_is_read_back_alike(tmp_path: Path) -> None:
    prepared = prepare(written(frame(), tmp_path / "areas.geojson"), "regency", bundled(), source="s", licence="l")
    install(tmp_path, prepared)
    again = load(tmp_path)
    for level in ("regency", "district", "kodim"):
        for before, after in zip(prepared.areas.at(level), again.at(level), strict=True):
            assert (before.code, before.name, before.label, before.aliases) == (
                after.code,
                after.name,
                after.label,
                after.aliases,
            )
            assert shapely.equals_exact(before.geometry, after.geometry, 1e-9, normalize=True)


def test_relocation_lists_only_what_moves() -> None:
    locator = locator_of(bundled())
    stays = Located("a", 104.6246, -5.4917, "1806", "180601")
    moves = Located("b", 105.26, -5.42, "1801", "180104")
    lost = Located("c", 100.0, -8.0, "1813", "181311")
    found = relocations([stays, moves, lost], locator)
    assert [move.incident for move in found] == ["b", "c"]
    assert found[0].after is not None
    assert found[0].after.regency == "1871"
    assert found[1].after is None


def _install(data_dir: Path, source: str) -> Path:
    path = written(frame(), data_dir / "areas.geojson")
    return install(data_dir, prepare(path, "regency", bundled(), source=source, licence="none"))
