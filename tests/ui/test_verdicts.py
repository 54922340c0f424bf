"""The table of verdicts: complete, worst first, escaped, and legible for every eye."""

import re
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from oi_geo.criteria.finding import WHOLE_PLAN, Verdict
from oi_geo.criteria.kader import GENERAL
from oi_geo.pipeline import assess_plan
from oi_geo.plan import Plan
from oi_geo.report.conclusion import (
    NOT_IN_FORCE,
    complies_text,
    conclusion,
    group_results,
    lapsed_kaders,
)
from oi_geo.ui.verdicts import KINDS, NOT_TESTED, chosen_of, conclusion_html, verdicts_html
from oi_geo.ui.words import verdict_text
from tests.maps.conftest import NASTY
from tests.maps.test_palette import difference
from tests.ui.conftest import ReadTable, TableReader


def read(html: str) -> ReadTable:
    [table] = TableReader(html).tables
    return table


def chips(cell: str) -> list[str]:
    return cell.split("|")


def spread(html: str) -> str:
    """Put a bar between chips, which the reader of tables would join."""
    return html.replace("</li><li", "</li>|<li")


def test_rows_are_groups_worst_first_with_the_broken_rules_as_chips(faulty):
    table = read(spread(verdicts_html(faulty)))
    assert table.heads[:2] == ["Groep", "Oordeel"]
    found = {group: [] for group in (*faulty.plan.groups, WHOLE_PLAN)}
    lapsed = {group: [] for group in found}
    not_in_force = lapsed_kaders(faulty)
    assert not_in_force
    for f in faulty.findings:
        (lapsed if f.kader in not_in_force else found)[f.group or WHOLE_PLAN].append(f)
    assert {row[0] for row in table.rows} == set(found)
    ranks = []
    for group, verdict, cell in table.rows:
        worst = min(f.verdict.rank for f in found[group])
        ranks.append(worst)
        assert verdict == verdict_text(list(Verdict)[worst])
        broken = {f.rule for f in found[group] if f.verdict is Verdict.VOLDOET_NIET}
        named = {chip.split()[1] for chip in chips(cell) if chip.startswith("✗")}
        assert named == broken
        held = sum(f.verdict is Verdict.VOLDOET for f in found[group])
        assert complies_text(held) in cell if held else "voldoe" not in cell
        told = any(f.verdict is not Verdict.VOLDOET for f in lapsed[group])
        assert (NOT_IN_FORCE in cell) == told
    assert ranks == sorted(ranks)


def test_what_many_rules_share_is_counted_and_never_hides_what_is_broken(faulty):
    [one] = [f for f in faulty.findings if f.group == faulty.plan.groups[0] and f.rule == "K1"]
    rules = ["U1", "U2", "U5"]
    findings = [
        *(replace(one, rule=r, kader="unicum", verdict=Verdict.NIET_TE_BEPALEN) for r in rules),
        replace(one, rule="K1", verdict=Verdict.SIGNAAL),
    ]
    cell = read(spread(verdicts_html(replace(faulty, findings=findings)))).rows[0][2]
    assert chips(cell) == ["? niet te bepalen: 3 regels", "! K1 aantal inwoners"]
    broken = [replace(f, verdict=Verdict.VOLDOET_NIET) for f in findings]
    cell = read(spread(verdicts_html(replace(faulty, findings=broken)))).rows[0][2]
    assert [chip[:4] for chip in chips(cell)] == ["✗ U1", "✗ U2", "✗ U5", "✗ K1"]


def test_the_chosen_group_unfolds_into_its_findings_with_rule_why_and_source(faulty):
    results = group_results(faulty)
    html = verdicts_html(faulty, "1")
    details = [row for row in read(html).rows if len(row) == 1]
    [[text]] = details
    for f in results[1].findings:
        assert f.explanation in text
        assert f"Bron: {f.source} ({f.status})" in text
    assert read(verdicts_html(faulty)).rows == [row for row in read(html).rows if len(row) > 1]


def test_what_holds_is_folded_with_the_number_of_the_row(faulty):
    """What holds by a kader that is not in force is folded apart, and says so."""
    both = 0
    for position, result in enumerate(group_results(faulty)):
        held = len(result.of(Verdict.VOLDOET))
        lapsed = sum(f.verdict is Verdict.VOLDOET for f in result.findings) - held
        html = verdicts_html(faulty, str(position))
        expected = [complies_text(held)] * (held > 0)
        expected += [f"{complies_text(lapsed)} ({NOT_IN_FORCE})"] * (lapsed > 0)
        assert re.findall("<summary>(.*?)</summary>", html) == expected
        for part, number in zip(
            html.split("<summary>")[1:], filter(None, (held, lapsed)), strict=True
        ):
            assert part.partition("</details>")[0].count("oi-finding ") == number
        both += held > 0 < lapsed
    assert both


def test_every_choice_in_the_table_leads_to_what_it_names(faulty):
    results = group_results(faulty)
    for position, result in enumerate(results):
        reader = TableReader(verdicts_html(faulty, str(position)))
        named = {a["data-choice"] for _, a in reader.tags if "data-choice" in a}
        assert named == {
            *(str(i) for i in range(len(results))),
            *(f"{position}.{i}" for i in range(len(result.findings))),
        }
        for name in named:
            group, finding = chosen_of(results, name)
            assert finding is None or finding.group == group.group
    assert chosen_of(results, "") is None


def test_the_chosen_finding_is_marked(faulty):
    marked = [a for _, a in TableReader(verdicts_html(faulty, "0.1")).tags
              if "oi-chosen" in (a.get("class") or "")]  # fmt: skip
    assert len(marked) == 1


def test_a_chip_says_why_under_the_pointer(faulty):
    hints = {a.get("title") for _, a in TableReader(verdicts_html(faulty)).tags}
    lapsed = lapsed_kaders(faulty)
    broken = [f for f in faulty.findings if f.verdict is Verdict.VOLDOET_NIET]
    hinted = {f"voldoet niet: {f.explanation}" for f in broken if f.kader not in lapsed}
    assert hinted
    assert hinted <= hints
    assert any(f.kader in lapsed for f in broken)
    assert any(hint and "voldoet niet: Z4 één regio-organisatie" in hint for hint in hints)


def test_a_group_that_no_rule_speaks_about_says_so(faulty):
    table = read(verdicts_html(replace(faulty, findings=[])))
    assert [row[1:] for row in table.rows] == [[NOT_TESTED, ""]] * len(faulty.plan.groups)


def test_general_rules_alone_show_no_approval(faulty):
    general = [f for f in faulty.findings if f.kader == GENERAL]
    found = [replace(f, verdict=Verdict.VOLDOET) for f in general]
    toets = replace(faulty, kaders=(), findings=found)
    told = conclusion_html(conclusion(toets))
    table = read(verdicts_html(toets))
    assert [row[1] for row in table.rows if row[2]] == ["– alleen kaart getoetst"]
    for text in (told, *(cell for row in table.rows for cell in row)):
        assert not re.search(r"✓|voldoe|oi-complies", text)


def nasty(toets, text: str):
    """The test with this text wherever a file may bring one."""
    names = (text, *toets.plan.groups[1:])
    renamed = {toets.plan.groups[0]: text}
    double = {
        code: tuple(renamed.get(group, group) for group in groups)
        for code, groups in toets.plan.double.items()
    }
    plan = replace(toets.plan, groups=names, double=double)
    findings = [
        replace(f, group=renamed.get(f.group, f.group), explanation=text) for f in toets.findings
    ]
    return replace(toets, plan=plan, findings=findings)


def everything(toets) -> str:
    """All that the page writes of the verdicts, with the first group unfolded."""
    return conclusion_html(conclusion(toets)) + verdicts_html(toets, "0")


@pytest.mark.parametrize("text", NASTY)
def test_a_name_adds_no_tag_and_no_attribute_and_is_read_to_the_letter(faulty, text):
    ordinary = TableReader(everything(nasty(faulty, "Gewone naam")))
    reader = TableReader(everything(nasty(faulty, text)))
    assert [(tag, set(a)) for tag, a in reader.tags] == [(tag, set(a)) for tag, a in ordinary.tags]
    [table] = reader.tables
    assert text in {cell for row in table.rows for cell in row}
    assert f"voldoet niet: {text}" in {a.get("title") for _, a in reader.tags}


def test_25_groups_are_25_rows_and_little_text(faulty):
    area, n = faulty.area, 25
    labels = (np.arange(len(area.units)) * n // len(area.units)).astype(np.int32)
    groups = tuple(f"Regio {i + 1}" for i in range(n))
    toets = assess_plan(area, Plan("regio", area.units.index, groups, labels), faulty.kaders)
    html = verdicts_html(toets, "3")
    table = read(html)
    assert sorted(row[0] for row in table.rows if len(row) == 3) == sorted([*groups, WHOLE_PLAN])
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
