"""What the simulated command post does about a simulated incident, and how long it takes over it.

The sources of a chronology tell what happened, hardly ever how it was handled. So that an exercise shows every
state, each incident runs an invented course: checked, units sent, on scene, closed. Every note says that it is
simulated. Delays are in the post's own time and do not depend on the speed of the chronology.
"""

import random
from dataclasses import dataclass
from typing import Any, Literal

from feeds.clock import utc_text
from feeds.scenario.chronology import Entry

Course = Literal["activity", "procedure", "response"]
Span = tuple[float, float]

VERIFY_S: Span = (8, 35)
SEND_S: Span = (6, 20)  # after the check
ON_SCENE_S: Span = (90, 300)  # from the first unit's arrival to the end
#: From the check to the end, where no unit is needed or none can get there.
CLOSE_S: dict[Course, Span] = {"activity": (150, 330), "procedure": (300, 560), "response": (240, 480)}

#: Up to this many units are sent, by severity.
UNITS = {1: 1, 2: 1, 3: 1, 4: 2, 5: 3}

MARK = "SIMULASI: "
NOTES = {
    "verify": "laporan diperiksa dan dibenarkan",
    "assign": "unit terdekat ditugaskan",
    "respond": "unit bergerak menuju lokasi",
    "on_scene": "unit tiba di lokasi",
    "resolve": "penanganan selesai",
    "reopen": "putaran simulasi baru",
    "merge": "diulang dalam putaran simulasi baru",
}


@dataclass(frozen=True, slots=True)
class Act:
    """An action on an incident, in the shape that the intake takes, under the incident's external id."""

    external_id: str
    action: dict[str, Any]


def course_of(entry: Entry) -> Course:
    """Activities end by themselves, procedures need no patrol, everything else is responded to."""
    if entry.category.startswith("kegiatan"):
        return "activity"
    return "procedure" if entry.category in ("sengketa", "psu") else "response"


def delay_ms(external_id: str, what: str, span: Span) -> int:
    """A delay within `span` seconds; the same incident always takes the same."""
    return round(1000 * random.Random(f"{external_id} {what}").uniform(*span))


def act(at_ms: int, external_id: str, kind: str, *, unit: str | None = None, into: str | None = None) -> Act:
    """An action with its note; repeating it is harmless, because its id follows from what it is."""
    action: dict[str, Any] = {
        "type": kind,
        "note": MARK + NOTES[kind],
        "at": utc_text(at_ms),
        "action_id": f"{kind}-{unit or into or 'posko'}",
        "simulated": True,
    }
    if unit is not None:
        action["unit"] = unit
    if into is not None:
        action["into"] = into
    return Act(external_id, action)
