"""The pace of frames: at once after a pause, never more than 20 in any second, and nothing waits for long."""

from bisect import bisect_left
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from dashboard.pace import GAP_S, PATIENCE_S, Pace

#: Seconds between changes (bursts, steady streams, pauses), and whether a change is urgent.
steps = st.sampled_from([0.0, 0.001, 0.0065, 0.032, 0.04, 0.05, 0.051]) | st.floats(0, 0.3)
URGENT_SHARE = [False] * 3 + [True]

Change = tuple[float, bool]


def play(changes: list[Change]) -> list[tuple[float, list[Change]]]:
    """When each frame left, and the changes in it; as a channel does it."""
    pace, frames, waiting, due = Pace(), list[tuple[float, list[Change]]](), list[Change](), float("inf")

    def leave(at: float) -> None:
        nonlocal waiting, due
        frames.append((at, waiting))
        pace.left(at)
        waiting, due = [], float("inf")

    for at, urgent in changes:
        if due <= at:
            leave(due)
        waiting.append((at, urgent))
        some_urgent = any(each for _, each in waiting)
        if pace.may_leave_at(some_urgent) <= at:
            leave(at)
        else:
            due = min(due, pace.due_at(at, some_urgent))
    if waiting:
        leave(due)
    return frames


def waits(frames: list[tuple[float, list[Change]]], *, urgent: bool = False) -> list[float]:
    return [at - came for at, changes in frames for came, is_urgent in changes if is_urgent == urgent]


def most_in_a_second(frames: list[tuple[float, list[Change]]]) -> int:
    left = [at for at, _ in frames]
    return max((bisect_left(left, at + 1 - 1e-9) - number for number, at in enumerate(left)), default=0)


@given(st.lists(steps, max_size=80))
def test_never_more_than_twenty_frames_in_any_second_and_no_change_waits_for_long(between: list[float]) -> None:
    frames = play([(at, False) for at in accumulate(between)])
    assert sum(len(changes) for _, changes in frames) == len(between)
    assert most_in_a_second(frames) <= 20
    assert all(wait <= max(PATIENCE_S, GAP_S) + 1e-9 for wait in waits(frames))


@given(st.lists(st.tuples(steps, st.sampled_from(URGENT_SHARE)), max_size=80))
def test_what_is_urgent_goes_ahead_and_costs_the_others_two_turns_at_most(between: list[Change]) -> None:
    times = accumulate(step for step, _ in between)
    frames = play([(at, urgent) for at, (_, urgent) in zip(times, between, strict=True)])
    assert most_in_a_second(frames) <= 21
    assert all(wait <= GAP_S + 1e-9 for wait in waits(frames, urgent=True))
    assert all(wait <= 2 * GAP_S + 1e-9 for wait in waits(frames))


def test_a_change_after_a_pause_leaves_at_once() -> None:
    assert waits(play([(at, False) for at in (0.0, 0.3, 0.31, 1.0)])) == [0, 0, 0, 0]


def test_batches_that_come_a_little_more_often_than_frames_may_leave_mostly_leave_as_they_come() -> None:
    waited = waits(play([(number / 31, False) for number in range(310)]))
    assert sum(wait == 0 for wait in waited) > 0.5 * len(waited)


def test_frames_that_leave_out_of_turn_hold_up_the_next_for_two_gaps_at_most() -> None:
    pace = Pace()
    for _ in range(100):
        pace.left(5.0)
    assert pace.may_leave_at(urgent=False) <= 5.0 + 2 * GAP_S + 1e-9
