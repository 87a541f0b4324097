"""The ranges that numbers in events may have at all: beyond them nothing can be shown, hashed or written down.

These are no rules about what makes sense, which the way in has: they keep an entry that no Siger wrote from harming
whoever reads the log.
"""

from typing import Annotated, Final

from pydantic import Field

#: The years 1 to 9999: what a calendar can say.
EARLIEST_MS: Final = -62_135_596_800_000
LATEST_MS: Final = 253_402_300_799_999
_MOST: Final = 1_000_000_000

Ms = Annotated[int, Field(ge=EARLIEST_MS, le=LATEST_MS)]
SkewMs = Annotated[int, Field(ge=-LATEST_MS, le=LATEST_MS)]
Count = Annotated[int, Field(ge=0, le=_MOST)]
Severity = Annotated[int, Field(ge=1, le=5)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Measure = Annotated[float, Field(ge=-_MOST, le=_MOST)]
SpeedKmh = Annotated[float, Field(ge=0, le=6_000)]
Degrees = Annotated[float, Field(ge=0, le=360)]
