"""`siger levels set`: a number of the model changed from the command line, checked and audited like any other."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def siger(*words: str) -> Result:
    return CliRunner().invoke(main, ["levels", *words])


@pytest.mark.usefixtures("here")
def test_a_number_is_set_listed_audited_and_taken_back() -> None:
    made = siger("set", "threshold_1", "20", "--why", "Rapat evaluasi")
    assert made.output == "threshold_1 is 20.\n", made.output
    lines = dict(line.split("\t")[:2] for line in siger("numbers").output.splitlines())
    assert (lines["threshold_1"], lines["threshold_2"]) == ("20", "30")
    # It is checked against the numbers as they are now: 20 stands, so 15 does not rise above it.
    refused = siger("set", "threshold_2", "15", "--why", "salah ketik")
    assert (refused.exit_code, "must rise" in refused.output) == (1, True)
    assert siger("set", "threshold_1", "bundled", "--why", "Selesai").output == "threshold_1 is 10.\n"
    assert "entries, all whole" in CliRunner().invoke(main, ["audit", "verify"]).output


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "gone", "1", "--why", "coba saja"), "no parameter 'gone'"),
        (("set", "hysteresis", "99", "--why", "coba saja"), "must be from 0.0 to 20.0 points"),
        (("set", "hysteresis", "banyak", "--why", "coba saja"), "value"),
        (("set", "hysteresis", "4", "--why", "x"), "why"),
        (("set", "hysteresis", "4"), "--why"),
    ],
)
def test_what_does_not_hold_is_refused_with_the_reason(words: tuple[str, ...], said: str) -> None:
    answer = siger(*words)
    assert answer.exit_code != 0
    assert said in answer.output
