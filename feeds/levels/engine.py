"""The levels feed: reads incidents off the picture, writes level events to the log. One writer at a time.

What it writes depends on the picture and the moment alone. The district and the regency that an incident touched
are assessed at once, or together with those that come in the next moment; all areas every few seconds, because
scores decay by themselves. An event is written only when there is something to say: another level, a score that
moved by a point, another story.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from feeds.changes import Changes
from feeds.clock import now_ms
from feeds.events import Event, LevelChanged, LevelOverridden, ParameterChanged
from feeds.levels import parameters as numbers
from feeds.levels import stages
from feeds.levels.ground import Ground
from feeds.levels.ledger import MICRO, Ledger, Standing
from feeds.levels.model import MOST_POINTS, Assessment, Surroundings, explain, level_of, same_story
from feeds.levels.parameters import ParameterError, Parameters
from feeds.levels.plans import Plan
from feeds.levels.stages import Calendar
from feeds.levels.weight import HOUR_MS, MINUTE_MS
from feeds.log import EventLog, Witness
from feeds.picture import Picture
from feeds.taxonomy import Taxonomy

#: Areas are assessed at most so often: a hundred incidents a second cost no more than five.
ASSESS_GAP_S = 0.2
#: Nor does it take more than a tenth of the time, however much lies in the areas that are touched.
PAUSE_PER_WORK = 9
#: How often every area is assessed anew for decay.
DECAY_EVERY_S = 5.0
#: So many incidents wait at most to be taken in. Fewer do where areas are assessed; where another process does
#: that, nobody who looks at an area waits for a whole day's.
MOST_NOTED = 5_000
#: What is usual in an area moves over days; where nobody assesses it is reckoned anew after so long.
USUAL_FOR_MS = 60_000
#: A score that moved by less than this is not news.
SCORE_STEP = 1.0

SOURCE = "siger:levels"

log = logging.getLogger(__name__)


class LevelsFeed:
    """Assesses areas and appends what changed. `ground`: the areas; mere codes where borders do not matter.

    `fence` keeps an append from happening once another process does this.
    """

    def __init__(
        self,
        picture: Picture,
        event_log: EventLog,
        ground: Ground | Sequence[str],
        taxonomy: Taxonomy,
        *,
        simulated: bool = False,
        clock: Callable[[], int] = now_ms,
        calendar: Calendar | None = None,
        fence: Witness | None = None,
    ) -> None:
        self.picture = picture
        self.log = event_log
        self.ground = ground if isinstance(ground, Ground) else Ground(tuple(ground))
        self.areas = self.ground.codes
        self.taxonomy = taxonomy
        self.simulated = simulated
        self.clock = clock
        self.fence = fence
        self.calendar = calendar or stages.bundled()
        self.plans: tuple[Plan, ...] = ()
        self.ledger = self._empty_ledger()
        self._usual: Mapping[str, int] = {}
        self._usual_ms = 0
        # What was written but may not have come back through the log yet: without it, it would be written twice.
        self._written: dict[str, LevelChanged] = {}
        self._ended: set[tuple[str, int]] = set()
        self._touched: set[str] = set(self.areas)
        # Incidents that changed since the ledger last took any in.
        self._noted: set[str] = set()
        self._wake = asyncio.Event()

    @property
    def parameters(self) -> Parameters:
        return self.ledger.parameters

    def settle(self) -> None:
        """Takes in the picture as it stands (once it is built), and plans to assess every area."""
        self.ledger = self._empty_ledger()
        self._noted = set(self.picture.incidents)
        self._take_in()
        self._touched = set(self.areas)
        self._usual_ms = 0

    def note(self, changes: Changes) -> None:
        """The picture changed: remember what did, and wake up if that touches areas."""
        if ParameterChanged.kind in changes.orders:
            self.settle()
            self._wake.set()
        if changes.incidents:
            self._noted |= changes.incidents
            self._wake.set()
        if len(self._noted) > MOST_NOTED:
            self._take_in()

    async def run(self) -> None:
        """Assesses for ever; ends by cancellation. Raises what the log raises (the caller starts it again)."""
        while True:
            began_s = time.thread_time()
            self._take_in()
            touched, self._touched = self._touched, set()
            try:
                await self.assess(touched)
            except BaseException:
                self._touched |= touched
                raise
            await asyncio.sleep(max(ASSESS_GAP_S, PAUSE_PER_WORK * (time.thread_time() - began_s)))
            try:
                async with asyncio.timeout(DECAY_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                self._touched = set(self.areas)
            self._wake.clear()

    async def assess(self, codes: Iterable[str]) -> list[LevelChanged]:
        """Assesses these areas now, appends the news and returns it."""
        at_ms = self.clock()
        wanted = sorted(set(codes))
        news = self.news(wanted, at_ms)
        ends = self._ends(at_ms) if len(wanted) == len(self.areas) else []
        events: list[Event] = [*news, *ends]
        if events:
            await self.log.append(events, witness=self.fence)
            self._written.update((event.area, event) for event in news)
            self._ended.update((event.area, event.until_ms) for event in ends)
        return news

    def news(self, codes: Sequence[str], at_ms: int) -> list[LevelChanged]:
        """What there is to say about these areas at a moment."""
        self._take_in()
        if len(codes) == len(self.areas):
            self._reckon_usual(at_ms)
            standings = self.ledger.standings(at_ms)
        else:
            around = (near for code in codes for near in self.ground.neighbours.get(code, ()))
            standings = self.ledger.standings(at_ms, {*codes, *around})
        found = (self._news(code, standings, at_ms) for code in codes)
        return [event for event in found if event is not None]

    def be_current(self, at_ms: int) -> None:
        """Before `standing` and `score` are asked where nobody assesses: another process does it, or none."""
        self._take_in()
        if at_ms - self._usual_ms >= USUAL_FOR_MS:
            self._reckon_usual(at_ms)

    def standing(self, code: str, at_ms: int) -> tuple[Standing, float]:
        """What lies in an area at a moment, and its score before rounding and capping, in millionths of points."""
        self._take_in()
        standings = self.ledger.standings(at_ms, {code, *self.ground.neighbours.get(code, ())})
        own, around = standings[code], self._around(code, standings, at_ms)
        more = sum(around.spill.values()) + sum(micro for _, micro in around.plans)
        return own, own.own + more - min(around.usual, own.everyday)

    def score(self, code: str, at_ms: int) -> float:
        """The score that an area would have at a moment if nothing new came in."""
        return min(self.standing(code, at_ms)[1] / MICRO, MOST_POINTS)

    def _reckon_usual(self, at_ms: int) -> None:
        self.ledger.forget_before(at_ms - round(self.parameters["usual_days"] * 24 * HOUR_MS))
        self._usual, self._usual_ms = self.ledger.usual(at_ms), at_ms

    def _take_in(self) -> None:
        """Lets the ledger know of what was noted, in one go: of an incident that changed often only the last."""
        noted, self._noted = self._noted, set()
        for incident_id in noted:
            self._touched |= self.ledger.put(self.picture.incidents[incident_id])
        self.ledger.catch_up()

    def _news(self, code: str, standings: Mapping[str, Standing], at_ms: int) -> LevelChanged | None:
        found = explain(self.ledger, standings[code], self._around(code, standings, at_ms))
        return self.decided(code, found, at_ms)

    def decided(self, code: str, found: Assessment, at_ms: int) -> LevelChanged | None:
        """The level that an area has with this assessment, after what it was; None where that is no news."""
        old = self._latest(code)
        held_ms = at_ms - old.since_ms if old else None
        lately = self._lately(code, old, at_ms) if old else 0.0
        level = level_of(found.score, old.level if old else None, held_ms, self.parameters, lately)
        if old is not None and not self._is_news(old, level, found):
            return None
        return LevelChanged(
            at_ms=at_ms,
            received_ms=at_ms,
            source=SOURCE,
            simulated=self.simulated,
            area=code,
            level=level,
            score=found.score,
            since_ms=old.since_ms if old is not None and old.level == level else at_ms,
            reasons=found.reasons,
        )

    def _around(self, code: str, standings: Mapping[str, Standing], at_ms: int) -> Surroundings:
        p = self.parameters
        spill = {
            self.ground.name(near): round(min(standings[near].own, MOST_POINTS * MICRO) * p["spill_share"])
            for near in self.ground.neighbours.get(code, ())
            if standings[near].own >= p["spill_from"] * MICRO
        }
        plans = [(plan, round(plan.points(at_ms, p) * MICRO)) for plan in self.plans if code in plan.areas]
        return Surroundings(spill, self._usual.get(code, 0), tuple(pair for pair in plans if pair[1]))

    def _lately(self, code: str, old: LevelChanged, at_ms: int) -> float:
        """The highest score that stood in the last `settle_min` minutes, as the log tells it."""
        begin = at_ms - round(self.parameters["settle_min"] * MINUTE_MS)
        if begin == at_ms:
            return 0.0
        highest = old.score
        for point in reversed(self.picture.level_past.get(code, ())):
            highest = max(highest, point.score)
            if point.at_ms <= begin:  # it stood when these minutes began; what was before it did not
                break
        return highest

    def under_since(self, code: str, under: float) -> int | None:
        """Since when an area's score is under this one, as the log tells it; None where it is not."""
        since = None
        for point in reversed(self.picture.level_past.get(code, ())):
            if point.score >= under:
                break
            since = point.at_ms
        return since

    def _is_news(self, old: LevelChanged, level: int, found: Assessment) -> bool:
        if old.level != level or abs(old.score - found.score) >= SCORE_STEP:
            return True
        # Going under a level, or back, is news by however little: the minutes until it falls count from there.
        edge = self.parameters.thresholds[old.level - 1] - self.parameters["hysteresis"] if old.level else 0.0
        return (old.score >= edge) != (found.score >= edge) or not same_story(old.reasons, found.lines)

    def _latest(self, code: str) -> LevelChanged | None:
        shown, written = self.picture.levels.get(code), self._written.get(code)
        if shown is None or (written is not None and written.at_ms > shown.event.at_ms):
            return written
        return shown.event

    def _ends(self, at_ms: int) -> list[LevelOverridden]:
        """Overrides whose time is over, each with the event that ends it."""
        standing = ((code, self.picture.override(code)) for code in self.areas)
        return [
            LevelOverridden(
                at_ms=at_ms,
                received_ms=at_ms,
                source=SOURCE,
                simulated=self.simulated,
                area=code,
                level=None,
                until_ms=override.until_ms,
                why="masa berlaku habis",
            )
            for code, override in standing
            if override and override.until_ms <= at_ms and (code, override.until_ms) not in self._ended
        ]

    def _empty_ledger(self) -> Ledger:
        return Ledger(self.areas, self.taxonomy, parameters_of(self.picture), self.calendar)


def parameters_of(picture: Picture) -> Parameters:
    """The parameters as the log's events have made them. A change that does not hold (any more) is left out."""
    found = numbers.bundled()
    for name, value in sorted(picture.parameters().items()):
        try:
            found = found.changed([(name, value)])
        except ParameterError as error:
            log.warning("a parameter change in the log does not hold and is left out: %s", error)
    return found
