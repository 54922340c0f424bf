"""Sentences about obstacles: the verb follows what is named, not how many units that is."""

import re

import numpy as np
import pytest

from oi_geo.candidates import obstacles as say
from oi_geo.candidates.wishes import Wishes
from tests.candidates.toy import codes, toy

AREA = toy("ABCDEFGHI", gemeenten={"Boven": "AB", "Onder": "CD", "Eiland": "E", "Rest": "FGHI"})
WISHES = Wishes("wijk", 1000, 2000)
# Letters of units, how they are named, and whether that is one thing.
NAMED = [
    ("A", "Wijk A in Boven (WK0001AA)", True),
    ("E", "Wijk E in Eiland (WK0001EE)", True),
    ("AB", "gemeente Boven", True),
    ("FGHI", "gemeente Rest", True),
    ("ABCD", "gemeente Boven en gemeente Onder", False),
    ("ABE", "gemeente Boven en gemeente Eiland", False),
    ("AC", "Wijk A in Boven (WK0001AA) en Wijk C in Onder (WK0001CC)", False),
    ("ACFGH", "5 wijken in Boven, Onder en Rest", False),
]
PLURAL = r"moeten|tellen|hangen|passen|blijven over|liggen|komen"
SINGULAR = r"moet|telt|hangt|past|blijft over|ligt|komt"


def sentences(letters: str) -> dict[str, str]:
    """Every sentence that has these units for its subject."""
    units = codes(letters)
    inside = np.isin(AREA.units.index, units)
    nobody = np.zeros(len(inside), bool)
    return {
        "te groot": say.too_large(AREA, WISHES, units, 3000).reason,
        "eiland": say.too_small(
            AREA, WISHES, inside, 10, nobody, cut_off=False, minimum=0
        ).reason,
        "rest": say.too_small(AREA, WISHES, inside, 10, nobody, cut_off=True, minimum=0).reason,
        "nergens": say.fits_nowhere(AREA, WISHES, units, 900, 0).reason.split(" zolang")[0],
        "vol": say.overfull(
            AREA, WISHES, units, codes("E"), (10, 3000), 0
        ).reason.split(", te weinig")[0],
        "los": say.hangs_apart(
            AREA, WISHES, units, codes("E"), codes("E"), 3000, "niets"
        ).reason.split(" als ")[0],
        "aantal": say.no_number_fits(
            WISHES, units, 2500, alone=False, area=AREA, asked=None
        ).reason.split(":")[0],
    }  # fmt: skip


@pytest.mark.parametrize(("letters", "name", "one"), NAMED)
def test_the_verb_follows_what_is_named(letters, name, one):
    for kind, text in sentences(letters).items():
        assert name in text, kind
        after = text.split(name, 1)[1]
        wrong = PLURAL if one else SINGULAR
        assert not re.search(rf"\b({wrong})\b", after), (kind, text)
        assert re.search(rf"\b({SINGULAR if one else PLURAL})\b", after), (kind, text)


@pytest.mark.parametrize(("letters", "name", "one"), NAMED)
def test_what_lies_between_joins_in_its_own_number(letters, name, one):
    text = say.hangs_apart(AREA, WISHES, codes("A"), codes("E"), codes(letters), 3000, "x").reason
    assert f"{name} erbij {'komt' if one else 'komen'}" in text
