"""Settings that cannot hold are refused in words before anything starts, and no word repeats a secret."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main


def run(monkeypatch: pytest.MonkeyPatch, *words: str, **settings: str) -> Result:
    for name, value in settings.items():
        monkeypatch.setenv(f"SIGER_{name.upper()}", value)
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("redis_url", "host:6379", "must be such as redis://host:6379/0"),
        ("redis_url", "redis://:geheim@host:abc", "must be such as"),
        ("redis_url", "https://:geheim@host", "must be such as"),
        ("public_url", "siger.example.go.id", "must be an address"),
        ("public_url", "https://siger.example.go.id/peta", "scheme and host alone"),
        ("public_url", "https://geheim@siger.example.go.id", "scheme and host alone"),
        ("public_url", "https://[::1", "IPv6"),
        ("public_url", "https://", "must be an address"),
        ("cap_feed", "file:///etc/passwd", "must be an address"),
        ("port", "abc", "SIGER_PORT"),
        ("engine", "outside", "inside"),
    ],
)
def test_a_setting_that_cannot_hold_is_named_with_what_it_must_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    result = run(monkeypatch, "settings", **{name: value})
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: SIGER_{name.upper()}: ")
    assert says in result.output
    assert name != "redis_url" or "geheim" not in result.output


@pytest.mark.parametrize("name", ["data_dir", "keys_dir"])
def test_a_file_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = run(monkeypatch, "settings", **{name: str(tmp_path / "file")})
    assert (result.exit_code, "a folder is needed" in result.output) == (1, True)
    assert run(monkeypatch, "settings", **{name: str(tmp_path / "new")}).exit_code == 0


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, "settings", redis_url="", public_url="", cot_port="", port="")
    assert result.exit_code == 0, result.output
    assert "SIGER_REDIS_URL = None" in result.output
    assert "SIGER_PORT = 8050" in result.output


@pytest.mark.parametrize("content", [b"port = [", b"\xff\xfe"])
def test_a_settings_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "siger.toml").write_bytes(content)
    result = run(monkeypatch, "settings")
    assert (result.exit_code, "Error: siger.toml cannot be read" in result.output) == (1, True), result.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--url", "127.0.0.1:8050"), "must be an address"),
        (("--url", "http://[::1"), "IPv6"),
        (("--log", "geheim:6379"), "must be such as redis://"),
    ],
)
def test_where_nothing_can_be_sent_is_refused_before_a_line_is_read(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    result = run(monkeypatch, "publish", *words)
    assert (result.exit_code, says in result.output, "geheim" in result.output) == (2, True, False)


def test_what_a_command_meets_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jenis.toml").write_text("jenis", encoding="utf-8")
    words = ("replay", "--at", "2026-11-30T00:00:00Z")
    for settings, says in (
        ({"redis_url": "redis://127.0.0.1:1"}, "log server"),
        ({"redis_url": "", "data_dir": "/proc/siger"}, "the folder of the log server cannot be used"),
        (
            {"data_dir": str(tmp_path / "data"), "taxonomy": str(tmp_path / "jenis.toml")},
            "jenis.toml cannot be read",
        ),
    ):
        result = run(monkeypatch, *words, **settings)
        assert (result.exit_code, says in result.output) == (1, True), result.output
        assert result.output.startswith("Error: ")
