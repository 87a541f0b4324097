"""The whole store in one file, taken while everything runs, and put back somewhere else, proven equal.

The log's entries, every key beside it as it stood at the log's last entry, and the files of the archive and the
like. A restore goes into an empty store only, replays what it wrote, and fails unless the same picture comes out.
Secret keys are not part of the store: whoever backs up the store keeps them elsewhere.
"""

import asyncio
import json
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, Final

from feeds.archive import ArchivedDay, DayWriter, read_file
from feeds.backup_file import FORMAT, BackupError, Manifest, held, pack, place_files, unpack
from feeds.clock import now_ms
from feeds.history import History, up_to
from feeds.log import EventLog
from feeds.log_entry import place
from feeds.log_errors import told
from feeds.picture import Picture
from feeds.replay import replay
from feeds.store_keys import StoredKey, read_keys, write_keys
from feeds.taxonomy import Taxonomy

__all__ = ["BackupError", "Manifest", "back_up", "restore"]

_LOG: Final = "log.parquet"
_KEYS: Final = "keys.ndjson"
_PAGE: Final = 500

Folders = Mapping[str, Path]


async def back_up(history: History, file: Path, folders: Folders, taxonomy: Taxonomy | None = None) -> Manifest:
    """Writes the store and the `folders` (a name for each directory) to `file`, while everything runs."""
    with ExitStack() as files:
        work = Path(files.enter_context(tempfile.TemporaryDirectory(dir=file.parent, prefix=".siger-backup-")))
        last_id, keys = await read_keys(history.log)
        kept = files.enter_context(held(folders, await asyncio.to_thread(_newer, history, last_id)))
        entries = await _save_log(history, work / _LOG, _mark(keys), last_id)
        (work / _KEYS).write_text("".join(f"{json.dumps(key.to_json())}\n" for key in keys), encoding="utf-8")
        shown = (await replay(history, Picture(taxonomy), last_id)).picture.state_hash()
        manifest = Manifest(FORMAT, version("siger"), now_ms(), last_id, entries, shown, {})
        parts = {_LOG: work / _LOG, _KEYS: work / _KEYS}
        return await asyncio.to_thread(pack, file, manifest, parts, kept)


async def restore(file: Path, history: History, folders: Folders, taxonomy: Taxonomy | None = None) -> Manifest:
    """Puts a backup into an empty store and proves it equal.

    Raises `BackupError`: with nothing changed when the store is not empty or the file is damaged, and at the end
    when another picture comes out than was backed up.
    """
    await _insist_on_empty(history.log, folders)
    with tempfile.TemporaryDirectory(prefix="siger-restore-") as made:
        work = Path(made)
        manifest = await asyncio.to_thread(unpack, file, work)
        place_files(work, folders)
        await _load_log(history.log, work / _LOG, manifest.last_id)
        lines = (work / _KEYS).read_text(encoding="utf-8").splitlines()
        await write_keys(history.log, (StoredKey.from_json(json.loads(line)) for line in lines))
    shown = (await replay(history, Picture(taxonomy), manifest.last_id)).picture.state_hash()
    if shown != manifest.state_hash:
        raise BackupError(f"{file} shows {shown} here and not {manifest.state_hash}: do not use the restored store")
    return manifest


def _newer(history: History, last_id: str) -> set[Path]:
    """Files of the archive that hold more than there was when the keys were read; the log still holds it."""
    files = history.archive.files() if history.archive is not None else []
    return {path for path, part in files if place(part.last_id) > place(last_id)}


def _mark(keys: list[StoredKey]) -> str:
    """Up to where the log was trimmed; what stands before is in the archive's files."""
    return next((key.rows[0][0].decode() for key in keys if key.noun == "archived"), "0-0")


async def _save_log(history: History, path: Path, after: str, last_id: str) -> int:
    writer = DayWriter(path, ArchivedDay("backup", 0, "0-0", "0-0", after, ""))
    async for page in up_to(last_id, history.raw(after)):
        await asyncio.to_thread(writer.add, page)
    return (await asyncio.to_thread(writer.finish)).entries


async def _load_log(log: EventLog, path: Path, last_id: str) -> None:
    redis: Any = log.redis
    stream = log.key("log")
    source = read_file(path)
    newest = "0-0"
    while page := list(islice(source, _PAGE)):
        pipe = redis.pipeline(transaction=False)
        for raw in page:
            pipe.xadd(stream, dict(raw.fields), id=raw.id)
        await told(pipe.execute())
        newest = page[-1].id
    if place(newest) < place(last_id):
        # All was archived: the log is empty, but must not give an id anew that was given once.
        await told(redis.xadd(stream, {"restored": "1"}, id=last_id))
        await told(redis.xdel(stream, last_id))


async def _insist_on_empty(log: EventLog, folders: Folders) -> None:
    redis: Any = log.redis
    async for name in redis.scan_iter(match=f"{log.key('')}*", count=1000):
        raise BackupError(f"the store is not empty (it holds {name.decode()}): restore into a new one")
    for folder in folders.values():
        if folder.exists() and any(folder.iterdir()):
            raise BackupError(f"{folder} is not empty: restore into a new data directory")
