"""`siger users`, `tokens` and `audit`: the same whether Siger runs or not."""

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.access import chores
from dashboard.access.audit import Audit, Deed
from dashboard.access.checkpoints import sign
from dashboard.access.desk import Access
from dashboard.access.keys import Keys
from dashboard.cli import main
from dashboard.settings import Settings
from feeds import taxonomy as taxonomies
from feeds.embedded import EmbeddedServer
from feeds.log import EventLog
from feeds.log_errors import told
from feeds.picture import Picture
from geo import areas as places

Run = Callable[..., Result]


@pytest.fixture(params=["running", "stopped"])
def siger(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The command on a store of its own; its log server is held by somebody else, or by nobody."""
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    server = EmbeddedServer(tmp_path / "real") if request.param == "running" else None
    if server is not None:
        server.start()

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, words, input=typed)

    yield run
    if server is not None:
        server.stop()


def test_people_are_entered_listed_moved_and_shut_out(siger: Run) -> None:
    assert siger("users", "add", "Ani", "--role", "komando", typed="kuda-laut-biru\n").exit_code == 0
    assert (
        siger("users", "add", "budi", "--role", "satwil", "--area", "18.06", typed="kuda-laut-biru\n").exit_code
        == 0
    )
    assert siger("users", "role", "budi", "satwil", "--area", "kodim:0422").exit_code == 0
    assert siger("users", "disable", "ani").exit_code == 0
    listed = siger("users", "list").output.splitlines()
    assert listed[0].split("\t") == ["ani", "komando", "18", "disabled first password"]
    assert listed[1].split("\t")[:3] == ["budi", "satwil", "kodim:0422"]
    assert "entries, all whole" in siger("audit", "verify").output


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("users", "add", "x", "--role", "satwil"), "kuda-laut-biru\n", "at least one"),
        (("users", "add", "x", "--role", "komando", "--area", "1806"), "kuda-laut-biru\n", "whole province"),
        (("users", "add", "x", "--role", "kpu", "--area", "9999"), "kuda-laut-biru\n", "9999"),
        (("users", "add", "x", "--role", "kpu"), "short\n", "8 are needed"),
        (("users", "add", "a b", "--role", "kpu"), "kuda-laut-biru\n", "no name"),
        (("users", "role", "nobody", "kpu"), None, "nobody called"),
        (("tokens", "revoke", "nothing"), None, "no token"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    siger: Run, words: tuple[str, ...], typed: str | None, said: str
) -> None:
    refused = siger(*words, typed=typed)
    assert refused.exit_code == 1
    assert said in refused.output


def test_a_token_stands_alone_on_standard_output_and_its_name_is_taken_once(siger: Run) -> None:
    issued = siger("tokens", "issue", "--role", "sumber", "--name", "bmkg", "--area", "1806")
    assert issued.exit_code == 0
    assert issued.stdout.startswith("siger_")
    assert len(issued.stdout.splitlines()) == 1
    assert siger("tokens", "issue", "--role", "layar", "--name", "bmkg").exit_code == 1
    assert siger("tokens", "list").output == "bmkg\tsumber\t1806\n"
    assert siger("tokens", "revoke", "bmkg").exit_code == 0
    assert siger("tokens", "list").output == ""


def test_a_certificate_stands_for_one_token_until_it_is_replaced_or_revoked(siger: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", f"/CN={name}", "-keyout", "/dev/null"]
        subprocess.run(["openssl", *words, "-out", str(tmp_path / f"{name}.pem")], check=True, capture_output=True)
    first, second = str(tmp_path / "a.pem"), str(tmp_path / "b.pem")
    assert siger("tokens", "issue", "--role", "sumber", "--name", "t7", "--certificate", first).exit_code == 0
    again = siger("tokens", "issue", "--role", "sumber", "--name", "t8", "--certificate", first)
    assert (again.exit_code, "stands for 't7'" in again.output) == (1, True)
    assert siger("tokens", "certify", "t7", second).exit_code == 0
    fingerprint = siger("tokens", "list").output.split("\t")[3].strip()
    assert len(fingerprint) == 64
    assert siger("tokens", "issue", "--role", "sumber", "--name", "t8", "--certificate", first).exit_code == 0
    assert siger("tokens", "certify", "t8", second).exit_code == 1
    assert siger("tokens", "revoke", "t7").exit_code == 0
    assert siger("tokens", "certify", "t8", second).exit_code == 0
    (tmp_path / "no.pem").write_text("hello")
    assert siger("tokens", "certify", "t8", str(tmp_path / "no.pem")).exit_code == 2


def test_what_leaves_the_store_and_what_is_forgotten_is_in_the_audit(siger: Run) -> None:
    assert siger("backup", "all.siger").exit_code == 0
    report = ("report", "daily", "--date", "2024-11-27", "--area", "1806", "--format", "csv", "--out", "-")
    assert siger(*report).exit_code == 0
    assert siger("replay", "--at", "2024-11-27T15:00:00+07:00", "--json").exit_code == 0
    nobody = siger("forget", "K1")
    assert (nobody.exit_code, "no identity is kept for 'K1'" in nobody.output) == (1, True)
    told = [json.loads(line)["entry"] for line in siger("audit", "show").output.splitlines()]
    assert [(one["action"], one["on"]) for one in told] == [
        ("backup", "all.siger"),
        ("report", "1806"),
        ("replay", "2024-11-27T08:00:00.000Z"),
    ]


async def test_an_identity_is_forgotten_when_its_owner_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with EmbeddedServer(tmp_path / "real") as url:
        log = EventLog.open(url)
        await log.redis.hset(log.key("identity-keys"), "K1", "a-wrapped-key")
        done = await asyncio.to_thread(lambda: CliRunner().invoke(main, ["forget", "K1"]))
        assert done.exit_code == 0, done.output
        assert await log.redis.hgetall(log.key("identity-keys")) == {}
        assert (await Audit(log).verify())[0] == 1
        for _ in range(100):
            files = [path.read_bytes() for path in (tmp_path / "real").rglob("*.aof")]
            if not any(b"a-wrapped-key" in data for data in files):
                break
            await asyncio.sleep(0.05)
        assert not any(b"a-wrapped-key" in data for data in files)
        await log.close()


def test_evidence_is_exported_and_holds_without_the_store(siger: Run, tmp_path: Path) -> None:
    siger("users", "add", "ani", "--role", "kpu", typed="kuda-laut-biru\n")
    kept = tmp_path / "kept.ndjson"
    kept.write_text(siger("audit", "checkpoint").output)
    assert siger("audit", "export", "evidence.ndjson", "--from", "1").exit_code == 0
    assert siger("audit", "verify", "--file", "evidence.ndjson").exit_code == 0
    assert siger("audit", "verify", "--checkpoint", str(kept)).exit_code == 0
    evidence = tmp_path / "evidence.ndjson"
    evidence.write_text(evidence.read_text().replace("user.add", "user.ad!"))
    broken = siger("audit", "verify", "--file", "evidence.ndjson")
    assert (broken.exit_code, "entry 1" in broken.output) == (1, True)


async def test_siger_s_own_checkpoints_catch_an_end_that_was_cut_off_with_its_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    settings = Settings(mode="serve", data_dir=tmp_path)
    with EmbeddedServer(settings.store_dir) as url:
        log = EventLog.open(url)
        access = Access(settings, log, places.load(tmp_path))
        for number in range(4):
            await access.audit.record(Deed("ani", "kpu", f"deed {number}"))
        await chores.once(access, log, Picture(taxonomies.load(None)))
        rows = await told(log.redis.xrange(log.key("audit")))
        await log.redis.xdel(log.key("audit"), rows[-1][0])
        await log.redis.hset(log.key("audit-head"), mapping={"n": 3, "h": rows[2][1][b"h"]})
        await log.close()
    found = await asyncio.to_thread(lambda: CliRunner().invoke(main, ["audit", "verify", "--log"]))
    assert (found.exit_code, "knows entry 4: the end was cut off" in found.output) == (1, True)
    own = chores.checkpoint_file(access)
    other = sign(Keys(tmp_path / "other"), 3, rows[2][1][b"h"].decode(), 1)
    own.write_text(f"{other.model_dump_json()}\n{{half a li")
    found = await asyncio.to_thread(lambda: CliRunner().invoke(main, ["audit", "verify"]))
    assert (found.exit_code, "another key" in found.output) == (1, True)
    found = await asyncio.to_thread(lambda: CliRunner().invoke(main, ["audit", "verify", "--key", other.key]))
    assert (found.exit_code, "3 entries, all whole, and as 1 checkpoints say" in found.output) == (0, True)


async def test_a_changed_entry_is_found_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with EmbeddedServer(tmp_path / "real") as url:
        log = EventLog.open(url)
        for number in range(4):
            await Audit(log).record(Deed("ani", "kpu", f"deed {number}"))
        stream = log.key("audit")
        rows = await told(log.redis.xrange(stream))
        await log.redis.delete(stream)
        for number, (_, fields) in enumerate(rows, 1):
            changed = {**fields, b"b": fields[b"b"].replace(b"ani", b"udi")} if number == 3 else fields
            await log.redis.xadd(stream, changed, id=f"{number}-0")
        await log.close()
    found = await asyncio.to_thread(lambda: CliRunner().invoke(main, ["audit", "verify"]))
    assert found.exit_code == 1
    assert "entry 3" in found.output
