"""The command line as a user types it: exit status, documents, nothing but the result on a pipe."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from oi_geo import cli
from oi_geo.pipeline import example_inputs, load_area
from oi_geo.sources.example import write_example
from tests.test_pipeline import wijken_file

VERDICTS = {"voldoet", "voldoet niet", "signaal", "niet te bepalen"}
GROUP_KEYS = {
    "groep", "eenheden", "inwoners", "inwoners_onbekend", "ion", "praktijken", "huisartsen",
    "oppervlakte_km2", "delen", "delen_met_verbindingen", "polsby_popper", "reock",
    "gemeenten_geheel", "gemeenten_gedeeld", "gemeenten_onbekend", "eenheden_gedeeld",
    "inwoners_gedeeld", "ion_onbekend", "ion_dubbel", "huisartsen_onbekend", "huisartsen_dubbel",
    "praktijken_geschat", "ion_niet_geplaatst", "praktijken_niet_geplaatst",
    "huisartsen_niet_geplaatst",
}  # fmt: skip
FINDING_KEYS = {
    "regel", "groep", "oordeel", "waarde", "grens", "eenheid", "status", "bron", "toelichting",
    "waar", "waarde_laag", "waarde_hoog", "teller", "noemer", "dekking", "kader", "van_kracht",
}  # fmt: skip
PART_KEYS = {
    "inwoners_onbekend",
    "ion_onbekend",
    "groep",
    "aandeel_oppervlakte",
    "aandeel_inwoners",
    "inwoners",
    "ion",
    "praktijken",
}
TOP_KEYS = {
    "niveau", "kaders", "bronnen", "groepen", "bevindingen", "grensproblematiek",
    "niet_toegewezen", "ion", "leesverslag", "werkgebied",
    "kaders_getoetst", "kaders_opmerkingen", "peildatum", "lijst", "niet_deelnemend",
}  # fmt: skip


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return write_example(tmp_path_factory.mktemp("voorbeeld"))


@pytest.fixture
def run(capsys):
    """Run the command line in this process: (exit status, stdout, stderr)."""

    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return call


def given(example) -> list[object]:
    """Name the example's files one by one, as a user with official files would."""
    return [
        "--grenzen", example.grenzen, "--praktijken", example.praktijken,
        "--postcodes", example.postcodes, "--zorgkantoren", example.zorgkantoren,
        "--verbindingen", example.verbindingen,
    ]  # fmt: skip


def test_help_is_dutch_and_lists_the_commands(run):
    status, out, err = run("--help")
    assert status == 0
    assert not err
    for word in ("Gebruik:", "Opdrachten", "toets", "gegevens", "voorbeeld", "app"):
        assert word in out
    for word in ("Usage", "Options", "Commands", "Show this message"):
        assert word not in out


def test_module_and_script_are_the_same_program():
    script = Path(sys.executable).with_name("oi-geo")
    words = ([sys.executable, "-m", "oi_geo", "--versie"], [str(script), "--versie"])
    outs = {
        subprocess.run(w, capture_output=True, text=True, check=True, timeout=600).stdout
        for w in words
    }
    assert len(outs) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tots"], "De opdracht 'tots' bestaat niet"),
        (["toets", "x.csv", "--niveau", "dorp"], "kies uit regio, hub, wijk"),
        (["toets", "x.csv", "--nivo", "hub"], "De optie --nivo bestaat niet"),
        (["toets", "x.csv", "y.csv"], "Er staat een argument te veel"),
        (["voorbeeld"], "--uit ontbreekt"),
        (["toets", "bestaat_niet.csv"], "Het bestand bestaat_niet.csv bestaat niet."),
        (["toets", "x.csv", "--grenzen"], "klopt de waarde niet of ontbreekt"),
    ],
)
def test_a_wrong_command_gets_one_dutch_sentence_and_status_2(run, words, sentence):
    status, out, err = run(*words)
    assert status == 2
    assert not out
    assert sentence in err
    assert len(err.strip().splitlines()) == 1


def test_json_is_one_document_and_nothing_else(example):
    """In a process of its own, through pipes: stdout is JSON, stderr is silent."""
    command = [sys.executable, "-m", "oi_geo", "toets", example.voorstel_goed, "--json"]
    done = subprocess.run(
        [*command, *map(str, given(example))],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert set(found) == TOP_KEYS
    assert found["niveau"] == "regio"
    assert found["kaders"] == ["unicum", "zilveren-kruis", "zorg-en-zekerheid-2022"]
    assert found["kaders_getoetst"] == ["unicum", "zilveren-kruis"]
    assert all(set(group) == GROUP_KEYS for group in found["groepen"])
    assert all(set(row) == FINDING_KEYS for row in found["bevindingen"])
    assert {row["oordeel"] for row in found["bevindingen"]} <= VERDICTS
    assert all(
        set(part) == PART_KEYS for row in found["grensproblematiek"] for part in row["delen"]
    )
    ion = found["ion"]
    assert ion["totaal"] == ion["geplaatst"] + ion["niet_geplaatst"]
    assert {s["naam"] for s in found["bronnen"]} >= {"grenzen", "praktijken", "voorstel"}
    assert all(len(s["sha256"]) == 64 for s in found["bronnen"])
    assert found["grensproblematiek"], "the sound proposal cuts one gemeente on purpose"
    for row in found["grensproblematiek"]:
        assert sum(part["aandeel_oppervlakte"] for part in row["delen"]) == pytest.approx(1)
    assert done.returncode == int(
        any(row["oordeel"] == "voldoet niet" for row in found["bevindingen"])
    )


def test_exit_status_tells_sound_from_faulty(run, example):
    assert run("toets", example.voorstel_goed, *given(example))[0] == 0
    assert run("toets", example.voorstel_fout, *given(example))[0] == 1


def test_what_is_set_aside_is_no_failure_of_the_command(run, example, tmp_path):
    """The word `fout` is that of a command which fails, here and for every other command."""
    wrong = tmp_path / "plan.csv"
    wrong.write_text(example.voorstel_goed.read_text("utf-8-sig") + "WK909999;Nergens\n", "utf-8")
    status, out, err = run("toets", wrong, *given(example))
    said = " ".join(out.split())
    assert "let op: plan.csv, rij" in said
    assert "WK909999" in said
    assert "fout plan.csv" not in said
    assert not err.startswith("fout")
    assert status in {0, 1}


def test_findings_stand_worst_first(run, example):
    _, out, _ = run("toets", example.voorstel_fout, *given(example), "--json")
    order = ["voldoet niet", "niet te bepalen", "signaal", "voldoet"]
    ranks = [order.index(row["oordeel"]) for row in json.loads(out)["bevindingen"]]
    assert ranks == sorted(ranks)
    assert ranks[0] == 0


def test_without_boundaries_the_example_is_used_and_named(run, example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "oi_geo.pipeline.data_folders", lambda: (tmp_path / "wijken", tmp_path / "gemeenten")
    )
    status, out, _ = run("toets", example.voorstel_goed)
    assert status == 0
    assert "Fictief voorbeeldgebied" in out


def test_boundaries_in_data_are_found(run, example, tmp_path, monkeypatch):
    folder = tmp_path / "data" / "cbs_wijken"
    folder.mkdir(parents=True)
    (folder / "wijken_2024.gpkg").write_bytes(example.grenzen.read_bytes())
    monkeypatch.chdir(tmp_path)
    _, out, _ = run("toets", example.voorstel_goed, "--json")
    sources = {s["naam"]: s["bestand"] for s in json.loads(out)["bronnen"]}
    assert sources["grenzen"] == "wijken_2024.gpkg"
    _, out, _ = run("gegevens", "lijst")
    assert "wijken_2024.gpkg" in out
    assert "2024" in out


def test_uit_writes_document_tables_and_map(run, example, tmp_path):
    folder = tmp_path / "nieuw" / "uit"
    status, out, _ = run("toets", example.voorstel_fout, *given(example), "--uit", folder)
    assert status == 1
    assert str(folder.name) in out
    names = {path.name for path in folder.iterdir()}
    assert names >= {"toets.json", "toets.xlsx", "verslag.md", "kaart.html", "bevindingen.csv"}
    document = json.loads((folder / "toets.json").read_text(encoding="utf-8"))
    assert len(document["bevindingen"]) > 10
    html = (folder / "kaart.html").read_text(encoding="utf-8")
    assert 100_000 < len(html) < 8_000_000


def test_uit_that_is_a_file_is_refused(run, example, tmp_path):
    (tmp_path / "uit").write_text("bezet")
    status, _, err = run("toets", example.voorstel_goed, "--uit", tmp_path / "uit")
    assert status == 2
    assert "kan niet geschreven worden" in err


def test_unknown_kader_is_refused(run, example):
    status, out, err = run("toets", example.voorstel_goed, "--kader", "menzis", "--json")
    assert (status, out) == (2, "")
    assert "menzis" in err
    assert "unicum" in err


@pytest.mark.parametrize(
    ("level", "kader", "rules"),
    [("regio", "zilveren-kruis", {"K1", "K3", "K4"}), ("hub", "unicum", {"U4", "U5"})],
)
def test_one_kader_and_another_level(run, example, level, kader, rules):
    words = ["--kader", kader, "--niveau", level, "--json"]
    _, out, _ = run("toets", example.voorstel_goed, *given(example), *words)
    document = json.loads(out)
    assert document["kaders"] == [kader]
    found = {row["regel"] for row in document["bevindingen"]}
    assert {rule for rule in found if not rule.startswith("G")} == rules


def test_an_unusable_file_gives_one_sentence(run, example, tmp_path):
    bad = tmp_path / "grenzen.gpkg"
    bad.write_bytes(b"geen gegevens")
    status, out, err = run("toets", example.voorstel_goed, "--grenzen", bad, "--json")
    assert (status, out) == (2, "")
    assert "grenzen.gpkg" in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


def test_gegevens_controleer_recognises_every_example_file(run, example):
    paths = [path for path in vars(example).values() if path.suffix != ".txt"]
    status, out, err = run("gegevens", "controleer", *paths)
    assert (status, err) == (0, "")
    for path in paths:
        assert path.name in out
    sorts = "grenzen", "praktijken", "postcodes", "verbindingen", "herkomst", "voorstel"
    for sort in (*sorts, "zorgkantoren"):
        assert f"gelezen als {sort}" in out


def test_voorbeeld_writes_files_and_says_that_they_are_fictional(run, tmp_path):
    status, out, _ = run("voorbeeld", "--uit", tmp_path / "vb")
    assert status == 0
    assert "Fictief" in out
    assert len(list((tmp_path / "vb").iterdir())) >= 10


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_progress_shows_on_a_terminal_only(tmp_path):
    import os
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "oi_geo", "voorbeeld", "--uit", str(tmp_path)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as child:
        os.close(theirs)
        said = b""
        # A terminal holds a few kB: unread, it would stop a program that draws for long.
        with suppress(OSError):  # how Linux says that the other end is closed
            while more := os.read(ours, 4096):
                said += more
        told = child.communicate(timeout=600)[0]
    os.close(ours)
    assert child.returncode == 0
    assert "Voorbeeldgebied schrijven" in said.decode()
    assert b"\x1b" not in told
    quiet = subprocess.run(command, check=True, capture_output=True, timeout=600)
    assert quiet.stderr == b""


def test_a_work_area_in_any_order_gives_one_document(run, example):
    area = load_area(example_inputs())
    codes = sorted(area.units["gemeentecode"].unique())[:2]
    docs = []
    for asked in (codes, codes[::-1]):
        words = ["toets", example.voorstel_goed, *given(example), "--gebied", ",".join(asked)]
        status, out, err = run(*words, "--json")
        assert (status in {0, 1}, err) == (True, "")
        docs.append(json.loads(out))
    assert docs[0] == docs[1]
    row = docs[0]["werkgebied"]
    assert row["gemeenten"] == codes
    assert row["eenheden"] == int(area.units["gemeentecode"].isin(codes).sum())
    assert docs[0]["ion"]["waarvan_buiten_het_gebied"] > 0


def test_an_unknown_work_area_is_one_sentence(run, example):
    words = ["toets", example.voorstel_goed, *given(example), "--gebied", "Atlantis", "--json"]
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert "Atlantis" in err
    assert len(err.strip().splitlines()) == 1


def test_a_link_from_a_file_joins_and_the_pieces_of_a_unit_are_named(run, tmp_path):
    wijken = wijken_file(tmp_path / "w.gpkg", "A.A.B")
    plan = tmp_path / "v.csv"
    plan.write_text("eenheid,groep\nWK0001AA,West\nWK0001BB,West\n", encoding="utf-8")
    links = tmp_path / "links.csv"
    links.write_text("van,naar,soort,reden\nWK0001AA,WK0001BB,veer,elk uur\n", encoding="utf-8")
    asked = ["toets", plan, "--grenzen", wijken, "--niveau", "regio", "--json"]
    for more, expected in (([], "voldoet niet"), (["--verbindingen", links], "signaal")):
        _, out, _ = run(*asked, *more)
        found = {x["regel"]: x for x in json.loads(out)["bevindingen"] if x["groep"] == "West"}
        assert found["Z2"]["oordeel"] == expected
        assert "bestaat uit 2 losse stukken (1,0 km² en 1,0 km²)" in found["Z2"]["toelichting"]
        assert "WK0001AA" in found["Z2"]["waar"]
        assert ("veer" in found["Z2"]["toelichting"]) == bool(more)
