"""Compiles a report's form from what the history holds. Pure: no clock, no I/O."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.reports.facts import BAND_H, Counted, band, is_grave, summary
from dashboard.reports.form import Cell, Form, Part
from dashboard.reports.period import Period
from dashboard.reports.words import Words
from dashboard.text.names import title
from feeds.incident import Incident
from feeds.taxonomy import Taxonomy
from geo.areas import PROVINCE, Area, Areas, UnknownArea

#: More than these are no longer a form; the rest is counted.
MOST_NOTABLE = 100
_NONE = "–"

Test = Callable[[Incident], bool]


class AreaLevel(NamedTuple):
    """An area's level at the end of the period, and the one that an officer had set beside it."""

    level: int
    override: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the history holds: incidents as known when the report is made, levels as they stood at its end."""

    incidents: Sequence[Incident]
    levels: Mapping[str, AreaLevel]
    event_id: str
    state_hash: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report is wanted. `made_ms`: the moment of making, UTC epoch milliseconds."""

    period: Period
    area: Area
    made_ms: int


class Compiler:
    """Makes the form of one report from what the history holds."""

    def __init__(self, asked: Asked, seen: Seen, areas: Areas, taxonomy: Taxonomy, words: Words) -> None:
        self._asked, self._seen, self._areas, self._taxonomy, self._say = asked, seen, areas, taxonomy, words
        period, before = asked.period, asked.period.before()
        here = self._lies_in(asked.area.code)
        mine = [i for i in seen.incidents if i.secrecy == "normal" and here(i)]
        self._now = Counted.of(mine, period.start_ms, period.end_ms)
        # A period that still runs is held against the same stretch of the one before, not against all of it.
        runs = asked.made_ms < period.end_ms
        until = before.start_ms + asked.made_ms - period.start_ms if runs else before.end_ms
        known_since = min((i.occurred_ms for i in seen.incidents), default=asked.made_ms)
        comparable = known_since <= before.start_ms
        self._before = Counted.of(mine, before.start_ms, min(until, before.end_ms)) if comparable else None
        self._runs = runs

    def form(self) -> Form:
        say = self._say
        return Form(
            title=say(f"title.{self._asked.period.rhythm}"),
            simulated=say("head.simulated") if self._seen.simulated else "",
            head=tuple(self._head()),
            parts=(self._summary(), self._kinds(), self._parts_of_area(), self._hours(), self._notable()),
            notes=tuple(self._notes()),
        )

    def _head(self) -> Iterator[tuple[str, str]]:
        say, asked = self._say, self._asked
        yield say("head.area"), title(asked.area, say.lang, self._areas)
        yield say("head.period"), say.span(asked.period)
        before = say.span(asked.period.before()) if self._before else say("head.no_before")
        yield say("head.before"), before
        yield say("head.made"), say.moment(asked.made_ms)
        yield say("head.state"), say("head.event", id=self._seen.event_id, hash=self._seen.state_hash)

    def _notes(self) -> Iterator[str]:
        if self._runs:
            yield self._say("head.running")
        yield self._say("note.counts")
        yield self._say("note.level")

    def _summary(self) -> Part:
        figures = summary(self._taxonomy)
        rows = [
            (_words(self._say(f"summary.{key}")), *self._compared(figure, 1 if key == "response" else 0))
            for key, figure in figures.items()
        ]
        return self._part("summary", "what", rows)

    def _kinds(self) -> Part:
        rows = [
            (_words(getattr(kind, self._say.lang)), *self._counts(_is_a(code)))
            for code, kind in self._taxonomy.categories.items()
            if self._any(_is_a(code))
        ]
        return self._part("kinds", "kind", sorted(rows, key=_most_first), "empty.kinds")

    def _parts_of_area(self) -> Part:
        inner = self._inner()
        rows = [(_words(name), *self._counts(self._lies_in(code)), self._level(code)) for code, name in inner]
        tests = [self._lies_in(code) for code, _ in inner]
        if rows and self._any(lambda i: not any(test(i) for test in tests)):
            nowhere = self._counts(lambda i: not any(test(i) for test in tests))
            rows.append((_words(self._say("empty.nowhere")), *nowhere, Cell(None, _NONE)))
        part = self._part("areas", "area", rows, "empty.areas")
        return Part(part.title, (*part.columns, self._say("column.level")), part.rows, part.empty)

    def _hours(self) -> Part:
        rows = [
            (_words(self._say.hours(hour, hour + BAND_H)), *self._counts(_in_band(hour)))
            for hour in range(0, 24, BAND_H)
        ]
        return self._part("hours", "hours", rows)

    def _notable(self) -> Part:
        grave = sorted(filter(is_grave, self._now.incidents), key=lambda i: (i.occurred_ms, i.id))
        names = ("time", "title", "kind", "area", "severity", "status")
        rows = tuple(self._told(incident) for incident in grave[:MOST_NOTABLE])
        heading = self._say("part.notable") + (f" ({len(rows)} / {len(grave)})" if len(grave) > len(rows) else "")
        return Part(heading, tuple(self._say(f"column.{name}") for name in names), rows, self._say("empty.notable"))

    def _told(self, incident: Incident) -> tuple[Cell, ...]:
        report, lang = incident.report, self._say.lang
        category = self._taxonomy.categories.get(report.category)
        place = report.district or report.regency
        return (
            _words(self._say.moment(report.at_ms)),
            _words(report.title),
            _words(getattr(category, lang) if category else report.category),
            _words(self._named(place) if place else self._say("empty.nowhere")),
            Cell(report.severity, getattr(self._taxonomy.severities[report.severity], lang)),
            _words(getattr(self._taxonomy.statuses[incident.status], lang)),
        )

    def _part(self, name: str, first: str, rows: Iterable[tuple[Cell, ...]], empty: str | None = None) -> Part:
        columns = (first, "now", "before", "change", "percent")
        return Part(
            self._say(f"part.{name}"),
            tuple(self._say(f"column.{column}") for column in columns),
            tuple(rows),
            self._say(empty) if empty else "",
        )

    def _counts(self, test: Test) -> tuple[Cell, ...]:
        return self._compared(lambda counted: counted.where(test))

    def _compared(self, figure: Callable[[Counted], float | None], decimals: int = 0) -> tuple[Cell, ...]:
        now = figure(self._now)
        before = figure(self._before) if self._before else None
        change = None if now is None or before is None else round(now - before, decimals)
        share = None if change is None or not before else round(change / before * 100, 1)
        say = self._say
        return (
            Cell(now, _NONE if now is None else say.number(now, decimals)),
            Cell(before, _NONE if before is None else say.number(before, decimals)),
            Cell(change, _NONE if change is None else say.signed(change, decimals)),
            Cell(share, _NONE if share is None else f"{say.signed(share, 1)}%"),
        )

    def _any(self, test: Test) -> bool:
        return bool(self._now.where(test) or (self._before and self._before.where(test)))

    def _inner(self) -> list[tuple[str, str]]:
        """The parts of the area: the regencies of what has several, else the districts."""
        area = self._asked.area
        if area.level in ("polres", "kodim") and len(area.regencies) > 1:
            return [(code, self._areas.name_of(code)) for code in area.regencies]
        return [(child.code, child.name) for child in self._areas.children(area.code)]

    def _level(self, code: str) -> Cell:
        found = self._seen.levels.get(code)
        if found is None:
            return Cell(None, _NONE)
        text = self._say.level(found.level)
        if found.override is not None:
            text = self._say("note.set", level=text, set=self._say.level(found.override))
        return _words(text)

    def _lies_in(self, code: str) -> Test:
        def lies(incident: Incident) -> bool:
            report = incident.report
            if code == PROVINCE and report.regency is None:
                return True  # at sea, beyond every regency: still the province's
            return self._areas.covers(code, regency=report.regency, district=report.district)

        return lies

    def _named(self, code: str) -> str:
        try:
            return self._areas.full_name(code)
        except UnknownArea:  # an area of boundaries that were replaced since
            return code


def _is_a(category: str) -> Test:
    return lambda incident: incident.report.category == category


def _in_band(first_hour: int) -> Test:
    return lambda incident: band(incident) == first_hour


def _words(text: str) -> Cell:
    return Cell(text, text)


def _most_first(row: tuple[Cell, ...]) -> tuple[float, str]:
    return -float(row[1].raw or 0), row[0].text
