"""One archived day as a Parquet file: written beside its final name, read back, compared, and only then named.

Any tool opens it, and it holds byte for byte what the log held. Nothing here knows of other days.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from feeds.log_entry import RawEntry, place

# One row an entry. `other` holds, as JSON pairs of Latin-1 text, the fields of entries that are not ours.
SCHEMA: Final = pa.schema(
    [
        ("ms", pa.int64()),
        ("number", pa.int64()),
        ("kind", pa.binary()),
        ("version", pa.binary()),
        ("data", pa.binary()),
        ("other", pa.binary()),
    ]
)
_OURS: Final = (b"k", b"v", b"d")
#: Entries in memory at once, when writing and when reading, and at most so many bytes of them: an entry may be a
#: batch of hundreds of positions.
_PAGE: Final = 1_000
_PAGE_BYTES: Final = 512 << 10


class ArchiveError(Exception):
    """The archive cannot be written or does not hold what it should; the log was not touched."""


@dataclass(frozen=True, slots=True)
class ArchivedDay:
    """One day in the archive.

    `first_id` and `last_id` are the day's when it was archived, `follows` is the last id before it, so that a
    missing day shows. `entries` and `digest` are what the file holds now; `purged` says what was taken out and why.
    """

    day: str
    entries: int
    first_id: str
    last_id: str
    follows: str
    digest: str
    purged: tuple[str, ...] = ()


class DayWriter:
    """One day's file while it is being written; `frame` is what is known of the day beforehand."""

    def __init__(self, final: Path, frame: ArchivedDay) -> None:
        self._final = final
        self._frame = frame
        self._growing = final.with_suffix(".growing")
        self._tally = _Tally()
        self._page: list[RawEntry] = []
        self._page_bytes = 0
        self._writer = pq.ParquetWriter(self._growing, SCHEMA, compression="zstd")

    def add(self, entries: Iterable[RawEntry]) -> None:
        """Writes entries, in log order."""
        for entry in entries:
            self._page.append(entry)
            self._page_bytes += entry.n_bytes
            if len(self._page) >= _PAGE or self._page_bytes >= _PAGE_BYTES:
                self._write_page()

    def finish(self) -> ArchivedDay:
        """Reads the file back, compares, and gives it its name. Raises `ArchiveError` when they differ."""
        self._write_page()
        given = self._tally.fill(self._frame)
        self._writer.add_key_value_metadata({"siger": json.dumps(asdict(given))})
        self._writer.close()
        found = _Tally()
        found.add(read_file(self._growing))
        if found.fill(self._frame) != given:
            self._growing.unlink()
            raise ArchiveError(f"{given.day}: {given.entries} entries were written and not the same read back")
        _settle(self._growing, self._final)
        pa.default_memory_pool().release_unused()
        return given

    def abandon(self) -> None:
        """Gives up; the day is as if it had never been begun."""
        self._writer.close()
        self._growing.unlink(missing_ok=True)

    def _write_page(self) -> None:
        page, self._page, self._page_bytes = self._page, [], 0
        if page:
            self._tally.add(page)
            self._writer.write_table(_table(page))


def read_file(path: Path, after: str = "0-0") -> Iterator[RawEntry]:
    """The entries of one archive file after an id."""
    floor = place(after)
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_page_of(file.metadata), use_threads=False):
            if batch["ms"][-1].as_py() < floor[0]:
                continue
            for row in batch.to_pylist():
                if (row["ms"], row["number"]) > floor:
                    yield _entry(row)


def _page_of(about: pq.FileMetaData) -> int:
    """How many of a file's entries come to a page."""
    n_bytes: int = sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))
    rows: int = about.num_rows
    return max(1, min(_PAGE, _PAGE_BYTES * rows // max(1, n_bytes)))


def about(path: Path) -> ArchivedDay:
    """What an archive file says of itself."""
    metadata = pq.read_metadata(path).metadata or {}
    if b"siger" not in metadata:
        raise ArchiveError(f"{path} is not a file of Siger's archive: move it elsewhere")
    stored = json.loads(metadata[b"siger"])
    return ArchivedDay(**stored | {"purged": tuple(stored["purged"])})


class _Tally:
    """What a list of entries comes to; equal tallies mean equal bytes."""

    def __init__(self) -> None:
        self._first = "0-0"
        self._last = "0-0"
        self._entries = 0
        self._digest = hashlib.sha256()

    def add(self, entries: Iterable[RawEntry]) -> None:
        for entry in entries:
            if not self._entries:
                self._first = entry.id
            self._last = entry.id
            self._entries += 1
            self._add(entry)

    def fill(self, frame: ArchivedDay) -> ArchivedDay:
        """The day with what was counted; a purged day keeps the bounds that it once had."""
        found = replace(frame, entries=self._entries, digest=self._digest.hexdigest())
        return found if frame.purged else replace(found, first_id=self._first, last_id=self._last)

    def _add(self, entry: RawEntry) -> None:
        for part in (entry.id.encode(), *(word for pair in sorted(entry.fields.items()) for word in pair)):
            self._digest.update(len(part).to_bytes(8, "little"))
            self._digest.update(part)


def _table(page: Sequence[RawEntry]) -> pa.Table:
    places = np.array([place(entry.id) for entry in page], np.uint64)
    ours = [_binary([entry.fields.get(name) for entry in page]) for name in _OURS]
    columns = [_whole(places[:, 0]), _whole(places[:, 1]), *ours, _binary([_other(entry) for entry in page])]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _other(entry: RawEntry) -> bytes | None:
    other = {key: value for key, value in entry.fields.items() if key not in _OURS}
    pairs = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in other.items()]
    return json.dumps(pairs).encode() if pairs else None


# Arrow makes arrays of lists as well, but imports pandas for it, of which a server has no other need: 60 MB.
def _whole(numbers: npt.NDArray[np.uint64]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers.tobytes())])


def _binary(values: Sequence[bytes | None]) -> pa.Array:
    ends = np.cumsum([0, *(len(value or b"") for value in values)], dtype=np.int32)
    known = np.packbits([value is not None for value in values], bitorder="little")
    parts = [known.tobytes(), ends.tobytes(), b"".join(value or b"" for value in values)]
    return pa.Array.from_buffers(pa.binary(), len(values), [pa.py_buffer(part) for part in parts])


def _entry(row: dict[str, Any]) -> RawEntry:
    ours = {b"k": row["kind"], b"v": row["version"], b"d": row["data"]}
    fields = {key: value for key, value in ours.items() if value is not None}
    for key, value in json.loads(row["other"]) if row["other"] else ():
        fields[key.encode("latin-1")] = value.encode("latin-1")
    return RawEntry(f"{row['ms']}-{row['number']}", fields)


def _settle(growing: Path, final: Path) -> None:
    """Gives the file its name only once it is on disk, and the name too: the log is trimmed next."""
    with growing.open("rb") as file:
        os.fsync(file.fileno())
    growing.replace(final)
    directory = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
