"""What processes use: processor time and memory, of a server and all its children, apart from who measures."""

import resource
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PAGE, _TICKS = resource.getpagesize(), 100


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor seconds since a process began, and megabytes that it holds now."""

    cpu_s: float
    rss_mb: float


def own_cpu_s() -> float:
    """Processor seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def of(pid: int) -> Usage:
    """One process. Raises `OSError` or `ValueError` where it is gone."""
    if not Path("/proc/self/stat").exists():
        return _from_ps(pid)
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE / 1e6)


def of_family(pid: int) -> Usage:
    """A process with its children, their children and so on: Siger with its log server."""
    each = [of(one) for one in family(pid)]
    return Usage(sum(one.cpu_s for one in each), sum(one.rss_mb for one in each))


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in listed.splitlines())}
    return [pid, *_below(pid, parents)]


def _below(pid: int, parents: dict[int, int]) -> Iterator[int]:
    for child, parent in parents.items():
        if parent == pid:
            yield child
            yield from _below(child, parents)


def _from_ps(pid: int) -> Usage:
    asked = ["ps", "-o", "rss=,time=", "-p", str(pid)]
    rss, clock = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part)
    return Usage(seconds, int(rss) * 1024 / 1e6)
