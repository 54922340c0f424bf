"""Flows: in which unit registered patients live, and in which unit their practice stands."""

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from oi_geo.codes import parse_agb
from oi_geo.errors import ImpossibleWishes, UnusableFile
from oi_geo.placement import OUTSIDE, UNPLACED, place_postcodes
from oi_geo.sources.lines import examples, number_text, rows_text
from oi_geo.sources.report import ReadReport
from oi_geo.sources.residence import read_residence
from oi_geo.study_area import StudyArea
from oi_geo.tally import plain as folded
from oi_geo.text import nl_count
from oi_geo.told_twice import ANYWHERE, TOLD, told_once

BY_CODE = "gebiedscode"

_CODE_LENGTH = {"wijk": ("WK", 8), "gemeente": ("GM", 6)}


def flows_of(
    area: StudyArea, path: Path, postcodes: pd.DataFrame | None = None, *, name: str | None = None
) -> tuple[pd.DataFrame, list[ReadReport]]:
    """Read where patients live and put both ends of each row in a unit.

    A practice is found by its id, else by its AGB code, and stands where most of its ION stands. A
    buurt lies in the wijk of its code; a postcode in the unit of its point (of its four digits
    where the full one is unknown), on a border in the unit with the lower code.

    Parameters
    ----------
    area : StudyArea
        With placed practices.
    path : Path
        See `oi_geo.sources.residence.read_residence`.
    postcodes : DataFrame, optional
        `x_rd`, `y_rd` (metres, EPSG:28992) indexed by postcode.
    name : str, optional
        File name as the user knows it.

    Returns
    -------
    flows : DataFrame
        `woont`, `praktijk` (unit codes), `aantal` (patients), each pair of units once.
    reports : list of ReadReport
        Of the reading, and of the placing: rows of which an end is not found are counted, with
        their patients.

    Raises
    ------
    UnusableFile
        The file cannot be read.
    ImpossibleWishes
        There are no practices to place.
    """
    table, read = _read(area, path, postcodes, name)
    practice, home, report = _ends(area, table, postcodes, read.bestand)
    # Flows are one number: what may be told twice counts once.
    home = home.where(table["zeker"])
    placed = pd.DataFrame({"woont": home, "praktijk": practice, "aantal": table["aantal"]}).dropna()
    report.gelezen, report.behouden = len(table), len(placed)
    flows = placed.groupby(["woont", "praktijk"])["aantal"].sum().reset_index()
    return flows, [read, report]


def _read(
    area: StudyArea, path: Path, postcodes: pd.DataFrame | None, name: str | None
) -> tuple[pd.DataFrame, ReadReport]:
    """Read the table; without practices there is nothing to place."""
    if area.practices.empty:
        raise ImpossibleWishes(
            "Herkomst van patiënten kan alleen tellen met een lijst van praktijken; geef die met "
            "--praktijken of op de pagina Gegevens."
        )
    table, report = read_residence(path, name=name)
    written = table["praktijk"]
    table = table.assign(praktijk=_known_names(area, written))
    ground = _ground(area, table, postcodes)
    return told_once(table, written, area.practices, ground, report), report


def _ground(area: StudyArea, table: pd.DataFrame, postcodes: pd.DataFrame | None) -> pd.Series:
    """List the wijken (gemeenten on a map of those) that each row may be about.

    Only a table that has both codes and postcodes can tell of one place in both ways.
    """
    by_code = table["eenheid"].notna()
    if by_code.all() or not by_code.any():
        return pd.Series([[]] * len(table), table.index, dtype=object)
    length = _CODE_LENGTH["gemeente" if area.level == "gemeente" else "wijk"][1]
    codes = table["eenheid"].str.slice(2, length)
    # A code that the map does not know can be of another year, of any ground.
    codes = codes.where(codes.isin(area.units.index.str.slice(2, length)), ANYWHERE)
    homes = place_postcodes(table["postcode"], area.units, postcodes)
    several = homes["mogelijk"].where(homes["mogelijk"].notna(), homes["eenheid"])
    lost = ~by_code & homes["plaatsing"].eq(UNPLACED) & homes["mogelijk"].isna()
    found = several.explode().dropna().str.slice(2, length)
    found = pd.concat([found, codes[by_code], pd.Series(ANYWHERE, lost.index[lost])])
    return found.astype(object).groupby(level=0).agg(list).reindex(table.index)


def _agb_of(names: pd.Series) -> pd.Series:
    return names.map(lambda text: parse_agb(text)[0], na_action="ignore").astype("str")


def _known_names(area: StudyArea, names: pd.Series) -> pd.Series:
    """Write the id of the practice for a name that one practice in the list has."""
    listed = area.practices.assign(plain=folded(area.practices["naam"])).dropna(subset="plain")
    once = listed.drop_duplicates(["plain", "praktijk_id"]).drop_duplicates("plain", keep=False)
    of_name = once.set_index("plain")["praktijk_id"]
    is_id = names.isin(area.practices["praktijk_id"])
    return names.where(is_id, folded(names).map(of_name).astype("str").fillna(names))


def _ends(
    area: StudyArea, table: pd.DataFrame, postcodes: pd.DataFrame | None, bestand: str
) -> tuple[pd.Series, pd.Series, ReadReport]:
    """Find the unit of the practice and of the home of each row, and tell which are not found."""
    practice, listed = _units_of_practices(area, table["praktijk"])
    home = _units_of_codes(area, table["eenheid"])
    home = home.fillna(_units_of_postcodes(area, table["postcode"], postcodes))
    report = ReadReport(bestand, "plaatsing van de herkomst")
    _note_lost(table, practice, listed, home, report)
    return practice, home, report


def residence_of(
    area: StudyArea, path: Path, postcodes: pd.DataFrame | None = None, *, name: str | None = None
) -> tuple[pd.DataFrame, list[ReadReport]]:
    """Read where patients live, for the shares of inhabitants in the rules.

    Parameters
    ----------
    area, path, postcodes, name
        See `flows_of`.

    Returns
    -------
    residence : DataFrame
        `praktijk` and `agb` (the practice, by its id and by its AGB code where it is one), `aantal`
        (patients), what tells which rows say the same (`TOLD` in `oi_geo.told_twice`), and where
        they live: `eenheid`, `plaatsing`, `mogelijk` as in `oi_geo.placement`.
    reports : list of ReadReport
        Of the reading and of the placing.

    Raises
    ------
    UnusableFile
        The file cannot be read.
    ImpossibleWishes
        There are no practices.
    """
    table, read = _read(area, path, postcodes, name)
    if not _units_of_practices(area, table["praktijk"])[1].any():
        raise UnusableFile(
            f"{read.bestand}: geen enkele rij noemt een praktijk uit de praktijkenlijst "
            f"({examples(table['praktijk'])}); verwacht wordt haar AGB-code, haar praktijk_id of "
            "haar naam zoals in de lijst."
        )
    _, home, report = _ends(area, table, postcodes, read.bestand)
    report.gelezen, report.behouden = len(table), int(home.notna().sum())
    homes = place_postcodes(table["postcode"], area.units, postcodes)
    by_code = table["eenheid"].notna()
    unit = _units_of_codes(area, table["eenheid"])
    # Only a place on the whole map surely lies elsewhere: another code can be of another year, in
    # which this ground had another number.
    other = by_code & unit.isna()
    if area.whole is None:
        other &= False
    else:
        other &= _units_of_codes(area.whole, table["eenheid"]).notna()
    how = homes["plaatsing"].mask(by_code, UNPLACED).mask(unit.notna(), BY_CODE)
    return pd.DataFrame(
        {
            "praktijk": table["praktijk"],
            "agb": _agb_of(table["praktijk"]),
            "aantal": table["aantal"],
            **{column: table[column] for column in TOLD},
            "eenheid": homes["eenheid"].mask(by_code, unit),
            "plaatsing": how.mask(other, OUTSIDE),
            "mogelijk": homes["mogelijk"].mask(by_code, np.nan),
        }
    ), [read, report]


def _units_of_practices(area: StudyArea, names: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the unit of each practice (missing where unplaced), and whether it is in the list."""
    rows = area.practices.sort_values("ion", ascending=False, kind="stable")
    placed = rows.dropna(subset=["eenheid"])
    by_id = placed.drop_duplicates("praktijk_id").set_index("praktijk_id")["eenheid"]
    by_agb = placed.dropna(subset=["agb"]).drop_duplicates("agb").set_index("agb")["eenheid"]
    agb = _agb_of(names)
    unit = names.map(by_id).astype("str").fillna(agb.map(by_agb).astype("str"))
    return unit, names.isin(rows["praktijk_id"]) | agb.isin(rows["agb"].dropna())


def _units_of_codes(area: StudyArea, codes: pd.Series) -> pd.Series:
    """Return the unit that each wijk or buurt lies in, by its code; missing where there is none."""
    units = codes
    if area.level in _CODE_LENGTH:
        letters, length = _CODE_LENGTH[area.level]
        units = letters + codes.str.slice(2, length)
    return units.where(units.isin(area.units.index)).astype("str")


def _units_of_postcodes(
    area: StudyArea, texts: pd.Series, postcodes: pd.DataFrame | None
) -> pd.Series:
    """Return the unit that the point of each postcode lies in; missing where there is none."""
    known = texts.dropna()
    if postcodes is None or known.empty:
        return pd.Series(pd.NA, texts.index, dtype="str")
    places = pd.Series(known.unique())
    key = places.where(places.isin(postcodes.index), places.str.slice(0, 4))
    places, key = places[key.isin(postcodes.index)], key[key.isin(postcodes.index)]
    points = postcodes.loc[key, ["x_rd", "y_rd"]].to_numpy("float64")
    tree = shapely.STRtree(area.units.geometry.to_numpy())
    point, unit = tree.query(shapely.points(points), predicate="intersects")
    hits = pd.DataFrame({"place": places.to_numpy()[point], "unit": area.units.index[unit]})
    first = hits.groupby("place")["unit"].min()
    return texts.map(first).astype("str")


def _note_lost(
    table: pd.DataFrame,
    practice: pd.Series,
    listed: pd.Series,
    home: pd.Series,
    report: ReadReport,
) -> None:
    """Count per reason the rows that cannot be placed, with their patients."""
    by_code = table["eenheid"].notna()
    # A postcode without a point, as of a postbus, is no fault of the table.
    reasons = (
        (report.error, "de praktijk staat niet in de praktijkenlijst", ~listed, table["praktijk"]),
        (report.error, "de praktijk is niet in een eenheid geplaatst", listed & practice.isna(),
         table["praktijk"]),
        (report.error, "de wijk of buurt ligt niet in dit gebied",
         practice.notna() & home.isna() & by_code, table["eenheid"]),
        (report.warn, "van de postcode is geen punt in dit gebied bekend (zie --postcodes)",
         practice.notna() & home.isna() & ~by_code, table["postcode"]),
    )  # fmt: skip
    for tell, why, lost, named in reasons:
        if lost.any():
            patients = number_text(table["aantal"][lost].sum())
            tell(
                f"{nl_count(int(lost.sum()), 'rij is', 'rijen zijn')} niet geplaatst ({patients} "
                f"patiënten): {why} ({examples(named[lost])}; {rows_text(table.index[lost])})."
            )
    placed = practice.notna() & home.notna()
    total, kept = table["aantal"].sum(), table["aantal"][placed].sum()
    report.info(
        f"Herkomst van {number_text(total)} patiënten: {number_text(kept)} geplaatst en "
        f"{number_text(total - kept)} niet geplaatst."
    )
