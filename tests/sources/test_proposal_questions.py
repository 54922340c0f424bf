"""What a proposal leaves open: which column, which wijk, and groups of which nothing is known."""

import json
from itertools import combinations, permutations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from oi_geo.cli import main
from oi_geo.errors import OiGeoError, ProposalMismatch, WhichColumn
from oi_geo.pipeline import read_plan, toets_of_plan
from oi_geo.report.workbook import workbook_bytes
from oi_geo.sources.cbs import available_levels
from oi_geo.sources.practices import read_practices
from oi_geo.sources.proposals import group_columns, read_proposal
from oi_geo.sources.residence import read_residence
from oi_geo.study_area import study_area
from oi_geo.whole_map import cut_area
from tests.conftest import draw

CODES = ("WK0001AA", "WK0001BB", "WK0001CC", "WK0002DD")


@pytest.fixture(scope="module")
def area():
    return study_area(draw("ABCd"))


def written(folder, header, *rows, codes=CODES):
    path = folder / "v.csv"
    lines = [";".join([code, *row]) for code, row in zip(codes, rows, strict=False)]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


# --- which column --------------------------------------------------------------------------------

A, B, C = "A", "B", "C"


@pytest.mark.parametrize(
    ("header", "rows", "asked"),
    [
        ("wijkcode;regio1;regio2", [(A, B), (A, C)], ("regio1", "regio2")),
        ("wijkcode;keuze;variant", [(A, A), (A, B), (B, B)], ("keuze", "variant")),
        ("wijkcode;hub_nieuw", [(A,), (B,)], ("hub_nieuw",)),
        ("wijkcode;nieuwe hub;opmerking", [(A, "x"), (B, "y")], ("nieuwe hub",)),
        ("wijkcode;naam;kleur", [("Een", A), ("Twee", A), ("Drie", B)], ("kleur",)),
        ("wijkcode;wijknaam;gemeente;inwoners;k",
         [(n, n, "5", k) for n, k in [("p", "1"), ("p", "1"), ("q", "2"), ("q", "2")]], ("k",)),
        ("wijkcode;groep;groep", [(A, B), (A, C)], ("groep", "groep (2)")),
        ("wijkcode;groep;groep", [(A, A), (A, "")], ("groep", "groep (2)")),
        ("wijkcode;groep (concept);groep (nieuw)", [(A, B), (A, C)],
         ("groep (concept)", "groep (nieuw)")),
        ("wijkcode;regio 2022;regio 2023", [(A, B), (A, C)], ("regio 2022", "regio 2023")),
        ("WK0001AA;A;B", [(A, C)], ("groep (kolom 2)", "groep (kolom 3)")),
        ("wijkcode;nieuwe regio;opmerking", [(A, ""), (B, "")], ("nieuwe regio",)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_what_could_be_the_groups_is_asked(tmp_path, area, header, rows, asked, turned):
    codes = CODES[1:] if header.startswith("WK") else CODES
    if turned and not header.startswith("WK"):  # the order of the rows tells nothing
        rows, codes = rows[::-1], codes[: len(rows)]
    path = written(tmp_path, header, *rows, codes=codes)
    with pytest.raises(WhichColumn) as caught:
        read_proposal(path, area, "hub")
    assert caught.value.columns == asked == group_columns(path, "hub")
    assert all(f"'{name}'" in str(caught.value) for name in asked)
    for kolom in asked:
        assert read_proposal(path, area, "hub", kolom=kolom)[0].groups


@pytest.mark.parametrize(
    ("header", "rows", "groups"),
    [
        ("wijkcode;groep;groep", [(A, A), (B, B)], (A, B)),
        ("wijkcode;groep;groep", [(A, ""), (B, "")], (A, B)),
        ("wijkcode;groep (concept)", [(A,), (B,)], (A, B)),
        ("wijkcode;hub;hubnaam", [("1", "Een"), ("2", "Twee")], ("1", "2")),
        ("wijkcode", [(), ()], ("v",)),
        ("wijkcode;wijknaam;gemeentenaam;aantal inwoners",
         [("x", "G", "5"), ("x", "G", "5")], ("v",)),
    ],
)  # fmt: skip
def test_what_is_sure_is_not_asked(tmp_path, area, header, rows, groups):
    path = written(tmp_path, header, *rows)
    plan, report = read_proposal(path, area, "hub")
    assert plan.groups == groups
    assert group_columns(path, "hub") == ()
    loud = [m.melding for m in report.messages if m.ernst == "waarschuwing"]
    assert any("vormt samen één groep" in text for text in loud) is (groups == ("v",))


CELLS = {
    "empty": ("", ""), "half": ("", "x"), "same": ("x", "x"), "numbers": ("1", "2"),
    "dates": ("2024-01-01", ""), "codes": ("GM0001", "GM0002"), "formulas": ("#N/B", "#N/B"),
}  # fmt: skip


@pytest.mark.parametrize("head", ["groep", "nieuwe regio", "keuze"])
@pytest.mark.parametrize("beside", combinations(CELLS, 2), ids="-".join)
def test_whatever_stands_beside_the_groups_there_is_a_plan_or_a_question(
    tmp_path, area, head, beside
):
    columns = [cells * 2 for cells in (("A", "B"), *(CELLS[kind] for kind in beside))]
    for order in permutations(range(3)):
        names = [(head, "opmerking", "kleur")[at] for at in order]
        rows = zip(*(columns[at] for at in order), strict=True)
        path = written(tmp_path, ";".join(["wijkcode", *names]), *rows)
        asked = group_columns(path, "regio")
        assert not asked or head in asked
        plan, _ = read_proposal(path, area, "regio", kolom=head if asked else None)
        assert plan.groups == ("A", "B")


def test_a_first_row_that_served_as_header_is_read_as_it_was_written(tmp_path, area):
    path = tmp_path / "v.csv"
    path.write_text("WK0001AA;A;A\nWK0001BB;B;A\nWK0001CC;A;B\n")
    assert read_proposal(path, area, "hub", kolom="groep (kolom 3)")[0].groups == ("A", "B")


# --- names of wijken -----------------------------------------------------------------------------


def named(**names):
    """Wijken of Bovendam (capitals) and Onderdam (small letters), by letter."""
    units = draw("".join(names)).assign(naam=list(names.values()))
    return study_area(units)


NAMES = named(A="Wijk 00 Centrum", B="Kom en Rand", C="Zuid", d="Centrum", e="Wijk 03: Één-Oost")


def groups_of(plan):
    return {u[-2:]: plan.groups[g] for u, g in zip(plan.units, plan.labels, strict=True) if g >= 0}


@pytest.mark.parametrize(
    ("wijk", "gemeente", "unit"),
    [
        ("centrum", "Bovendam", "AA"),
        ("CENTRUM", "onderdam", "DD"),
        ("Wijk 00 Centrum", "", "AA"),
        ("Centrum", "GM0002", "DD"),
        ("Centrum", "2", "DD"),
        ("Kom en Rand", "", "BB"),
        ("kom en rand", "Bovendam", "BB"),
        ("Een Oost", "", "EE"),
        ("wijk 03 één-oost", "Gemeente Onderdam", "EE"),
        ("Zuid", "", "CC"),
        ("WK0001CC", "Onderdam", "CC"),
    ],
)
@pytest.mark.parametrize("header", ["Wijk;Gemeente;Groep", "wijknaam;gm_naam;groep"])
def test_a_name_means_the_wijk_in_its_gemeente(tmp_path, wijk, gemeente, unit, header):
    path = tmp_path / "v.csv"
    path.write_text(f"{header}\n{wijk};{gemeente};X\n")
    plan, report = read_proposal(path, NAMES, "hub")
    assert groups_of(plan) == {unit: "X"}
    assert (report.gelezen, report.behouden) == (1, 1)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("Centrum;", "'Centrum' komt meer dan eens voor, in de gemeenten Bovendam en Onderdam"),
        ("Zuid;Onderdam", "'Zuid' is geen code en geen gemeente of wijk in de gemeente Onderdam"),
        ("Zuid;Elders", "'Zuid': de gemeente 'Elders' komt binnen de geladen grenzen niet voor"),
    ],
)
def test_a_name_that_may_mean_more_gets_a_line(tmp_path, row, line):
    path = tmp_path / "v.csv"
    path.write_text(f"wijk;gemeente;groep\nKom en rand;Bovendam;X\n{row};Y\nZuid;Bovendam;X\n")
    plan, report = read_proposal(path, NAMES, "hub")
    assert groups_of(plan) == {"BB": "X", "CC": "X"}
    [fault] = [m for m in report.messages if m.ernst == "fout"]
    assert fault.rij == 3
    assert fault.melding.startswith(line)
    assert (report.gelezen, report.behouden) == (3, 2)
    assert plan.lost == {"Y": (row.split(";")[0],)}


def test_a_name_is_looked_for_in_the_work_area_first(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("wijk;groep\nCentrum;X\nZuid;X\n")
    work = cut_area(NAMES, NAMES.units["gemeentecode"].eq("GM0001").to_numpy())
    assert groups_of(read_plan(work, path, "hub")[0]) == {"AA": "X", "CC": "X"}
    path.write_text("wijk;groep\nNoord en West;X\n")
    with pytest.raises(ProposalMismatch, match=r"in 1 van de 1 rij is"):
        read_plan(work, path, "hub")


# --- groups without a known area -----------------------------------------------------------------


def assert_group_without_units(area, plan, report, group, folder, why):
    """Every rule on the group is open, and what is written holds it."""
    toets = toets_of_plan(area, plan, report)
    found = [f for f in toets.findings if f.group == group]
    others = {f.rule for f in toets.findings if f.group not in {group, None}}
    assert {f.rule for f in found} == others
    assert {f.verdict for f in found} == {"niet te bepalen"}
    assert all(why in f.explanation for f in found)
    (folder / "t.xlsx").write_bytes(workbook_bytes(toets))
    cells = pd.concat(pd.read_excel(folder / "t.xlsx", sheet_name=None, dtype=str).values())
    assert cells.eq(group).any(axis=None)


@pytest.mark.parametrize("level", ["regio", "hub", "wijk"])
def test_a_group_of_unknown_codes_stays_and_nothing_of_it_is_known(tmp_path, area, level):
    path = written(tmp_path, "eenheid;groep", "X", "X", "Y", "Z", codes=(*CODES[:3], "WK9999ZZ"))
    plan, report = read_proposal(path, area, level)
    assert plan.groups == ("X", "Y", "Z")
    assert groups_of(plan) == {"AA": "X", "BB": "X", "CC": "Y"}
    assert_group_without_units(area, plan, report, "Z", tmp_path, "geen enkel gebied herkend")


def test_an_overruled_group_stays_without_units(tmp_path, area):
    path = tmp_path / "v.csv"
    path.write_text("code;groep\nGM0002;X\nWK0002DD;Y\nGM0001;Y\n")
    plan, report = read_proposal(path, area, "regio")
    assert (plan.groups, plan.lost) == (("X", "Y"), {})
    assert_group_without_units(area, plan, report, "X", tmp_path, "geen eenheden")


def test_a_group_drawn_off_the_map_stays_and_nothing_of_it_is_known(tmp_path, area):
    x, y, _, _ = area.units.total_bounds
    shapes = [box(x, y, x + 2000, y + 1000), box(x + 90_000, y, x + 91_000, y + 1000)]
    path = tmp_path / "v.gpkg"
    gpd.GeoDataFrame({"naam": ["In", "Uit"]}, geometry=shapes, crs=28992).to_file(path)
    plan, report = read_proposal(path, area, "regio")
    assert plan.groups == ("In", "Uit")
    assert set(groups_of(plan).values()) == {"In"}
    assert_group_without_units(area, plan, report, "Uit", tmp_path, "geen enkel gebied herkend")


# --- what a refusal expects, what a sum holds ----------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 x", b"\0" * 9, b" \n "])
@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (read_practices, "verwacht wordt een CSV of XLSX."),
        (
            available_levels,
            "verwacht wordt een GeoPackage, shapefile (zip), GeoJSON of GeoParquet.",
        ),
        (
            lambda path: group_columns(path, "hub"),
            "verwacht wordt een GeoPackage, shapefile (zip), GeoJSON, GeoParquet, CSV of XLSX.",
        ),
    ],
)
def test_a_refusal_names_what_that_input_may_be(tmp_path, content, read, expected):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(OiGeoError) as caught:
        read(tmp_path / "x.csv")
    assert str(caught.value).endswith(expected)


@pytest.mark.parametrize(
    ("figures", "line"),
    [
        ((2095, -5), "ION gelezen: 2.095, waarvan 2.095 in de praktijkentabel en 0 apart gezet"),
        ((-5, -7), "ION gelezen: 0, waarvan 0 in de praktijkentabel en 0 apart gezet"),
    ],
)
def test_a_negative_number_is_counted_and_not_added(tmp_path, figures, line):
    path = tmp_path / "p.csv"
    rows = [f"0100000{at};Praktijk {at};huisarts;{ion}" for at, ion in enumerate(figures)]
    path.write_text("\n".join(["agb;naam;discipline;ion", *rows]) + "\n")
    [told] = [m.melding for m in read_practices(path)[1].messages if "ION gelezen" in m.melding]
    assert told.startswith(line)
    below = sum(ion < 0 for ion in figures)
    count = ["", "1 negatief getal telt", "2 negatieve getallen tellen"][below]
    assert told.endswith(f"; {count} in geen van deze sommen mee.")


def test_negative_numbers_of_residence_are_counted_and_not_added(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("agb;wijkcode;aantal\n01000001;WK000101;100\n01000001;WK000102;-5\n")
    told = "\n".join(m.melding for m in read_residence(path)[1].messages)
    assert "Aantal gelezen: 100, waarvan 100 behouden en 0 apart gezet; 1 negatief getal" in told


def test_the_command_asks_and_keeps_empty_groups(tmp_path, capsys):
    units = draw("ABCd").reset_index(names="wijkcode").rename(columns={"naam": "wijknaam"})
    units = units.rename(columns={"inwoners": "aantal_inwoners"}).assign(water="NEE")
    units.to_file(tmp_path / "m.gpkg", layer="wijken")
    path = written(tmp_path, "wijkcode;regio1;regio2", (A, B), (A, C), (A, C), (A, C))
    command = ["toets", str(path), "--grenzen", str(tmp_path / "m.gpkg"), "--niveau", "hub"]
    with pytest.raises(SystemExit) as stop:
        main(command)
    assert stop.value.code == 2
    assert "'regio1' en 'regio2'" in "".join(capsys.readouterr())
    path = written(tmp_path, "wijkcode;regio1", "X", "X", "Y", "Z", codes=(*CODES[:3], "WK9999ZZ"))
    with pytest.raises(SystemExit):
        main([*command, "--kolom", "regio1", "--uit", str(tmp_path / "uit")])
    document = json.loads((tmp_path / "uit" / "toets.json").read_text())
    assert [group["groep"] for group in document["groepen"]] == ["X", "Y", "Z"]
    assert (tmp_path / "uit" / "kaart.html").stat().st_size


def test_spaces_of_any_kind_make_no_other_group(tmp_path, area):
    path = written(tmp_path, "wijkcode;groep", ("Regio  Noord",), (" Regio\u00a0Noord ",))
    assert read_proposal(path, area, "regio")[0].groups == ("Regio Noord",)
