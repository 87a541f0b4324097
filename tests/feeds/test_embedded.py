"""The embedded server: private, owned once, durable, and never an orphan."""

import asyncio
import contextlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from feeds.embedded import BeyondRepair, DataDirInUse, EmbeddedError, EmbeddedServer, ServerFailed, bundled_server

# Starts a server as another program would, says its pid and ours, and waits.
_PARENT = """
import sys, time
from pathlib import Path
from feeds import tether, embedded
if sys.argv[2] == "guard":
    def guarded(*args, **kwargs): return tether.spawn(*args, **kwargs, by_kernel=False)
    embedded.spawn = guarded
server = embedded.EmbeddedServer(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


def gone(pid: int, within_s: float = 5.0) -> bool:
    """A killed process, also one that nobody has buried yet."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


@contextlib.contextmanager
def other_program(data_dir: Path, tie: str = "kernel") -> Iterator[tuple[subprocess.Popen[str], int]]:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(data_dir), tie], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    try:
        yield parent, int(parent.stdout.readline())
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()


def client(server: EmbeddedServer) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def test_it_serves_on_a_private_socket_and_no_port(server: EmbeddedServer, tmp_path: Path) -> None:
    with client(server) as line:
        assert line.ping()
        assert line.config_get("port") == {"port": "0"}
        assert line.config_get("appendfsync") == {"appendfsync": "always"}
        assert line.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "log" / "log.sock").stat().st_mode) == 0o700


def test_stop_ends_the_server_and_a_new_start_finds_the_data(server: EmbeddedServer, tmp_path: Path) -> None:
    with client(server) as line:
        line.set("a", "1")
    pid = server.pid
    assert pid is not None
    server.stop()
    server.stop()
    assert gone(pid)
    assert not (tmp_path / "log" / "log.sock").exists()
    server.start()
    with client(server) as line:
        assert line.get("a") == b"1"


@pytest.mark.parametrize("tie", ["kernel", "guard"])
def test_it_dies_with_a_parent_killed_by_sigkill(tmp_path: Path, tie: str) -> None:
    if tie == "kernel" and sys.platform != "linux":
        pytest.skip("the kernel ties children to parents on Linux only; the guard stands in elsewhere")
    with other_program(tmp_path, tie) as (parent, pid):
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert gone(pid)
    with EmbeddedServer(tmp_path) as url:
        assert url.startswith("unix://")


def test_a_stopped_server_dies_with_its_parent_too(tmp_path: Path) -> None:
    with other_program(tmp_path) as (parent, pid):
        os.kill(pid, signal.SIGSTOP)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert gone(pid)


def test_a_second_start_is_refused_and_names_the_first(tmp_path: Path) -> None:
    with other_program(tmp_path) as (parent, _):
        with pytest.raises(DataDirInUse, match=f"process {parent.pid}") as refusal:
            EmbeddedServer(tmp_path).start()
        assert refusal.value.pid == parent.pid
        assert parent.poll() is None


def test_a_second_start_in_the_same_process_is_refused(server: EmbeddedServer, tmp_path: Path) -> None:
    with pytest.raises(DataDirInUse, match=str(os.getpid())):
        EmbeddedServer(tmp_path).start()
    with client(server) as line:
        assert line.ping()


def test_a_killed_server_comes_back_with_its_data(server: EmbeddedServer) -> None:
    async def kill_and_wait() -> None:
        keeper = asyncio.create_task(server.supervise())
        for restarts in (1, 2):
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            while server.restarts < restarts:
                await asyncio.sleep(0.02)
        keeper.cancel()

    with client(server) as line:
        line.set("a", "1")
    asyncio.run(asyncio.wait_for(kill_and_wait(), 20))
    with client(server) as line:
        assert line.get("a") == b"1"


def test_a_start_that_fails_says_why_in_the_servers_own_words(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "appendonlydir").write_text("not a directory")
    server = EmbeddedServer(tmp_path)
    with pytest.raises(ServerFailed, match=r"(?s)exit code.*append-only dir"):
        server.start()
    assert server.pid is None
    (tmp_path / "log" / "appendonlydir").unlink()
    with server as url:
        assert url


def test_a_server_killed_while_it_starts_is_started_again(tmp_path: Path) -> None:
    killed_first = tmp_path / "killed-first"
    killed_first.write_text(
        f"""#!/bin/sh
        [ -e "{tmp_path}/tried" ] && exec "{bundled_server()}" "$@"
        touch "{tmp_path}/tried"
        kill -9 $$
        """
    )
    killed_first.chmod(0o700)
    with EmbeddedServer(tmp_path, binary=killed_first) as url:
        assert url
    assert (tmp_path / "tried").exists()


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A directory with a short path."""
    with tempfile.TemporaryDirectory(prefix="s") as path:
        yield Path(path)


def test_a_long_data_directory_gets_a_short_private_socket(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    server = EmbeddedServer(tmp_path / ("panjang " * 20) / "data")
    with server as url:
        place = next(runtime.iterdir())
        assert str(place) in url
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        with client(server) as line:
            assert line.ping()


def test_a_socket_directory_open_to_others_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    server = EmbeddedServer(tmp_path / ("x" * 120))
    place = Path(server.url.removeprefix("unix://")).parent
    place.mkdir()
    place.chmod(0o777)
    with pytest.raises(EmbeddedError, match="open to others"):
        server.start()


def newest_part(tmp_path: Path) -> Path:
    return max((tmp_path / "log" / "appendonlydir").glob("*.incr.aof"))


@pytest.fixture
def filled(server: EmbeddedServer) -> EmbeddedServer:
    """A stopped server whose file holds a0 to a9."""
    with client(server) as line:
        for number in range(10):
            line.set(f"a{number}", "x" * 50)
    server.stop()
    return server


def kept(server: EmbeddedServer) -> int:
    server.start()
    with client(server) as line:
        return len(line.keys("a*"))


def test_a_last_line_cut_off_costs_that_line_only(filled: EmbeddedServer, tmp_path: Path) -> None:
    part = newest_part(tmp_path)
    os.truncate(part, part.stat().st_size - 7)
    assert kept(filled) == 9


@pytest.mark.parametrize(
    "garbage", [b"\0\1\2garbage\xff" * 9, b"*3\r\n$3\r\nSET\r\nno length"], ids=["noise", "half a command"]
)
def test_a_garbled_last_line_is_kept_aside(filled: EmbeddedServer, tmp_path: Path, garbage: bytes) -> None:
    part = newest_part(tmp_path)
    with part.open("ab") as file:
        file.write(garbage)
    assert kept(filled) == 10
    aside = next(part.parent.glob("damaged-*"))
    assert aside.read_bytes() == garbage


def test_damage_in_the_middle_is_left_to_a_person(filled: EmbeddedServer, tmp_path: Path) -> None:
    part = newest_part(tmp_path)
    before = part.read_bytes()
    part.write_bytes(before.replace(b"*3\r\n$3\r\nSET\r\n$2\r\na4", b"!3\r\n$3\r\nSET\r\n$2\r\na4", 1))
    damaged = part.read_bytes()
    with pytest.raises(BeyondRepair, match="nothing was changed"):
        filled.start()
    assert part.read_bytes() == damaged


def test_leftovers_of_a_killed_rewrite_are_removed(tmp_path: Path, server: EmbeddedServer) -> None:
    server.stop()
    left: Callable[[], list[Path]] = lambda: list((tmp_path / "log").glob("temp-*"))  # noqa: E731
    (tmp_path / "log" / "temp-rewriteaof-bg-123.aof").write_bytes(b"half")
    server.start()
    assert left() == []
