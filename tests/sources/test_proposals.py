"""Tables of a proposed division: codes in any spelling, gemeenten by name, wrong years."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.errors import ProposalMismatch, UnusableFile
from oi_geo.plan import Plan
from oi_geo.sources.blanks import is_blank
from oi_geo.sources.proposals import proposal_unit_level, read_proposal
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea, study_area
from oi_geo.text import natural_key
from tests.conftest import draw

PICTURE = """
    AAB
    ACb
    cdd
"""


@pytest.fixture(scope="module")
def area() -> StudyArea:
    """Six wijken: A, B, C in Bovendam (GM0001) and b, c, d in Onderdam (GM0002)."""
    return study_area(draw(PICTURE))


def named_area(names: list[str]) -> StudyArea:
    """One wijk in each gemeente, named as given: GM0011, GM0012, …"""
    units = draw("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(names)])
    codes = [f"GM{11 + i:04}" for i in range(len(names))]
    units = units.assign(gemeentecode=codes, gemeentenaam=names)
    return study_area(units.set_axis([f"WK{code[2:]}00" for code in codes], axis="index"))


def buurt_area() -> StudyArea:
    """Wijk WK000101 with buurten 01 and 02, wijk WK000102 with buurt 01."""
    units = draw("ABC").set_axis(["BU00010101", "BU00010102", "BU00010201"], axis="index")
    return study_area(units, level="buurt")


def read(
    folder: Path, text: str, area: StudyArea, name: str = "voorstel.csv", **options
) -> tuple[Plan, ReadReport]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_proposal(path, area, options.pop("level", "regio"), **options)


def groups_of(plan: Plan) -> dict[str, str]:
    return {
        unit: plan.groups[label]
        for unit, label in zip(plan.units, plan.labels, strict=True)
        if label >= 0
    }


def lines(report: ReadReport, ernst: str) -> list[tuple[int | None, str]]:
    return [(m.rij, m.melding) for m in report.messages if m.ernst == ernst]


def text_of(report: ReadReport) -> str:
    return "\n".join(m.melding for m in report.messages)


# --- codes ---------------------------------------------------------------------------------------


def test_own_table_with_its_report(tmp_path, area):
    rows = ["WK0001AA,Noord", "WK0001BB,Noord", "WK0001CC,Zuid"]
    rows += ["WK0002BB,Zuid", "WK0002CC,Zuid", "WK0002DD,Zuid"]
    plan, report = read(tmp_path, "eenheid,groep\n" + "\n".join(rows), area)
    assert plan.level == "regio"
    assert plan.groups == ("Noord", "Zuid")
    assert plan.labels.tolist() == [0, 0, 1, 1, 1, 1]
    assert plan.labels.dtype == np.int32
    assert plan.units.equals(area.units.index)
    assert (report.soort, report.gelezen, report.behouden) == ("voorstel", 6, 6)
    assert len(report.sha256) == 64
    assert not lines(report, "fout") + lines(report, "waarschuwing")


@pytest.mark.parametrize(
    ("header", "cell", "units"),
    [
        ("eenheid,groep", "wk0001aa", ["WK0001AA"]),
        ("wijkcode;regio", "WK 0001 AA", ["WK0001AA"]),
        ("WK_CODE\tRegio", "0001AA", ["WK0001AA"]),
        ("Code;Hub", "GM0002", ["WK0002BB", "WK0002CC", "WK0002DD"]),
        ("gemeentecode,cluster", "2", ["WK0002BB", "WK0002CC", "WK0002DD"]),
        ("GM_CODE,district", "0002", ["WK0002BB", "WK0002CC", "WK0002DD"]),
        ("statcode,gemeentehub", "gm2", ["WK0002BB", "WK0002CC", "WK0002DD"]),
        ("CBS-code;wijkverband", "WK0002DD", ["WK0002DD"]),
        ("Gemeente;Groep", "ONDERDAM", ["WK0002BB", "WK0002CC", "WK0002DD"]),
        ("gebied;groep", "WK0002DD", ["WK0002DD"]),
    ],
)
def test_headers_and_spellings(tmp_path, area, header, cell, units):
    separator = next(c for c in ";\t," if c in header)
    plan, _ = read(tmp_path, f"{header}\n{cell}{separator}Oost\n", area)
    assert groups_of(plan) == dict.fromkeys(units, "Oost")


def test_zeros_that_a_spreadsheet_took_are_put_back_and_reported(tmp_path):
    area = named_area(["Eendam", "Tweedam"])  # WK001100 and WK001200
    path = tmp_path / "voorstel.xlsx"
    pd.DataFrame({"wijk": [1100, 1200], "regio": ["A", "B"]}).to_excel(path, index=False)
    plan, report = read_proposal(path, area, "regio")
    assert groups_of(plan) == {"WK001100": "A", "WK001200": "B"}
    assert "bij 2 codes waren nullen vooraan weggevallen" in text_of(report)
    assert "'1100' voor WK001100" in text_of(report)
    assert "rijen 2 t/m 3" in text_of(report)


def test_digits_are_read_as_what_the_study_area_knows(tmp_path):
    # Without a telling header four digits look like a gemeente; here they are wijken of GM0011.
    area = named_area(["Eendam"])
    plan, _ = read(tmp_path, "code;groep\n1100;A\n", area)
    assert groups_of(plan) == {"WK001100": "A"}
    plan, _ = read(tmp_path, "code;groep\n11;A\n", area)
    assert groups_of(plan) == {"WK001100": "A"}


def test_a_wijk_goes_before_its_gemeente_whatever_the_order(tmp_path, area):
    for rows in (["GM0001,A", "WK0001BB,B"], ["WK0001BB,B", "GM0001,A"]):
        plan, report = read(tmp_path, "eenheid,groep\n" + "\n".join(rows), area)
        assert groups_of(plan) == {"WK0001AA": "A", "WK0001BB": "B", "WK0001CC": "A"}
        assert plan.double == {}
        row = rows.index("WK0001BB,B") + 2
        [(where, sentence)] = [m for m in lines(report, "info") if "eigen rij" in m[1]]
        assert where == row
        assert "WK0001BB (Wijk B) heeft een eigen rij (groep 'B')" in sentence
        assert "GM0001 (Bovendam) (groep 'A'" in sentence


def test_buurten_wijken_and_gemeenten_mixed(tmp_path):
    text = "eenheid,groep\nGM0001,A\nWK000101,B\nBU00010102,C\n"
    plan, _ = read(tmp_path, text, buurt_area())
    assert groups_of(plan) == {"BU00010101": "B", "BU00010102": "C", "BU00010201": "A"}


def test_buurten_on_wijken_ask_for_other_boundaries(tmp_path, area):
    text = "eenheid,groep\nWK0001AA,A\nBU0001AA01,B\n"
    with pytest.raises(UnusableFile) as caught:
        read(tmp_path, text, area)
    assert str(caught.value) == (
        "voorstel.csv: het voorstel noemt buurten (rij 3: BU0001AA01), maar de geladen grenzen "
        "bevatten alleen wijken; kies grenzen met buurten."
    )


@pytest.mark.parametrize("cell", ["", "-", "?", "geen", "N.v.t.", " "])
def test_a_row_without_a_group_is_an_open_unit(tmp_path, area, cell):
    plan, report = read(tmp_path, f"eenheid;groep\nGM0001;A\nWK0001CC;{cell}\nWK0002DD;B\n", area)
    assert plan.open_units == {"WK0001CC"}
    assert groups_of(plan) == {"WK0001AA": "A", "WK0001BB": "A", "WK0002DD": "B"}
    assert report.apart == 0


def test_double_units_keep_all_groups_in_order(tmp_path, area):
    text = "eenheid,groep\nWK0001AA,Z\nGM0002,A\nWK0001AA,A\nGM0002,Z\nWK0001BB,A\nWK0001AA,Z\n"
    plan, report = read(tmp_path, text, area)
    assert plan.groups == ("A", "Z")
    assert plan.double == {
        "WK0001AA": ("A", "Z"),
        "WK0002BB": ("A", "Z"),
        "WK0002CC": ("A", "Z"),
        "WK0002DD": ("A", "Z"),
    }
    assert groups_of(plan)["WK0001AA"] == "A"
    assert groups_of(plan)["WK0002DD"] == "A"
    doubles = lines(report, "waarschuwing")
    assert doubles[0] == (
        2,
        (
            "WK0001AA (Wijk A) staat in 2 groepen: 'A' (rij 4) en 'Z' (rij 2); in elke groep telt "
            "dit gebied van niets tot alles."
        ),
    )
    assert [row for row, _ in doubles] == [2, 3]
    assert "dezelfde groep; dat verandert niets (rij 7)" in text_of(report)


@pytest.mark.parametrize("rows", ["GM0001,A\nGM0001,B\n", "GM0001,B\nGM0001,A\n"])
def test_a_group_of_shared_units_only_stays_in_the_plan(tmp_path, area, rows):
    plan, _ = read(tmp_path, f"eenheid,groep\n{rows}", area)
    assert plan.groups == ("A", "B")
    assert plan.double["WK0001AA"] == ("A", "B")


def test_open_and_grouped_counts_as_grouped(tmp_path, area):
    plan, report = read(tmp_path, "eenheid;groep\nWK0001AA;\nWK0001AA;A\n", area)
    assert groups_of(plan) == {"WK0001AA": "A"}
    assert plan.open_units == frozenset()
    assert any("zonder groep op rij 2" in text for _, text in lines(report, "waarschuwing"))


def test_groups_that_differ_in_capitals_are_named(tmp_path, area):
    plan, report = read(tmp_path, "eenheid;groep\nGM0001;Regio A\nGM0002;regio a\n", area)
    assert plan.groups == ("Regio A", "regio a")
    assert "'Regio A' en 'regio a' verschillen alleen in hoofdletters" in text_of(report)


def test_rows_without_an_area_are_set_aside(tmp_path, area):
    _, report = read(tmp_path, "eenheid;groep\nGM0001;A\n;B\nGM0002;B\n", area)
    assert (report.gelezen, report.behouden) == (3, 2)
    assert lines(report, "fout") == [
        (None, "Kolom 'eenheid' is leeg: 1 rij is terzijde gelegd (rij 3).")
    ]


# --- columns -------------------------------------------------------------------------------------


def test_the_column_of_the_asked_level_is_read(tmp_path, area):
    text = "wijkcode;regio;hub;wijkverband\nWK0001AA;R;H;W\n"
    for level, group in (("regio", "R"), ("hub", "H"), ("wijk", "W")):
        plan, _ = read(tmp_path, text, area, level=level)
        assert plan.groups == (group,)
        assert plan.level == level


def test_the_most_specific_code_column_is_read(tmp_path, area):
    text = "gemeentecode;gemeentenaam;wijkcode;wijknaam;regio\nGM0001;Bovendam;WK0001BB;x;A\n"
    plan, report = read(tmp_path, text, area)
    assert groups_of(plan) == {"WK0001BB": "A"}
    assert "Gebieden uit kolom 'wijkcode', groepen uit 'regio'" in text_of(report)


def test_one_column_is_one_group_named_after_the_file(tmp_path, area):
    plan, report = read(tmp_path, "gemeentecode\nGM0001\n", area, name="Regio Oost.csv")
    assert groups_of(plan) == dict.fromkeys(["WK0001AA", "WK0001BB", "WK0001CC"], "Regio Oost")
    [(row, text)] = lines(report, "waarschuwing")
    assert row is None
    assert "vormt samen één groep, 'Regio Oost'" in text


def test_columns_that_may_have_been_the_groups_are_named(tmp_path, area):
    plan, report = read(tmp_path, "wijkcode;kleur\nWK0001AA;rood\n", area)
    assert plan.groups == ("voorstel",)
    assert any("Staan de groepen in 'kleur'" in text for _, text in lines(report, "waarschuwing"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GM0001,A\nWK0002DD,B\n", {"WK0001AA": "A", "WK0002DD": "B"}),
        ("Bovendam;A\nWK0002DD;B\n", {"WK0001AA": "A", "WK0002DD": "B"}),
        ("A;Bovendam\nB;WK0002DD\n", {"WK0001AA": "A", "WK0002DD": "B"}),
        ("Bovendam\nOnderdam\n", {"WK0001AA": "voorstel", "WK0002DD": "voorstel"}),
    ],
)
def test_a_table_without_column_names_loses_no_row(tmp_path, area, text, expected):
    plan, report = read(tmp_path, text, area)
    assert {u: g for u, g in groups_of(plan).items() if u in expected} == expected
    assert "geen kolomnamen" in text_of(report)
    assert (report.gelezen, report.behouden) == (2, 2)


def test_a_table_without_areas_names_its_columns(tmp_path, area):
    with pytest.raises(UnusableFile, match=r"geen kolom met wijken.*\(wel: kleur en groep\)"):
        read(tmp_path, "kleur;groep\nrood;A\n", area)


# --- gemeenten by name ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("official", "written"),
    [
        ("'s-Gravenhage", "Den Haag"),
        ("'s-Gravenhage", "s Gravenhage"),
        ("'s-Gravenhage", "’S-GRAVENHAGE"),
        ("'s-Hertogenbosch", "Den Bosch"),
        ("Súdwest-Fryslân", "sudwest fryslan"),
        ("Nuenen, Gerwen en Nederwetten", "Nuenen, Gerwen en Nederwetten"),
        ("Nuenen, Gerwen en Nederwetten", "Nuenen"),
        ("Capelle aan den IJssel", "Capelle a/d IJssel"),
        ("Wijk bij Duurstede", "gemeente Wijk bij Duurstede"),
        ("Utrecht", "Utrecht (gemeente)"),
        ("Bergen (NH.)", "Bergen NH"),
        ("Bergen (NH.)", "Bergen (Noord-Holland)"),
        ("Hengelo", "Hengelo (O.)"),
    ],
)
def test_names_that_people_write(tmp_path, official, written):
    area = named_area(["Elders", official])
    plan, report = read(tmp_path, f'gemeente;regio\n"{written}";A\n', area)
    assert groups_of(plan) == {"WK001200": "A"}
    assert report.apart == 0


def test_namesakes_are_both_named_and_neither_is_chosen(tmp_path):
    area = named_area(["Bergen (L.)", "Bergen (NH.)", "Bergen op Zoom"])
    plan, report = read(tmp_path, "gemeente;regio\nBergen;A\nBergen op Zoom;A\n", area)
    assert groups_of(plan) == {"WK001300": "A"}
    assert lines(report, "fout") == [
        (
            2,
            (
                "'Bergen' kan GM0011 (Bergen (L.)) en GM0012 (Bergen (NH.)) zijn; geef de code of "
                "de volledige naam. Terzijde gelegd."
            ),
        )
    ]


def test_a_namesake_of_another_province_is_not_taken(tmp_path):
    area = named_area(["Bergen (L.)", "Zeist", "Houten"])
    plan, report = read(tmp_path, "gemeente;regio\nBergen (NH.);A\nZeist;A\nHouten;A\n", area)
    assert groups_of(plan) == {"WK001200": "A", "WK001300": "A"}
    assert [row for row, _ in lines(report, "fout")] == [2]


def test_a_short_name_that_only_one_has_is_read_and_reported(tmp_path):
    area = named_area(["Bergen (L.)", "Zeist"])
    plan, report = read(tmp_path, "gemeente;regio\nBergen;A\n", area)
    assert groups_of(plan) == {"WK001100": "A"}
    assert "'Bergen' is gelezen als gemeente GM0011 (Bergen (L.))" in text_of(report)


@pytest.mark.parametrize(
    "cell",
    [
        "Zeist, De Bilt, Nuenen, Gerwen en Nederwetten",
        "Zeist;De Bilt;Nuenen, Gerwen en Nederwetten",
        "Zeist/De Bilt / Nuenen",
        "Zeist | GM0012 | 0013",
        "Zeist\nDe Bilt\nNuenen, Gerwen en Nederwetten",
        "Zeist, De Bilt en Nuenen, Gerwen en Nederwetten",
    ],
)
def test_several_gemeenten_in_one_cell(tmp_path, cell):
    area = named_area(["Zeist", "De Bilt", "Nuenen, Gerwen en Nederwetten", "Houten"])
    plan, report = read(tmp_path, f'naam\tgemeenten\nWest\t"{cell}"\nOost\tHouten\n', area)
    expected = {"WK001100": "West", "WK001200": "West", "WK001300": "West", "WK001400": "Oost"}
    assert groups_of(plan) == expected
    assert (report.gelezen, report.behouden) == (2, 2)


def test_an_unknown_name_in_a_list_leaves_the_others(tmp_path):
    area = named_area(["Zeist", "De Bilt", "Houten"])
    plan, report = read(tmp_path, "regio;gemeenten\nWest;Zeist, De Bild, Houten\n", area)
    assert groups_of(plan) == {"WK001100": "West", "WK001300": "West"}
    [(row, sentence)] = lines(report, "fout")
    assert row == 2
    assert sentence.startswith("'De Bild' is geen code en geen gemeente")
    assert "het meest lijkt De Bilt" in sentence


def test_unknown_names_are_refused_in_one_sentence_that_counts_rows(tmp_path, area):
    with pytest.raises(ProposalMismatch, match=r"in 2 van de 3 rijen .*\(rij 2: 'Kom'\)"):
        read(tmp_path, "wijk;groep\nKom en rand;A\nBovendam;A\nWijk A;A\n", area)


# --- unknown codes -------------------------------------------------------------------------------


def test_unknown_codes_name_the_nearest_in_the_same_gemeente(tmp_path, area):
    text = "eenheid,groep\nWK0001AA,A\nWK0002DE,A\nWK0002BB,B\n"
    plan, report = read(tmp_path, text, area)
    assert groups_of(plan) == {"WK0001AA": "A", "WK0002BB": "B"}
    assert lines(report, "fout") == [
        (
            3,
            (
                "WK0002DE bestaat niet binnen de geladen grenzen; het meest lijkt WK0002DD "
                "(Wijk d). Terzijde gelegd."
            ),
        )
    ]
    assert (report.gelezen, report.behouden) == (3, 2)


def test_at_most_twenty_unknown_rows_are_listed(tmp_path):
    area = named_area([f"Dam {i}" for i in range(25)])
    known = [f"{code},A" for code in area.units.index]
    unknown = [f"WK09{i:02}00,B" for i in range(24)]
    _, report = read(tmp_path, "eenheid,groep\n" + "\n".join(known + unknown), area)
    faults = lines(report, "fout")
    assert len(faults) == 21
    assert faults[-1][1] == (
        "Daarnaast nog 4 onbekende gebieden; ook die rijen zijn terzijde gelegd."
    )
    assert (report.gelezen, report.behouden) == (49, 25)


def other_years(folder: Path) -> dict[int, Path]:
    """Boundary files of 2020 and 2021; only that of 2021 has wijk WK0009AA and WK0009BB."""
    files = {}
    for year, gemeente in ((2020, "GM0008"), (2021, "GM0009")):
        units = draw("AB")
        units = units.assign(gemeentecode=gemeente).rename_axis("wijkcode").reset_index()
        units["wijkcode"] = units["wijkcode"].str.replace("WK0001", f"WK{gemeente[2:]}")
        files[year] = folder / f"grenzen_{year}.gpkg"
        gpd.GeoDataFrame(units, crs=28992).to_file(files[year], layer="wijken", driver="GPKG")
    return files


def test_a_proposal_of_another_year_is_one_sentence_that_names_the_year(tmp_path, area):
    text = "eenheid,groep\nWK0009AA,A\nWK0009BB,A\nWK0001AA,B\n"
    with pytest.raises(ProposalMismatch) as caught:
        read(tmp_path, text, area, jaar_bestanden=other_years(tmp_path))
    assert str(caught.value) == (
        "voorstel.csv: het voorstel hoort bij een ander CBS-jaar (of een ander gebied) dan de "
        "geladen grenzen: 2 van de 3 codes komen daarin niet voor; het bestand van 2021 kent er 2 "
        "van, kies de grenzen van 2021."
    )


def test_a_year_that_no_file_knows_is_not_guessed(tmp_path, area):
    broken = tmp_path / "kapot.gpkg"
    broken.write_bytes(b"SQLite format 3\0 en dan niets")
    years = {**other_years(tmp_path), 2019: broken}
    text = "eenheid,groep\nWK0077AA,A\nWK0077BB,A\nWK0001AA,B\n"
    with pytest.raises(ProposalMismatch, match="kies de grenzen van het jaar waarin") as caught:
        read(tmp_path, text, area, jaar_bestanden=years)
    assert "2019" not in str(caught.value)


def test_half_unknown_is_not_yet_another_year(tmp_path, area):
    plan, report = read(tmp_path, "eenheid,groep\nWK0009AA,A\nWK0001AA,B\n", area)
    assert groups_of(plan) == {"WK0001AA": "B"}
    assert len(lines(report, "fout")) == 1


# --- which units ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("eenheid,groep\nGM0001,A\nBU00010101,B\n", "buurt"),
        ("eenheid,groep\nGM0001,A\nWK000101,B\n", "wijk"),
        ("eenheid,groep\n00010101,A\n", "buurt"),
        ("wijkcode,groep\n101,A\n", "wijk"),
        ("gemeente,groep\nGM0001,A\n", "gemeente"),
        ("regio;gemeenten\nA;GM0001, GM0002\n", "gemeente"),
        ("gemeente,groep\nBovendam,A\n", None),
        ("Bovendam\nOnderdam\n", None),
        ("WK000101,A\nWK000102,B\n", "wijk"),
    ],
)
def test_unit_level_of_a_table(tmp_path, text, level):
    path = tmp_path / "voorstel.csv"
    path.write_text(text)
    assert proposal_unit_level(path) == level


def test_unit_level_of_polygons_is_unknown(tmp_path):
    draw("AB").to_file(tmp_path / "v.geojson", driver="GeoJSON")
    assert proposal_unit_level(tmp_path / "v.geojson") is None


# --- round trip ----------------------------------------------------------------------------------

NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N"], include_characters="éë &()"), min_size=1
).filter(lambda text: text == " ".join(text.split()))


@settings(max_examples=40)
@given(data=st.data())
def test_a_written_table_reads_back_as_the_same_plan(data, tmp_path_factory, area):
    names = data.draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    blank = is_blank(pd.Series(names, dtype="str"))  # words for an empty cell name no group
    names = [name for name, nothing in zip(names, blank, strict=True) if not nothing] or ["A"]
    choice = st.sampled_from([*names, None])
    chosen = data.draw(st.lists(choice, min_size=6, max_size=6))
    table = pd.DataFrame({"eenheid": area.units.index, "groep": chosen})
    folder = tmp_path_factory.mktemp("tabel")
    xlsx = data.draw(st.booleans())
    path = folder / ("voorstel.xlsx" if xlsx else "voorstel.csv")
    table.to_excel(path, index=False) if xlsx else table.to_csv(path, index=False)
    plan, report = read_proposal(path, area, "hub")
    expected = {u: g for u, g in zip(area.units.index, chosen, strict=True) if g}
    assert groups_of(plan) == expected
    assert plan.groups == tuple(sorted(set(expected.values()), key=natural_key))
    assert plan.open_units == set(area.units.index) - set(expected)
    assert report.apart == 0


# --- real data -----------------------------------------------------------------------------------

UNICUM = {
    "GM0312": "Bunnik",
    "GM0310": "De Bilt",
    "GM0321": "Houten",
    "GM0353": "IJsselstein",
    "GM0331": "Lopik",
    "GM0356": "Nieuwegein",
    "GM1581": "Utrechtse Heuvelrug",
    "GM0352": "Wijk bij Duurstede",
    "GM0355": "Zeist",
}


@pytest.fixture(scope="module")
def netherlands() -> StudyArea:
    """All wijken of 2022 on land; made here, so that only this reader is tested."""
    from tests.conftest import SHARED

    path = SHARED / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    if not path.exists():
        pytest.skip("../shared/data is not present on this machine")
    wijken = gpd.read_file(path, layer="wijken", where="water = 'NEE'")
    wijken = wijken.rename(columns={"wijknaam": "naam", "aantal_inwoners": "inwoners"})
    wijken["inwoners"] = wijken["inwoners"].astype("float64").where(lambda n: n >= 0)
    return study_area(wijken.assign(inwoners_65plus=float("nan")).set_index("wijkcode"))


@pytest.mark.real
def test_unicum_by_code_by_name_and_drawn_is_the_same_plan(tmp_path, netherlands):
    wijken = netherlands.units
    mine = wijken["gemeentecode"].isin(UNICUM)
    assert mine.sum() == 62
    expected = wijken["gemeentecode"].map(UNICUM)[mine].to_dict()

    codes = "\n".join(f"{code},{name}" for code, name in UNICUM.items())
    plan, _ = read(tmp_path, f"gemeentecode,hub\n{codes}\n", netherlands, level="hub")
    assert groups_of(plan) == expected

    rows = "\n".join(f"{name};{name}" for name in UNICUM.values())
    plan, report = read(tmp_path, f"gemeente;hub\n{rows}\n", netherlands, level="hub")
    assert groups_of(plan) == expected
    assert report.apart == 0

    drawn = wijken[mine].dissolve("gemeentenaam").reset_index()[["gemeentenaam", "geometry"]]
    drawn = drawn.rename(columns={"gemeentenaam": "naam"})
    for name, crs in (("unicum.gpkg", 28992), ("unicum.geojson", 4326)):
        drawn.to_crs(crs).to_file(tmp_path / name)
        plan, report = read_proposal(tmp_path / name, netherlands, "hub")
        assert groups_of(plan) == expected
        assert plan.faults.empty
        assert not lines(report, "waarschuwing") + lines(report, "fout")


@pytest.mark.real
def test_most_names_of_2022_read_as_themselves(tmp_path, netherlands):
    gemeenten = netherlands.gemeenten["naam"]
    text = "gemeente\tregio\n" + "\n".join(f'"{n}"\t{c}' for c, n in gemeenten.items())
    plan, report = read(tmp_path, text, netherlands)
    assert groups_of(plan) == netherlands.units["gemeentecode"].to_dict()
    assert report.apart == 0


@pytest.mark.parametrize("word", ["", "-", "geen", "n.v.t.", "onbekend", "Niet bekend", "?"])
def test_a_word_for_an_empty_cell_names_no_group(tmp_path, area, word):
    text = f"eenheid;groep\nWK0001AA;Een\nWK0001BB;{word}\nWK0001CC;NB\n"
    plan, report = read(tmp_path, text, area)
    assert plan.groups == ("Een", "NB")
    assert plan.open_units == {"WK0001BB"}
    line = f"Kolom 'groep': 1 cel met '{word}' is gelezen als leeg (rij 3)."
    assert [m.melding for m in report.messages].count(line) == bool(word)
