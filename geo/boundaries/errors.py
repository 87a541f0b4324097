"""What can be wrong with a boundary file.

BoundaryError
├── UnreadableFile      not a format we read, no coordinate system, nothing but points, ...
├── SwappedAxes         [lat, lng] where lon, lat must be
├── WrongPlace          the areas do not lie in Lampung
├── UnmatchedCodes      no column holds codes of this level, or too few areas have one
├── WrongCodeSystem     BPS codes without `--codes bps`, or the other way round
└── NothingToUndo       no set has been installed
"""


class BoundaryError(Exception):
    """The boundary file cannot be used; the text says why and what to do."""


class UnreadableFile(BoundaryError):
    pass


class SwappedAxes(BoundaryError):
    pass


class WrongPlace(BoundaryError):
    pass


class UnmatchedCodes(BoundaryError):
    pass


class WrongCodeSystem(BoundaryError):
    pass


class NothingToUndo(BoundaryError):
    pass
