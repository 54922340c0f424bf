"""A generator of invented practices on any units, for examples and exercises.

Nothing in it is real: names, streets and AGB codes are made up (the codes lie in a range that is
not in use). How many practices there are follows the inhabitants; where they stand, the units.
"""

from collections.abc import Hashable, Mapping
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.study_area import PRACTICE_COLUMNS

NORM_PRACTICE = 2_095  # patients per full-time huisarts, NZa norm from 2018
SEAT = "regio-organisatie"

_PATIENTS_PER_PRACTICE = 4_250.0
_HOURS_PER_PERSON = 0.72  # a huisarts works on average 0,72 fte
_REGISTERED_SHARE = 0.985  # of the inhabitants; the others have no huisarts or one elsewhere
_PEOPLE_PER_WSV = 15_000.0
_TWO_CODES_SHARE = 0.03
_FIRST_AGB = 900_000
_TRIES = 60


class Discipline(NamedTuple):
    """The first two digits of its AGB codes, practices per 100.000 inhabitants, and a name."""

    agb: str
    per_100k: float
    naam: str


DISCIPLINES: dict[str, Discipline] = {
    "huisarts": Discipline("01", 1e5 / _PATIENTS_PER_PRACTICE, "Huisartsenpraktijk {}"),
    "apotheek": Discipline("02", 6.6, "Apotheek {}"),
    "fysiotherapie": Discipline("04", 6.6, "Fysiotherapie {}"),
    "wijkverpleging": Discipline("91", 2.8, "Wijkverpleging {}"),
    "oefentherapie": Discipline("07", 1.2, "Oefentherapie {}"),
    "logopedie": Discipline("05", 1.4, "Logopedie {}"),
    "diëtetiek": Discipline("24", 1.4, "Diëtistenpraktijk {}"),
    "ergotherapie": Discipline("88", 1.1, "Ergotherapie {}"),
    "psychologie": Discipline("94", 1.4, "Psychologenpraktijk {}"),
}
_SEAT_AGB = "53"

_NAMES = (
    "De Linde", "Het Kompas", "De Beuk", "De Sluis", "Het Anker", "De Molen", "De Vlinder",
    "De Kastanje", "Het Palet", "De Akker", "De Brug", "De Spil", "Het Baken", "De Wilg",
    "De Waterlelie", "De Toren", "De Zonnebloem", "Het Veer", "De Ooievaar", "De Haven",
    "De Reiger", "De Boomgaard", "Het Rad", "De Kade", "De Meander", "De Klaver", "De Esdoorn",
)  # fmt: skip
_STREETS = (
    "Dorpsstraat", "Molenweg", "Kerkplein", "Lindelaan", "Marktstraat", "Stationsweg", "Dijkweg",
    "Schoolstraat", "Beukenlaan", "Havenkade", "Raadhuisplein", "Parklaan", "Veerstraat",
)  # fmt: skip
_LETTERS = np.array(list("ABCDEGHJKLMNPRSTVWXZ"))


def generate_practices(
    units: gpd.GeoDataFrame,
    *,
    seed: int,
    regio_organisaties: Mapping[str, str] | None = None,
    verzekeraars: Mapping[str, str] | None = None,
    deelname: float = 0.92,
) -> pd.DataFrame:
    """Make practices on units; the same units and seed give the same practices.

    Parameters
    ----------
    units : GeoDataFrame, EPSG:28992
        Indexed by unit code: `inwoners` (NaN counts as none here), `gemeentecode`, `gemeentenaam`,
        geometry; where there are columns `plaats` and `pc4`, addresses follow them.
    seed : int
        Seed of the random generator (PCG64).
    regio_organisaties, verzekeraars : mapping of str to str, optional
        Unit code or gemeentecode to the name of its RO and its insurer; the unit goes first.
        Each RO gets a seat, a row with discipline `regio-organisatie`, in its largest gemeente.
        Units without an RO give practices without one.
    deelname : float
        Share of the patients (huisartsen) or the practices (other disciplines) of each RO that
        takes part, 0-1. Who does not take part has no RO and no WSV.

    Returns
    -------
    DataFrame
        One row per AGB code with the columns `oi_geo.study_area.PRACTICE_COLUMNS`. ION adds up to
        98,5 % of the inhabitants, for huisartsen only; a few practices have two AGB codes.
    """
    rng = np.random.default_rng(seed)
    units = units.sort_index()
    units = units.assign(
        inwoners=units["inwoners"].fillna(0.0),
        ro=_named(units, regio_organisaties),
        verzekeraar=_named(units, verzekeraars),
    )
    units["wsv"] = _wsv_areas(units)
    rows = pd.concat([_practices_of(name, units, rng) for name in DISCIPLINES], ignore_index=True)
    rows["praktijk_id"] = [f"P{number:04d}" for number in range(1, len(rows) + 1)]
    rows = _with_patients(rows, float(units["inwoners"].sum()), rng)
    rows["deelnemer"] = _takes_part(rows, deelname, rng)
    rows.loc[~rows["deelnemer"], ["regio_organisatie", "wsv"]] = None
    rows = _with_second_codes(rows, rng)
    rows = pd.concat([rows, _seats(units, rng)], ignore_index=True)
    return _finished(rows)


def _named(units: gpd.GeoDataFrame, names: Mapping[str, str] | None) -> pd.Series:
    """Look up a name for each unit by its own code, then by its gemeentecode."""
    names = names or {}
    own = units.index.to_series().map(names).astype("str")
    return own.fillna(units["gemeentecode"].map(names).astype("str"))


def _wsv_areas(units: gpd.GeoDataFrame) -> pd.Series:
    """Cut each gemeente, per RO, in strips of about 15.000 people: the areas of the WSVs."""
    middle = units.geometry.centroid
    areas: dict[Hashable, str] = {}
    parts = units.groupby([units["gemeentenaam"], units["ro"].fillna("")], sort=True).groups
    organisations = units.groupby("gemeentenaam")["ro"].nunique()
    for (gemeente, organisation), codes in parts.items():
        x, y = middle[codes].x, middle[codes].y
        along = (x if np.ptp(x) > np.ptp(y) else y).sort_values(kind="stable")
        people = units.loc[along.index, "inwoners"].clip(lower=1.0)
        count = max(1, round(people.sum() / _PEOPLE_PER_WSV))
        strip = ((people.cumsum() - people / 2) / people.sum() * count).astype(int)
        place = f"{gemeente} ({organisation})" if organisations[gemeente] > 1 else gemeente
        areas |= {code: f"WSV {place} {number + 1}" for code, number in strip.items()}
    return pd.Series(areas, dtype="str").reindex(units.index)


def _practices_of(
    discipline: str, units: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Place the practices of one discipline: as many as the inhabitants ask, spread like them."""
    people = units["inwoners"].to_numpy().cumsum()
    kind = DISCIPLINES[discipline]
    count = max(1, round(people[-1] / 1e5 * kind.per_100k)) if people[-1] > 0 else 0
    at = (np.arange(count) + rng.uniform()) / max(count, 1) * people[-1]
    homes = units.iloc[np.searchsorted(people, at, side="right")]
    points = _points_in(homes.geometry.to_numpy(), rng)
    names = np.array(_NAMES)[(rng.integers(len(_NAMES)) + np.arange(count)) % len(_NAMES)]
    places = homes["plaats" if "plaats" in homes else "gemeentenaam"].to_numpy()
    titles = pd.Series([kind.naam.format(name) for name in names], dtype="str")
    title_place = titles + " " + pd.Series(places, dtype="str")
    again = title_place.groupby(title_place).cumcount()
    return pd.DataFrame(
        {
            "agb": [f"{kind.agb}{_FIRST_AGB + number}" for number in range(count)],
            "naam": title_place.where(again == 0, title_place + " " + (again + 1).astype("str")),
            "discipline": discipline,
            "straat": rng.choice(_STREETS, count),
            "huisnummer": rng.integers(1, 180, count).astype("str"),
            "postcode": _postcodes(homes, rng),
            "plaats": places,
            "x_rd": points[:, 0],
            "y_rd": points[:, 1],
            "regio_organisatie": homes["ro"].to_numpy(),
            "wsv": homes["wsv"].to_numpy(),
            "verzekeraar": homes["verzekeraar"].to_numpy(),
        }
    )


def _points_in(polygons: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Pick a point in whole metres inside each polygon, shape (n, 2)."""
    low_x, low_y, high_x, high_y = shapely.bounds(polygons).T.reshape(4, -1, 1)
    x, y = rng.uniform(size=(2, len(polygons), _TRIES))
    x, y = np.round(low_x + x * (high_x - low_x)), np.round(low_y + y * (high_y - low_y))
    inside = shapely.contains_xy(polygons[:, None], x, y)
    first = inside.argmax(axis=1)
    row = np.arange(len(polygons))
    found = np.column_stack([x[row, first], y[row, first]])
    spare = shapely.get_coordinates(shapely.point_on_surface(polygons))
    return np.where(inside.any(axis=1)[:, None], found, spare)


def _postcodes(homes: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.Series:
    """Add two letters to the four digits of each unit; missing where those are unknown."""
    letters = pd.Series(rng.choice(_LETTERS, (len(homes), 2)).tolist(), dtype="object").str.join("")
    if "pc4" not in homes:
        return pd.Series(None, range(len(homes)), dtype="str")
    return homes["pc4"].reset_index(drop=True) + letters


def _with_patients(rows: pd.DataFrame, people: float, rng: np.random.Generator) -> pd.DataFrame:
    """Give the huisartsen their patients, fte and persons; other disciplines have none."""
    doctor = (rows["discipline"] == "huisarts").to_numpy()
    size = np.exp(rng.normal(0, 0.4, doctor.sum())).clip(0.4, 2.4)
    ion = np.full(len(rows), np.nan)
    ends = np.round(size.cumsum() / max(size.sum(), 1e-9) * people * _REGISTERED_SHARE)
    ion[doctor] = np.diff(ends, prepend=0)
    fte = np.round(ion / NORM_PRACTICE * rng.uniform(0.9, 1.1, len(rows)), 1)
    persons = np.fmax(np.round(fte / _HOURS_PER_PERSON), np.where(doctor, 1, np.nan))
    return rows.assign(ion=ion, fte=fte, huisartsen=persons)


def _takes_part(rows: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.Series:
    """Choose who takes part: in each RO and kind of practice, the wanted share of the weight."""
    weight = rows["ion"].fillna(1.0)
    order = rows.index[rng.permutation(len(rows))]
    kind = [rows["regio_organisatie"].fillna(""), rows["discipline"] == "huisarts"]
    outside = weight[order].groupby([part[order] for part in kind]).cumsum()
    total = weight.groupby(kind).transform("sum")
    return outside.reindex(rows.index) > (1 - share) * total


def _with_second_codes(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Let a few huisarts practices stand on two AGB codes, with the patients divided over them."""
    doctors = rows.index[(rows["huisartsen"] >= 2).fillna(value=False)]  # noqa: PLR2004
    count = min(len(doctors), max(2, round(len(doctors) * _TWO_CODES_SHARE)))
    chosen = np.sort(rng.choice(doctors, count, replace=False))
    second = rows.loc[chosen].copy()
    highest = int((rows["discipline"] == "huisarts").sum()) + _FIRST_AGB
    second["agb"] = [f"{DISCIPLINES['huisarts'].agb}{highest + k}" for k in range(count)]
    for column, decimals in {"ion": 0, "huisartsen": 0, "fte": 1}.items():
        second[column] = np.maximum(np.round(second[column] * 0.4, decimals), 10.0**-decimals)
        rows.loc[chosen, column] = np.round(rows.loc[chosen, column] - second[column], decimals)
    return pd.concat([rows, second], ignore_index=True)


def _seats(units: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Seat every RO in the unit with the most inhabitants of its largest gemeente."""
    own = units[units["ro"].notna()]
    town = own.groupby(["ro", "gemeentecode"])["inwoners"].transform("sum")
    order = own.assign(town=town).sort_values(["town", "inwoners"], ascending=False, kind="stable")
    homes = order.drop_duplicates("ro").sort_values("ro")
    points = _points_in(homes.geometry.to_numpy(), rng)
    return pd.DataFrame(
        {
            "praktijk_id": [f"RO{number}" for number in range(1, len(homes) + 1)],
            "agb": [f"{_SEAT_AGB}{_FIRST_AGB + number}" for number in range(len(homes))],
            "naam": homes["ro"].to_numpy(),
            "discipline": SEAT,
            "straat": "Raadhuisplein",
            "huisnummer": "1",
            "postcode": _postcodes(homes, rng),
            "plaats": homes["plaats" if "plaats" in homes else "gemeentenaam"].to_numpy(),
            "x_rd": points[:, 0],
            "y_rd": points[:, 1],
            "regio_organisatie": homes["ro"].to_numpy(),
            "deelnemer": True,
        }
    )


def _finished(rows: pd.DataFrame) -> pd.DataFrame:
    """Order the columns and give them the types of a practice table."""
    numbers = ["x_rd", "y_rd", "ion", "huisartsen", "fte"]
    rows = rows.reindex(columns=PRACTICE_COLUMNS)
    text = [name for name in PRACTICE_COLUMNS if name not in {*numbers, "deelnemer"}]
    types = {**dict.fromkeys(numbers, "float64"), **dict.fromkeys(text, "str")}
    return rows.astype({**types, "deelnemer": "boolean"})
