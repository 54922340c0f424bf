"""Cells that name several organisations."""

import pandas as pd
import pytest

from oi_geo.several import split_names


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Alfa", ("Alfa",)),
        (" Alfa ", ("Alfa",)),
        (None, ()),
        ("Alfa; Beta", ("Alfa", "Beta")),
        ("Beta;Alfa", ("Beta", "Alfa")),
        ("Alfa / Gamma", ("Alfa", "Gamma")),
        ("Alfa/Beta", ("Alfa", "Beta")),
        ("Alfa | Beta", ("Alfa", "Beta")),
        ("Alfa\nBeta\r\nGamma", ("Alfa", "Beta", "Gamma")),
        # The same name again is no second name, and nothing is no name.
        ("Alfa; ALFA ;", ("Alfa",)),
        (";", ()),
        # A comma or "en" only between names that stand elsewhere in the column.
        ("Alfa, Beta", ("Alfa", "Beta")),
        ("alfa en  BETA", ("alfa", "BETA")),
        ("Alfa & Beta", ("Alfa", "Beta")),
        ("Alfa, Beta en Almere en Omstreken", ("Alfa", "Beta", "Almere en Omstreken")),
        ("Almere en Omstreken", ("Almere en Omstreken",)),
        ("Alfa en Omstreken", ("Alfa en Omstreken",)),
        ("Alfa, regio West", ("Alfa, regio West",)),
        ("Alfa, regio West; Beta", ("Alfa, regio West", "Beta")),
    ],
)
def test_split_names(cell: str | None, expected: tuple[str, ...]) -> None:
    column = pd.Series(["Alfa", "Beta", "Almere en Omstreken", cell, None], dtype="str")
    assert split_names(column)[3] == expected


def test_a_slash_between_names_that_stand_nowhere_else_is_doubtful() -> None:
    column = pd.Series(["Gooi/Eemland", "Gooi/Eemland", "Alfa; Gooi / Oost"], dtype="str")
    assert split_names(column).tolist() == [(), (), ("Alfa",)]
    known = pd.Series(["Gooi/Eemland", "Eemland"], dtype="str")
    assert split_names(known).tolist() == [("Gooi", "Eemland"), ("Eemland",)]
    assert split_names(pd.Series(["http://a", "x</b>"], dtype="str")).tolist() == [
        ("http://a",),
        ("x</b>",),
    ]


def test_alone_a_comma_or_en_is_part_of_a_name() -> None:
    column = pd.Series(["Alfa, Beta", "Alfa en Gamma"], index=[7, 3], dtype="str")
    assert split_names(column).to_dict() == {7: ("Alfa, Beta",), 3: ("Alfa en Gamma",)}
