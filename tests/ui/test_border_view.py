"""Grensproblematiek on the page: every table against the border issues, and only when there is."""

from dataclasses import replace

import pytest

from oi_geo.plan import Plan
from oi_geo.text import nl_number, nl_percentage
from oi_geo.ui.border_view import NO_ION, OUTSIDE, UNKNOWN, border_tables
from oi_geo.ui.html_table import html_table
from oi_geo.whole_map import cut_area, cut_plan
from tests.maps.conftest import NASTY, made_toets, toy_area, toy_plan
from tests.ui.conftest import TableReader, html_tables, run_page


def toets_page() -> None:
    from oi_geo.ui import toets

    toets.page()


def columns(table, *heads: str) -> list[tuple[str, ...]]:
    return [tuple(row[table.heads.index(h)] for h in heads) for row in table.rows]


def named(toets, start: str):
    return next(t for t in border_tables(toets) if t.title.startswith(start))


@pytest.fixture
def toy():
    """Wijk a and its neighbours: gemeente 1 has 4 wijken, of which F is in no group."""
    area = toy_area()
    return made_toets(area, toy_plan(area), [])


def test_the_cut_gemeenten_of_a_drawn_map(toy):
    """West holds 7 of the 8 cells of gemeente 1 as A, A, A, A, B, B, E, E; F has the last one."""
    table = named(toy, "Doorsneden gemeenten (2)")
    sides = columns(table, "Gemeente", "Deel in", "ION", "Praktijken")
    assert sides[0] == ("Bovendam (GM0001)", "Regio West", "2.500 (+ 1 onbekend)", "3")
    assert sides[1] == ("Bovendam (GM0001)", OUTSIDE, "0", "1")
    assert columns(table, "% praktijken")[:2] == [("75,0 %",), ("25,0 %",)]
    assert {row[-2] for row in table.rows} == {UNKNOWN}


def test_shares_are_those_of_the_border_issues(faulty):
    table = named(faulty, "Doorsneden gemeenten")
    gemeenten = faulty.border.gemeenten
    assert columns(table, "% oppervlakte", "% inwoners", "% ION", "% praktijken") == [
        tuple(nl_percentage(row[f"aandeel_{m}"]) for m in ("oppervlakte", "inwoners", "ion",
                                                            "praktijken"))
        for _, row in gemeenten.iterrows()
    ]  # fmt: skip
    assert f"({gemeenten['gemeentecode'].nunique()})" in table.title
    ros = [set(row["regio_organisaties"]) for _, row in gemeenten.iterrows()]
    for told, expected in zip(columns(table, "Regio-organisaties"), ros, strict=True):
        assert all(name in told[0] for name in expected)


def test_practices_of_another_organisation(faulty):
    table = named(faulty, "Praktijken van een andere")
    practices = faulty.border.practices
    kinds = faulty.area.practices.drop_duplicates("agb").set_index("agb")["discipline"]
    expected = [
        (r["naam"], r["groep"], r["regio_organisatie"], r["ro_van_groep"],
         nl_number(r["ion"]) if kinds[r["agb"]] == "huisarts" else NO_ION)
        for _, r in practices.iterrows()
    ]  # fmt: skip
    heads = ("Praktijk", "Groep", "Regio-organisatie", "Regio-organisatie van de groep", "ION")
    assert columns(table, *heads) == expected
    assert {NO_ION} < {row[-1] for row in expected}


def test_what_is_left_over(faulty):
    table = named(faulty, "Wat buiten alle groepen overblijft (3)")
    rest = faulty.border.remainders
    assert columns(table, "Inwoners") == [(nl_number(x),) for x in rest["inwoners"]]
    words = {True: "ja", False: "nee", None: "niet te bepalen"}
    assert columns(table, "Ingesloten door groepen", "Te klein voor een eigen regio") == [
        (words[a], words[b]) for a, b in zip(rest["ingesloten"], rest["te_klein"], strict=True)
    ]
    lower = replace(faulty, plan=replace(faulty.plan, level="wijk"))
    assert not any("Te klein" in head for head in named(lower, "Wat buiten").heads)


def test_members_of_two_organisations(toy):
    practices = toy.area.practices.assign(wsv="WSV Merle", regio_organisatie=["A", "B", "A", "A"])
    area = toy.area.with_practices(practices)
    table = named(made_toets(area, toy.plan, []), "In meer dan een regio-organisatie (1)")
    assert table.rows[0][:3] == ["WSV Merle", "Wijksamenwerkingsverband", "A en B"]


def test_without_practices_nothing_is_known_of_them(toy):
    area = toy.area.with_practices(toy.area.practices.iloc[:0])
    table = named(made_toets(area, toy.plan, []), "Doorsneden gemeenten")
    assert set(columns(table, "ION", "Praktijken")) == {(UNKNOWN, UNKNOWN)}


def test_only_what_there_is_is_shown(faulty, toy):
    whole = replace(toy.plan, labels=toy.plan.labels * 0)
    assert border_tables(made_toets(toy.area, whole, [])) == []
    empty = replace(faulty, border=replace(faulty.border, practices=faulty.border.practices[:0]))
    assert not any("andere" in t.title for t in border_tables(empty))


def test_the_page_shows_them():
    page = run_page(toets_page)
    page.selectbox(key="voorstel").select("Voorbeeld: voorstel met fouten").run()
    assert not page.exception
    assert [e.label for e in page.expander if "(" in e.label][1:] == [
        "Doorsneden gemeenten (7)",
        "Praktijken van een andere regio-organisatie dan hun groep (15)",
        "Wat buiten alle groepen overblijft (3)",
    ]
    assert any(t.heads[:2] == ["Gemeente", "Deel in"] for t in html_tables(page))
    assert any("meeste bekende ION" in caption.value for caption in page.caption)


@pytest.mark.parametrize("text", NASTY)
def test_a_name_is_shown_to_the_letter(toy, text):
    def written(name: str) -> TableReader:
        units = toy.area.units.assign(naam=name, gemeentenaam=name)
        practices = toy.area.practices.assign(
            naam=name, agb=name, wsv=name, verzekeraar=name,
            regio_organisatie=["A", name, name, name],
        )  # fmt: skip
        area = replace(toy.area, units=units, practices=practices)
        tables = border_tables(made_toets(area, toy.plan, []))
        return TableReader("".join(html_table(table) for table in tables))

    reader, ordinary = written(text), written("Gewoon")
    assert [(tag, set(a)) for tag, a in reader.tags] == [(tag, set(a)) for tag, a in ordinary.tags]
    cells = [cell for table in reader.tables for row in table.rows for cell in row]
    assert f"{text} (GM0001)" in cells
    assert len(reader.tables) >= 3


@pytest.mark.parametrize("inside", [("WK0001AA", "WK0001BB"), ("WK0001AA", "WK0002CC", "WK0001FF")])
def test_what_a_remainder_holds_beyond_the_work_area_is_counted(inside):
    """The remainder goes on over the edge of a work area: it is told there, and nothing fails."""
    whole = toy_area()
    here = whole.units.index.isin(inside)
    area = cut_area(whole, here)
    plan = Plan.from_mapping({"WK0001AA": "West"}, whole.units.index)
    toets = made_toets(area, cut_plan(plan, area)[0], [])
    rows = columns(named(toets, "Wat buiten alle groepen"), "In gemeente", "Wijken")
    left = toets.border.remainders["eenheden"]
    for (_, units), codes in zip(rows, left, strict=True):
        told = {whole.units["naam"][code] for code in codes if code in inside}
        beyond = len(codes) - len(told)
        assert all(name in units for name in told)
        assert (f"{beyond} wijk" in units) is (beyond > 0)
        assert ("buiten het werkgebied" in units) is (beyond > 0)
    assert any("buiten het werkgebied" in units for _, units in rows)
