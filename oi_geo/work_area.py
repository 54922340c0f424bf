"""The work area that somebody asks for in words: gemeenten, a province, a zorgkantoorregio."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.errors import UnknownWorkArea
from oi_geo.sources.proposal_areas import KnownAreas, known_areas, name_key, split_known
from oi_geo.sources.provinces import OTHER_NAMES, PROVINCES
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.tally import REGIO_ORGANISATIE
from oi_geo.text import nl_count, nl_list, nl_number
from oi_geo.whole_map import cut_area

PRACTICES = "praktijken"
_PRACTICE_WORDS = {"praktijken", "mijnpraktijken", "waarmijnpraktijkenstaan"}
_KIND = re.compile(
    r"\s*(gemeente|provincie|zorgkantoorregio|zorgkantoor)\b\s*:?\s*(.+)", re.IGNORECASE
)

# What one word may mean: the words in full, and the codes of gemeenten, wijken or buurten.
Meanings = dict[str, frozenset[str]]


def work_area(area: StudyArea, asked: Sequence[str]) -> StudyArea:
    """Cut the work area that is asked for out of a map.

    Parameters
    ----------
    area : StudyArea
        The whole map, with the practices and the table of zorgkantoren that words may refer to.
    asked : sequence of str
        Codes and names of gemeenten (also wijken or buurten by code), `provincie X`,
        `zorgkantoorregio X`, `praktijken` for the gemeenten where one's own practices stand; each
        text may hold several, with commas between. Their order does not matter.

    Raises
    ------
    UnknownWorkArea
        Something is not on the map, may mean two things, or needs a file that is not there.
    """
    places = Places(area)
    pieces = [piece for text in asked for piece in split_known(text, places.is_known)]
    if not pieces:
        raise UnknownWorkArea(
            "Het werkgebied (--gebied) is leeg; verwacht worden gemeenten, een provincie, een "
            "zorgkantoorregio of 'praktijken'."
        )
    report = ReadReport("werkgebied", "werkgebied")
    chosen = dict(places.read(piece, report) for piece in pieces)
    inside = np.zeros(len(area.units), bool)
    for codes in chosen.values():
        inside |= places.units_of(codes)
    report.gelezen, report.behouden = len(inside), int(inside.sum())
    cut = cut_area(area, inside)
    _describe(cut, sorted(chosen), report)
    return replace(cut, work_area=tuple(sorted(chosen)), reports=(*cut.reports, report))


def _describe(cut: StudyArea, words: list[str], report: ReadReport) -> None:
    """Say in the read report what the work area holds, and which gemeenten it cuts."""
    units, people = cut.units, cut.units["inwoners"]
    unknown = int(people.isna().sum())
    report.info(
        f"Werkgebied {nl_list(words)}: {nl_count(len(units), 'eenheid', 'eenheden')} in "
        f"{nl_count(units['gemeentecode'].nunique(), 'gemeente', 'gemeenten')}, "
        f"{nl_number(people.sum())} inwoners{f' (van {unknown} onbekend)' if unknown else ''}. "
        "Wat eromheen ligt, telt alleen mee om te zien of gemeenten heel zijn en wat overblijft."
    )
    partly = partly_inside(cut)
    if partly:
        report.warn(
            f"Van {nl_list(partly)} ligt maar een deel in het werkgebied; de rest telt mee als "
            "grensproblematiek."
        )


def partly_inside(cut: StudyArea) -> list[str]:
    """Return the codes of the gemeenten of which only a part lies in a work area."""
    if cut.whole is None:
        return []
    here = cut.units["gemeentecode"].value_counts()
    there = cut.whole.units["gemeentecode"].value_counts().reindex(here.index)
    return sorted(here.index[here < there])


@dataclass(frozen=True, eq=False)
class Places:
    """Everything on a map that the words of a work area may mean."""

    area: StudyArea

    @cached_property
    def known(self) -> KnownAreas:
        """Codes and names of units and gemeenten."""
        return known_areas(self.area)

    @cached_property
    def provinces(self) -> Mapping[str, frozenset[str]]:
        """Gemeenten of the map by province."""
        here = set(self.area.units["gemeentecode"])
        found = {name: codes & here for name, codes in PROVINCES.items()}
        return {name: codes for name, codes in found.items() if codes}

    @cached_property
    def unknown_province(self) -> list[str]:
        """Gemeenten of the map of which the province is not known."""
        return sorted(set(self.area.units["gemeentecode"]) - frozenset().union(*PROVINCES.values()))

    @cached_property
    def regions(self) -> pd.DataFrame:
        """Rows of the table of zorgkantoren about gemeenten of the map."""
        insurers = self.area.insurers
        if insurers is None:
            nothing = pd.Series(dtype="str")
            return pd.DataFrame({"gemeentecode": nothing, "zorgkantoor": nothing, "aandeel": []})
        here = insurers["gemeentecode"].isin(self.area.units["gemeentecode"])
        return insurers[here & insurers["aandeel"].ne(0)].dropna(subset="zorgkantoor")

    def is_known(self, text: str) -> bool:
        """Tell whether a text means something here."""
        return bool(self.meanings(text))

    def units_of(self, codes: Iterable[str]) -> NDArray[np.bool_]:
        """Mark the units of gemeenten, wijken or buurten."""
        inside = np.zeros(len(self.area.units), bool)
        for code in codes:
            inside[self.known.members[code]] = True
        return inside

    def meanings(self, text: str) -> Meanings:
        """List what a text may mean, each in full words."""
        typed = _KIND.fullmatch(text)
        kind = (typed.group(1).casefold() if typed else "").removesuffix("regio")
        name = typed.group(2).strip() if typed else text.strip()
        found: Meanings = {}
        if kind in {"", "gemeente"}:
            found |= self._gemeenten(name)
        if kind in {"", "provincie"}:
            key = name_key(name)
            wanted = name_key(OTHER_NAMES.get(key, name))
            found |= {
                f"provincie {title}": codes
                for title, codes in self.provinces.items()
                if name_key(title) == wanted
            }
        if kind in {"", "zorgkantoor"}:
            rows = self.regions
            same = rows["zorgkantoor"].map(name_key) == name_key(name)
            for title, part in rows[same.astype(bool)].groupby("zorgkantoor"):
                found[f"zorgkantoorregio {title}"] = frozenset(part["gemeentecode"])
        if not kind and name_key(name) in _PRACTICE_WORDS:
            found[PRACTICES] = frozenset()
        return found

    def _gemeenten(self, name: str) -> Meanings:
        code = self.known.code_of(name)
        codes = (code,) if code in self.known.members else self.known.gemeenten_named(name)
        return {self.known.describe(code): frozenset([code]) for code in codes if code}

    def read(self, text: str, report: ReadReport) -> tuple[str, frozenset[str]]:
        """Read one piece: its full words, and the codes that it stands for.

        Raises
        ------
        UnknownWorkArea
            It means nothing here, or more than one thing.
        """
        found = self.meanings(text)
        if not found:
            raise UnknownWorkArea(self._nothing(text))
        if len(set(found.values())) > 1:
            raise UnknownWorkArea(
                f"Werkgebied: ‘{text}’ kan {_either(found)} zijn; geef de code, of schrijf erbij "
                f"wat het is, zoals ‘{_example(found)}’."
            )
        words, codes = next(iter(found.items()))
        if words == PRACTICES:
            codes = self._of_practices(report)
        if words.startswith("provincie ") and self.unknown_province:
            report.warn(
                f"Van {nl_list(map(self.known.describe, self.unknown_province))} is niet bekend in "
                f"welke provincie zij liggen; zij tellen niet mee in {words}. Noem ze met hun code "
                "als zij erbij horen."
            )
        self._note_shared(words, report)
        return words, codes

    def _note_shared(self, words: str, report: ReadReport) -> None:
        """Say which gemeenten lie only partly in a zorgkantoorregio."""
        rows = self.regions
        here = rows[("zorgkantoorregio " + rows["zorgkantoor"]).eq(words) & rows["aandeel"].ne(1)]
        if len(here):
            names = nl_list(map(self.known.describe, sorted(set(here["gemeentecode"]))))
            report.warn(
                f"{names} {'ligt' if len(here) == 1 else 'liggen'} maar voor een deel in {words}, "
                "en hoort geheel bij het werkgebied."
            )

    def _of_practices(self, report: ReadReport) -> frozenset[str]:
        """Return the gemeenten with a practice that may be one's own: not known to stay out."""
        rows = self.area.practices
        own = rows["deelnemer"].fillna(value=True).astype(bool)
        own &= rows["discipline"].ne(REGIO_ORGANISATIE).fillna(value=True).astype(bool)
        unit = rows.loc[own, "eenheid"]
        if not unit.notna().any():
            raise UnknownWorkArea(
                "Werkgebied ‘praktijken’: er staat geen enkele praktijk op de kaart; verwacht "
                "wordt een bestand met praktijken (--praktijken) met coördinaten, of met "
                "postcodes en een bestand met postcodepunten (--postcodes)."
            )
        lost = int(unit.isna().sum())
        if lost:
            stand = nl_count(lost, "praktijk staat", "praktijken staan")
            report.warn(
                f"{stand} niet op de kaart; de gemeente daarvan kan in het werkgebied ontbreken."
            )
        return frozenset(self.area.units["gemeentecode"].reindex(unit.dropna().unique()).dropna())

    def _nothing(self, text: str) -> str:
        """Say that a text means nothing here, and what comes closest."""
        if re.match(r"\s*zorgkantoor", text, re.IGNORECASE) and self.area.insurers is None:
            return (
                f"Werkgebied: voor ‘{text}’ is een tabel van gemeente en zorgkantoor nodig "
                "(--zorgkantoren)."
            )
        typed = _KIND.fullmatch(text)
        key = name_key(typed.group(2) if typed else text)
        titles = [*self.provinces, *self.regions["zorgkantoor"].unique()]
        keys = {name_key(title): title for title in titles}
        like = [keys[k] for k in difflib.get_close_matches(key, keys, n=2, cutoff=0.6)]
        names = list(dict.fromkeys([*self.known.nearest_names(text), *like]))
        hint = f" Bedoelt u {' of '.join(names[:3])}?" if names else ""
        return (
            f"Werkgebied: ‘{text}’ is op deze kaart geen gemeente, provincie of zorgkantoorregio; "
            f"verwacht wordt bijvoorbeeld GM0344, een naam, ‘provincie Utrecht’ of ‘praktijken’."
            f"{hint}"
        )


def _either(found: Meanings) -> str:
    return " of ".join(found)


def _example(found: Meanings) -> str:
    """Write one of the meanings so that it is read as that and nothing else."""
    first = next(iter(found))
    return first.split(" ")[0] if re.match(r"(GM|WK|BU)\d", first) else first
