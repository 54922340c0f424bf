"""All wijken of the Netherlands of 2022 as a study area, for the tests marked real."""

from functools import cache
from pathlib import Path

import geopandas as gpd

from oi_geo.study_area import StudyArea, study_area

# The illustration of ../shared/data/README.md: 62 wijken, 361.805 inhabitants.
UNICUM = {f"GM{n:04}" for n in (312, 310, 321, 353, 331, 356, 1581, 352, 355)}


@cache
def netherlands(shared_data: Path) -> StudyArea:
    """Read the wijken straight from the file with geopandas, past the readers of oi_geo."""
    path = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    wijken = gpd.read_file(path, layer="wijken").rename(
        columns={"wijknaam": "naam", "aantal_inwoners": "inwoners"}
    )
    share = wijken["percentage_personen_65_jaar_en_ouder"] / 100
    wijken = wijken.assign(
        inwoners=wijken["inwoners"].astype(float), inwoners_65plus=wijken["inwoners"] * share
    ).set_index("wijkcode")
    gemeenten = gpd.read_file(path, layer="gemeenten").set_index("gemeentecode")
    return study_area(wijken, gemeenten)
