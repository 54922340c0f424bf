"""The error tree at a glance; every message is one Dutch sentence meant for the user.

OiGeoError
├── UnusableFile          the file cannot be used as what it was given for
│   ├── WhichColumn       several columns can hold the groups: ask which one it is
│   ├── UnsafeFile        the file reaches outside itself, or is larger than the stated limits
│   └── MissingCrs        coordinates without a reference system: ask which one it is
├── ProposalMismatch      a proposal that does not belong to these boundaries (another CBS year)
├── UnknownKader          a kader name that does not exist
├── UnknownWorkArea       a work area that names what is not on the map, or may mean two things
└── ImpossibleWishes      wishes for candidates that contradict themselves or the study area
"""

import errno

_FULL = {errno.ENOSPC, errno.EDQUOT}


class OiGeoError(Exception):
    """Base of all errors that a user may see; `str(error)` is a Dutch sentence."""


class UnusableFile(OiGeoError):
    """A file cannot be used; the sentence names the file and what was expected."""


class UnsafeFile(UnusableFile):
    """A file points outside itself, hides something, or exceeds a limit (stated)."""


class WhichColumn(UnusableFile):
    """Several columns of a proposal can hold its groups: ask which; `columns` names them."""

    def __init__(self, message: str, columns: tuple[str, ...]) -> None:
        super().__init__(message, columns)
        self.columns = columns

    def __str__(self) -> str:
        """Return the sentence; the arguments stay whole, so that the error can be sent on."""
        return str(self.args[0])


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


def is_full(error: OSError) -> bool:
    """Tell whether a disk (or somebody's share of it) is full."""
    return error.errno in _FULL


def disk_sentence(error: OSError) -> str:
    """Say in Dutch that a file could not be read or written, and where as far as that is known."""
    where = f" ({error.filename})" if error.filename else ""
    if is_full(error):
        return (
            f"De schijf is vol{where}; maak ruimte op de schijf en in de tijdelijke map, en "
            "probeer het opnieuw."
        )
    return (
        f"Een bestand of map kan niet worden gelezen of geschreven{where}; controleer of de plaats "
        "bestaat en of u er mag lezen en schrijven."
    )
