"""Which incident stands in which row, and which rows each area has.

Columns and areas are brought up to date when somebody is about to read them: in a rush many incidents come between
two looks, and all of them together cost little more than one.
"""

from collections import defaultdict
from collections.abc import Collection

import numpy as np

from feeds.incident import Incident
from feeds.levels.columns import NO_ROWS, Columns, Rows
from feeds.levels.facts import COLUMNS, Facts, Spot

#: A regency's and a district's code, None where a place lies in none.
Codes = tuple[str | None, str | None]


class Entries:
    """Incidents by row, areas by number. `codes` are the areas that are kept; others are ignored.

    `columns` and `members` (each area's rows) hold what was there at the last `catch_up`.
    """

    def __init__(self, codes: Collection[str], facts: Facts) -> None:
        self.codes = tuple(codes)
        self.number: dict[str | None, int] = {code: number for number, code in enumerate(self.codes)}
        self.incidents: dict[int, Incident] = {}
        self.columns = Columns(COLUMNS)
        self.members: list[Rows] = [NO_ROWS for _ in self.codes]
        self._facts = facts
        self._row: dict[str, int] = {}
        self._spots: dict[Codes, Spot] = {}
        self._spot: list[Spot] = []  # of every row that ever was
        self._free: list[int] = []
        # What is not caught up with: rows to write, rows to clear, rows new in an area, areas that lost rows.
        self._stale: set[int] = set()
        self._gone: list[int] = []
        self._joined: defaultdict[int, list[int]] = defaultdict(list)
        self._left: set[int] = set()

    def put(self, incident: Incident, codes: Codes | None = None) -> frozenset[str]:
        """Takes an incident in as it is now; the areas it lies in and lay in. `codes`: regency and district."""
        report = incident.report
        spot = self._spot_of(codes or (report.regency, report.district))
        row, touched = self._row.get(incident.id), spot.codes
        if row is None or self._spot[row] is not spot:
            touched |= self.drop(incident.id)
            if not spot.areas:
                return touched
            row = self._enter(incident.id, spot)
        self.incidents[row] = incident
        self._stale.add(row)
        return touched

    def drop(self, incident_id: str) -> frozenset[str]:
        """Forgets an incident; the areas it lay in."""
        row = self._row.pop(incident_id, None)
        if row is None:
            return frozenset()
        del self.incidents[row]
        spot = self._spot[row]
        self._stale.discard(row)
        self._gone.append(row)
        self._left.update(spot.areas)
        return spot.codes

    def catch_up(self) -> None:
        """Brings columns and areas up to what was put and dropped."""
        if not self._stale and not self._gone:
            return
        self._write()
        for area, joined in self._joined.items():
            self.members[area] = np.concatenate([self.members[area], np.array(joined)])
        live = self.columns["live"]
        for area in self._left:
            members = self.members[area]
            self.members[area] = members[live[members]]
        self._free += self._gone
        for waiting in (self._stale, self._gone, self._joined, self._left):
            waiting.clear()

    def _write(self) -> None:
        self.columns.make_room(len(self._spot))
        rows = list(self._stale)
        self.columns.write(rows, [self._facts.of(row, self.incidents[row], self._spot[row]) for row in rows])
        self.columns["live"][self._gone] = False

    def _spot_of(self, codes: Codes) -> Spot:
        known = self._spots.get(codes)
        if known is None:
            regency, district = (self.number.get(code, -1) for code in codes)
            areas = tuple(sorted({regency, district} - {-1}))
            names = frozenset(self.codes[area] for area in areas)
            known = self._spots[codes] = Spot(regency, district, areas, names)
        return known

    def _enter(self, incident_id: str, spot: Spot) -> int:
        """Gives an incident a row: one that is free again only once no area holds it for what left it."""
        if self._free:
            row = self._free.pop()
            self._spot[row] = spot
        else:
            row = len(self._spot)
            self._spot.append(spot)
        self._row[incident_id] = row
        for area in spot.areas:
            self._joined[area].append(row)
        return row
