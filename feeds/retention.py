"""What is taken out of the archive, when and why: nothing, unless a rule with a reason says so.

A purge rewrites an archived day without the entries of one kind, and the file says for ever what is missing, how
much, since when and for which reason. The log itself is never purged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from feeds.archive import Archive, ArchivedDay, DayWriter, read_file


@dataclass(frozen=True, slots=True)
class Rule:
    """Entries of `kind` are kept for `keep_days`; the reason is written into every file that loses some."""

    kind: str
    keep_days: int
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError(f"a retention rule needs a reason: why may '{self.kind}' be purged?")
        if self.keep_days < 1:
            raise ValueError(f"keep_days of '{self.kind}' is {self.keep_days}: at least 1")


def apply_rules(archive: Archive, rules: Iterable[Rule], today: date) -> list[ArchivedDay]:
    """Purges what the rules say; the days that lost something, as they are now."""
    changed: list[ArchivedDay] = []
    for rule in rules:
        oldest_kept = (today - timedelta(days=rule.keep_days)).isoformat()
        for day in archive.days():
            if day.day < oldest_kept and not any(note.startswith(f"{rule.kind}:") for note in day.purged):
                purged = _purge(archive, day, rule, today)
                if purged is not None:
                    changed.append(purged)
    return changed


def _purge(archive: Archive, day: ArchivedDay, rule: Rule, today: date) -> ArchivedDay | None:
    path = archive.path(day.day)
    kind = rule.kind.encode()
    going = sum(entry.fields.get(b"k") == kind for entry in read_file(path))
    if not going:
        return None
    note = f"{rule.kind}: {going} entries purged on {today.isoformat()}: {rule.reason}"
    writer = DayWriter(path, replace(day, purged=(*day.purged, note)))
    writer.add(entry for entry in read_file(path) if entry.fields.get(b"k") != kind)
    return writer.finish()
