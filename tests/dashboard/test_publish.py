"""`siger publish`: counts, refusals with their lines, what is sent again, and the ways to a server and to a log."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from dashboard.cli.batching import MOST_BYTES, MOST_ITEMS, Batching
from dashboard.cli.publish import publish
from dashboard.cli.sending import RETRY_AFTER_S, Items, SendingFailed, Sent, Server
from feeds.inbound.lines import Line, ndjson
from feeds.inputs import Problem
from tests.dashboard.reports import incident, position
from tests.dashboard.waiting import wait_until

Refusals = list[tuple[int, str]]


class Keeper:
    """A receiver that keeps what it got, and refuses titles that say so."""

    def __init__(self) -> None:
        self.batches: list[Items] = []

    def incidents(self, items: Items) -> Sent:
        self.batches.append(items)
        bad = tuple((i, Problem("title", "", "bad")) for i, item in enumerate(items) if item["title"] == "bad")
        return Sent(len(items) - len(bad), 0, bad)

    def positions(self, items: Items) -> Sent:
        self.batches.append(items)
        return Sent(len(items), 0)

    def close(self) -> None:
        """Nothing to close."""


def batching(receiver: Any, refusals: Refusals, **more: Any) -> Batching:
    def refuse(line: int, problem: Problem) -> None:
        refusals.append((line, problem.field))

    return Batching(receiver, source="uji", refuse=refuse, progress=lambda _: None, **more)


def numbered(items: list[dict[str, Any]]) -> Iterator[Line]:
    return (Line(number, item) for number, item in enumerate(items, 1))


def test_lines_go_in_batches_of_their_kind_with_source_and_id() -> None:
    keeper, refusals = Keeper(), Refusals()
    reports = [{"title": f"t{i}"} for i in range(MOST_ITEMS["incident"] + 1)]
    sending = batching(keeper, refusals)
    counts = sending.send(numbered([*reports, {"unit": "p"}, {"title": "own", "external_id": "7", "source": "s"}]))
    assert [len(batch) for batch in keeper.batches] == [MOST_ITEMS["incident"], 2, 1]
    assert str(counts) == f"accepted {len(reports) + 2}, duplicate 0, refused 0"
    sent = [item for batch in keeper.batches for item in batch]
    assert sent[-2] == {"title": "own", "external_id": "7", "source": "s"}
    ids = [item["external_id"] for item in sent if "title" in item]
    assert len(set(ids)) == len(ids)
    assert sent[-1] == {"unit": "p", "source": "uji"}


def test_a_refusal_is_told_with_the_line_it_came_from() -> None:
    refusals = Refusals()
    found = [
        Line(3, {"title": "ok"}),
        Line(5, {"title": "bad"}),
        Line(6, None, Problem("(line)", "", "x")),
        Line(9, {}),
    ]
    counts = batching(Keeper(), refusals).send(found)
    assert sorted(refusals) == [(5, "title"), (6, "(line)"), (9, "(line)")]
    assert (counts.lines, counts.accepted, counts.refused) == (4, 1, 3)


def test_what_is_nested_too_deeply_to_be_sent_is_one_refused_line() -> None:
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    refusals = Refusals()
    counts = batching(Keeper(), refusals).send(numbered([{"title": deep}, {"title": "ok"}]))
    assert (counts.accepted, counts.refused, list(refusals)) == (1, 1, [(1, "(line)")])


def test_batches_stay_under_what_a_server_takes_and_nothing_piles_up() -> None:
    keeper = Keeper()
    reports = ({"title": "t", "description": "x" * 100_000} for _ in range(100))
    waiting: list[int] = []

    def watched() -> Iterator[Line]:
        for number, item in enumerate(reports, 1):
            waiting.append(number - sum(map(len, keeper.batches)))
            yield Line(number, item)

    batching(keeper, Refusals()).send(watched())
    assert max(len(orjson.dumps(batch)) for batch in keeper.batches) < MOST_BYTES + 200_000
    assert max(waiting) <= MOST_BYTES // 100_000 + 2


def test_what_lies_outside_the_box_is_skipped_and_what_has_no_place_is_not() -> None:
    keeper = Keeper()
    places: list[dict[str, Any]] = [
        {"lon": 105, "lat": -5},
        {"lon": 110, "lat": -5},
        {"lon": "105", "lat": "-9"},
        {},
    ]
    items = [{"title": "t", **place} for place in places]
    counts = batching(keeper, Refusals(), within=(103, -6, 106, -4)).send(numbered(items))
    assert (counts.accepted, counts.skipped) == (2, 2)
    assert str(counts).endswith("skipped 2")


def test_progress_is_told_when_it_takes_long() -> None:
    told: list[str] = []
    clock = iter(range(0, 1000, 3))
    sending = Batching(
        Keeper(),
        source="uji",
        refuse=lambda *_: None,
        progress=lambda counts: told.append(f"{counts.lines}"),
        clock=lambda: float(next(clock)),
    )
    sending.send(numbered([{"title": "t"}] * 4))
    assert told == ["2", "4"]


# -- over HTTP


def served(*answers: httpx2.Response | Exception) -> tuple[Server, list[float], list[httpx2.Request]]:
    """A server that gives these answers in turn, the last one for ever; its pauses and requests."""
    left, pauses, requests = list(answers), list[float](), list[httpx2.Request]()

    def handle(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx2.Client(transport=httpx2.MockTransport(handle), base_url="http://siger.test")
    return Server(client, pauses.append), pauses, requests


ACCEPTED = httpx2.Response(201, json={"accepted": 1, "duplicates": 0, "refused": 0})


def test_a_server_that_is_busy_or_away_is_asked_again() -> None:
    server, pauses, requests = served(httpx2.ConnectError("refused"), httpx2.Response(503), ACCEPTED)
    assert server.incidents([{"title": "t"}]) == Sent(1, 0)
    assert pauses == list(RETRY_AFTER_S[:2])
    assert len({request.read() for request in requests}) == 1, "the same bytes, so that a repeat is a duplicate"


def test_a_server_that_stays_away_is_given_up_with_the_reason() -> None:
    server, pauses, _ = served(httpx2.ConnectError("connection refused"))
    with pytest.raises(SendingFailed, match=r"http://siger\.test does not answer: connection refused"):
        server.positions([{"unit": "p"}])
    assert pauses == list(RETRY_AFTER_S)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx2.Response(401, json={"title": "Log in first"}), "without a token: give --token or SIGER_TOKEN"),
        (httpx2.Response(403), "does not let this token publish"),
        (httpx2.Response(404, text="<html>"), "answered 404: Not Found"),
        (
            httpx2.Response(500, json={"detail": "An error in Siger itself"}),
            "answered 500: An error in Siger itself",
        ),
    ],
)
def test_answers_that_no_repeat_mends_are_said_at_once(answer: httpx2.Response, says: str) -> None:
    server, pauses, _ = served(answer)
    with pytest.raises(SendingFailed, match=says):
        server.incidents([{"title": "t"}])
    assert pauses == []


def test_a_real_server_takes_what_holds_and_names_what_does_not(client: TestClient) -> None:
    refusals = Refusals()
    raw = b"\n".join(
        [
            orjson.dumps(incident(external_id="1")),
            orjson.dumps(incident(external_id="1")),
            b"{broken",
            orjson.dumps(incident(external_id="2", severity=9)),
            orjson.dumps(position(unit="p-1")),
            orjson.dumps(position(unit="p-2", lat=95)),
            orjson.dumps(incident(external_id="3", title="<img src=x onerror=alert(1)>")),
        ]
    )
    counts = batching(Server(client), refusals).send(ndjson(io.BytesIO(raw)))
    assert (counts.accepted, counts.duplicate, counts.refused) == (3, 1, 3)
    assert sorted(refusals) == [(3, "(line)"), (4, "severity"), (6, "lat")]
    wait_until(lambda: len(client.get("/api/v1/incidents").json()["features"]) == 2)


def test_a_batch_of_which_nothing_holds_costs_nothing(client: TestClient) -> None:
    refusals = Refusals()
    bad = [incident(external_id=str(i), lon=110.0) for i in range(3)]
    counts = batching(Server(client), refusals).send(numbered([*bad, position(lat=-95)]))
    assert (counts.accepted, counts.refused) == (0, 4)
    assert {field for _, field in refusals} == {"lon", "lat"}


# -- the command

Run = Callable[..., Result]


@pytest.fixture
def run(log_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command on a log of its own, in an empty directory."""
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SIGER_URL", raising=False)

    def invoke(*arguments: str, **more: Any) -> Result:
        return CliRunner().invoke(publish, [*arguments], **more)

    return invoke


def test_a_file_goes_into_the_log_of_the_data_directory_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "incidents.ndjson"
    file.write_bytes(b"\n".join(orjson.dumps(incident(external_id=str(i))) for i in range(3)))
    first, second = run(str(file)), run(str(file))
    assert (first.exit_code, first.stdout) == (0, "accepted 3, duplicate 0, refused 0\n")
    assert (second.exit_code, second.stdout) == (0, "accepted 0, duplicate 3, refused 0\n")


def test_refused_lines_are_printed_and_make_the_exit_status_1(run: Run, log_url: str) -> None:
    raw = orjson.dumps(incident(external_id="a")) + b"\n" + orjson.dumps(incident(external_id="b", category="demo"))
    result = run("--log", log_url, input=raw)
    assert result.exit_code == 1
    refused, counts = result.stdout.splitlines()
    assert refused.startswith("line 2: category: not in the taxonomy")
    assert refused.endswith("(got demo)")
    assert counts.endswith("refused 1")


def test_csv_columns_are_mapped_to_fields(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "laporan.csv"
    now = datetime.now(UTC).isoformat()
    file.write_text(
        f"no;waktu;judul;jenis;berat;kec;petugas\n1;{now};Curas;curas;3;18.06.01;Budi\n", encoding="utf-8"
    )
    columns = {
        "external_id": "no",
        "occurred_at": "waktu",
        "title": "judul",
        "category": "jenis",
        "severity": "berat",
    }
    maps = [f"--map={name}={column}" for name, column in {**columns, "area": "kec"}.items()]
    result = run(str(file), *maps)
    assert (result.exit_code, result.stdout) == (0, "accepted 1, duplicate 0, refused 0\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--url", "http://x", "--log", "redis://x"], "give one"),
        (["--map", "title"], "'title' is not FIELD=COLUMN"),
        (["--map", "title=judul"], "--map is for CSV; this is ndjson"),
        (["--within", "1,2,3"], "'1,2,3' is not W,S,E,N"),
        (["--format", "gpx"], "give --unit"),
        (["--unit", "p-07"], "are for GPX; this is ndjson"),
        (["--format", "gpx", "--unit", "p", "--begin", "2024-11-27"], "a time with its offset"),
    ],
)
def test_options_that_do_not_fit_are_explained(run: Run, arguments: list[str], says: str) -> None:
    result = run(*arguments, input=b"")
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.replace("│", " ").split())


def test_a_csv_without_the_mapped_column_says_which_there_are(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "laporan.csv"
    file.write_text("judul,jenis\n", encoding="utf-8")
    result = run(str(file), "--map", "title=Judul")
    assert result.exit_code == 1
    assert "there is no column 'Judul'; there are: judul, jenis" in result.stderr


def test_a_server_that_is_not_there_fails_with_the_counts_so_far(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.cli.sending.RETRY_AFTER_S", ())
    result = run("--url", "http://127.0.0.1:9", input=orjson.dumps(incident()))
    assert result.exit_code == 1
    assert "accepted 0" in result.stdout
    assert "http://127.0.0.1:9 does not answer" in result.stderr
