"""Whether what a sender sends may come from there: its own rights, then its source's registration.

Both are asked for each item; the refusal names the reason. What is sound in itself and refused here is
`OutsideRights`.
"""

from collections.abc import Callable
from typing import NamedTuple

from feeds.inputs import Problem
from feeds.placing import Placing
from feeds.positions import Numbered, Sent
from feeds.refusals import OutsideRights, Refusal
from feeds.registry import Registry
from feeds.report_taken import ReportTaken

#: Whether a sender may write in a regency and district (either may be unknown).
MayPlace = Callable[[str | None, str | None], bool]


def anywhere(_regency: str | None, _district: str | None) -> bool:
    """No limit to where a sender may write."""
    return True


class Admission(NamedTuple):
    """One sender's way in: where it may write, and under which names. `sender` None may speak under all."""

    may_place: MayPlace
    registry: Registry | None
    sender: str | None

    def of_report(self, report: ReportTaken) -> Problem | None:
        """Why this report is not taken in; None when it is."""
        if not self.may_place(report.regency, report.district):
            return outside(report.district or report.regency)
        if self.registry is None or self.registry.is_open:
            return None
        return self.registry.refusal_at(report.source, "incidents", self.sender, report.regency, report.district)

    def of_positions(self, items: Numbered, source: str, placing: Placing, refusals: list[Refusal]) -> Numbered:
        """The positions that are taken in; the others go to `refusals`. `source`: of those that name none."""
        registry = None if self.registry is None or self.registry.is_open else self.registry
        if self.may_place is anywhere and registry is None:
            return items
        kept: Numbered = []
        for index, position in items:
            problem = self._of_position(position, position.get("source") or source, placing, registry)
            if problem is None:
                kept.append((index, position))
            else:
                refusals.append(Refusal(index, (problem,)))
        return kept

    def _of_position(
        self, position: Sent, name: str, placing: Placing, registry: Registry | None
    ) -> Problem | None:
        regency = district = None
        # Looked up only where it matters: a batch may hold ten thousand.
        if self.may_place is not anywhere or (registry is not None and registry.limits_areas(name)):
            place = placing.locator.place(position["lon"], position["lat"])
            regency, district = (place.regency, place.district) if place else (None, None)
        if not self.may_place(regency, district):
            return outside(district or regency)
        if registry is None:
            return None
        return registry.refusal_at(name, "positions", self.sender, regency, district)


def outside(area: str | None) -> OutsideRights:
    """The problem of an item that lies where its sender may not write."""
    return OutsideRights("area", area or "(outside Lampung)", "outside the areas for which you may send")
