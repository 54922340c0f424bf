"""The tables of verdicts: complete, grouped by kader, escaped, and legible for every eye."""

import re
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.kader import GENERAL, load_kader
from oi_geo.pipeline import assess_plan
from oi_geo.plan import Plan
from oi_geo.ui.verdicts import KINDS, NOT_TESTED, group_verdicts_html, plan_verdicts_html
from oi_geo.ui.words import verdict_text
from tests.maps.conftest import NASTY
from tests.maps.test_palette import difference
from tests.ui.conftest import ReadTable, TableReader


def read(html: str) -> ReadTable:
    [table] = TableReader(html).tables
    return table


def worst(toets, kader: str, rule: str, group: str | None) -> str:
    """The twin: look at every finding, take the worst."""
    found = [
        f.verdict for f in toets.findings if (f.kader, f.rule, f.group) == (kader, rule, group)
    ]
    return verdict_text(min(found, key=lambda v: v.rank)) if found else NOT_TESTED


def test_the_groups_have_the_worst_verdict_of_each_rule_under_its_kader(faulty):
    table = read(group_verdicts_html(faulty))
    assert table.heads == ["Regel", *faulty.plan.groups]
    expected: list[list[str]] = []
    for kader in (*faulty.kaders, load_kader(GENERAL)):
        lines = [
            [
                f"{regel.id} {regel.omschrijving}",
                *(worst(faulty, kader.naam, regel.id, group) for group in faulty.plan.groups),
            ]
            for regel in kader.regels
        ]
        lines = [line for line in lines if set(line[1:]) != {NOT_TESTED}]
        if lines:
            expected += [[kader.titel], *lines]
    assert table.rows == expected
    assert len(expected) > 8


def test_the_whole_proposal_has_a_table_of_its_own_that_says_why(faulty):
    table = read(plan_verdicts_html(faulty))
    assert table.heads == ["Regel", "Oordeel", "Toelichting"]
    assert table.rows[0] == [load_kader(GENERAL).titel]
    about = [f for f in faulty.findings if f.group is None]
    told = {cells[0].split()[0]: (cells[1], cells[2]) for cells in table.rows[1:]}
    assert told == {f.rule: (verdict_text(f.verdict), f.explanation) for f in about}
    assert "G2" in told


def test_a_verdict_says_why_under_the_pointer(faulty):
    hints = set(read(group_verdicts_html(faulty)).hints)
    assert {f.explanation for f in faulty.findings if f.group and f.rule == "K1"} <= hints


def test_nothing_to_say_is_no_table(faulty):
    silent = replace(faulty, findings=[])
    assert group_verdicts_html(silent) == plan_verdicts_html(silent) == ""


def nasty(toets, text: str):
    """The test with this text wherever a file may bring one."""
    names = (text, *toets.plan.groups[1:])
    plan = replace(toets.plan, groups=names)
    renamed = {toets.plan.groups[0]: text}
    findings = [
        replace(f, group=renamed.get(f.group, f.group), explanation=text) for f in toets.findings
    ]
    return replace(toets, plan=plan, findings=findings)


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("write", [group_verdicts_html, plan_verdicts_html])
def test_a_name_adds_no_tag_and_no_attribute_and_is_read_to_the_letter(faulty, write, text):
    ordinary = TableReader(write(nasty(faulty, "Gewone naam")))
    reader = TableReader(write(nasty(faulty, text)))
    assert [(tag, set(a)) for tag, a in reader.tags] == [(tag, set(a)) for tag, a in ordinary.tags]
    [table] = reader.tables
    cells = {cell for row in [table.heads, *table.rows] for cell in row}
    assert text in cells
    assert text in table.hints


def test_25_groups_are_25_columns_and_little_text(faulty):
    area, n = faulty.area, 25
    labels = (np.arange(len(area.units)) * n // len(area.units)).astype(np.int32)
    groups = tuple(f"Regio {i + 1}" for i in range(n))
    toets = assess_plan(area, Plan("regio", area.units.index, groups, labels), faulty.kaders)
    html = group_verdicts_html(toets)
    table = read(html)
    assert table.heads[1:] == list(groups)
    assert {len(row) for row in table.rows} == {1, n + 1}
    assert len(html.encode()) < 300_000


def style_of(verdict: Verdict) -> str:
    style = files("oi_geo.ui").joinpath("assets", "style.css").read_text(encoding="utf-8")
    name = KINDS[verdict].split()[-1]
    rule = re.search(rf"\.{name} {{ background: (#[0-9a-f]{{6}})", style)
    assert rule
    return rule.group(1)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_contrasts_enough_to_be_read(verdict):
    light, dark = luminance(style_of(verdict)), luminance("#1a1a1a")
    assert (light + 0.05) / (dark + 0.05) >= 7  # AAA; AA asks 4.5


def test_the_contrast_formula_gives_published_values():
    assert luminance("#ffffff") == pytest.approx(1)
    assert (1 + 0.05) / (luminance("#767676") + 0.05) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("sight", ["normal", "protanopia", "deuteranopia"])
def test_two_verdicts_never_look_the_same(sight):
    colours = [style_of(verdict) for verdict in Verdict]
    pairs = [(a, b) for i, a in enumerate(colours) for b in colours[i + 1 :]]
    assert min(difference(a, b, sight) for a, b in pairs) > 9
