"""`siger backup`, `restore` and `replay` on a real store."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.cli.backup import backup_command, restore_command
from dashboard.cli.replay import replay_command
from feeds.embedded import EmbeddedServer
from feeds.events import SourceBeat, incident_id, parse
from feeds.log import EventLog
from feeds.ownership import Ownership
from feeds.picture import Picture
from feeds.replay import StateHashes


async def fill(url: str) -> str:
    """Three incidents, and the hash of what they make; the state hash."""
    log = EventLog.open(url)
    picture = Picture()
    for number in range(3):
        event = parse("incident.report", 1, json.dumps(report(number)).encode())
        (appended,) = await log.append([event])
        picture.apply(appended.id, event)
    await StateHashes(log).record(picture)
    await log.append([SourceBeat(at_ms=1, received_ms=1, source="late")])
    await log.close()
    return picture.state_hash()


def report(number: int) -> dict[str, object]:
    return {
        "at_ms": 1_732_518_300_000,
        "received_ms": 1_732_518_300_000,
        "source": "tests",
        "incident": incident_id("tests", str(number)),
        "external_id": str(number),
        "category": "curas",
        "severity": 3,
        "title": f"Kejadian {number}",
        "lon": 105.26,
        "lat": -5.45,
    }


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store in the data directory that the commands use; its state hash."""
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path / "data"))
    with EmbeddedServer(tmp_path / "data" / "real") as url:
        return asyncio.run(fill(url))


def test_a_backup_is_restored_elsewhere_and_shows_the_same(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CliRunner().invoke
    file = str(tmp_path / "siger.backup")
    made = run(backup_command, [file])
    assert made.exit_code == 0, made.output
    assert "4 log entries" in made.output
    assert filled in made.output
    assert "exists already" in run(backup_command, [file]).output
    assert "not empty" in run(restore_command, [file]).output
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path / "clean"))
    restored = run(restore_command, [file])
    assert restored.exit_code == 0, restored.output
    assert "proven equal" in restored.output
    assert filled in restored.output


def test_a_command_joins_a_running_siger_without_asking_for_its_place(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedServer(tmp_path / "data" / "real"):
        monkeypatch.setattr(Ownership, "take", refuse_to_wait)
        made = CliRunner().invoke(backup_command, [str(tmp_path / "while-running")])
    assert made.exit_code == 0, made.output


def refuse_to_wait(_ownership: Ownership) -> None:
    raise AssertionError("who asks for the place of a running Siger waits for it in vain")


def test_a_restore_under_a_running_siger_is_refused(filled: str, tmp_path: Path) -> None:
    file = str(tmp_path / "siger.backup")
    assert CliRunner().invoke(backup_command, [file]).exit_code == 0
    with EmbeddedServer(tmp_path / "data" / "real"):
        running = CliRunner().invoke(backup_command, [str(tmp_path / "while-running")])
        refused = CliRunner().invoke(main, ["restore", file])
    assert running.exit_code == 0, running.output
    assert refused.exit_code == 1
    assert "in use by process" in refused.output


def test_a_replay_prints_the_picture_and_agrees_with_the_recorded_hash(filled: str) -> None:
    result = CliRunner().invoke(replay_command, ["--at", "2100-01-01T00:00:00+07:00", "--json"])
    assert result.exit_code == 0, result.output
    body = json.loads(result.output)
    assert body["state_hash"] == body["recorded"]["state_hash"] == filled
    assert body["recorded"]["agrees"] is True
    assert [one["title"] for one in body["incidents"]] == ["Kejadian 0", "Kejadian 1", "Kejadian 2"]
    before = CliRunner().invoke(replay_command, ["--at", "2001-01-01T00:00:00Z", "--json"])
    assert json.loads(before.output)["incidents"] == []


def test_every_recorded_moment_of_a_span_is_compared(filled: str) -> None:
    for begin in ("2001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"):
        result = CliRunner().invoke(replay_command, ["--from", begin, "--to", "9999-12-31T23:59:59Z"])
        assert result.exit_code == 0, result.output
        assert "as shown live" in result.output


def test_a_picture_that_differs_from_the_recorded_one_ends_with_1(filled: str, tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "data" / "real") as url:

        async def forge() -> None:
            log = EventLog.open(url)
            await log.redis.xadd(log.key("hashes"), {"h": "0" * 16}, id=await log.last_id())
            await log.close()

        asyncio.run(forge())
    result = CliRunner().invoke(replay_command, ["--at", "2100-01-01T00:00:00Z"])
    assert result.exit_code == 1
    assert "NOT AS SHOWN LIVE" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "yesterday"], "not a time"),
        (["--at", "0001-01-01T00:00:00+07:00"], "not a time"),
        (["--at", "2024-11-27T15:00:00"], "no offset"),
        ([], "give either --at"),
        (["--at", "2024-11-27T15:00:00Z", "--from", "2024-11-27T15:00:00Z"], "give either --at"),
    ],
)
def test_a_time_that_is_none_is_explained(words: list[str], said: str) -> None:
    result = CliRunner().invoke(replay_command, words)
    assert result.exit_code == 2
    assert said in result.output
