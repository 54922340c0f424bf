"""The error tree at a glance; every message is one Dutch sentence meant for the user.

OiGeoError
├── UnusableFile          the file cannot be used as what it was given for
│   ├── UnsafeFile        the file reaches outside itself, or is larger than the stated limits
│   └── MissingCrs        coordinates without a reference system: ask which one it is
├── ProposalMismatch      a proposal that does not belong to these boundaries (another CBS year)
├── UnknownKader          a kader name that does not exist
├── UnknownWorkArea       a work area that names what is not on the map, or may mean two things
└── ImpossibleWishes      wishes for candidates that contradict themselves or the study area
"""


class OiGeoError(Exception):
    """Base of all errors that a user may see; `str(error)` is a Dutch sentence."""


class UnusableFile(OiGeoError):
    """A file cannot be used; the sentence names the file and what was expected."""


class UnsafeFile(UnusableFile):
    """A file points outside itself, hides something, or exceeds a limit (stated)."""


class MissingCrs(UnusableFile):
    """A geographical file does not say in which reference system its coordinates are."""


class ProposalMismatch(OiGeoError):
    """Most codes of a proposal are unknown: it belongs to another CBS year than the boundaries."""


class UnknownKader(OiGeoError):
    """No kader has this name."""


class UnknownWorkArea(OiGeoError):
    """A work area names what is not on the map, or what may mean more than one thing."""


class ImpossibleWishes(OiGeoError):
    """What is asked of candidates contradicts itself, or names what is not there."""
