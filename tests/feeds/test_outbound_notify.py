"""Notifications: rules that hold, signatures that others verify, retries that end, every attempt written down."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from feeds.outbound import notify
from feeds.outbound.messages import document_of, signed, text_of
from feeds.outbound.notify import Attempts, Message, Notifier, shown
from feeds.outbound.rules import Rule, RulesError, fits, key_of, load
from feeds.picture import Picture
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled as areas
from tests.feeds.test_picture import K1, reported

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"
HOOK: dict[str, Any] = {"name": "semua", "webhook": "https://posko.example/hook?key=geheim", "secret": SECRET}


def an_incident(**fields: object) -> Any:
    picture = Picture()
    picture.apply("1-0", reported(regency="1806", district="180601", **fields))
    return picture.incidents[K1]


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({}, True),
        ({"severity_min": 3}, True),
        ({"severity_min": 4}, False),
        ({"categories": ["kamtibmas"]}, True),
        ({"categories": ["unjuk_rasa", "banjir"]}, True),
        ({"categories": ["bencana"]}, False),
        ({"areas": ["1806"]}, True),
        ({"areas": ["polres:tanggamus"]}, True),
        ({"areas": ["180601", "1807"]}, True),
        ({"areas": ["1807"]}, False),
        ({"on": ["close"]}, False),
    ],
)
def test_every_condition_that_a_rule_names_must_hold(rule: dict[str, Any], holds: bool) -> None:
    made = Rule.model_validate({**HOOK, **rule})
    assert fits(made, an_incident(), "report", areas(), taxonomy()) is holds


def test_restricted_reports_are_told_to_nobody() -> None:
    secret = an_incident(category="netralitas", sensitivity="restricted")
    assert secret.secrecy != "normal"
    assert not fits(Rule.model_validate(HOOK), secret, "report", areas(), taxonomy())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[rule]]\nname='a'", "tells nobody"),
        ("[[rule]]\nname='a'\nwebhook='https://h/'", "needs a 'secret'"),
        ("[[rule]]\nname='a'\nwebhook='https://h/'\nsecret='kurz'", "whsec_"),
        ("[[rule]]\nname='a'\nto=['json://h']\nareas=['9999']", "9999"),
        ("[[rule]]\nname='a'\nto=['json://h']\ncategories=['apa']", "no category or group apa"),
        ("[[rule]]\nname='a'\nto=['json://h']\nseverity_min=9", "severity_min"),
        ("[[rule]]\nname='a'\nto=['json://h']\nwarna='merah'", "warna"),
        ("[[rule", "cannot be read"),
    ],
)
def test_a_file_that_does_not_hold_is_refused_with_the_rule_and_the_reason(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=says):
        load(path, areas(), taxonomy())


def test_a_signature_is_verified_by_the_standards_own_library() -> None:
    body = document_of({"id": K1}, "report", at="2024-11-27T00:00:00.000Z", simulated=True)
    import time

    rule = Rule.model_validate(HOOK)
    assert rule.secret is not None
    headers = signed(body, key=key_of(rule.secret), message_id="msg_1", at_s=int(time.time()))
    assert Webhook(SECRET).verify(body, headers)["data"] == {"id": K1}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


def test_the_text_says_what_where_and_when_and_that_it_is_a_simulation() -> None:
    title, text = text_of(an_incident(), "report", areas(), taxonomy(), link="https://s/", simulated=True)
    assert title == "SIMULASI: Kejadian baru: Unjuk rasa di kantor KPU"
    assert text.splitlines()[:2] == [
        "Unjuk rasa, keparahan 3 dari 5",
        "Kota Agung, Tanggamus, 01/01/1970 07.00 WIB",
    ]


class Run:
    """A notifier with answers to give, what it sent, and what it wrote down."""

    def __init__(self, path: Path, answers: list[int | Exception], people: list[bool], settled: Any = ()) -> None:
        self.path = path
        self.requests: list[httpx2.Request] = []
        self.said: list[str] = []
        self.now_s = 1_000_000.0

        def answer(request: httpx2.Request) -> httpx2.Response:
            self.requests.append(request)
            told = answers.pop(0)
            if isinstance(told, Exception):
                raise told
            return httpx2.Response(told)

        async def say(target: str, _title: str, _text: str) -> bool:
            self.said.append(target)
            return people.pop(0)

        client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
        self.notifier = Notifier(Attempts(path), say, client, clock=lambda: self.now_s, settled=settled)

    async def tell(self, count: int = 1, **rule: Any) -> None:
        made = Rule.model_validate({**HOOK, **rule})
        for number in range(count):
            self.notifier.tell(Message(f"msg_{number}", made, K1, "t", "b", b"{}"))
        while self.notifier._waiting:
            await asyncio.sleep(0.005)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.path.read_bytes().splitlines()]

    @property
    def outcomes(self) -> list[tuple[int, str]]:
        return [(line["attempt"], line["outcome"]) for line in self.lines]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "RETRY_AFTER_S", (0.0, 0.0))


async def test_a_failure_is_tried_again_under_the_same_id_and_each_attempt_is_written_down(tmp_path: Path) -> None:
    run = Run(tmp_path / "n.ndjson", [503, httpx2.ConnectError("no route"), 200], [])
    await run.tell()
    assert run.outcomes == [(1, "failed"), (2, "failed"), (3, "delivered")]
    assert {request.headers["webhook-id"] for request in run.requests} == {"msg_0"}
    assert [line["reason"] for line in run.lines] == ["answered 503", "ConnectError: no route", ""]


@pytest.mark.parametrize(
    ("answers", "outcomes"),
    [
        ([500, 500, 500], [(1, "failed"), (2, "failed"), (3, "given up")]),
        ([404], [(1, "given up")]),
        ([429, 204], [(1, "failed"), (2, "delivered")]),
        ([302], [(1, "given up")]),
    ],
)
async def test_attempts_end(tmp_path: Path, answers: list[Any], outcomes: list[tuple[int, str]]) -> None:
    run = Run(tmp_path / "n.ndjson", answers, [])
    await run.tell()
    assert run.outcomes == outcomes


async def test_a_rules_hour_holds_back_the_rest_and_says_so(tmp_path: Path) -> None:
    run = Run(tmp_path / "n.ndjson", [200] * 9, [])
    await run.tell(count=5, per_hour=3)
    assert sorted(outcome for _, outcome in run.outcomes) == ["delivered"] * 3 + ["held back"] * 2
    run.now_s += 3601
    await run.tell(per_hour=3)
    assert len(run.requests) == 4


async def test_people_are_told_through_apprise_and_secrets_stay_out_of_the_file(tmp_path: Path) -> None:
    run = Run(tmp_path / "n.ndjson", [200], [False, True])
    await run.tell(to=["tgram://123:geheim/456"])
    assert run.said == ["tgram://123:geheim/456"] * 2
    assert "geheim" not in run.path.read_text()
    assert {line["target"] for line in run.lines} == {"tgram://…", "https://posko.example"}
    assert shown("(all)") == "(all)"


async def test_who_takes_over_sends_what_is_not_settled_and_nothing_twice(tmp_path: Path) -> None:
    path, to = tmp_path / "n.ndjson", ["tgram://1", "tgram://2"]
    first = Run(path, [200], [True])
    await first.tell(to=to[:1], webhook=HOOK["webhook"])
    path.write_bytes(path.read_bytes() + b'{"message": "msg_0", "to": 2, "outcome": "fai')  # a crash
    settled = Attempts(path).settled()
    assert settled == {("msg_0", 1), ("msg_0", 2)}
    second = Run(path, [200, 200], [True, True], settled - {("msg_0", 2)})
    await second.tell(count=2, to=to[:1])
    assert second.said == to[:1], "the second message alone"
    assert [request.headers["webhook-id"] for request in second.requests] == ["msg_0", "msg_1"]


@pytest.mark.parametrize("outcome", ["held back", "given up", "refused", "delivered"])
def test_what_is_settled_for_all_addresses_is_settled_for_each(tmp_path: Path, outcome: str) -> None:
    path = tmp_path / "n.ndjson"
    assert Attempts(path).settled() == set()
    Attempts(path).write(message="msg_0", to=0, outcome=outcome)
    Attempts(path).write(message="msg_1", to=1, outcome="failed")
    assert Attempts(path).settled() == {("msg_0", 0)}
