"""The director decides what is due: pace, backlog, courses of incidents, and rounds that do not pile up."""

import re
from collections import Counter
from itertools import islice, pairwise
from typing import Any

import pytest

from feeds.clock import epoch_ms
from feeds.events import incident_id
from feeds.inputs import ActionIn, IncidentIn
from feeds.scenario.chronology import load
from feeds.scenario.course import Act
from feeds.scenario.director import Director
from feeds.scenario.pace import CAP_S, FLOOR_S, gap_s, schedule
from feeds.scenario.patrols import Patrols
from feeds.taxonomy import bundled as bundled_taxonomy
from geo.areas import bundled

START_MS = 1_790_000_000_000
AREAS = bundled()
PILKADA = load("pilkada-2024")
ROUND = len(PILKADA.entries)


def director(run: str = "a", units: int = 200, speed: float = 1.0) -> Director:
    patrols = Patrols(AREAS, units, seed=1, start_ms=START_MS)
    return Director(
        PILKADA, AREAS, patrols, source="skenario:pilkada-2024", run=run, start_ms=START_MS, speed=speed
    )


def play(played: Director, seconds: int, step_s: int = 1) -> tuple[list[dict[str, Any]], list[Act]]:
    incidents: list[dict[str, Any]] = []
    acts: list[Act] = []
    for second in range(0, seconds + 1, step_s):
        due = played.step(START_MS + second * 1000)
        incidents += due.incidents
        acts += due.acts
    return incidents, acts


def test_gaps_are_kept_between_floor_and_cap() -> None:
    for before, after in pairwise(PILKADA.entries):
        assert FLOOR_S <= gap_s(before, after, 1.0) <= CAP_S
        assert gap_s(before, after, 2.0) == gap_s(before, after, 1.0) / 2


def test_at_the_usual_speed_an_incident_comes_every_25_s_at_most_for_ever() -> None:
    cues = [cue for cue in islice(schedule(PILKADA, START_MS), 3 * ROUND) if not cue.backlog]
    gaps_s = [(two.at_ms - one.at_ms) / 1000 for one, two in pairwise(cues)]
    assert max(gaps_s) <= CAP_S + 0.001
    assert 8 <= sum(gaps_s) / len(gaps_s) <= 25


@pytest.mark.parametrize("speed", [0, -1, 1001])
def test_an_impossible_speed_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match=r"is not possible; choose 0\.05 to 1000"):
        next(schedule(PILKADA, START_MS, speed))


def test_the_backlog_comes_at_once_in_order_within_the_last_ten_hours() -> None:
    due = director().step(START_MS)
    assert [incident["title"] for incident in due.incidents] == [entry.title for entry in PILKADA.backlog]
    times = [epoch_ms(IncidentIn.model_validate(incident).occurred_at) for incident in due.incidents]
    assert times == sorted(times)
    assert START_MS - 10 * 3_600_000 <= times[0] <= times[-1] < START_MS


def test_everything_is_what_the_intake_takes_and_says_simulated() -> None:
    incidents, acts = play(director(), 1200)
    for incident in incidents:
        assert IncidentIn.model_validate(incident).simulated
        assert incident["category"] in bundled_taxonomy().categories
    for act in acts:
        action = ActionIn.model_validate(act.action)
        assert action.simulated
        assert action.note.startswith("SIMULASI: ")


def test_each_incident_occurs_when_it_plays() -> None:
    played = director()
    played.step(START_MS)
    for second in range(1, 300):
        now_ms = START_MS + second * 1000
        for incident in played.step(now_ms).incidents:
            assert 0 <= now_ms - epoch_ms(IncidentIn.model_validate(incident).occurred_at) < 1000


def test_incidents_run_through_every_state_in_an_order_that_the_life_cycle_allows() -> None:
    taxonomy = bundled_taxonomy()
    _, acts = play(director(), 1500)
    status: dict[str, str] = {}
    for act in acts:
        before = status.get(act.external_id, "baru")
        after = taxonomy.after(before, act.action["type"])
        # "reopen" before a merge is the one step that may not apply: the incident can still be open.
        assert after is not None or act.action["type"] == "reopen", (before, act)
        status[act.external_id] = after or before
    assert {"verify", "assign", "respond", "on_scene", "resolve", "reopen", "merge"} <= {
        act.action["type"] for act in acts
    }
    assert {"ditangani", "selesai", "digabung"} <= set(status.values())


def test_a_later_round_merges_what_the_earlier_one_left() -> None:
    incidents, acts = play(director(), 1500)
    rounds = Counter(incident["external_id"].partition(".")[0] for incident in incidents)
    assert max(rounds.values()) >= 2
    merged = {act.external_id: act.action["into"] for act in acts if act.action["type"] == "merge"}
    for entry_id, times in rounds.items():
        ids = [i["external_id"] for i in incidents if i["external_id"].startswith(f"{entry_id}.")]
        assert len(set(ids)) == times
        for earlier, later in pairwise(ids):
            assert merged[earlier] == incident_id("skenario:pilkada-2024", later)
        assert ids[-1] not in merged


def test_what_an_earlier_run_left_behind_is_merged_too() -> None:
    played = director(run="b")
    left = f"{PILKADA.backlog[0].id}.a.7"
    played.adopt([left, "another-scenario.a.1"])
    acts = played.step(START_MS).acts
    merges = [act for act in acts if act.action["type"] == "merge"]
    assert [act.external_id for act in merges] == [left]


def test_a_run_can_be_repeated_and_runs_do_not_share_ids() -> None:
    one, again, other = (play(director(run=run), 300) for run in ("a", "a", "b"))
    assert one == again
    assert not {i["external_id"] for i in one[0]} & {i["external_id"] for i in other[0]}


def test_after_a_pause_play_goes_on_where_it_stopped_instead_of_flooding() -> None:
    played, steady = director(), director()
    before, _ = play(played, 60)
    undisturbed, _ = play(steady, 90)
    pause_ms = 3_600_000
    after = [i for s in range(31) for i in played.step(START_MS + 60_000 + pause_ms + s * 1000).incidents]
    assert [i["external_id"] for i in before + after] == [i["external_id"] for i in undisturbed]
    last = epoch_ms(IncidentIn.model_validate(after[-1]).occurred_at)
    assert last >= START_MS + 60_000 + pause_ms


def test_without_a_scenario_only_patrols_play() -> None:
    patrols = Patrols(AREAS, 20, seed=1, start_ms=START_MS)
    alone = Director(None, AREAS, patrols, source="x", run="a", start_ms=START_MS)
    due = alone.step(START_MS + 15_000)
    assert (due.incidents, due.acts) == ([], [])
    assert len(due.positions) == 20


def test_incident_ids_say_entry_run_and_round() -> None:
    incidents, _ = play(director(), 60)
    assert all(re.fullmatch(r"[a-z0-9-]+\.a\.1", incident["external_id"]) for incident in incidents)
