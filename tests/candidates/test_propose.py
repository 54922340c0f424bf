"""Candidates as a whole: checked, measured, with what is proven, and with what is impossible."""

import numpy as np
import pytest

from oi_geo.candidates import propose as module
from oi_geo.candidates.candidate import Candidate, exempt
from oi_geo.candidates.distance import plan_distance
from oi_geo.candidates.propose import propose
from oi_geo.candidates.verify import breaches
from oi_geo.candidates.wishes import Weights, Wishes
from oi_geo.errors import ImpossibleWishes
from oi_geo.metrics import measure
from tests.candidates.toy import all_plans, code, codes, energy_of, random_people, toy

GRID = "ABCD\nEFGH\nIJKL"


def wishes(low: int, high: int, **other) -> Wishes:
    return Wishes("regio", low, high, **{"gemeente": "nee", **other})


def uneven(seed: int):
    return toy(GRID, random_people(np.random.default_rng(seed), "ABCDEFGHIJKL", 60))


def valid(area, band: Wishes, result) -> bool:
    return all(
        not breaches(area, band, c.plan, exempt=exempt(result.problem, c.plan))
        for c in result.candidates
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_proven_plan_comes_first_and_nothing_beats_it(seed: int):
    area = uneven(seed)
    total = area.units["inwoners"].sum()
    band = wishes(int(total / 4), int(total / 2), groups=3)
    result = propose(area, band, exact=True, seed=seed, count=4)
    first, *others = result.candidates
    best = min(energy_of(result.problem, plan) for plan in all_plans(result.problem, 3))
    assert first.energy == pytest.approx(best, abs=1e-6)
    assert (first.proof, first.gap) == ("optimaal", 0.0)
    assert valid(area, band, result)
    for other in others:
        assert other.energy >= best - 1e-6
        gap = (other.energy - best) / other.energy
        assert other.gap == pytest.approx(gap, abs=1e-6)
        assert other.proof == ("grens" if other.gap > 0 else "optimaal")
    people = area.units["inwoners"].to_numpy()
    for i, a in enumerate(result.candidates):
        for b in result.candidates[i + 1 :]:
            assert plan_distance(a.plan.labels, b.plan.labels, people) >= module.DIFFERENT - 1e-9


def test_the_proven_plan_is_optimal_also_where_the_search_found_it_first():
    """The search finds the same plan with its groups in another order, and rounds otherwise."""
    for seed in range(4):
        area = uneven(100 + seed)
        total = area.units["inwoners"].sum()
        result = propose(area, wishes(int(total / 4), int(total / 2)), exact=True, seed=seed)
        assert result.candidates[0].proof == "optimaal"
        assert result.candidates[0].gap == 0.0


def test_without_the_exact_part_nothing_is_proven():
    area = uneven(1)
    total = area.units["inwoners"].sum()
    result = propose(area, wishes(int(total / 4), int(total / 2)), seed=1)
    assert result.candidates
    assert {(c.proof, c.gap) for c in result.candidates} == {("geen", None)}
    assert not result.interrupted


def test_points_and_figures_are_those_that_are_measured():
    area = toy("ABcd\nEFgh")
    band = Wishes("regio", 4000, 4000, gemeente="voorkeur")
    best, *_ = propose(area, band, seed=0, exact=True).candidates
    assert isinstance(best, Candidate)
    # 2 of 10 km is cut, both groups are on target, no gemeente is cut.
    assert best.points == pytest.approx(
        {"snijlijn": 20, "afwijking": 0, "gemeenten": 0, "gehelen": 0, "stromen": 0, "afstand": 0,
         "wijziging": 0}
    )  # fmt: skip
    figures = best.figures
    assert (figures.gemeenten_gedeeld, figures.gemeenten_noodzakelijk_gedeeld) == (0, 0)
    assert figures.snijlijn_km == pytest.approx(2.0)
    assert (figures.kleinste, figures.grootste) == (4000, 4000)
    assert figures.polsby_popper == pytest.approx(np.pi / 4)  # two squares
    assert figures.polsby_popper == measure(area, best.plan)["polsby_popper"].mean()


def test_a_gemeente_above_the_maximum_is_cut_by_necessity_and_only_the_rest_counts():
    area = toy("ABCDef", dict.fromkeys("ABCDef", 1000))
    best, *_ = propose(area, Wishes("regio", 2000, 3000, groups=3), seed=0, exact=True).candidates
    assert best.figures.gemeenten_gedeeld == best.figures.gemeenten_noodzakelijk_gedeeld == 1
    assert best.points["gemeenten"] == 0.0  # 4000 people in two pieces at least
    assert {frozenset(best.plan.members(g)) for g in best.plan.groups} == {
        frozenset(codes("AB")), frozenset(codes("CD")), frozenset(codes("ef"))
    }  # fmt: skip


def test_an_energy_is_the_sum_of_its_points():
    area = uneven(2)
    result = propose(area, wishes(60, 200, weights=Weights(afwijking=1.0)), seed=2)
    for candidate in result.candidates:
        assert candidate.energy == pytest.approx(sum(candidate.points.values()))


def test_what_is_impossible_is_proven_and_explained():
    result = propose(toy(".A.\nBCD\n.E."), wishes(2000, 3000), seed=0)
    assert result.candidates == ()
    (obstacle,) = result.obstacles
    assert obstacle.fatal
    assert "Bewezen" in obstacle.reason


def test_impossible_places_are_named_and_the_rest_is_divided():
    area = toy("ABCDEF\n......\nG.....", {"A": 9000, "G": 400})
    band = wishes(2000, 3000)
    result = propose(area, band, seed=0)
    assert [o.where for o in result.obstacles] == [(code("A"),), (code("G"),)]
    assert not any(o.fatal for o in result.obstacles)
    assert valid(area, band, result)
    for candidate in result.candidates:
        assert list(candidate.plan.unassigned) == codes("G")
        assert candidate.figures.grootste == 9000


def test_what_is_all_too_large_is_still_a_plan():
    """Every unit stands alone: nothing is left to choose, and that is the plan."""
    result = propose(toy("AB", 9000), wishes(2000, 3000), seed=0)
    (candidate,) = result.candidates
    assert len(candidate.plan.groups) == 2
    assert len(result.obstacles) == 2


def test_more_groups_than_can_be_enumerated_are_no_proof(monkeypatch: pytest.MonkeyPatch):
    solve = module.solve_exact
    monkeypatch.setattr(module, "solve_exact", lambda *a, **k: solve(*a, **{**k, "limit": 3}))
    result = propose(uneven(1), wishes(60, 200), seed=0, exact=True)
    assert result.candidates
    assert {c.proof for c in result.candidates} == {"geen"}
    assert any("geen bewijs" in note for note in result.notes)
    star = propose(toy(".A.\nBCD\n.E."), wishes(1999, 3000), seed=0)
    if not star.obstacles:
        assert any("geen bewijs" in note for note in star.notes)


def test_a_search_that_finds_nothing_and_proves_nothing_says_so(monkeypatch: pytest.MonkeyPatch):
    solve = module.solve_exact
    monkeypatch.setattr(module, "solve_exact", lambda *a, **k: solve(*a, **{**k, "seconds": 0.0}))
    result = propose(toy(".A.\nBCD\n.E."), wishes(2000, 3000), seed=0)
    assert result.candidates == ()
    assert [o.reason for o in result.obstacles] == [
        "Er is geen plan gevonden; dat bewijst niet dat het niet kan."
    ]
    assert "De zoeker vond niets, en bewezen is ook niet dat het niet kan." in result.notes


def test_fewer_plans_than_wanted_is_noted():
    """Two units of 1000: one plan in two groups, and no other."""
    result = propose(toy("AB"), wishes(1000, 1000), seed=0, count=3)
    assert len(result.candidates) == 1
    assert any("Er is 1 van de 3 gevraagde plannen gemaakt" in note for note in result.notes)


def test_a_stopped_run_says_so():
    result = propose(uneven(1), wishes(60, 200), seed=0, stop=lambda: True)
    assert result.interrupted
    assert any("ingekort omdat u stopte" in note for note in result.notes)
    assert not any("tijd" in note for note in result.notes)


def test_a_run_that_the_clock_ended_says_so():
    result = propose(uneven(1), wishes(60, 200), seed=0, seconds=0.05)
    assert result.interrupted
    assert any("ingekort door de tijdslimiet" in note for note in result.notes)
    assert not any("u stopte" in note for note in result.notes)


def test_the_same_seed_gives_the_same_candidates():
    area = uneven(4)
    a, b = (propose(area, wishes(60, 200), seed=5).candidates for _ in range(2))
    assert [c.plan.labels.tolist() for c in a] == [c.plan.labels.tolist() for c in b]
    assert [c.points for c in a] == [c.points for c in b]


def test_locked_and_closed_groups_stay():
    locks = {**dict.fromkeys(codes("AE"), "Klaar"), **dict.fromkeys(codes("BC"), "Open")}
    band = wishes(2000, 4000, locks=locks, closed=frozenset({"Klaar"}))
    area = toy(GRID)
    result = propose(area, band, seed=0)
    assert result.candidates
    assert valid(area, band, result)
    for candidate in result.candidates:
        assert sorted(candidate.plan.members("Klaar")) == codes("AE")
        assert set(codes("BC")) <= set(candidate.plan.members("Open"))


def test_a_plan_without_any_points_is_optimal():
    (candidate,) = propose(toy("AB"), wishes(2000, 2000), seed=0, exact=True).candidates
    assert candidate.energy == pytest.approx(0, abs=1e-9)
    assert (candidate.proof, candidate.gap) == ("optimaal", 0.0)


def test_unknown_codes_are_refused():
    with pytest.raises(ImpossibleWishes, match="WK9999XX"):
        propose(toy("AB"), wishes(1000, 2000, locks={"WK9999XX": "Noord"}))


def test_an_estimated_relaxation_is_replaced_by_one_that_is_proven():
    """Five in a row: counting people says 2.500, but whole wijken of 1.000 need 2.000."""
    found = propose(toy("ABCDE"), wishes(3000, 4000, gemeente="nee"))
    (obstacle,) = found.obstacles
    assert found.candidates == ()
    assert obstacle.relaxation == "een maximum van 5.000, of een minimum van 2.000"
    assert propose(toy("ABCDE"), wishes(3000, 5000, gemeente="nee")).candidates
    assert not propose(toy("ABCDE"), wishes(3000, 4999, gemeente="nee")).candidates
    assert propose(toy("ABCDE"), wishes(2000, 4000, gemeente="nee")).candidates
    assert not propose(toy("ABCDE"), wishes(2001, 4000, gemeente="nee")).candidates


def test_a_part_without_a_plan_does_not_keep_the_rest_from_one():
    """Left a ring of four that divides in two, right three in a row that does not."""
    found = propose(toy("AB.EFG\nCD...."), wishes(2000, 2000, gemeente="nee"))
    (obstacle,) = found.obstacles
    assert not obstacle.fatal
    assert set(obstacle.where) == {"WK0001EE", "WK0001FF", "WK0001GG"}
    (candidate,) = found.candidates[:1]
    assert len(candidate.plan.groups) == 2
    assert set(candidate.plan.unassigned) == set(obstacle.where)
