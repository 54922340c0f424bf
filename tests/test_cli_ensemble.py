"""`oi-geo ensemble` as a user types it: the document, the files, and never a claim too many."""

import hashlib
import json
import math
import re
import signal
import warnings

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from oi_geo import cli
from oi_geo.candidates.ensemble import SEGMENT
from oi_geo.candidates.situate import COUNTED_AT_ONCE
from oi_geo.candidates.streams import read_plans
from oi_geo.commands import ensemble
from tests.conftest import draw
from tests.test_cli_kandidaten import OBSTACLE_KEYS, PICTURE, write_map

TOP_KEYS = {
    "voorstel", "groepen", "ketens", "stappen", "gemaakt", "geaccepteerd", "plannen", "maten",
    "samen", "dichtstbij", "onmogelijk", "opmerkingen", "seconden", "werkgebied",
}  # fmt: skip
MEASURES = {
    "snijlijn_km", "polsby_popper", "gemeenten_gedeeld", "kleinste", "grootste", "afwijking"
}  # fmt: skip
CLAIMS = {"percentiel", "interval", "aandeel_lager", "aandeel_gelijk", "aandeel_hoger"}
MEASURE_KEYS = {*CLAIMS, "waarde", "r_hat", "ess_bulk", "ess_tail", "geconvergeerd", "zin"}
# Both gemeenten are cut in every plan of four groups of 3.000 to 5.000 people.
STILL = "gemeenten_gedeeld"
FREE = ["--band", 3000, 5000, "--heel", "niets"]
# Four chains of so many steps agree on every measure of this small map.
ENOUGH, FEW = ["--stappen", 20_000], ["--stappen", 200]


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return write_map(tmp_path_factory.mktemp("kaart") / "wijken_2023.gpkg")


def named(group: str) -> str:
    """Call a group after its first letter and the gemeente that this lies in."""
    return f"Groep {group[0].upper()}{2 if group[0].islower() else 1}"


def save(path, *groups: str):
    """Write a proposal whose groups are given by their letters."""
    code = {name[5:]: unit for unit, name in draw(PICTURE)["naam"].items()}
    rows = [f"{code[letter]},{named(group)}" for group in groups for letter in group]
    path.write_text("\n".join(["eenheid,groep", *rows]) + "\n")
    return path


@pytest.fixture(scope="module")
def squares(tmp_path_factory):
    """Four squares of 2 x 2 wijken."""
    path = tmp_path_factory.mktemp("voorstel") / "vierkanten.csv"
    return save(path, "ABEF", "CDGH", "abef", "cdgh")


@pytest.fixture
def run(capsys, tmp_path, toy, squares):
    """Run the command on the toy map: (exit status, JSON document or None, stderr)."""

    def call(*words: object, voorstel=squares, grenzen=toy, uit=tmp_path / "uit"):
        line = ["ensemble", voorstel, "--grenzen", grenzen, "--uit", uit, "--json", *words]
        with pytest.raises(SystemExit) as stop:
            cli.main([str(word) for word in line])
        out, err = capsys.readouterr()
        found = json.loads(out, parse_constant=pytest.fail) if out else None
        return stop.value.code or 0, found, err

    return call


def rows_after_burn_in(folder) -> pd.DataFrame:
    """Read the rows of all chains, each without its first fifth, by pyarrow alone."""
    chains = [pq.read_table(path).to_pandas() for path in sorted(folder.glob("keten_*.parquet"))]
    return pd.concat([chain.iloc[math.ceil(len(chain) / 5) :] for chain in chains])


def groups(path) -> dict[str, set[str]]:
    """Read a written plan: the units of each group."""
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    assert list(table.columns) == ["eenheid", "groep"]
    return {name: set(part["eenheid"]) for name, part in table.groupby("groep")}


def test_the_document_agrees_with_the_rows_that_were_written(run, tmp_path):
    status, found, err = run(*FREE, *ENOUGH)
    assert (status, set(found), err) == (0, TOP_KEYS, "")
    assert (found["voorstel"], found["groepen"], found["ketens"]) == ("vierkanten.csv", 4, 4)
    assert found["stappen"] == found["gemaakt"] == 20_000
    assert 0 < found["geaccepteerd"] < 1
    # 1.000 plans of each of four chains, less the first fifth.
    assert found["plannen"] == 3200
    assert (found["onmogelijk"], found["opmerkingen"]) == (None, [])
    assert set(found["maten"]) == MEASURES
    # Squares: 8 km of border between them, 16 km² in outlines of 8 km, 4.000 people each.
    known = {"snijlijn_km": 8.0, "polsby_popper": math.pi / 4, "gemeenten_gedeeld": 2.0,
             "kleinste": 4000.0, "grootste": 4000.0, "afwijking": 0.0}  # fmt: skip
    drawn = rows_after_burn_in(tmp_path / "uit" / "ensemble")
    assert len(drawn) == 64_000
    for name, measure in found["maten"].items():
        assert set(measure) == MEASURE_KEYS
        assert measure["waarde"] == pytest.approx(known[name])
        assert measure["geconvergeerd"]
        values = drawn[name].to_numpy()
        equal = np.isclose(values, known[name], rtol=1e-6)
        shares = ((values < known[name]) & ~equal).mean(), equal.mean()
        assert measure["aandeel_lager"] == pytest.approx(shares[0])
        assert measure["aandeel_gelijk"] == pytest.approx(shares[1])
        assert measure["aandeel_hoger"] == pytest.approx(1 - sum(shares))
        assert "geldige plannen met hetzelfde aantal groepen (4)" in measure["zin"]
        if name == STILL:
            assert (measure["percentiel"], measure["interval"]) == (None, None)
            assert measure["zin"].endswith("gelijk, en in het voorstel ook: 2.")
            continue
        assert measure["percentiel"] == pytest.approx(shares[0] + shares[1] / 2)
        low, high = measure["interval"]
        assert 0 <= low <= measure["percentiel"] <= high <= 1
    # Nothing is more compact than squares.
    assert found["maten"]["polsby_popper"]["percentiel"] > 0.9
    assert found["maten"]["polsby_popper"]["r_hat"] <= 1.01
    assert found["maten"][STILL]["r_hat"] is None


def test_the_files_beside_the_document(run, toy, squares, tmp_path, capsys):
    _, found, _ = run(*FREE, *ENOUGH)
    folder = tmp_path / "uit"
    names = {path.name for path in folder.iterdir()}
    near = [f"dichtstbij_{number}.csv" for number in (1, 2, 3)]
    plots = {f"{measure}.svg" for measure in MEASURES - {STILL}}
    assert names == {"ensemble", "samen.csv", "context.md", *near, *plots}
    assert [one["bestand"] for one in found["dichtstbij"]] == near
    # The sampler meets the squares themselves, which do not count; else a wijk of sixteen moves.
    assert [one["afstand"] for one in found["dichtstbij"]] == pytest.approx([1 / 16] * 3)
    own = {frozenset(units) for units in groups(squares).values()}
    for name in near:
        assert {frozenset(units) for units in groups(folder / name).values()} != own
    with pytest.raises(SystemExit):
        cli.main(["toets", str(folder / near[1]), "--grenzen", str(toy), "--json"])
    tested = json.loads(capsys.readouterr().out)
    assert {row["delen"] for row in tested["groepen"]} == {1}
    assert tested["niet_toegewezen"] == []
    shares = pd.read_csv(folder / "samen.csv").set_index("eenheid")
    assert sorted(shares.index) == sorted(draw(PICTURE).index)
    assert list(shares.columns) == sorted(named(letter) for letter in "ACac")
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    # Each wijk of a corner is more with its own square than with any other.
    corners = {"WK0001AA": "A", "WK0001DD": "C", "WK0002EE": "a", "WK0002HH": "c"}
    assert {code: named(x) for code, x in corners.items()} == dict(
        shares.loc[list(corners)].idxmax(axis=1)
    )
    report = (folder / "context.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((\w+\.svg)\)", report)
    assert (len(links), set(links)) == (len(plots), plots)
    for source in (toy, squares):
        checksum = hashlib.sha256(source.read_bytes()).hexdigest()
        assert re.search(rf"\| {source.name} \| \d* \| `{checksum}` \|", report)
    assert "| Seed | 0 |" in report
    assert "samen.csv heeft een rij per eenheid" in report
    assert "docs/methode.md" in report
    assert "opspannende bomen" in report
    assert all(measure["zin"] in report for measure in found["maten"].values())
    times = re.search(r"Het voorstel zelf is ([\d.]+) keer getrokken \(van 3\.200", report)
    drawn = [plan.labels for plan in read_plans(folder / "ensemble") if plan.stap > 4_000]
    order = sorted(code for units in own for code in units)
    at = {code: number for number, code in enumerate(draw(PICTURE).index)}
    assert sorted(at) == order
    assert int(times[1].replace(".", "")) == sum(
        {frozenset(c for c in order if plan[at[c]] == g) for g in set(plan)} == own
        for plan in drawn
    )
    assert all("<script" not in (folder / plot).read_text() for plot in plots)


def test_the_same_seed_gives_the_same_document(run, tmp_path):
    seen = []
    for seed, folder in ((3, "a"), (3, "b"), (4, "c")):
        _, found, _ = run(*FREE, "--stappen", 2000, "--seed", seed, uit=tmp_path / folder)
        found.pop("seconden")
        seen.append((found, (tmp_path / folder / "context.md").read_text()))
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


@pytest.mark.parametrize(
    "words", [["--stappen", 1], FEW, [*ENOUGH, "--ketens", 1]], ids=["one step", "few", "one chain"]
)
def test_without_agreement_nothing_is_claimed_anywhere(run, capsys, words, tmp_path, toy, squares):
    status, found, err = run(*FREE, *words)
    assert status == 0
    for measure in found["maten"].values():
        assert not measure["geconvergeerd"]
        assert {measure[key] for key in CLAIMS} == {None}
        assert "nog niets te zeggen" in measure["zin"]
    assert found["samen"] == []
    assert any("nog niet over elke maat eens" in note for note in found["opmerkingen"])
    assert found["opmerkingen"] == err.strip().splitlines()
    folder = tmp_path / "uit"
    assert not (folder / "samen.csv").exists()
    line = ["ensemble", squares, "--grenzen", toy, "--uit", folder, *FREE, *words]
    with pytest.raises(SystemExit):
        cli.main([str(word) for word in line])
    tables = capsys.readouterr().out
    report = (folder / "context.md").read_text(encoding="utf-8")
    for text in (tables, report):
        assert "geen uitspraak" in text
        assert not re.search(r"dan \d+ (tot \d+ )?%|alle [\d.]+ geldige", text)
    place = report.split("## Plaats")[1].split("## Twijfel")[0]
    assert not re.search(r"\| [\d,]+ % ", place), "no percentile"
    for measure in MEASURES - {STILL}:
        plot = (folder / f"{measure}.svg").read_text(encoding="utf-8")
        assert "nog geen uitspraak mogelijk" in plot or "Van geen enkel plan bekend" in plot


def test_what_an_earlier_run_said_is_gone(run, tmp_path):
    run(*FREE, *ENOUGH)
    folder = tmp_path / "uit"
    (folder / "dichtstbij_17.csv").write_text("oud")
    (folder / "dichtstbij_a.csv").write_text("van de gebruiker")
    run(*FREE, *FEW, "--ketens", 2)
    names = {path.name for path in folder.iterdir()}
    assert "dichtstbij_a.csv" in names
    assert not names & {"dichtstbij_17.csv", "samen.csv"}
    assert {path.name for path in (folder / "ensemble").glob("keten_*")} == {
        "keten_0.parquet", "keten_1.parquet"
    }  # fmt: skip


def test_a_single_regio_has_shares_and_no_percentiles(run, tmp_path):
    proposal = save(tmp_path / "regio.csv", "ABEFG")
    status, found, err = run(*FREE, *ENOUGH, voorstel=proposal)
    assert (status, found["groepen"]) == (0, 4)
    assert "verdeelt niet het hele gebied" in err
    for measure in found["maten"].values():
        assert {measure[key] for key in (*CLAIMS, "waarde")} == {None}
        assert measure["geconvergeerd"]
    (one,) = found["samen"]
    assert one["groep"] == "Groep A1"
    shares = pd.read_csv(tmp_path / "uit" / "samen.csv").set_index("eenheid")["Groep A1"]
    for doubt in one["twijfel"]:
        assert set(doubt) == {"eenheid", "erbij", "aandeel", "zin"}
        assert doubt["aandeel"] == pytest.approx(shares[doubt["eenheid"]])
        # Doubtful is what is more often on the other side of the border.
        assert (doubt["aandeel"] < 0.5) == doubt["erbij"]
    # G lies in the middle of the map, and was added to the square in the corner.
    assert one["twijfel"][0]["eenheid"] == "WK0001GG"
    assert one["twijfel"][0]["erbij"]
    # Plans in which the five wijken lie together move none of its people.
    assert found["dichtstbij"][0]["afstand"] == 0


def test_another_number_of_groups_is_said(run):
    status, found, err = run(*FREE, *ENOUGH, "--groepen", 5)
    assert (status, found["groepen"]) == (0, 5)
    assert len(err.strip().splitlines()) == 1
    assert "Het voorstel telt 4 groepen waar de plannen er 5 tellen" in err
    words = found["maten"]["polsby_popper"]["zin"]
    assert "geldige plannen met 5 groepen" in words
    assert "hetzelfde aantal" not in words


def test_a_proposal_that_breaks_the_wishes_is_compared_all_the_same(run, tmp_path):
    proposal = save(tmp_path / "scheef.csv", "AB", "CDGHEF", "abef", "cdgh")
    status, found, err = run(*FREE, *ENOUGH, voorstel=proposal)
    assert status == 0
    assert "houdt zich niet aan de wensen" in err
    assert "Groep A1 telt 2.000 inwoners en valt buiten de band." in err
    assert "Groep C1 telt 6.000 inwoners en valt buiten de band." in err
    # Every valid plan has a smallest group of at least 3.000.
    assert found["maten"]["kleinste"]["percentiel"] == 0.0


def test_an_unfinished_proposal_has_no_place(run, tmp_path):
    proposal = save(tmp_path / "open.csv", "ABEF", "CDGH", "abef", "cdg")
    _, found, err = run(*FREE, *FEW, voorstel=proposal)
    assert "laat 1 eenheid zonder groep (WK0002HH)" in err
    assert {measure["waarde"] for measure in found["maten"].values()} == {None}


def test_what_is_impossible_is_named_beside_the_ensemble_of_the_rest(run, tmp_path):
    big = write_map(tmp_path / "groot.gpkg", WK0001AA=9000)
    proposal = save(tmp_path / "v.csv", "A", "BCDEF", "GHgh", "abef", "cd")
    status, found, err = run(*FREE, *FEW, voorstel=proposal, grenzen=big)
    assert status == 1
    assert set(found["onmogelijk"]) == OBSTACLE_KEYS
    assert found["onmogelijk"]["waar"] == ["WK0001AA"]
    assert "boven het maximum ligt: Wijk A (WK0001AA). Alle maten" in err
    report = (tmp_path / "uit" / "context.md").read_text(encoding="utf-8")
    assert "| Groepen per plan | 4, en 1 buiten de vergelijking |" in report
    # Four groups of the rest, and the wijk that is too large by itself.
    assert found["groepen"] == 5
    assert {"WK0001AA"} in groups(tmp_path / "uit" / "dichtstbij_1.csv").values()
    assert "Groep A1 telt" not in err, "it cannot be otherwise"
    assert "Groep C2 telt 2.000" in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "--band ontbreekt"),
        ([*FREE, "--stappen", 0], "--stappen"),
        ([*FREE, "--ketens", 0], "--ketens"),
        ([*FREE, "--tijd", 0], "--tijd"),
        ([*FREE, "--seed", -1], "--seed"),
        ([*FREE, "--stappen", "veel"], "geheel getal"),
        ([*FREE, "--groepen", 9], "Met 9 groepen kan het niet"),
        ([*FREE, "--apart", "WK0001AA WK9999ZZ"], "WK9999ZZ"),
        (["--band", 3900, 4100, "--apart", "GM0001 GM0002", "--heel", "niets", "--samen",
          "WK0001AA WK0002AA"], "WK0001AA"),
        ([*FREE, "--vast", "weg.csv"], "Het bestand weg.csv bestaat niet."),
        ([*FREE, "--dask", "nergens"], "De Dask-planner op nergens antwoordt niet"),
        ([*FREE, "--dask", "tcp://127.0.0.1:9"], "antwoordt niet"),
    ],
)  # fmt: skip
def test_a_wrong_wish_gets_one_sentence_and_status_2(run, words, sentence):
    status, found, err = run(*words)
    assert (status, found) == (2, None)
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_a_proposal_that_is_not_there_or_says_nothing(run, tmp_path):
    status, _, err = run(*FREE, voorstel=tmp_path / "weg.csv")
    assert (status, err.strip()) == (2, f"Het bestand {tmp_path / 'weg.csv'} bestaat niet.")
    (tmp_path / "elders.csv").write_text("eenheid,groep\nWK0999ZZ,X\n")
    assert run(*FREE, voorstel=tmp_path / "elders.csv")[0] == 2


@pytest.mark.usefixtures("usual_interrupt")
def test_ctrl_c_counts_what_was_made_and_a_second_one_aborts(run, monkeypatch, tmp_path):
    sample = ensemble.sample

    def press(times: int) -> None:
        """Press Ctrl+C when the first segment is done."""

        def pressed(problem, folder, *, stop, progress, **other):
            def heard(share: float) -> None:
                if not stop():
                    for _ in range(times):
                        signal.raise_signal(signal.SIGINT)
                progress(share)

            return sample(problem, folder, stop=stop, progress=heard, **other)

        monkeypatch.setattr(ensemble, "sample", pressed)

    steps = 50 * SEGMENT
    press(1)
    status, found, err = run(*FREE, "--stappen", steps, uit=tmp_path / "een")
    assert status == 0
    assert 0 < found["gemaakt"] < steps
    assert "ingekort" in err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    press(2)
    status, found, err = run(*FREE, "--stappen", steps, uit=tmp_path / "twee")
    assert (status, found) == (cli.INTERRUPTED, None)
    assert err.strip().endswith("Afgebroken.")
    assert [path.name for path in (tmp_path / "twee").iterdir()] == ["ensemble"]
    assert list((tmp_path / "twee" / "ensemble").iterdir()) == []


def test_ctrl_c_while_comparing_counts_the_plans_so_far(run, monkeypatch):
    situate = ensemble.situate

    def pressed(problem, plan, sampled, *, stop):
        signal.raise_signal(signal.SIGINT)
        return situate(problem, plan, sampled, stop=stop)

    monkeypatch.setattr(ensemble, "situate", pressed)
    status, found, err = run(*FREE, *ENOUGH)
    assert (status, found["plannen"]) == (0, COUNTED_AT_ONCE)
    assert "Het vergelijken is door u ingekort" in err
    assert "40 van de bewaarde plannen" in err
    assert all(one["geconvergeerd"] for one in found["maten"].values())


def test_a_time_limit_stops_the_chains(run):
    steps = 5_000 * SEGMENT
    status, found, err = run(*FREE, "--stappen", steps, "--tijd", 0.5)
    assert status == 0
    assert 0 < found["gemaakt"] < steps
    assert "tijdslimiet" in err


def test_a_reader_sees_tables(toy, tmp_path, capsys):
    proposal = save(tmp_path / "voorstel.csv", "ABEFG")
    words = ["ensemble", proposal, "--grenzen", toy, "--uit", tmp_path / "uit", *FREE, *ENOUGH]
    with pytest.raises(SystemExit) as stop:
        cli.main([str(word) for word in words])
    out, _ = capsys.readouterr()
    assert stop.value.code in {0, None}
    out = " ".join(out.split())
    assert "context.md, samen.csv, plaatjes, plannen en het ensemble." in out
    for word in ("voorstel.csv", "Snijlijn", "R-hat", "Twijfelachtige", "WK0001GG", "context.md"):
        assert word in out


def test_the_workers_of_a_cluster_give_the_same_document(run, tmp_path):
    from distributed import LocalCluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, protocol="tcp",
            dashboard_address=None,
        ) as cluster:  # fmt: skip
            words = [*FREE, "--stappen", 2000, "--ketens", 2]
            _, there, _ = run(*words, "--dask", cluster.scheduler_address, uit=tmp_path / "daar")
    _, here, _ = run(*words, uit=tmp_path / "hier")
    assert here | {"seconden": 0} == there | {"seconden": 0}
