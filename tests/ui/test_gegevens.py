"""Page Gegevens: what is loaded, uploads that work, and uploads that do not."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from oi_geo.pipeline import example_inputs, load_area
from oi_geo.text import nl_number
from oi_geo.ui.gegevens import KINDS, MOST_MESSAGES, loaded, messages_table
from oi_geo.ui.work_area import NOT_USED
from tests.effort import HANGS_SECONDS
from tests.ui.conftest import run_page, table


def gegevens() -> None:
    from oi_geo.ui import gegevens

    gegevens.page()


@pytest.fixture
def page():
    return run_page(gegevens)


def figures(page) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_the_example_region_is_loaded_and_marked(page):
    area = load_area(example_inputs())
    assert "bestaan niet" in page.warning[0].value
    shown = figures(page)
    assert shown["Wijken"] == nl_number(len(area.units))
    assert shown["Inwoners"] == nl_number(area.units["inwoners"].sum())
    files = loaded(area)
    pd.testing.assert_frame_equal(
        table(page, "sha256"), pd.DataFrame(files.rows, columns=list(files.heads))
    )
    assert not any("Niet geladen" in c.value for c in page.caption)


def test_ion_adds_up(page):
    shown = {k: int(v.replace(".", "")) for k, v in figures(page).items() if k.startswith("ION")}
    assert shown["ION totaal"] == shown["ION geplaatst"] + shown["ION niet geplaatst"]
    assert shown["ION niet geplaatst"] > 0


def test_each_file_has_year_and_checksum(page):
    rows = table(page, "sha256").set_index("Soort")
    assert rows.loc["grenzen", "Jaar"] == "2024"
    assert all(len(s) == 12 for s in rows["sha256"] if s)
    numbers = rows[["Rijen gelezen", "Behouden", "Apart gezet"]].map(
        lambda text: int(text.replace(".", ""))
    )
    assert (numbers["Rijen gelezen"] == numbers["Behouden"] + numbers["Apart gezet"]).all()


def test_the_read_report_is_filtered_by_severity(page):
    everything = table(page, "Melding")
    assert set(everything["Ernst"]) <= {"fout", "waarschuwing", "info"}
    page.button_group(key="ernst").set_value(["waarschuwing"]).run()
    shown = table(page, "Melding")
    assert list(shown["Melding"]) == list(
        everything.loc[everything["Ernst"] == "waarschuwing", "Melding"]
    )
    assert 0 < len(shown) < len(everything)


def test_messages_stand_whole_and_the_worst_first():
    severities = ["info"] * MOST_MESSAGES + ["waarschuwing", "fout", "waarschuwing"]
    frame = pd.DataFrame({"bestand": "a.csv", "rij": range(len(severities)), "ernst": severities})
    frame = frame.assign(melding=[f"Melding {i} {'lang ' * 200}" for i in frame["rij"]])
    frame = frame[["bestand", "rij", "melding", "ernst"]].astype({"rij": "Int64"})
    frame.loc[5, "rij"] = pd.NA
    rows = messages_table(frame).rows
    assert len(rows) == MOST_MESSAGES
    last = MOST_MESSAGES
    assert [row[1] for row in rows[:4]] == [str(last + 1), str(last), str(last + 2), "0"]
    assert rows[0] == ["a.csv", str(last + 1), frame["melding"][last + 1], "fout"]
    assert rows[3 + 5][1] == ""


def test_every_kind_can_be_uploaded(page):
    assert {u.key for u in page.file_uploader} == {f"upload_{kind}" for kind in KINDS}


def test_uploaded_practices_replace_those_of_the_example(page):
    content = b"agb;naam;discipline;x_rd;y_rd;ion\n01000001;Een;huisarts;0;0;1234\n"
    page.file_uploader(key="upload_praktijken").upload("mijn lijst.csv", content).run()
    assert not page.exception
    assert not page.error
    assert "mijn lijst.csv" in page.success[0].value
    assert figures(page)["ION totaal"] == "1.234"
    # a change elsewhere keeps them
    page.button_group(key="ernst").set_value(["fout"]).run()
    assert figures(page)["ION totaal"] == "1.234"


def test_uploaded_boundaries_are_an_area_of_their_own(page, example):
    content = example.grenzen.read_bytes()
    page.file_uploader(key="upload_grenzen").upload("eigen.gpkg", content).run()
    assert not page.exception
    assert not page.error
    assert not page.warning  # no longer the example, as far as the program can tell
    assert figures(page)["ION totaal"] == "onbekend"  # nobody said that there are none
    assert any("Niet geladen: praktijken, postcodes" in c.value for c in page.caption)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "content"),
    [("rommel.csv", b"foo,bar\n1,2\n"), ("rommel.gpkg", b"\x00\x01\x02"), ("leeg.csv", b"")],
)
def test_a_file_that_cannot_be_used_gives_one_sentence(page, kind, name, content):
    before = table(page, "sha256")
    page.file_uploader(key=f"upload_{kind}").upload(name, content).run()
    assert not page.exception
    [error] = page.error
    assert name in error.value.replace("\\", "")
    assert error.value.rstrip().endswith((".", "?"))
    assert "Traceback" not in error.value
    pd.testing.assert_frame_equal(table(page, "sha256"), before)


def test_a_bad_file_does_not_push_out_a_good_one(page):
    good = b"agb;naam;discipline;x_rd;y_rd;ion\n01000001;Een;huisarts;0;0;1234\n"
    uploader = page.file_uploader(key="upload_praktijken")
    uploader.upload("goed.csv", good).run()
    page.file_uploader(key="upload_praktijken").set_value(("slecht.csv", b"x", "text/csv")).run()
    assert len(page.error) == 1
    assert figures(page)["ION totaal"] == "1.234"


def good_files(example) -> dict[str, tuple[str, bytes]]:
    """Return for each kind a file that can be used: the one of the example under another name."""
    paths = {kind: getattr(example, kind) for kind in KINDS}
    return {kind: (f"eigen_{path.name}", path.read_bytes()) for kind, path in paths.items()}


def in_use(page) -> list[str]:
    return [s.value.replace("\\", "") for s in page.success if "In gebruik" in s.value]


@pytest.mark.parametrize("kind", KINDS)
def test_the_own_file_stays_in_use_until_another_can_be(page, example, kind):
    """A browser empties the box before it fills it again; the example never slips in."""
    name, content = good_files(example)[kind]
    box = f"upload_{kind}"
    page.file_uploader(key=box).upload(name, content).run()
    assert in_use(page) == [f"In gebruik: {name}"]
    before, own = figures(page), table(page, "sha256")
    page.file_uploader(key=box).clear().run()
    assert (figures(page), in_use(page)) == (before, [f"In gebruik: {name}"])
    page.file_uploader(key=box).upload("rapport.pdf", b"%PDF-1.4\n%x").run()
    [error] = page.error
    assert "rapport.pdf" in error.value.replace("\\", "")
    assert (figures(page), in_use(page)) == (before, [f"In gebruik: {name}"])
    pd.testing.assert_frame_equal(table(page, "sha256"), own)
    page.button(key=f"gezien_{kind}").click().run()
    assert not page.error
    assert in_use(page) == [f"In gebruik: {name}"]
    page.button(key=f"weg_{kind}").click().run()
    assert in_use(page) == []
    assert name not in set(table(page, "sha256")["Bestand"])


def test_an_error_is_gone_after_the_next_choice(page):
    page.file_uploader(key="upload_praktijken").upload("x.pdf", b"%PDF-1.4").run()
    assert len(page.error) == 1
    page.file_uploader(key="upload_praktijken").clear().run()
    assert not page.error


def test_the_button_brings_the_example_back(page):
    before = figures(page)
    content = b"agb;naam;discipline;x_rd;y_rd;ion\n01000001;Een;huisarts;0;0;1234\n"
    page.file_uploader(key="upload_praktijken").upload("x.csv", content).run()
    page.file_uploader(key="upload_praktijken").clear().run()
    assert figures(page)["ION totaal"] == "1.234"
    page.button(key="weg_praktijken").click().run()
    assert figures(page) == before


def test_the_button_leads_back_to_the_example(page, example):
    before = figures(page)
    page.file_uploader(key="upload_grenzen").upload("g.gpkg", example.grenzen.read_bytes()).run()
    assert figures(page) != before
    page.button(key="naar_voorbeeld").click().run()
    assert not page.exception
    assert figures(page) == before
    assert page.warning


def test_a_broken_file_in_data_leaves_the_way_to_another_one(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "cbs_wijken"
    folder.mkdir(parents=True)
    (folder / "wijken_2024.gpkg").write_bytes(b"geen kaart")
    monkeypatch.chdir(tmp_path)
    page = run_page(gegevens)
    assert "2024.gpkg" in page.error[0].value
    assert page.get("file_uploader")
    page.button(key="naar_voorbeeld").click().run()
    assert not page.error
    assert figures(page)["Wijken"] == "93"


def test_a_work_area_is_chosen_shown_and_reset(page):
    whole = figures(page)["Wijken"]
    options = page.multiselect(key="gebied_gemeenten").options
    assert len(options) > 1
    page.multiselect(key="gebied_gemeenten").set_value([options[0]]).run()
    assert any(c.value.startswith("Dit werkgebied: 1 gemeente") for c in page.caption)
    page.button(key="gebied_gebruiken").click().run()
    assert not page.exception
    assert figures(page)["Wijken"] != whole
    assert any("In gebruik" in s.value for s in page.success)
    page.button(key="gebied_weg").click().run()
    assert figures(page)["Wijken"] == whole


def test_a_work_area_of_the_own_practices_and_of_a_zorgkantoorregio(page):
    page.selectbox(key="gebied_soort").set_value("waar mijn praktijken staan").run()
    assert any(c.value.startswith("Dit werkgebied:") for c in page.caption)
    page.selectbox(key="gebied_soort").set_value("zorgkantoorregio").run()
    region = page.selectbox(key="gebied_zorgkantoorregio").options[0]
    page.selectbox(key="gebied_zorgkantoorregio").set_value(region).run()
    page.button(key="gebied_gebruiken").click().run()
    assert not page.exception
    assert any("zorgkantoorregio" in s.value for s in page.success)
    page.selectbox(key="gebied_soort").set_value("provincie").run()
    assert any("geen provincie bekend" in i.value for i in page.info)
    page.button(key="naar_voorbeeld").click().run()
    assert not any("In gebruik: zorgkantoorregio" in s.value for s in page.success)


def elsewhere() -> None:
    from oi_geo.ui.state import current
    from oi_geo.ui.work_area import tell_unused

    tell_unused(current())


def told_elsewhere(page) -> bool:
    """Whether another page says that a work area is not in use."""
    other = AppTest.from_function(elsewhere, default_timeout=HANGS_SECONDS)
    other.session_state["oi_geo"] = page.session_state["oi_geo"]
    return [message.value.endswith(NOT_USED) for message in other.run().info] == [True]


def test_a_work_area_that_is_not_in_use_is_told(page):
    assert not told_elsewhere(page)
    options = page.multiselect(key="gebied_gemeenten").options
    page.multiselect(key="gebied_gemeenten").set_value(options[:2]).run()
    assert page.warning[-1].value == NOT_USED
    assert told_elsewhere(page)
    page.button(key="gebied_gebruiken").click().run()
    assert all(message.value != NOT_USED for message in page.warning)
    assert not told_elsewhere(page)
    page.multiselect(key="gebied_gemeenten").set_value(options[:1]).run()
    assert told_elsewhere(page)
    page.multiselect(key="gebied_gemeenten").set_value([]).run()
    assert not told_elsewhere(page)
