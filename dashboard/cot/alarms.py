"""Which cry for help is a new one. A tablet has one uid for all its alarms, and repeats an alarm while it lasts.

While the incident of an alarm is open, what the tablet repeats is that incident; what it sends after somebody
closed it is another one.
"""

from dashboard.house import House
from feeds.clock import read_ms
from feeds.events import incident_id
from feeds.inbound.reading import Json

#: Tablets whose last alarm is remembered.
MOST_ALARMS = 10_000


class Alarms:
    """The last alarm of each tablet, by the external id that it got."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._last: dict[tuple[str, str], str] = {}

    def told_apart(self, alarm: Json, source: str) -> Json:
        """The alarm under the external id of the open one that it repeats, or under one of its own."""
        uid = str(alarm["external_id"])
        last = self._last.get((source, uid), uid)
        if self._is_over(incident_id(source, last), str(alarm["occurred_at"])):
            last = f"{uid}@{alarm['occurred_at']}"
            if len(self._last) >= MOST_ALARMS:
                self._last.clear()
            self._last[source, uid] = last
        return {**alarm, "external_id": last}

    def _is_over(self, incident: str, told_at: str) -> bool:
        known = self._house.picture.incidents.get(incident)
        if known is None or self._house.taxonomy.is_open(known.status):
            return False
        return read_ms(told_at) > (known.closed_ms or 0)
