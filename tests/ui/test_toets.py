"""Page Toets: verdicts, findings with their place, uploads, downloads."""

import json
import re
from html import escape

import pytest
from streamlit.testing.v1 import AppTest

from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.kader import kader_names
from oi_geo.maps import folium_map
from oi_geo.pipeline import example_inputs, load_area, run_toets
from oi_geo.report.conclusion import conclusion, group_results
from oi_geo.text import nl_number
from oi_geo.ui import cache, state
from oi_geo.ui.choice_table import choice_key
from oi_geo.ui.toets import digest_of, ion_balance, place_of
from oi_geo.ui.words import verdict_text
from tests.effort import HANGS_SECONDS
from tests.ui.conftest import TableReader, html_tables, run_page


def toets() -> None:
    from oi_geo.ui import toets

    toets.page()


@pytest.fixture
def page():
    return run_page(toets)


def mounted(page, part: str) -> dict:
    """What is sent to the one component whose data hold this part."""
    sent = [json.loads(c.proto.json) for c in page.get("bidi_component")]
    [found] = [data for data in sent if part in data]
    return found


def groups_table(page):
    """The table of verdicts, with what is unfolded in rows of one cell."""
    [found] = TableReader(mounted(page, "table")["table"]).tables
    return found


def verdicts(page) -> dict[str, str]:
    """The verdict on each group as it is shown."""
    return {row[0]: row[1] for row in groups_table(page).rows if len(row) > 1}


def choose(page, choice: str):
    """Click on a group or a finding: what the component then gives is kept in the session."""
    key = f"oordelen_{digest_of(page.session_state['oi_geo'].question)}"
    page.session_state[choice_key(key)] = choice
    return page.run()


def rules(page) -> int:
    """How many rules were applied to the first group, as the unfolded row tells."""
    choose(page, "0")
    [[text]] = [row for row in groups_table(page).rows if len(row) == 1]
    choose(page, "")
    return text.count("Bron: ")


def test_it_opens_with_the_sound_proposal(page, example):
    assert page.selectbox(key="voorstel").options == [
        "Voorbeeld: voorstel dat klopt", "Voorbeeld: voorstel met fouten", "Eigen voorstel",
    ]  # fmt: skip
    sound = run_toets(load_area(example_inputs()), example.voorstel_goed, "regio", kader_names())
    assert verdicts(page) == {r.name: verdict_text(r.verdict) for r in group_results(sound)}
    assert verdict_text(Verdict.VOLDOET_NIET) not in verdicts(page).values()
    assert len(page.get("bidi_component")) == 3  # the map, its pointer and the table of verdicts


def test_the_faulty_proposal_fails_and_says_so_worst_first(page, faulty):
    page.selectbox(key="voorstel").select("Voorbeeld: voorstel met fouten").run()
    assert not page.exception
    shown = list(verdicts(page).values())
    ranks = [next(v.rank for v in Verdict if verdict_text(v) == text) for text in shown]
    assert ranks == sorted(ranks)
    assert verdicts(page) == {r.name: verdict_text(r.verdict) for r in group_results(faulty)}
    assert shown[0] == "✗ voldoet niet"


def test_on_top_stands_one_conclusion_and_one_thing_to_do(page, faulty):
    page.selectbox(key="voorstel").select("Voorbeeld: voorstel met fouten").run()
    bodies = [element.proto.body for element in page.get("html")]
    [said] = [body for body in bodies if 'class="oi-conclusion' in body]
    told = conclusion(faulty)
    assert escape(told.sentence) in said
    assert escape(told.next_step) in said


def test_every_total_of_ion_adds_up(page, faulty):
    area = faulty.area
    assert area.ion_total == area.ion_placed + area.ion_unplaced
    assert ion_balance(area) in {c.value for c in page.caption}
    assert [nl_number(x) for x in (area.ion_total, area.ion_placed, area.ion_unplaced)] == (
        re.findall(r"[\d.]*\d", ion_balance(area))[:3]
    )
    assert "van 1 rij van huisartsen onbekend" in ion_balance(area)


def test_the_measures_are_shown_per_group(page, example):
    sound = run_toets(load_area(example_inputs()), example.voorstel_goed, "regio", kader_names())
    shown = next(t for t in html_tables(page) if "Polsby-Popper" in t.heads)
    assert [r[0] for r in shown.rows] == list(sound.plan.groups)
    for cells, (_, measured) in zip(shown.rows, sound.measures.iterrows(), strict=True):
        told = dict(zip(shown.heads, cells, strict=True))
        for name, head in (("inwoners", "Inwoners"), ("ion", "ION"), ("huisartsen", "Huisartsen")):
            unknown = int(measured[f"{name}_onbekend"])
            assert told[head].split(" (")[0] == nl_number(measured[name])
            assert ("onbekend" in told[head]) == bool(unknown)
            assert not unknown or f"+ {unknown} onbekend" in told[head]
        assert told["Oppervlakte (km²)"] == nl_number(measured["oppervlakte_km2"], 1)


def test_choosing_a_finding_writes_it_out_and_points_at_its_place(page, faulty):
    page.selectbox(key="voorstel").select("Voorbeeld: voorstel met fouten").run()
    group, number, finding = next(
        (i, j, f)
        for i, result in enumerate(group_results(faulty))
        for j, f in enumerate(result.findings)
        if f.where
    )
    choose(page, f"{group}.{number}")
    assert not page.exception
    [[text]] = [row for row in groups_table(page).rows if len(row) == 1]
    assert finding.explanation in text
    assert mounted(page, "focus")["focus"]["codes"] == list(finding.where)


def test_choosing_a_group_points_at_all_of_it(page, faulty):
    page.selectbox(key="voorstel").select("Voorbeeld: voorstel met fouten").run()
    choose(page, "0")
    name = group_results(faulty)[0].group
    assert mounted(page, "focus")["focus"]["codes"] == list(faulty.plan.members(name))
    choose(page, "")
    assert mounted(page, "focus")["focus"] is None


def test_another_proposal_starts_with_nothing_chosen(page):
    choose(page, "0")
    page.selectbox(key="voorstel").select("Voorbeeld: voorstel met fouten").run()
    assert all(len(row) > 1 for row in groups_table(page).rows)


def test_a_finding_without_place_shows_its_group(faulty):
    results = {result.group: result for result in group_results(faulty)}
    finding = next(f for f in faulty.findings if f.group and not f.where)
    assert place_of(faulty, results[finding.group], finding) == tuple(
        faulty.plan.members(finding.group)
    )
    other = next(f for f in faulty.findings if f.where)
    assert place_of(faulty, results[other.group], other) == other.where
    assert place_of(faulty, results[None], None) == ()


def test_nothing_is_tested_or_drawn_again_on_a_click(page, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("computed again")

    for name in ("load_area", "toets_of_plan"):
        monkeypatch.setattr(cache, name, never)
    monkeypatch.setattr(folium_map, "toets_map_html", never)
    choose(page, "0")
    page.run()
    assert not page.exception
    assert len(page.get("bidi_component")) == 3


def test_fewer_kaders_give_fewer_rules(page):
    everything = rules(page)
    page.multiselect(key="kaders").set_value(["unicum"]).run()
    assert not page.exception
    assert 0 < rules(page) < everything
    page.multiselect(key="kaders").set_value([]).run()
    assert "ten minste één toetsingskader" in page.warning[-1].value


@pytest.mark.parametrize("level", ["hub", "wijk"])
def test_other_levels_work(page, level):
    page.selectbox(key="niveau").set_value(level).run()
    assert not page.exception


def upload(page, name: str, content: bytes):
    page.selectbox(key="voorstel").select("Eigen voorstel").run()
    assert "Kies of upload" in page.info[0].value
    page.file_uploader(key="upload_voorstel").upload(name, content).run()
    assert not page.exception
    return page


def test_an_uploaded_proposal_is_tested(page, example, faulty):
    upload(page, "mijn plan.csv", example.voorstel_fout.read_bytes())
    [notice] = page.error  # one code of it exists nowhere
    assert "niet alles herkend (1 regel)" in notice.value
    assert verdicts(page) == {r.name: verdict_text(r.verdict) for r in group_results(faulty)}


def test_a_drawn_proposal_is_tested(page, example):
    upload(page, "getekend.geojson", example.voorstel_getekend.read_bytes())
    assert not page.error
    assert verdicts(page)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rommel.csv", b"\x00\x00\x00"),
        ("leeg.csv", b""),
        ("kaart.gpkg", b"SQLite format 3\x00kapot"),
        ("<img src=x>.csv", b"foo;bar\n1;2\n"),
        ("ander jaar.csv", b"wijk;groep\n" + b"".join(b"WK0001%02d;A\n" % i for i in range(30))),
    ],
)
def test_a_proposal_that_cannot_be_used_gives_one_sentence(page, name, content):
    upload(page, name, content)
    [error] = page.error
    assert "Traceback" not in error.value
    assert "<img" not in error.value
    assert not page.get("bidi_component")


@pytest.mark.parametrize("made_here", [False, True])
@pytest.mark.parametrize("bad", [b"%PDF-1.4\n%x", b"", b"wijk;groep\nWK000101;A\nWK000102;A\n"])
def test_an_unreadable_proposal_never_replaces_the_one_in_use(page, example, made_here, bad):
    content = example.voorstel_fout.read_bytes()
    if made_here:  # taken over from a candidate: no box of an uploader holds it
        session = page.session_state["oi_geo"]
        session.proposal = session.keep("mijn_plan.csv", content)
        page.selectbox(key="voorstel").select("Eigen voorstel").run()
    else:
        upload(page, "mijn_plan.csv", content)
    before = verdicts(page)
    page.file_uploader(key="upload_voorstel").clear().run()
    page.file_uploader(key="upload_voorstel").upload("rapport.pdf", bad).run()
    assert not page.exception
    told = [e.value.replace("\\", "") for e in page.error]
    assert sum("rapport.pdf" in text for text in told) == 1
    for _ in range(2):  # also at the next run of the page, as after F5
        assert "In gebruik: mijn_plan.csv" in [c.value.replace("\\", "") for c in page.caption]
        assert verdicts(page) == before
        page.run()
    page.button(key="gezien_voorstel").click().run()
    assert not any("rapport.pdf" in e.value for e in page.error)
    page.button(key="weg_voorstel").click().run()
    assert "Kies of upload" in page.info[0].value


def test_a_proposal_that_leaves_its_column_open_is_in_use(page, example):
    rows = example.voorstel_goed.read_text(encoding="utf-8-sig").splitlines()
    lines = [f"{line};{line.split(',')[1]}" for line in (r.replace(";", ",") for r in rows[1:])]
    text = "\n".join(["eenheid;plan_a;plan_b", *(x.replace(",", ";") for x in lines)])
    upload(page, "twee.csv", text.encode())
    assert not page.error
    assert "Kies in welke kolom" in page.info[0].value
    assert "In gebruik: twee.csv" in [c.value for c in page.caption]


def test_the_question_is_kept_for_the_map_page(page, example):
    question = page.session_state["oi_geo"].question
    assert isinstance(page.session_state["oi_geo"], state.Session)
    assert question.proposal == example.voorstel_goed
    assert question.kaders == kader_names()


def test_choices_survive_a_visit_to_another_page(page):
    page.selectbox(key="voorstel").select("Voorbeeld: voorstel met fouten").run()
    page.selectbox(key="niveau").select("hub").run()
    page.multiselect(key="kaders").unselect("unicum").run()
    # Streamlit forgets the widgets of a page that is closed; the session goes on.
    again = AppTest.from_function(toets, default_timeout=HANGS_SECONDS)
    again.session_state["oi_geo"] = page.session_state["oi_geo"]
    again.run()
    assert again.selectbox(key="voorstel").value == "Voorbeeld: voorstel met fouten"
    assert again.selectbox(key="niveau").value == "hub"
    assert "unicum" not in again.multiselect(key="kaders").value


def test_the_scope_can_be_stated(page, example):
    lines = example.voorstel_goed.read_text(encoding="utf-8-sig").splitlines()
    one = [lines[0], *(line for line in lines[1:] if "Merle-Zuid" in line)]
    upload(page, "werkgebied.csv", "\n".join(one).encode())
    assert verdicts(page)["(hele voorstel)"] != "? niet te bepalen"
    page.selectbox(key="omvang").select("geheel").run()
    assert verdicts(page)["(hele voorstel)"] == "? niet te bepalen"
