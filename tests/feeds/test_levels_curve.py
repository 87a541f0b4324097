"""An area's last day in equal steps: the highest in each, and when the level last turned."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.levels.curve import STEP_MS, STEPS, curve, end_of, last_turn
from feeds.picture import LevelPoint

NOW = 2_000 * STEP_MS + 5


def point(at_ms: int, level: int) -> LevelPoint:
    return LevelPoint(at_ms, at_ms, level, level * 30.0)


points = st.lists(
    st.tuples(st.integers(NOW - 30 * 3_600_000, NOW), st.integers(0, 3)), min_size=1, max_size=12
).map(lambda pairs: [point(at_ms, level) for at_ms, level in sorted(dict(pairs).items())])


@given(points)
def test_each_step_holds_the_highest_that_stood_in_it(past: list[LevelPoint]) -> None:
    levels, scores = curve(past, NOW)
    begin = end_of(NOW) - STEPS * STEP_MS
    for step in range(STEPS):
        first, after = begin + step * STEP_MS, min(begin + (step + 1) * STEP_MS, NOW + 1)
        within = [one for one in past if first < one.at_ms < after]
        before = [one for one in past if one.at_ms <= first][-1:]
        stood = [one.level for one in before + within]
        assert levels[step] == (max(stood) if stood else None)
        assert scores[step] == (max(stood) * 30.0 if stood else None)


def test_the_last_turn_tells_what_it_was() -> None:
    past = [point(1, 0), point(2, 2), point(3, 2), point(4, 1), point(5, 1)]
    turn = last_turn(past)
    assert turn is not None
    assert (turn.was, turn.at_ms) == (2, 4)
    assert last_turn(past[-1:]) is None
    assert last_turn([]) is None
