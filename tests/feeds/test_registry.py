"""Who may send what: the registry's answers, and that each way into the log asks for them."""

import asyncio
from typing import Any

import pytest

from feeds import taxonomy
from feeds.beats import take_beat
from feeds.clock import now_ms, utc_text
from feeds.events import SourceRegistered
from feeds.intake import Intake, Refused
from feeds.log import EventLog, LogUnavailable
from feeds.picture import Picture
from feeds.placing import Placing
from feeds.refusals import OutsideRights
from feeds.registry import PATIENCE_S, Registry, registration
from feeds.replay import apply_all
from feeds.snapshot import dump_proven, load
from geo.areas import UnknownArea, bundled
from geo.locate import locator_of

AREAS = bundled()
PLACING = Placing(AREAS, locator_of(AREAS))
TANGGAMUS = {"lon": 104.62, "lat": -5.5}
BANDAR_LAMPUNG = {"lon": 105.266, "lat": -5.43}


def registered(name: str = "app", **fields: Any) -> SourceRegistered:
    return SourceRegistered.model_validate(
        {"at_ms": 5, "received_ms": 5, "source": "cli", "actor": "ani", "name": name, "why": "uji", **fields}
    )


def registry_of(*events: SourceRegistered, closed: bool = False) -> Registry:
    picture = Picture()
    for number, event in enumerate(events, 1):
        picture.apply(f"{number}-0", event)
    return Registry(picture, AREAS, closed=closed)


def report(**fields: Any) -> dict[str, Any]:
    occurred = {"occurred_at": utc_text(now_ms() - 1000), "category": "curas", "severity": 3, "title": "Uji"}
    return {"external_id": "1", **occurred, **BANDAR_LAMPUNG, **fields}


def fix(**fields: Any) -> dict[str, Any]:
    return {"unit": "u-1", "observed_at": utc_text(now_ms()), **BANDAR_LAMPUNG, **fields}


@pytest.mark.parametrize(
    ("limits", "sends", "sender", "regency", "district", "refused"),
    [
        ({}, "incidents", "x", "1806", None, None),
        ({"sends": ("positions",)}, "incidents", "app", "1806", None, "may send positions, not incidents"),
        ({"sends": ("positions",)}, "positions", "app", None, None, None),
        ({"areas": ("1806",)}, "incidents", "app", "1806", "180601", None),
        ({"areas": ("1806",)}, "incidents", "app", "1871", None, "may report for 1806, not for 1871"),
        ({"areas": ("1806",)}, "incidents", "app", None, None, "a place in no area"),
        ({"areas": ("polres:tanggamus",)}, "incidents", "app", "1806", None, None),
        ({"areas": ("kodim:0422",)}, "positions", "app", "1813", None, None),
        ({"areas": ("9999", "1806")}, "positions", "app", "1806", None, None),
        ({"senders": ("gateway",)}, "incidents", "gateway", "1806", None, None),
        ({"senders": ("gateway",)}, "incidents", "app", "1806", None, None),
        ({"senders": ("gateway",)}, "incidents", None, "1806", None, None),
        ({"senders": ("gateway",)}, "incidents", "evil", "1806", None, "is spoken for by gateway, not by 'evil'"),
        ({"enabled": False, "why": "mengirim ngawur"}, "incidents", None, "1806", None, "was disabled: mengirim"),
    ],
)
def test_a_registration_says_why_something_is_refused(
    limits: dict[str, Any],
    sends: Any,
    sender: str | None,
    regency: str | None,
    district: str | None,
    refused: str | None,
) -> None:
    problem = registry_of(registered(**limits)).refusal_at("app", sends, sender, regency, district)
    if refused is None:
        assert problem is None
    else:
        assert isinstance(problem, OutsideRights)
        assert refused in problem.reason


def test_an_open_registry_asks_nobody_and_a_closed_one_names_the_way_in() -> None:
    assert registry_of().is_open
    assert registry_of(registered("app")).refusal("other", "incidents", None) is None
    closed = registry_of(registered("app"), closed=True)
    assert closed.refusal("app", "incidents", None) is None
    assert "siger sources set" in str(closed.refusal("other", "incidents", None))
    assert closed.refusal("siger:expiry", "incidents", None) is None


def test_the_last_registration_holds_and_survives_a_snapshot() -> None:
    picture = Picture()
    picture.apply("1-0", registered(areas=("1806",)))
    picture.apply("3-0", registered(areas=("1871",)))
    picture.apply("2-0", registered(areas=("1872",)))
    again = load(dump_proven(picture))
    assert again.registrations()["app"].areas == ("1871",)
    assert again.sources == {}, "who registers a source is none"


def test_a_change_is_noticed_at_once() -> None:
    picture = Picture()
    registry = Registry(picture, AREAS)
    assert registry.is_open
    registry.note(picture.apply("1-0", registered(enabled=False)).orders)
    assert registry.refusal("app", "positions", None) is not None


def test_a_registration_is_checked_field_by_field() -> None:
    def make(name: str, **item: Any) -> SourceRegistered:
        return registration(name, {"why": "uji coba", **item}, AREAS, 7, actor="ani", source="api", simulated=False)

    assert make("app", areas=["18.06", "1806", "polres:metro"]).areas == ("1806", "polres:metro")
    assert make("app", areas=["18", "1806"]).areas == (), "the province is no limit"
    with pytest.raises(UnknownArea):
        make("app", areas=["9999"])
    for name, item in (("app", {"why": ""}), ("app", {"sends": ["gossip"]}), ("siger:levels", {}), ("", {})):
        with pytest.raises(Refused):
            make(name, **item)


async def test_incidents_and_positions_are_refused_item_by_item(log: EventLog) -> None:
    heard: dict[str, list[int]] = {}

    def note(name: str, /, *, accepted: int = 0, refused: int = 0) -> None:
        counts = heard.setdefault(name, [0, 0])
        counts[0] += accepted
        counts[1] += refused

    registry = registry_of(registered("app", areas=("1806",), sends=("incidents", "positions")))
    intake = Intake(log, PLACING, taxonomy.bundled(), registry=registry, note=note)
    items = [report(**TANGGAMUS), report(external_id="2"), report(external_id="3", source="free")]
    batch = await intake.incidents(items, source="app", actor="app", partial=True)
    assert [taken.index for taken in batch.taken] == [0, 2]
    assert "not for 1871" in batch.refused[0].problems[0].reason
    counts = await intake.positions([fix(**TANGGAMUS), fix(), fix(source="free")], source="app", actor="app")
    assert (counts.accepted, [refusal.index for refusal in counts.refused]) == (2, [1])
    assert heard == {"app": [2, 2], "free": [2, 0]}


async def test_nothing_to_report_is_data(log: EventLog) -> None:
    registry = registry_of(registered("app", areas=("1806",)))
    intake = Intake(log, PLACING, taxonomy.bundled(), registry=registry)
    nihil = {"area": "1806", "since": utc_text(now_ms() - 3_600_000)}
    await take_beat(intake, nihil, source="app", actor="app")
    await take_beat(intake, {}, source="app", actor="app")
    picture = Picture()
    apply_all(picture, await log.read())
    assert list(picture.sources["app"].nihil) == ["1806"]
    hostile: list[dict[str, Any]] = [
        nihil | {"area": "1871"},
        {"area": "1806"},
        {"since": nihil["since"]},
        {"at": utc_text(now_ms() + 3_600_000)},
        {"extra": 1},
    ]
    for item in hostile:
        with pytest.raises(Refused):
            await take_beat(intake, item, source="app", actor="app")
    with pytest.raises(Refused):
        await take_beat(intake, nihil, source="app", actor="app", may_place=lambda *_: False)


async def test_a_start_is_waited_for_and_a_closed_registry_takes_nothing_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feeds.registry.PATIENCE_S", PATIENCE_S / 1000)
    known = asyncio.Event()
    await Registry(Picture(), AREAS, known).ready()
    closed = Registry(Picture(), AREAS, known, closed=True)
    with pytest.raises(LogUnavailable):
        await closed.ready()
    known.set()
    await closed.ready()
