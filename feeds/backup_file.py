"""A backup's file: a ZIP with a manifest that knows the digest of every part. Written whole or not at all."""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_FILES: Final = "files"
_GROWING: Final = ".growing"
_HOLD_TRIES: Final = 3
_CHUNK_BYTES: Final = 1 << 20
#: What a damaged ZIP file raises, depending on where the damage is.
_DAMAGE: Final = (
    OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, KeyError, ValueError, TypeError,
)  # fmt: skip


class BackupError(Exception):
    """A backup cannot be made or restored; the text says what was done and what was not."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `state_hash` is the picture's after `last_id`; `digests` are SHA-256, by part."""

    format: int
    siger: str
    made_ms: int
    last_id: str
    entries: int
    state_hash: str
    digests: dict[str, str]


def pack(file: Path, manifest: Manifest, parts: Mapping[str, Path], folders: Mapping[str, Path]) -> Manifest:
    """Writes the parts, every file in the folders and the manifest; readable by this user only."""
    growing = file.with_name(f".{file.name}.growing")
    everything = {**parts, **_files_of(folders)}
    try:
        with open(os.open(growing, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                digests = {name: _put(packed, name, path) for name, path in everything.items()}
                complete = Manifest(**asdict(manifest) | {"digests": digests})
                packed.writestr(_MANIFEST, json.dumps(asdict(complete), indent=1))
            raw.flush()
            os.fsync(raw.fileno())
        growing.replace(file)
    finally:
        growing.unlink(missing_ok=True)
    return complete


@contextmanager
def held(folders: Mapping[str, Path], leave_out: Collection[Path]) -> Iterator[dict[str, Path]]:
    """The folders as they are now, for as long as that is needed, without some of their files.

    Files come and go, but are never changed: a second name for each is enough, and costs nothing.
    """
    with ExitStack() as stack:
        yield {name: _second_names(stack, folder, leave_out) for name, folder in folders.items() if folder.exists()}


def _second_names(stack: ExitStack, folder: Path, leave_out: Collection[Path]) -> Path:
    made = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-held-")))
    for _ in range(_HOLD_TRIES):
        wanted = [path for path in _whole_files(folder) if path not in leave_out]
        if all(_has_second_name(path, made / path.relative_to(folder)) for path in wanted):
            return made
    raise BackupError(f"the files in {folder} do not hold still: nothing was backed up")


def _has_second_name(path: Path, second: Path) -> bool:
    """False: the file went a moment ago, and another one has what it had."""
    second.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, second)
    except FileExistsError:
        return True
    except FileNotFoundError:
        return False
    except OSError:  # a file system without second names
        shutil.copy2(path, second)
    return True


def _whole_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != _GROWING]


def unpack(file: Path, work: Path) -> Manifest:
    """Unpacks everything into `work`. Raises `BackupError` when any part is not what the manifest says."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = Manifest(**json.loads(packed.read(_MANIFEST)))
            if manifest.format != FORMAT:
                raise BackupError(f"{file} has format {manifest.format}; this Siger reads format {FORMAT}")
            for name, digest in manifest.digests.items():
                if _take(packed, name, work) != digest:
                    raise BackupError(
                        f"{file} is damaged: '{name}' is not what was backed up; nothing was restored"
                    )
    except _DAMAGE as error:
        raise BackupError(f"{file} is not a whole backup, nothing was restored: {error}") from error
    return manifest


def place_files(work: Path, folders: Mapping[str, Path]) -> None:
    """Puts the unpacked files of each folder where they belong."""
    for name, folder in folders.items():
        source = work / _FILES / name
        for path in sorted(source.rglob("*")) if source.exists() else ():
            if path.is_file():
                target = folder / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with path.open("rb") as content, target.open("xb") as placed:
                    _copy(content, placed)


def _files_of(folders: Mapping[str, Path]) -> dict[str, Path]:
    return {
        f"{_FILES}/{name}/{path.relative_to(folder).as_posix()}": path
        for name, folder in folders.items()
        for path in _whole_files(folder)
    }


def _put(packed: zipfile.ZipFile, name: str, path: Path) -> str:
    with path.open("rb") as content, packed.open(name, "w", force_zip64=True) as part:
        return _copy(content, part)


def _take(packed: zipfile.ZipFile, name: str, work: Path) -> str:
    target = (work / name).resolve()
    if not target.is_relative_to(work.resolve()):
        raise BackupError(f"a part is called '{name}', which leads elsewhere: nothing was restored")
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(name) as part, target.open("wb") as content:
        return _copy(part, content)


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()
