"""Wishes that cannot be are refused in a sentence."""

import numpy as np
import pytest

from oi_geo.candidates.wishes import Weights, Wishes, check_codes
from oi_geo.errors import ImpossibleWishes
from tests.candidates.toy import code, toy


@pytest.mark.parametrize(
    ("low", "high", "other", "sentence"),
    [
        (0, 10, {}, "De band 0 tot 10 kan niet"),
        (-5, 10, {}, "kan niet"),
        (1001, 1000, {}, "De band 1.001 tot 1.000 kan niet"),
        (1, 10, {"groups": 0}, "aantal groepen moet ten minste 1"),
        (1, 10, {"weights": Weights(snijlijn=-0.1)}, "gewicht is een getal van 0 tot en met 100"),
        (1, 10, {"weights": Weights(snijlijn=np.nan)}, "gewicht"),
        (5, 10, {"target": 11}, "streefgetal 11 valt buiten de band van 5 tot 10"),
        (5, 10, {"target": 4}, "streefgetal 4 valt buiten"),
    ],
)
def test_wishes_that_cannot_be(low, high, other, sentence):
    with pytest.raises(ImpossibleWishes, match=sentence):
        Wishes("regio", low, high, **other)


def test_a_band_of_one_number_and_a_target_at_its_limit_can_be():
    assert Wishes("regio", 10, 10, target=10).target == 10


@pytest.mark.parametrize(
    "other",
    [
        {"locks": {"WK0009ZZ": "Noord"}},
        {"together": ((code("A"), "WK0009ZZ"),)},
        {"apart": (("WK0009ZZ", code("A")),)},
    ],
)
def test_codes_that_the_area_does_not_have_are_named(other):
    wishes = Wishes("regio", 1, 10, **other)
    with pytest.raises(ImpossibleWishes, match=r"WK0009ZZ.*Verwacht zijn codes zoals WK0001AA"):
        check_codes(wishes, toy("AB"))
    check_codes(Wishes("regio", 1, 10, locks={code("A"): "Noord"}), toy("AB"))


def test_a_band_on_ion_asks_for_practices():
    with pytest.raises(ImpossibleWishes, match="lijst van praktijken"):
        check_codes(Wishes("regio", 1, 10, counted="ion"), toy("AB"))
    area = toy("AB", practices=[{"eenheid": code("A"), "ion": 5.0}])
    check_codes(Wishes("regio", 1, 10, counted="ion"), area)
