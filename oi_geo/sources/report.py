"""The read report: what was read, kept, repaired and set aside, row by row, in plain Dutch."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

Severity = Literal["info", "waarschuwing", "fout"]
WORST_FIRST: dict[Severity, int] = {"fout": 0, "waarschuwing": 1, "info": 2}


@dataclass(frozen=True)
class Message:
    """One line of a read report.

    Attributes
    ----------
    bestand : str
        Name of the file, as the user knows it (no path).
    rij : int or None
        Row in the file as a spreadsheet numbers it (the header is row 1); None for the whole file.
    melding : str
        What was found and what was done with it, one Dutch sentence; names the column where it can.
    ernst : {'info', 'waarschuwing', 'fout'}
        `info`: repaired or explained, nothing lost; `waarschuwing`: kept but doubtful;
        `fout`: the row or value was set aside.
    """

    bestand: str
    rij: int | None
    melding: str
    ernst: Severity


@dataclass
class ReadReport:
    """What one reader did with one file.

    Attributes
    ----------
    bestand, soort : str
        File name and what it was read as (`grenzen`, `praktijken`, `voorstel`, …).
    sha256 : str
        Checksum of the file, so that a verdict can be traced to the exact data.
    jaar : int or None
        CBS year of the data, where the file tells it.
    gelezen, behouden : int
        Rows read and rows kept; the difference is set aside with a message each.
    """

    bestand: str
    soort: str
    sha256: str = ""
    jaar: int | None = None
    gelezen: int = 0
    behouden: int = 0
    messages: list[Message] = field(default_factory=list)

    @property
    def apart(self) -> int:
        """Rows set aside."""
        return self.gelezen - self.behouden

    def info(self, melding: str, rij: int | None = None) -> None:
        """Note a repair or an explanation: nothing was lost."""
        self.messages.append(Message(self.bestand, rij, melding, "info"))

    def warn(self, melding: str, rij: int | None = None) -> None:
        """Note something doubtful that was kept."""
        self.messages.append(Message(self.bestand, rij, melding, "waarschuwing"))

    def error(self, melding: str, rij: int | None = None) -> None:
        """Note a row or value that was set aside."""
        self.messages.append(Message(self.bestand, rij, melding, "fout"))


def messages_frame(reports: Iterable[ReadReport]) -> pd.DataFrame:
    """Put the messages of several reports in one table (bestand, rij, melding, ernst)."""
    rows = [vars(message) for report in reports for message in report.messages]
    return pd.DataFrame(rows, columns=["bestand", "rij", "melding", "ernst"]).astype(
        {"rij": "Int64"}
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 checksum of a file as hexadecimal text."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
