"""`oi-geo kandidaten` as a user types it: the document, the files, the wishes and the refusals."""

import contextlib
import json
import re
import signal
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from oi_geo import cli
from oi_geo.candidates.propose import propose
from oi_geo.candidates.wishes import Wishes
from oi_geo.cli_dutch import dutch_numbers
from oi_geo.commands import kandidaten
from oi_geo.commands.kandidaten_print import outside_lines
from oi_geo.sources.example import write_example
from oi_geo.study_area import study_area
from tests.conftest import draw
from tests.test_voorbeeld_unicum import BOUNDARIES, GEMEENTEN

# Two gemeenten of eight wijken of 1.000 inhabitants.
PICTURE = """
    ABCD
    EFGH
    abcd
    efgh
"""
TOP_KEYS = {"plannen", "onmogelijk", "werkgebied", "seconden"}
PLAN_KEYS = {"bestand", "groepen", "maten", "bewijs", "kloof"}
FIGURE_KEYS = {
    "gemeenten_gedeeld", "gemeenten_noodzakelijk_gedeeld", "snijlijn_km", "polsby_popper",
    "kleinste", "grootste",
}  # fmt: skip
OBSTACLE_KEYS = {"reden", "waar", "kleinste_verruiming"}
QUICK = ["--tijd", "0.4"]


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return write_example(tmp_path_factory.mktemp("voorbeeld"))


def write_map(path, picture=PICTURE, **people):
    """Write a drawn map as CBS wijken of 2023; `people` says where not 1.000 live (WK0001AA=…)."""
    units = draw(picture)
    count = pd.Series(1000, units.index)
    for code, number in people.items():
        count[code] = number
    gpd.GeoDataFrame(
        {
            "wijkcode": units.index,
            "wijknaam": units["naam"].to_numpy(),
            "gemeentecode": units["gemeentecode"].to_numpy(),
            "gemeentenaam": units["gemeentenaam"].to_numpy(),
            "water": "NEE",
            "aantal_inwoners": count.to_numpy(),
            "percentage_personen_65_jaar_en_ouder": 20,
            "jaar": 2023,
        },
        geometry=list(units.geometry),
        crs=28992,
    ).to_file(path, layer="wijken", driver="GPKG")
    return path


@pytest.fixture
def toy(tmp_path):
    return write_map(tmp_path / "wijken_2023.gpkg")


@pytest.fixture
def run(capsys, tmp_path, toy):
    """Run the command on the toy map: (exit status, JSON document or None, stderr)."""

    def call(*words: object, grenzen=toy, uit=tmp_path / "uit"):
        line = ["kandidaten", "--grenzen", grenzen, "--uit", uit, "--json", *words]
        with pytest.raises(SystemExit) as stop:
            cli.main([str(word) for word in line])
        out, err = capsys.readouterr()
        return (
            stop.value.code or 0,
            json.loads(out, parse_constant=pytest.fail) if out else None,
            err,
        )

    return call


@pytest.fixture
def save(tmp_path):
    def writer(name: str, *rows: str):
        path = tmp_path / name
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    return writer


def groups(folder, number=1) -> dict[str, str]:
    """Read a written plan: group per unit."""
    table = pd.read_csv(folder / f"plan_{number}.csv", dtype="str", keep_default_na=False)
    assert list(table.columns) == ["eenheid", "groep"]
    return dict(table.itertuples(index=False))


def together(plan: dict[str, str], *codes: str) -> bool:
    return len({plan[code] for code in codes}) == 1


FREE = ["--band", 2000, 4000, "--heel", "niets", *QUICK]


def test_the_document_has_these_keys_and_says_what_is_in_the_files(run, tmp_path):
    status, found, err = run("--band", 2000, 4000, "--heel", "niets", "--aantal", 2, *QUICK)
    assert status == 0
    assert set(found) == TOP_KEYS
    assert found["onmogelijk"] is None
    assert 0 < found["seconden"] < 60
    assert [plan["bestand"] for plan in found["plannen"]] == ["plan_1.csv", "plan_2.csv"]
    for number, plan in enumerate(found["plannen"], start=1):
        assert set(plan) == PLAN_KEYS
        assert set(plan["maten"]) == FIGURE_KEYS
        assert (plan["bewijs"], plan["kloof"]) == ("geen", None)
        written = pd.Series(groups(tmp_path / "uit", number))
        assert sorted(written.index) == sorted(draw(PICTURE).index)
        sizes = written.value_counts() * 1000
        assert sizes.between(2000, 4000).all()
        figures = plan["maten"]
        assert plan["groepen"] == len(sizes)
        assert (figures["kleinste"], figures["grootste"]) == (sizes.min(), sizes.max())
        pieces = written.groupby(written.index.str.slice(2, 6)).nunique()
        assert figures["gemeenten_gedeeld"] == (pieces > 1).sum() == 2
        assert figures["gemeenten_noodzakelijk_gedeeld"] == 2, "8.000 people, at most 4.000"
        assert figures["snijlijn_km"] > 0
    assert "geen herkomst" in err


def test_gemeenten_stay_whole_by_default(run, tmp_path):
    status, found, _ = run("--band", 4000, 8000, *QUICK)
    assert status == 0
    (plan,) = found["plannen"]
    # The only plan: both gemeenten by themselves, 4 km of border between them, 4 x 2 km rectangles.
    assert plan["maten"] == {
        "gemeenten_gedeeld": 0, "gemeenten_noodzakelijk_gedeeld": 0, "snijlijn_km": 4.0,
        "polsby_popper": pytest.approx(4 * 3.141592653589793 * 8 / 12**2),
        "kleinste": 8000, "grootste": 8000,
    }  # fmt: skip
    assert len(set(groups(tmp_path / "uit").values())) == 2


def test_toets_reads_a_plan_back(run, toy, tmp_path, capsys):
    run(*FREE)
    with pytest.raises(SystemExit):
        cli.main(["toets", str(tmp_path / "uit" / "plan_1.csv"), "--grenzen", str(toy), "--json"])
    document = json.loads(capsys.readouterr().out)
    sizes = pd.Series(groups(tmp_path / "uit")).value_counts()
    assert {row["groep"]: len(row["eenheden"]) for row in document["groepen"]} == sizes.to_dict()
    assert {row["delen"] for row in document["groepen"]} == {1}
    assert document["niet_toegewezen"] == []


def test_the_same_seed_gives_the_same_plans(run, tmp_path):
    seen = []
    for seed, folder in ((3, "a"), (3, "b")):
        _, found, _ = run(
            "--band", 2000, 6000, "--heel", "niets", "--seed", seed, uit=tmp_path / folder
        )
        files = [(tmp_path / folder / p["bestand"]).read_bytes() for p in found["plannen"]]
        seen.append((found["plannen"], files))
    assert seen[0] == seen[1]


def test_exact_proves_the_best_plan(run):
    _, found, _ = run("--band", 4000, 8000, "--exact")
    assert (found["plannen"][0]["bewijs"], found["plannen"][0]["kloof"]) == ("optimaal", 0.0)


def test_what_is_too_large_is_named_beside_the_plans_for_the_rest(run, tmp_path):
    big = write_map(tmp_path / "groot.gpkg", WK0001AA=9000)
    status, found, _ = run(*FREE, grenzen=big)
    assert status == 1
    assert set(found["onmogelijk"]) == OBSTACLE_KEYS
    assert found["onmogelijk"]["waar"] == ["WK0001AA"]
    assert "9.000" in found["onmogelijk"]["kleinste_verruiming"]
    plan = groups(tmp_path / "uit")
    assert list(plan.values()).count(plan["WK0001AA"]) == 1
    assert found["plannen"][0]["groepen"] == len(set(plan.values()))


def test_where_nothing_is_possible_no_plan_is_written(run, tmp_path):
    status, found, _ = run(*FREE, "--groepen", 9)
    assert status == 1
    assert found["plannen"] == []
    assert "4 tot en met 8" in found["onmogelijk"]["reden"]
    assert list((tmp_path / "uit").iterdir()) == []


def test_an_island_has_an_empty_cell_and_a_row_in_toets(run, tmp_path, toy, capsys):
    island = write_map(tmp_path / "eiland.gpkg", "AB.c\nDE.f")
    status, found, _ = run("--band", 3000, 4000, "--heel", "niets", *QUICK, grenzen=island)
    assert status == 1
    assert set(found["onmogelijk"]["waar"]) == {"WK0002CC", "WK0002FF"}
    plan = groups(tmp_path / "uit")
    assert plan["WK0002CC"] == plan["WK0002FF"] == ""
    path = str(tmp_path / "uit" / "plan_1.csv")
    with pytest.raises(SystemExit):
        cli.main(["toets", path, "--grenzen", str(island), "--json"])
    assert set(json.loads(capsys.readouterr().out)["niet_toegewezen"]) >= {"WK0002CC"}


def test_plans_of_an_earlier_run_do_not_survive(run, tmp_path):
    folder = tmp_path / "uit"
    folder.mkdir()
    for name in ("plan_1.csv", "plan_2.csv", "plan_17.csv", "plan_a.csv", "plan_01.csv"):
        (folder / name).write_text("oud")
    run("--band", 4000, 8000, *QUICK)
    assert sorted(p.name for p in folder.iterdir()) == ["plan_01.csv", "plan_1.csv", "plan_a.csv"]
    assert (folder / "plan_1.csv").read_text() != "oud"


def test_locks_are_kept_and_a_closed_group_gets_nothing_more(run, save, tmp_path):
    vast = save("vast.csv", "eenheid;groep", "WK0001AA;=Mijn", "WK0001BB;=Mijn", "WK0002HH;Ander")
    assert run(*FREE, "--vast", vast, "--gesloten", "=Mijn")[0] == 0
    plan = groups(tmp_path / "uit")
    mine = {code for code, name in plan.items() if name == plan["WK0001AA"]}
    assert mine == {"WK0001AA", "WK0001BB"}
    assert plan["WK0001AA"] == "'=Mijn", "no formula reaches a spreadsheet"
    assert plan["WK0002HH"] == "Ander"


def test_no_group_crosses_a_higher_division(run, save, tmp_path):
    binnen = save(
        "binnen.csv", "wijkcode;zorgkantoor",
        *(f"WK000{g}{c * 2};{'W' if c in 'ABEF' else 'O'}" for g in (1, 2) for c in "ABCDEFGH"),
    )  # fmt: skip
    status, _, err = run(*FREE, "--binnen", binnen)
    assert status == 0
    plan = pd.Series(groups(tmp_path / "uit"))
    west = plan.index.str[6].isin(list("ABEF"))
    assert set(plan[west]).isdisjoint(set(plan[~west]))
    assert "binnen.csv" not in err, "nothing was set aside"


def test_pairs_stay_together_and_apart(run, tmp_path):
    corners = ["WK0001AA", "WK0001CC", "WK0001FF", "WK0001GG"]
    pair = f"{corners[0]} {corners[1]}"
    run(*FREE, "--samen", pair)
    assert together(groups(tmp_path / "uit"), *corners[:2])
    run(*FREE, "--apart", pair, "--apart", f"{corners[2]} {corners[3]}")
    plan = groups(tmp_path / "uit")
    assert not together(plan, *corners[:2])
    assert not together(plan, *corners[2:])


def test_kernen_stay_whole(run, save, tmp_path):
    rows = [f"WK000{g}{c * 2};Kern {c}" for g, c in ((1, "E"), (2, "A"))]
    kernen = save("kernen.csv", "code;kern", *(r.split(";")[0] + ";Brug" for r in rows))
    run(*FREE[:3], "--heel", "kern", *QUICK, "--kernen", kernen)
    assert together(groups(tmp_path / "uit"), "WK0001EE", "WK0002AA")


def test_the_area_of_a_wsv_stays_whole(run, save, tmp_path):
    practices = save(
        "praktijken.csv", "naam;discipline;ion;x_rd;y_rd;wsv",
        "P;huisarts;100;150500;452500;Brug", "Q;huisarts;100;150500;451500;Brug",
    )  # fmt: skip
    run(*FREE[:3], "--heel", "wsv", *QUICK, "--praktijken", practices)
    assert together(groups(tmp_path / "uit"), "WK0001EE", "WK0002AA")


def test_a_preference_costs_points_and_forbids_nothing(run):
    few = ["--band", 5000, 6000, "--groepen", 3, *QUICK]
    status, found, _ = run(*few, "--voorkeur", "gemeente")
    assert status == 0
    # Three groups of 5.000 or 6.000 cannot be made of two whole gemeenten of 8.000.
    assert found["plannen"][0]["maten"]["gemeenten_gedeeld"] > 0


def test_the_number_of_groups_and_the_target(run):
    # At a high weight the target decides how many groups there are, where that is free.
    firm = ["--gewicht", "afwijking=5"]
    for words, wanted in (
        (["--groepen", 5], 5),
        (["--doel", 2000, *firm], 8),
        (["--doel", 4000, *firm], 4),
    ):
        assert run(*FREE, *words)[1]["plannen"][0]["groepen"] == wanted


def test_staying_close_to_today(run, save, tmp_path):
    columns = {"A": 1, "E": 1, "B": 2, "F": 2, "C": 3, "G": 3, "D": 4, "H": 4}
    rows = [f"WK000{g}{c * 2};kolom {n}" for g in (1, 2) for c, n in columns.items()]
    nu = save("nu.csv", "eenheid;groep", *rows)
    # Four columns cut 12 km, four squares 8 km: only the wish to stay close chooses the columns.
    run(*FREE, "--groepen", 4, "--bestaand", nu, "--gewicht", "wijziging=50")
    assert {
        frozenset(code for code, name in groups(tmp_path / "uit").items() if name == group)
        for group in set(groups(tmp_path / "uit").values())
    } == {
        frozenset(f"WK000{g}{c * 2}" for g in (1, 2) for c, m in columns.items() if m == n)
        for n in range(1, 5)
    }
    _, found, _ = run(*FREE, "--groepen", 4, "--bestaand", nu, "--gewicht", "wijziging=0")
    assert found["plannen"][0]["maten"]["snijlijn_km"] == 8.0


def test_patients_bind_where_they_live_to_their_practice(run, save, tmp_path):
    practices = save(
        "praktijken.csv", "praktijk_id;naam;discipline;ion;x_rd;y_rd",
        "P1;P;huisarts;100;150500;452500",
    )  # fmt: skip
    postcodes = save("postcodes.csv", "pc4;x_rd;y_rd", "1000;150500;451500")
    flows = save("herkomst.csv", "praktijk_id;postcode;aantal", "P1;1000;90", "P1;9999;7")
    files = ["--praktijken", practices, "--postcodes", postcodes, "--herkomst", flows]
    _, _, err = run(*FREE, *files, "--gewicht", "stromen=50")
    assert together(groups(tmp_path / "uit"), "WK0001EE", "WK0002AA")
    assert "1 rij is niet geplaatst (7 patiënten): van de postcode is geen punt" in err
    assert "geen herkomst" not in err


def test_rows_that_name_nothing_known_are_said_on_stderr(run, save):
    vast = save("vast.csv", "eenheid;groep", "WK0001AA;X", "WK0001ZZ;X")
    status, _, err = run(*FREE, "--vast", vast)
    assert status == 0
    assert "let op: vast.csv, rij 3: WK0001ZZ bestaat niet in dit gebied" in err
    assert "fout" not in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "--band ontbreekt"),
        (["--band", 4000, 2000], "kan niet"),
        (["--band", -1, 2000], "kan niet"),
        (["--band", "veel", 2000], "geheel getal"),
        ([*FREE, "--groepen", 0], "ten minste 1"),
        ([*FREE, "--doel", 1], "buiten de band"),
        ([*FREE, "--aantal", 0], "--aantal"),
        ([*FREE, "--tijd", -1], "--tijd"),
        ([*FREE, "--seed", -1], "--seed"),
        ([*FREE, "--gewicht", "snijlijn"], "NAAM=GETAL"),
        ([*FREE, "--gewicht", "snijlijn=-2"], "kleiner dan nul"),
        ([*FREE, "--op", "ion"], "--praktijken"),
        ([*FREE, "--heel", "dorp"], "kies uit gemeente, kern, wsv, niets"),
        (["--band", 1, 2, "--heel", "kern"], "--kernen"),
        ([*FREE, "--samen", "WK0001AA"], "twee verschillende"),
        ([*FREE, "--apart", "WK0001AA WK9999ZZ"], "WK9999ZZ"),
        ([*FREE, "--gesloten", "Niemand"], "Niemand"),
        ([*FREE, "--vast", "weg.csv"], "Het bestand weg.csv bestaat niet."),
    ],
)
def test_a_wrong_wish_gets_one_sentence_and_status_2(run, words, sentence):
    status, found, err = run(*words)
    assert (status, found) == (2, None)
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_a_table_that_names_nothing_here_is_refused(run, save):
    for option in ("--vast", "--binnen", "--bestaand", "--kernen"):
        status, found, err = run(*FREE, option, save("elders.csv", "eenheid;groep", "GM0344;X"))
        assert (status, found) == (2, None)
        assert "geen enkele code komt voor in dit gebied" in err


def test_a_folder_that_cannot_be_written_is_refused_before_the_search(run, tmp_path):
    (tmp_path / "bezet").write_text("een bestand")
    status, _, err = run(*FREE, uit=tmp_path / "bezet")
    assert status == 2
    assert "kan niet geschreven worden" in err


@pytest.fixture
def interrupt(monkeypatch):
    """Press Ctrl+C while the search reports, as often as asked."""

    def press(times: int) -> None:
        step = kandidaten._step

        def pressed(progress, stop):
            if progress.best is not None and not stop.is_set():
                for _ in range(times):
                    signal.raise_signal(signal.SIGINT)
            return step(progress, stop)

        monkeypatch.setattr(kandidaten, "_step", pressed)

    return press


@pytest.mark.usefixtures("usual_interrupt")
def test_ctrl_c_keeps_the_best_so_far_and_a_second_one_aborts(run, interrupt, tmp_path):
    words = ["--band", 2000, 4000, "--heel", "niets"]
    interrupt(1)
    status, found, err = run(*words, uit=tmp_path / "een")
    assert status == 0
    assert "het beste tot dan toe" in err
    assert len(set(groups(tmp_path / "een").values())) == found["plannen"][0]["groepen"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    interrupt(2)
    status, found, err = run(*words, uit=tmp_path / "twee")
    assert (status, found) == (cli.INTERRUPTED, None)
    assert err.strip().endswith("Afgebroken.")
    assert list((tmp_path / "twee").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_the_example_region_on_a_terminal_until_ctrl_c(example, tmp_path):
    """With every file; stdout holds the document only, stderr shows how far the search is."""
    import os
    import pty

    command = [
        sys.executable, "-m", "oi_geo", "kandidaten", "--grenzen", example.grenzen,
        "--praktijken", example.praktijken, "--postcodes", example.postcodes,
        "--verbindingen", example.verbindingen, "--herkomst", example.herkomst,
        "--binnen", example.zorgkantoren, "--heel", "niets", "--voorkeur", "gemeente",
        "--voorkeur", "wsv", "--op", "ion", "--band", 20_000, 60_000, "--uit", tmp_path, "--json",
    ]  # fmt: skip
    ours, theirs = pty.openpty()
    seen, pressed = "", False
    with subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=theirs, text=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "200"},
    ) as program:  # fmt: skip
        os.close(theirs)
        # A terminal whose program has gone gives an error; the document fits in the pipe.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 10_000):
                seen += part.decode(errors="replace")
                if "beste plan" in seen and not pressed:
                    program.send_signal(signal.SIGINT)
                    pressed = True
        out = program.stdout.read()
    os.close(ours)
    found = json.loads(out)
    assert program.returncode == int(found["onmogelijk"] is not None)
    assert found["plannen"]
    assert "Zoeken: " in seen
    assert "het beste tot dan toe" in " ".join(seen.split())
    assert "het grootste aandeel telt: 'MERLE ZUID'" in " ".join(seen.split())
    assert "Traceback" not in seen


def test_a_reader_sees_tables(run, toy, tmp_path, capsys):
    big = write_map(tmp_path / "groot.gpkg", WK0001AA=9000)
    words = ["kandidaten", "--grenzen", big, "--uit", tmp_path / "uit", *FREE]
    with pytest.raises(SystemExit) as stop:
        cli.main([str(word) for word in words])
    out, _ = capsys.readouterr()
    assert stop.value.code == 1
    for word in ("plan_1.csv", "Snijlijn", "Totaal", "Onmogelijk", "WK0001AA", "geen herkomst"):
        assert word in out
    # The unit of 9.000 is a group by itself; one letter of its name is that of its gemeente.
    assert re.search(r"plan_1\.csv: ▲ boven het maximum: [^;]+ \(9\.000\)\.", out)
    said = " ".join(out.split())
    assert re.search(r"Eén punt is hier 0,\d\d km grens tussen groepen", said)
    assert "boven of onder het streefgetal van" in said
    plan = groups(tmp_path / "uit")
    units = draw(PICTURE)
    shapes = units.geometry.groupby(pd.Series(plan).reindex(units.index)).agg(shapely.union_all)
    # Half of the border with the unit that stands alone counts: 2 km, of which 1 km.
    cut = (shapes.length.sum() - shapely.union_all(shapes).length) / 2e3 - 1
    assert f"({cut:.1f} km)".replace(".", ",") in said


def test_units_without_a_group_are_counted(toy, tmp_path, capsys):
    island = write_map(tmp_path / "eiland.gpkg", "A.BCDE\n..FGHI")
    words = ["kandidaten", "--grenzen", island, "--uit", tmp_path / "uit", *FREE]
    with pytest.raises(SystemExit):
        cli.main([str(word) for word in words])
    out, _ = capsys.readouterr()
    assert "plan_1.csv: zonder groep: 1 wijk." in out


@pytest.mark.parametrize(
    ("level", "left"), [("wijk", "2 wijken"), ("buurt", "2 buurten"), ("gemeente", "2 gemeenten")]
)
def test_units_without_a_group_have_a_right_plural(level, left):
    units = draw("AB.CD\n...EF")
    units["inwoners"] = 1000.0
    units.loc[["WK0001AA", "WK0001BB"], "inwoners"] = 10.0
    area = study_area(units, level=level)
    found = propose(area, Wishes("wijk", 1000, 4000, gemeente="nee"), count=1, seconds=1)
    outcome = kandidaten.Outcome(area, found, ("plan_1.csv",), (), (), 1.0)
    assert outside_lines(outcome) == [f"plan_1.csv: zonder groep: {left}."]


def test_plans_behind_the_proven_best_say_how_many_more_points(tmp_path, capsys):
    uneven = {"WK0001AA": 1300, "WK0001DD": 700, "WK0002FF": 1600, "WK0002CC": 900}
    path = write_map(tmp_path / "ongelijk.gpkg", **uneven)
    words = ["kandidaten", "--grenzen", path, "--uit", tmp_path / "uit", *FREE[:5], "--exact"]
    with pytest.raises(SystemExit):
        cli.main([str(word) for word in words])
    out, _ = capsys.readouterr()
    figures, points = out.split("Punten, minder is beter")
    proofs = re.findall(r"plan_\d\.csv.*│ +([^│]+?) +│\n", figures)
    totals = re.findall(r"plan_\d\.csv.*│ +([\d,]+) +│\n", points)
    best, *others = (float(total.replace(",", ".")) for total in totals)
    assert proofs[0] == "optimaal"
    assert "hoogstens" not in figures
    assert len(proofs) == len(others) + 1 > 1
    for proof, total in zip(proofs[1:], others, strict=True):
        said = re.fullmatch(r"([\d,]+) % meer punten", proof)  # the cell goes on below
        share = float(said[1].replace(",", "."))
        assert share == pytest.approx((total / best - 1) * 100, abs=20 / best)  # totals are rounded


@pytest.fixture(scope="module")
def unicum(shared_folder, tmp_path_factory):
    """The nine gemeenten cut out of the official file, as a file of their own."""
    wijken = gpd.read_file(shared_folder / BOUNDARIES, layer="wijken")
    path = tmp_path_factory.mktemp("unicum") / "wijken_2022.gpkg"
    wijken[wijken["gemeentecode"].isin(GEMEENTEN)].to_file(path, layer="wijken", driver="GPKG")
    return path


@pytest.mark.real
def test_wijkverbanden_in_the_unicum_area(run, unicum, tmp_path):
    words = ["--niveau", "wijk", "--band", 10_000, 20_000, "--tijd", 5]
    status, found, _ = run(*words, grenzen=unicum)
    assert status == 1
    assert found["plannen"]
    assert "WK035300" in found["onmogelijk"]["waar"]
    assert "33.430" in found["onmogelijk"]["reden"]
    plan = pd.Series(groups(tmp_path / "uit"))
    people = gpd.read_file(unicum).set_index("wijkcode")["aantal_inwoners"]
    sizes = people.groupby(plan[plan != ""]).sum()
    outside = sizes[~sizes.between(10_000, 20_000)].index
    alone = {plan[code] for code in found["onmogelijk"]["waar"]}
    assert set(outside) <= alone


@pytest.mark.real
def test_gemeentehubs_in_the_unicum_area(run, unicum, tmp_path):
    words = ["--niveau", "hub", "--band", 30_000, 80_000, "--tijd", 5]
    status, found, _ = run(*words, grenzen=unicum)
    assert (status, found["onmogelijk"]) == (0, None)
    # Every gemeente has at most 80.000 inhabitants, so that none is shared.
    assert found["plannen"][0]["maten"]["gemeenten_gedeeld"] == 0
    assert set(groups(tmp_path / "uit").values()) <= set(GEMEENTEN.values())


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["--band", "100.000", "200.000"], ["--band", "100000", "200000"]),
        (["--band", "1.000.000", "200"], ["--band", "1000000", "200"]),
        (["--doel=10.000", "plan_1.000"], ["--doel=10000", "plan_1.000"]),
        (["--uit", "10.000", "--stappen", "1.000"], ["--uit", "10.000", "--stappen", "1000"]),
        (["--band", "100.5", "20.00"], ["--band", "100.5", "20.00"]),
    ],
)
def test_thousands_are_read_as_they_are_written_in_dutch(words, read):
    assert dutch_numbers(words) == read


@pytest.mark.real
def test_a_work_area_alone_is_divided(run, shared_data, tmp_path):
    path = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    words = ["--gebied", "provincie Zeeland", "--band", 50_000, 200_000, "--aantal", 1]
    _, found, err = run(*words, "--tijd", 3, grenzen=path, uit=tmp_path)
    assert found, err
    assert len(found["werkgebied"]["gemeenten"]) == 13
    rows = (tmp_path / "plan_1.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) - 1 == found["werkgebied"]["eenheden"]
