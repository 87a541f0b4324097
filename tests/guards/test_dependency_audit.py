"""The dependency audit of `make check` sees what it says it sees, and never takes silence for an answer."""

import json
import subprocess
from dataclasses import replace
from datetime import date
from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.dependencies import advisories
from tests.dependencies.advisories import NotAsked, found_in, that_count, understood
from tests.dependencies.locks import BadLock, pins
from tests.dependencies.offline import faults, is_taken, licence_of
from tests.dependencies.policy import Forbidden, Ignored, Policy, read

ROOT = Path(__file__).parents[2]
HASH = "--hash=sha256:" + "a" * 64
RUN = f"web==1.2 {HASH}\nbase==3.0 {HASH}\n"
DEV = f"{RUN}lint==7.1 \\\n    {HASH}\n"
POLICY = Policy(
    run=(Requirement("web>=1,<2"),),
    dev=(Requirement("lint"),),
    licences=frozenset({"MIT"}),
    spelt={"MIT License": "MIT"},
)


class Package(Distribution):
    """An installed package that is not there."""

    def __init__(self, name: str, version: str, *, needs: tuple[str, ...] = (), **about: str) -> None:
        self._metadata = Message()
        facts = {"Name": name, "Version": version, **(about or {"License-Expression": "MIT"})}
        for field, value in facts.items():
            self._metadata[field.replace("_", "-")] = value
        for need in needs:
            self._metadata["Requires-Dist"] = need

    @property
    def metadata(self) -> Any:
        return self._metadata

    @property
    def requires(self) -> list[str]:
        return self._metadata.get_all("Requires-Dist") or []

    def read_text(self, filename: str) -> None:
        return None

    def locate_file(self, path: Any) -> Any:
        raise NotImplementedError


def packages(**changes: Package | None) -> dict[Any, Distribution]:
    known = {
        "web": Package("web", "1.2", needs=("base>=3", "odd ; python_version < '3'")),
        "base": Package("base", "3.0"),
        "lint": Package("lint", "7.1"),
        "siger": Package("siger", "0.1"),
        **changes,
    }
    return {name: one for name, one in known.items() if one is not None}


def told(policy: Policy = POLICY, run: str = RUN, dev: str = DEV, **changes: Package | None) -> list[str]:
    return list(faults(policy, pins(run), pins(dev), packages(**changes)))


def test_dependencies_in_step_have_no_fault() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("case", "word"),
    [
        ({"policy": replace(POLICY, run=(*POLICY.run, Requirement("new")))}, "lacks new, which pyproject"),
        ({"policy": replace(POLICY, run=(Requirement("web>=1.3"),))}, "has web 1.2, pyproject.toml asks for >=1.3"),
        ({"run": RUN.replace("1.2", "1.1")}, "requirements.lock has web 1.1, requirements-dev.lock 1.2"),
        ({"web": Package("web", "1.2.1", needs=("base",))}, ".venv has web 1.2.1, the lock 1.2"),
        ({"lint": None}, ".venv has lint nothing, the lock 7.1"),
        ({"stray": Package("stray", "1")}, ".venv has stray, which no lock names"),
        ({"base": Package("base", "3.0", needs=("deeper",))}, "lacks deeper, which something in it needs"),
        ({"web": Package("web", "1.2")}, "requirements.lock has base, which nothing needs"),
        ({"policy": replace(POLICY, forbidden=(Forbidden(Requirement("web==1.2"), "eats"),))}, "forbidden: eats"),
        (
            {"base": Package("base", "3.0", License_Expression="AGPL-3.0-only")},
            "base is licensed under AGPL-3.0-only",
        ),
        ({"base": Package("base", "3.0", License="ask us")}, "base names no licence"),
    ],
)
def test_a_fault_is_found_and_named(case: dict[str, Any], word: str) -> None:
    assert any(word in fault for fault in told(**case)), told(**case)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("web==1.2", "no sha256"),
        ("web==1.2 --hash=md5:aa", "no sha256"),
        (f"web==1.2 {HASH} --index-url=x", "besides"),
        (f"web>=1.2 {HASH}", "not pinned"),
        (f"web==1.* {HASH}", "not pinned"),
        (f"web @ file:///tmp/web.whl {HASH}", "not pinned"),
        (f"--find-links /tmp {HASH}", "no pinned package"),
        (f"web==1.2 {HASH}\nweb==1.3 {HASH}", "twice"),
    ],
)
def test_a_line_that_pins_less_than_all_is_refused(line: str, word: str) -> None:
    with pytest.raises(BadLock, match=word):
        pins(line)


def test_licences_are_read_wherever_packages_write_them() -> None:
    assert licence_of(Package("a", "1", License="MIT License"), POLICY.spelt) == ["MIT"]
    assert licence_of(Package("a", "1", Classifier="License :: OSI Approved :: MIT License"), POLICY.spelt) == [
        "MIT"
    ]
    assert is_taken("MIT AND (GPL-3.0-only OR Apache-2.0)", frozenset({"MIT", "Apache-2.0"}))
    assert not is_taken("MIT AND GPL-3.0-only", frozenset({"MIT"}))
    assert not is_taken("Whatever we like", frozenset({"MIT"}))


ANSWER = {
    "dependencies": [
        {
            "name": "web",
            "version": "1.2",
            "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.3"]}],
        },
        {"name": "base", "version": "3.0", "vulns": []},
    ]
}


def test_a_known_vulnerability_counts_until_somebody_says_why_not_and_until_when() -> None:
    found = found_in(understood(json.dumps(ANSWER), ""))
    today = date(2026, 1, 31)
    assert that_count(found, (), today) == ["web 1.2: PYSEC-1 = CVE-1, fixed in 1.3"]
    aside = Ignored("CVE-1", canonicalize_name("web"), "never called", today)
    assert that_count(found, (aside,), today) == []
    late = that_count(found, (aside,), date(2026, 2, 1))
    assert "which is over" in late[0]
    assert late[1].startswith("web 1.2")


@pytest.mark.parametrize(
    ("output", "trouble", "word"),
    [
        ("", "Traceback\nConnectionError: no route to host", "no route to host"),
        ("", "", "no answer"),
        ("<html>", "", "no answer"),
        # Something that knows no package answers in its place: pip-audit itself would say "none found".
        (json.dumps({"dependencies": [{"name": "web", "skip_reason": "not found"}]}), "", "knows 0 of 1"),
    ],
)
def test_silence_is_never_taken_for_an_answer(output: str, trouble: str, word: str) -> None:
    with pytest.raises(NotAsked, match=word):
        understood(output, trouble)


def test_a_service_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], *, timeout: float, **_options: Any) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(NotAsked, match="no answer within"):
        advisories.ask(pins(RUN).values())


def test_the_policy_is_read_and_an_ignored_advisory_needs_its_reason(tmp_path: Path) -> None:
    policy = read(ROOT / "pyproject.toml")
    assert {one.name for one in policy.run} >= {"dash", "redis"}
    assert "pip-audit" in {one.name for one in policy.dev}
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ignored = (
        '\n[[tool.siger.dependencies.ignored]]\nid = "CVE-1"\npackage = "web"\nwhy = " "\nuntil = 2027-01-31\n'
    )
    (tmp_path / "pyproject.toml").write_text(text + ignored, encoding="utf-8")
    with pytest.raises(ValueError, match="gives no reason"):
        read(tmp_path / "pyproject.toml")
