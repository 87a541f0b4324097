"""The list of polling stations as an import changes it, and the events that say so. Pure: no store, no clock.

A station keeps what a row does not speak of. Districts are the unit in which the list is written: one event holds
all of a district's stations, so a list that comes again unchanged writes nothing, and one import can be taken back
by writing what stood there before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from feeds.events import TpsListed
from feeds.inbound.reading import NotUnderstood
from feeds.inbound.tps_rows import Told
from feeds.tps import Reference, Tps
from feeds.tps_place import Listed, TpsPlacing

Stations = dict[str, Tps]
_RESTING_ON = {"classed": "klass", "flagged": "flags"}


@dataclass(slots=True)
class Tally:
    """What has become of the rows. `placed` counts stations of this import by how their point was found."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    withdrawn: int = 0
    astray: int = 0
    placed: dict[str, int] = field(default_factory=dict)


class TpsList:
    """The known stations, and what rows make of them."""

    def __init__(
        self, known: Mapping[str, TpsListed], placing: TpsPlacing, reference: Reference, edition: str
    ) -> None:
        self.tally = Tally()
        self._before = known
        self._placing, self._reference, self._edition = placing, reference, edition
        self._code = f"{reference.owner}|{reference.date}|{reference.source}"
        self._stations: dict[str, Stations] = {
            district: {tps.id: tps for tps in event.stations} for district, event in known.items()
        }
        self._district = {tps.id: district for district, event in known.items() for tps in event.stations}
        self._taken: dict[str, Told] = {}

    def take(self, told: Told) -> None:
        """Takes a row in. Raises `NotUnderstood` where it does not hold, and changes nothing then."""
        self.tally.rows += 1
        listed, known = self._listed(told)
        tps = self._resting(listed.tps, told, known)
        earlier = self._taken.setdefault(tps.id, told)
        if earlier is not told and earlier != told:
            raise NotUnderstood("id", tps.id, "stands twice in this file, and the rows do not say the same")
        self._count(tps, known, repeated=earlier is not told)
        self._stations.setdefault(listed.district, {})[tps.id] = tps
        self._district[tps.id] = listed.district

    def withdraw_unlisted(self) -> None:
        """Takes out what the file does not list, in the districts of which it lists something."""
        for district in {self._district[id] for id in self._taken}:
            kept = {id: tps for id, tps in self._stations[district].items() if id in self._taken}
            self.tally.withdrawn += len(self._stations[district]) - len(kept)
            self._stations[district] = kept

    def changes(self, *, at_ms: int, received_ms: int, source: str, simulated: bool) -> list[TpsListed]:
        """One event for each district whose list is another now; `at_ms` is the day of the reference."""
        found = []
        for district, stations in sorted(self._stations.items()):
            told = tuple(sorted(stations.values(), key=lambda tps: (tps.village, tps.number, tps.id)))
            before = self._before.get(district)
            if told == (before.stations if before else ()):
                continue
            found.append(
                TpsListed(
                    at_ms=at_ms,
                    received_ms=received_ms,
                    source=source,
                    simulated=simulated,
                    district=district,
                    edition=self._edition,
                    stations=told,
                    references=self._references(told, before),
                )
            )
        return found

    def _listed(self, told: Told) -> tuple[Listed, Tps | None]:
        district = self._district.get(told.id)
        if district is not None:
            listed = self._stations[district][told.id]
            return Listed(district, self._placing.update(listed, district, told)), listed
        made = self._placing.station(told)
        known = self._stations.get(made.district, {}).get(made.tps.id)
        if known is None:
            return made, None
        return Listed(made.district, self._placing.update(known, made.district, told)), known

    def _resting(self, tps: Tps, told: Told, known: Tps | None) -> Tps:
        """With the reference behind what this row says."""
        resting: dict[str, Any] = {
            name: self._code if getattr(tps, of) else "" for name, of in _RESTING_ON.items() if of in told.known
        }
        if known is None or "voters" in told.known:
            resting["listed"] = self._code
        return replace(tps, **resting)

    def _count(self, tps: Tps, known: Tps | None, *, repeated: bool) -> None:
        tally = self.tally
        tally.new += known is None
        tally.same += known == tps
        tally.changed += known is not None and known != tps
        if not repeated:
            tally.astray += tps.astray
            tally.placed[tps.located] = tally.placed.get(tps.located, 0) + 1

    def _references(self, stations: Iterable[Tps], before: TpsListed | None) -> dict[str, Reference]:
        known = {**(before.references if before else {}), self._code: self._reference}
        used = {code for tps in stations for code in (tps.listed, tps.classed, tps.flagged) if code}
        return {code: known[code] for code in sorted(used)}


def taken_back(
    now: Mapping[str, TpsListed], before: Mapping[str, TpsListed], *, edition: str, received_ms: int, source: str
) -> list[TpsListed]:
    """The events that bring the districts of `now` back to what stood there `before`."""
    found = []
    for district, event in sorted(now.items()):
        earlier = before.get(district)
        what = {"stations": earlier.stations, "references": earlier.references} if earlier else {"stations": ()}
        told = {"edition": edition, "received_ms": received_ms, "source": source, **what}
        found.append(event.model_copy(update={"references": {}, **told}))
    return found
