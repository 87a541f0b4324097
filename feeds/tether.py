"""A child process that never outlives us, not even when we are killed with SIGKILL.

Linux: the kernel kills the child (PR_SET_PDEATHSIG), asked for in a tiny start-up program rather than in a
`preexec_fn`, which is unsafe once threads run. That signal fires when the *thread* that started the child ends,
so callers start it from a thread that lives as long as the child should. Elsewhere: a shell waits on a pipe
that only we hold open, and kills the child when the pipe closes.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

# Asks the kernel first and looks at its parent second: if we died in between, the child is already orphaned.
_ASK_KERNEL: Final = """
import ctypes, os, signal, sys
if ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0) != 0 or os.getppid() != int(sys.argv[1]):
    sys.exit("the process that asked for this child is gone")
os.execv(sys.argv[2], sys.argv[3:])
"""
# A line on the pipe means "all is well, go"; the end of the pipe means that we are gone.
_WATCH_PIPE: Final = 'trap "" INT TERM HUP; if read -r word; then exit 0; else kill -9 "$1"; fi'


class Tethered:
    """A running child tied to our life."""

    def __init__(self, process: subprocess.Popen[bytes], guard: subprocess.Popen[bytes] | None) -> None:
        self._process = process
        self._guard = guard

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number when a signal ended it."""
        return self._process.poll()

    def end(self, patience_s: float) -> None:
        """Asks it to stop, and kills it when it has not within `patience_s`."""
        self._process.terminate()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.dismiss_guard()

    def dismiss_guard(self) -> None:
        """Call once the child has ended: its number may be given to another process."""
        guard, self._guard = self._guard, None
        if guard is None or guard.stdin is None:
            return
        guard.stdin.write(b"go\n")
        guard.stdin.close()
        guard.wait()


def spawn(
    program: Path,
    args: Sequence[str],
    *,
    name: str,
    cwd: Path,
    output: Path,
    keep_fds: Sequence[int] = (),
    by_kernel: bool = sys.platform == "linux",
) -> Tethered:
    """Starts `program` as `name`, tied to us, what it says going to the end of `output`.

    It gets a session of its own, so that a Ctrl-C meant for us does not reach it.
    """
    command = [name, *args]
    if by_kernel:
        command = [sys.executable, "-I", "-S", "-c", _ASK_KERNEL, str(os.getpid()), str(program), name, *args]
    with output.open("ab") as said:
        process = subprocess.Popen(
            command,
            executable=None if by_kernel else str(program),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            pass_fds=tuple(keep_fds),
            start_new_session=True,
        )
    return Tethered(process, None if by_kernel else _watch(process.pid))


def _watch(pid: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", _WATCH_PIPE, "siger-log-guard", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
