"""From units and wishes to nodes: what is contracted, what is impossible, and why."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.arrays import HARD
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.wishes import Whole, Wishes
from oi_geo.metrics import measure
from oi_geo.plan import Plan
from tests.candidates.toy import code, codes, counted, node_graph, toy, unit_labels
from tests.effort import tries


def wishes(low: int, high: int, **other) -> Wishes:
    return Wishes("regio", low, high, **other)


def nodes(problem: Problem) -> set[frozenset[str]]:
    """Return the sets of units that became one node."""
    units = problem.area.units.index
    return {frozenset(units[problem.node == i]) for i in range(len(problem.arrays.pop))}


def sets(*groups: str) -> set[frozenset[str]]:
    return {frozenset(codes(group)) for group in groups}


def gemeente_block(problem: Problem, name: str) -> int:
    return sorted(problem.area.units["gemeentecode"].unique()).index(f"GM{name}")


# --- contraction ---


def test_a_gemeente_that_stays_whole_is_one_node():
    area = toy("ABcd\nEFgh")
    problem = build_problem(area, wishes(2000, 4000))
    assert nodes(problem) == sets("ABEF", "cdgh")
    assert problem.arrays.pop.tolist() == [4000, 4000]
    # 2 km of border lies between the two, every other border is inside a node.
    assert problem.arrays.metres == pytest.approx([2000.0])


def test_without_that_wish_each_unit_is_a_node():
    problem = build_problem(toy("ABcd\nEFgh"), wishes(2000, 4000, gemeente="nee"))
    assert len(problem.arrays.pop) == 8
    assert (problem.arrays.block_weight == 0).all()


def test_a_preference_for_whole_gemeenten_contracts_nothing_and_has_a_price():
    problem = build_problem(toy("ABcd\nEFgh"), wishes(2000, 4000, gemeente="voorkeur"))
    assert len(problem.arrays.pop) == 8
    assert problem.arrays.block_weight.tolist() == [2.0, 2.0]


def test_an_exclave_gives_two_nodes_that_no_plan_may_part():
    area = toy("ABCD", gemeenten={"X": "AD", "Y": "B", "Z": "C"})
    problem = build_problem(area, wishes(1000, 4000))
    assert nodes(problem) == sets("A", "B", "C", "D")
    # A gemeente has no price of its own; the two nodes of X share a block that is forbidden.
    gemeenten = [gemeente_block(problem, name) for name in "XYZ"]
    assert problem.arrays.block_weight[gemeenten].tolist() == [0.0, 0.0, 0.0]
    (block,) = np.flatnonzero(problem.arrays.block_weight == HARD)
    assert (problem.arrays.block_id == block).sum() == 2
    assert problem.constant == HARD


def test_a_gemeente_above_the_maximum_is_expanded():
    area = toy("ABcd\nEFgh", {"A": 3000})
    problem = build_problem(area, wishes(2000, 4000))
    assert nodes(problem) == sets("A", "B", "E", "F", "cdgh")
    assert problem.obstacles == ()


def test_a_gemeente_at_the_maximum_stays_whole():
    area = toy("ABcd\nEFgh")
    assert len(build_problem(area, wishes(2000, 4000)).arrays.pop) == 2
    assert len(build_problem(area, wishes(2000, 3999)).arrays.pop) == 8


def test_a_gemeente_in_two_divisions_is_cut_there():
    area = toy("ABcd\nEFgh")
    within = pd.Series({**dict.fromkeys(codes("AE"), "w"), **dict.fromkeys(codes("BFcdgh"), "o")})
    problem = build_problem(area, wishes(1000, 4000, within=within))
    assert frozenset(codes("cdgh")) in nodes(problem)
    for node in nodes(problem):
        assert len(set(within[list(node)])) == 1


def test_units_outside_the_table_of_divisions_share_one():
    area = toy("ABCD")
    problem = build_problem(
        area, wishes(1000, 4000, gemeente="nee", within=pd.Series({code("A"): "w", code("B"): "w"}))
    )
    assert {frozenset(p) for p in zip(*_edges(problem), strict=True)} == {
        frozenset({0, 1}),
        frozenset({2, 3}),
    }


def _edges(problem: Problem) -> tuple[list[int], list[int]]:
    return problem.arrays.left.tolist(), problem.arrays.right.tolist()


def test_another_hard_division_contracts_too_and_a_soft_one_does_not():
    parts = pd.Series({code("A"): "kern", code("B"): "kern"})
    hard = build_problem(
        toy("ABCD"), wishes(1000, 4000, gemeente="nee", whole=(Whole("kern", parts),))
    )
    assert nodes(hard) == sets("AB", "C", "D")
    soft = build_problem(
        toy("ABCD"),
        wishes(1000, 4000, gemeente="nee", whole=(Whole("kern", parts, "voorkeur", 3.0),)),
    )
    assert len(soft.arrays.pop) == 4
    assert soft.arrays.block_weight.tolist() == [0.0, 3.0]


def test_a_link_connects_with_no_border():
    area = toy("AB.CD", links=("BC",))
    problem = build_problem(area, wishes(1000, 4000, gemeente="nee"))
    metres = dict(zip(zip(*_edges(problem), strict=True), problem.arrays.metres, strict=True))
    assert metres == {(0, 1): 1000.0, (1, 2): 0.0, (2, 3): 1000.0}
    assert problem.component.max() == 0


def test_a_link_across_a_division_does_not_connect():
    within = pd.Series({code("A"): "w", code("B"): "w", code("C"): "o", code("D"): "o"})
    problem = build_problem(
        toy("AB.CD", links=("BC",)), wishes(1000, 4000, gemeente="nee", within=within)
    )
    assert problem.component.tolist() == [0, 0, 1, 1]


@st.composite
def random_problems(draw_from: st.DrawFn) -> Problem:
    """Draw a map of 4 by 4 cells, gemeenten, divisions and a band."""
    letters = "ABCDEFGHIJ"
    cells = draw_from(st.lists(st.sampled_from(letters), min_size=16, max_size=16))
    picture = "\n".join("".join(cells[i : i + 4]) for i in range(0, 16, 4))
    used = sorted(set(cells))
    number = st.lists(st.integers(0, 40), min_size=len(used), max_size=len(used))
    people = dict(zip(used, draw_from(number), strict=True))
    half = draw_from(st.integers(1, len(used)))
    area = toy(picture, people, gemeenten={"X": "".join(used[:half]), "Y": "".join(used[half:])})
    east = draw_from(st.sets(st.sampled_from(used)))
    low = draw_from(st.integers(1, 30))
    return build_problem(
        area,
        wishes(
            low,
            low + draw_from(st.integers(0, 40)),
            gemeente=draw_from(st.sampled_from(["hard", "voorkeur", "nee"])),
            within=pd.Series({code(x): "o" for x in east}, dtype="str") if east else None,
        ),
    )


@given(random_problems())
@settings(max_examples=tries(60))
def test_nodes_hold_what_their_units_hold(problem: Problem):
    area, arrays = problem.area, problem.arrays
    inside = problem.node >= 0
    assert arrays.pop.tolist() == counted(problem)
    assert arrays.area.sum() == pytest.approx(area.area_km2[inside].sum() * 1e6)
    # Every unit is in the search, alone, or named as impossible.
    named = {c for obstacle in problem.obstacles if not obstacle.fatal for c in obstacle.where}
    assert set(area.units.index[~inside]) == named
    # Borders: between units of two nodes, or of a node and what is left out.
    graph = area.graph
    a, b = problem.node[graph.left], problem.node[graph.right]
    between = float(graph.border_m[(a != b) & (a >= 0) & (b >= 0)].sum())
    beside = float(graph.border_m[(a >= 0) != (b >= 0)].sum())
    assert arrays.shared.sum() == pytest.approx(2 * between + beside)
    # Neighbours are those of a graph made from the units.
    assert {frozenset(p) for p in zip(*_edges(problem), strict=True)} == {
        frozenset(e) for e in node_graph(problem).edges
    }
    for i in range(len(arrays.pop)):
        mine = slice(arrays.ptr[i], arrays.ptr[i + 1])
        assert arrays.nbr[mine].tolist() == sorted(node_graph(problem)[i])
        for j, e in zip(arrays.nbr[mine], arrays.eid[mine], strict=True):
            assert {arrays.left[e], arrays.right[e]} == {i, j}


@given(random_problems(), st.randoms(use_true_random=False))
@settings(max_examples=tries(40))
def test_perimeter_and_area_of_a_group_are_those_that_are_measured(problem: Problem, random):
    arrays = problem.arrays
    if not len(arrays.pop):
        return
    labels = np.array([random.randrange(2) for _ in arrays.pop], np.int32)
    units = unit_labels(problem, labels)
    plan = Plan("regio", problem.area.units.index, ("0", "1"), units.astype(np.int32))
    measured = measure(problem.area, plan)
    for group in range(2):
        here = labels == group
        inner = arrays.metres[here[arrays.left] & here[arrays.right]].sum()
        row = measured.loc[str(group)]
        # Borders across a division are in no edge: they are cut in every plan of the search.
        across = _across(problem, units == group)
        assert arrays.perimeter[here].sum() - 2 * inner - 2 * across == pytest.approx(
            row["omtrek_km"] * 1e3, abs=1e-6
        )
        assert arrays.area[here].sum() == pytest.approx(row["oppervlakte_km2"] * 1e6)


def _across(problem: Problem, inside: np.ndarray) -> float:
    """Border between two units of a group that lie in two divisions."""
    graph, within = problem.area.graph, problem.wishes.within
    if within is None:
        return 0.0
    division = within.reindex(problem.area.units.index).fillna("").to_numpy()
    cut = inside[graph.left] & inside[graph.right]
    return float(graph.border_m[cut & (division[graph.left] != division[graph.right])].sum())


@given(random_problems())
@settings(max_examples=tries(40))
def test_a_hard_gemeente_is_one_node_or_a_block_or_cut_by_necessity(problem: Problem):
    if problem.wishes.gemeente != "hard":
        return
    units, arrays = problem.area.units, problem.arrays
    side = pd.Series("", units.index)
    if problem.wishes.within is not None:
        side = problem.wishes.within.reindex(units.index).fillna("")
    owner = np.repeat(np.arange(len(arrays.pop)), np.diff(arrays.block_ptr))
    forbidden = {
        frozenset(owner[arrays.block_id == block].tolist())
        for block in np.flatnonzero(arrays.block_weight == HARD)
    }
    # A higher border divides a gemeente; what lies on one side of it stays whole if it can.
    for _, rows in units.groupby([units["gemeentecode"], side]):
        here = problem.node[units.index.isin(rows.index)]
        nodes = frozenset(here[here >= 0].tolist())
        firm = rows["inwoners"].sum() <= problem.wishes.high
        if len(nodes) > 1:
            assert (nodes in forbidden) == firm


# --- what is impossible ---


def test_a_unit_above_the_maximum_stands_alone_and_is_named():
    area = toy("ABCD", {"B": 9000})
    problem = build_problem(area, wishes(1000, 4000, gemeente="nee"))
    assert problem.alone == ((code("B"),),)
    assert [o.where for o in problem.obstacles] == [(code("B"),)]
    assert "Wijk B in Bovendam (WK0001BB) telt 9.000 inwoners" in problem.obstacles[0].reason
    assert "een maximum van 9.000" in problem.obstacles[0].relaxation
    assert not problem.obstacles[0].fatal
    assert nodes(problem) == sets("A", "C", "D")
    assert problem.component.tolist() == [0, 1, 1]
    relaxed = build_problem(area, wishes(1000, 9000, gemeente="nee"))
    assert relaxed.obstacles == ()


def test_an_island_below_the_minimum_is_named_with_the_nearest_link():
    area = toy("ABCD.\n.....\n....E", {"E": 500})
    problem = build_problem(area, wishes(1000, 4000, gemeente="nee"))
    (obstacle,) = problem.obstacles
    assert obstacle.where == (code("E"),)
    assert "hangt met niets anders samen en telt 500 inwoners" in obstacle.reason
    assert "een minimum van 500" in obstacle.relaxation
    assert (
        "Wijk E in Bovendam (WK0001EE) en Wijk D in Bovendam (WK0001DD) (hemelsbreed 1,0 km)"
        in obstacle.relaxation
    )
    linked = toy("ABCD.\n.....\n....E", {"E": 500}, links=("ED",))
    assert build_problem(linked, wishes(1000, 4000, gemeente="nee")).obstacles == ()
    assert build_problem(area, wishes(500, 4000, gemeente="nee")).obstacles == ()
    assert build_problem(area, wishes(501, 4000, gemeente="nee")).obstacles != ()


def test_an_island_of_two_units_is_in_the_plural():
    area = toy("ABCD.\n.....\n...EF", {"E": 500, "F": 300})
    (obstacle,) = build_problem(area, wishes(1000, 4000, gemeente="nee")).obstacles
    assert obstacle.reason == (
        "Wijk E in Bovendam (WK0001EE) en Wijk F in Bovendam (WK0001FF) hangen met niets anders "
        "samen en tellen 800 inwoners, minder dan het minimum van 1.000."
    )


def test_the_link_from_an_island_stays_in_its_division():
    within = pd.Series({code(x): "w" if x in "ADE" else "o" for x in "ABCDE"})
    area = toy("ADBC\n....\n..E.", {"E": 500})
    problem = build_problem(area, wishes(1000, 4000, gemeente="nee", within=within))
    (obstacle,) = problem.obstacles
    assert "Wijk E in Bovendam (WK0001EE) en Wijk D in Bovendam (WK0001DD)" in obstacle.relaxation


def test_a_remainder_beside_an_oversized_unit_is_named():
    area = toy("ABCD", {"A": 400, "B": 9000})
    problem = build_problem(area, wishes(1000, 4000, gemeente="nee"))
    large, rest = problem.obstacles
    assert large.where == (code("B"),)
    assert rest.where == (code("A"),)
    assert "blijft over naast een onmogelijke plaats en telt 400 inwoners" in rest.reason


def test_the_link_for_a_remainder_leads_to_units_that_can_take_it():
    """A link to the oversized neighbour, which it touches already, would not help."""
    area = toy("ABCD", {"A": 400, "B": 9000})
    problem = build_problem(area, wishes(1000, 4000, gemeente="nee"))
    assert (
        "Wijk A in Bovendam (WK0001AA) en Wijk C in Bovendam (WK0001CC) (hemelsbreed 1,0 km)"
        in problem.obstacles[1].relaxation
    )
    linked = build_problem(
        toy("ABCD", {"A": 400, "B": 9000}, links=("AC",)), wishes(1000, 4000, gemeente="nee")
    )
    assert [o.where for o in linked.obstacles] == [(code("B"),)]


def test_an_island_is_no_remainder_because_something_else_is_too_large():
    area = toy("ABCD\n....\n..E.", {"E": 500, "A": 9000})
    _, island = build_problem(area, wishes(1000, 4000, gemeente="nee")).obstacles
    assert island.where == (code("E"),)
    assert "hangt met niets anders samen" in island.reason


def test_an_island_without_known_people_proposes_a_minimum_that_can_be_asked():
    area = toy("ABCD\n....\n..E.", {"E": np.nan})
    (obstacle,) = build_problem(area, wishes(1000, 4000, gemeente="nee")).obstacles
    assert "een minimum van 0" not in obstacle.relaxation
    assert "een verbinding tussen Wijk E" in obstacle.relaxation


# --- numbers of groups ---


def test_each_part_gets_a_number_of_groups_that_its_people_allow():
    area = toy("ABCDEFGH\n........\nabcd....")
    problem = build_problem(area, wishes(2000, 4000, gemeente="nee"))
    assert problem.groups.tolist() == [3, 1]  # 8000 and 4000 people in groups of about 3000


@pytest.mark.parametrize(("groups", "possible"), [(2, False), (3, True), (6, True), (7, False)])
def test_the_number_of_groups_that_is_asked_is_kept_or_refused(groups, possible):
    area = toy("ABCDEFGH\n........\nabcd....")
    problem = build_problem(area, wishes(2000, 4000, gemeente="nee", groups=groups))
    assert problem.solvable is possible
    if possible:
        assert problem.n_groups == groups
        assert (problem.groups >= [2, 1]).all()
        assert (problem.groups <= [4, 2]).all()
    else:
        (obstacle,) = problem.obstacles
        assert "vragen 3 tot en met 6 groepen" in obstacle.reason
        assert obstacle.relaxation.startswith("3 groepen" if groups == 2 else "6 groepen")


def test_groups_that_are_fixed_already_count_in_the_number_that_is_asked():
    area = toy("ABCDE", {"A": 9000})
    problem = build_problem(area, wishes(2000, 4000, gemeente="nee", groups=3))
    assert problem.n_groups == 2
    refused = build_problem(area, wishes(2000, 4000, gemeente="nee", groups=4))
    assert not refused.solvable
    assert "vragen 1 tot en met 2 groepen, naast 1 groep die al vaststaat." in (
        refused.obstacles[-1].reason
    )


def test_too_many_for_one_group_and_too_few_for_two():
    area = toy("ABCDE")
    problem = build_problem(area, wishes(3000, 4000, gemeente="nee"))
    (obstacle,) = problem.obstacles
    assert obstacle.fatal
    assert "Het gebied telt 5.000 inwoners: te veel voor 1 en te weinig voor 2 groepen" in (
        obstacle.reason
    )
    # 3000 -> 2500 is 17 % less, 4000 -> 5000 25 % more.
    assert obstacle.relaxation == "een minimum van 2.500 of minder"
    assert obstacle.estimated
    assert build_problem(area, wishes(2500, 4000, gemeente="nee")).solvable
    assert not build_problem(area, wishes(2501, 4000, gemeente="nee")).solvable


# --- wishes that contradict ---


def test_two_locks_in_one_gemeente_that_stays_whole():
    area = toy("ABcd")
    problem = build_problem(area, wishes(1000, 4000, locks={code("A"): "Noord", code("B"): "Zuid"}))
    (obstacle,) = problem.obstacles
    assert obstacle.fatal
    assert set(obstacle.where) == set(codes("AB"))
    assert "staan vast in verschillende groepen" in obstacle.reason


def test_together_and_apart():
    problem = build_problem(
        toy("ABCD"),
        wishes(1000, 4000, gemeente="nee", together=((code("A"), code("B")),),
               apart=((code("A"), code("B")),)),
    )  # fmt: skip
    (obstacle,) = problem.obstacles
    assert obstacle.fatal
    assert "moeten uit elkaar, maar ook bij elkaar blijven" in obstacle.reason


def test_apart_in_one_gemeente_that_stays_whole():
    problem = build_problem(toy("ABcd"), wishes(1000, 4000, apart=((code("A"), code("B")),)))
    assert [o.fatal for o in problem.obstacles] == [True]


CHAINS = {
    "two locks through a pair": {
        "locks": {code("A"): "Noord", code("D"): "Zuid"},
        "together": ((code("A"), code("D")),),
    },
    "apart though locked together": {
        "locks": {code("A"): "Noord", code("D"): "Noord"},
        "apart": ((code("A"), code("D")),),
    },
    "apart though bound by two pairs": {
        "together": ((code("A"), code("C")), (code("C"), code("E"))),
        "apart": ((code("A"), code("E")),),
    },
}


@pytest.mark.parametrize("name", CHAINS)
def test_wishes_that_contradict_at_a_distance(name):
    """The units do not touch, so that they are not one node."""
    problem = build_problem(toy("ABCDE"), wishes(1000, 4000, gemeente="nee", **CHAINS[name]))
    assert [o.fatal for o in problem.obstacles] == [True]


def test_a_lock_and_an_exclave_that_contradict():
    area = toy("ABCD", gemeenten={"X": "AD", "Y": "B", "Z": "C"})
    problem = build_problem(area, wishes(1000, 4000, locks={code("A"): "Noord", code("D"): "Zuid"}))
    assert [o.fatal for o in problem.obstacles] == [True]


def test_locked_together_on_two_islands():
    area = toy("AB..CD")
    problem = build_problem(
        area, wishes(1000, 4000, gemeente="nee", locks=dict.fromkeys(codes("AD"), "Noord"))
    )
    (obstacle,) = problem.obstacles
    assert obstacle.fatal
    assert set(obstacle.where) == set(codes("AD"))
    linked = toy("AB..CD", links=("BC",))
    assert build_problem(
        linked, wishes(1000, 4000, gemeente="nee", locks=dict.fromkeys(codes("AD"), "Noord"))
    ).solvable


def test_locked_together_with_more_people_than_the_maximum():
    locks = dict.fromkeys(codes("AD"), "Noord")
    problem = build_problem(
        toy("ABCD", {"A": 3000, "D": 3000}), wishes(1000, 4000, gemeente="nee", locks=locks)
    )
    (obstacle,) = problem.obstacles
    assert obstacle.fatal
    assert "tellen samen 6.000 inwoners" in obstacle.reason


def test_a_pair_with_a_unit_that_is_too_large_by_itself():
    """The unit stands alone, so that nothing can be with it."""
    problem = build_problem(
        toy("ABCD", {"A": 9000}),
        wishes(1000, 4000, gemeente="nee", together=((code("A"), code("C")),)),
    )
    assert not problem.solvable


def test_closed_groups_are_left_out_of_the_search():
    locks = {**dict.fromkeys(codes("AB"), "Klaar"), code("C"): "Open"}
    problem = build_problem(
        toy("ABCDEF"),
        wishes(1000, 2000, gemeente="nee", locks=locks, closed=frozenset({"Klaar"}), groups=3),
    )
    assert nodes(problem) == sets("C", "D", "E", "F")
    assert problem.n_groups == 2  # two beside the closed one
    assert problem.solvable


def test_nothing_can_be_with_a_unit_of_a_closed_group():
    problem = build_problem(
        toy("ABCDEF"),
        wishes(
            1000, 4000, gemeente="nee", locks=dict.fromkeys(codes("AB"), "Klaar"),
            closed=frozenset({"Klaar"}), together=((code("B"), code("C")),),
        ),
    )  # fmt: skip
    assert not problem.solvable


# --- what is counted ---


def test_unknown_inhabitants_count_as_nought_and_are_noted():
    problem = build_problem(toy("ABC", {"B": np.nan}), wishes(1000, 4000, gemeente="nee"))
    assert problem.arrays.pop.tolist() == [1000, 0, 1000]
    assert "Van 1 eenheid is het aantal inwoners onbekend" in problem.notes[0]


def test_ion_is_that_of_placed_huisarts_practices():
    practices = [
        {"eenheid": code("A"), "ion": 2000.0},
        {"eenheid": code("A"), "ion": 300.0},
        {"eenheid": code("B"), "ion": np.nan},
        {"eenheid": code("C"), "ion": 7000.0, "discipline": "apotheek"},
        {"eenheid": None, "ion": 450.0},
    ]
    area = toy("ABC", practices=practices)
    problem = build_problem(area, wishes(1, 4000, counted="ion", gemeente="nee"))
    assert problem.arrays.pop.tolist() == [2300, 0, 0]
    notes = " ".join(problem.notes)
    assert "Van 1 huisartsenpraktijk is de ION onbekend" in notes
    assert "450 ION is niet geplaatst" in notes


def test_patients_and_present_groups_are_counted_between_nodes():
    flows = pd.DataFrame(
        [("A", "B", 5), ("B", "A", 2), ("A", "A", 90), ("C", "A", 3), ("A", "Z", 70)],
        columns=["woont", "praktijk", "aantal"],
    )
    flows[["woont", "praktijk"]] = flows[["woont", "praktijk"]].map(code)
    today = pd.Series({code("A"): "oud", code("C"): "nieuw"})
    problem = build_problem(
        toy("ABC"), wishes(1000, 3000, gemeente="nee", flows=flows, today=today)
    )
    arrays = problem.arrays
    pairs = {
        (i, int(arrays.flow_nbr[x])): float(arrays.flow[x])
        for i in range(3)
        for x in range(arrays.flow_ptr[i], arrays.flow_ptr[i + 1])
    }
    assert pairs == {(0, 1): 7.0, (1, 0): 7.0, (0, 2): 3.0, (2, 0): 3.0}
    assert np.diff(arrays.today_ptr).tolist() == [1, 0, 1]
    assert arrays.today_pop.tolist() == [1000.0, 1000.0]
    assert len(set(arrays.today_id.tolist())) == 2


def test_patients_to_and_from_what_stands_already_are_counted_in_a_note():
    """D stands alone as group Klaar: 30 go there and 20 come from there; 7 and 5 go elsewhere."""
    rows = [("A", "D", 30), ("D", "B", 20), ("D", "D", 100), ("A", "B", 7), ("B", "B", 5)]
    flows = pd.DataFrame(rows, columns=["woont", "praktijk", "aantal"])
    flows[["woont", "praktijk"]] = flows[["woont", "praktijk"]].map(code)
    fixed = {"locks": {code("D"): "Klaar"}, "closed": frozenset({"Klaar"})}
    area = toy("ABCD")
    with_flows = build_problem(area, wishes(1000, 3000, gemeente="nee", flows=flows, **fixed))
    (note,) = with_flows.notes
    assert note.startswith("50 patiënten wonen in, of gaan naar, een gebied dat al vaststaat")
    open_area = build_problem(area, wishes(1000, 3000, gemeente="nee", flows=flows))
    assert open_area.notes == ()
    assert build_problem(area, wishes(1000, 3000, gemeente="nee", **fixed)).notes == ()


@pytest.mark.parametrize(
    ("people", "low", "high", "groups"),
    [
        (361_805, 100_000, 200_000, 3),  # 120.602 is nearer to 150.000 than 180.902
        (375_000, 100_000, 200_000, 3),
        (360_000, 100_000, 200_000, 2),  # 180.000 and 120.000 are as near: the fewer
        (99, 10, 20, 7),
    ],
)
def test_the_target_is_the_average_nearest_to_the_middle_of_the_band(people, low, high, groups):
    area = toy(
        "ABCD\nEFGH",
        {"A": float(people - 7 * (people // 8)), **dict.fromkeys("BCDEFGH", float(people // 8))},
    )
    problem = build_problem(area, Wishes("regio", low, high, gemeente="nee"))
    assert problem.n_groups == groups
    assert problem.price.target == people / groups
    middle = (low + high) / 2
    feasible = range(-(-people // high), people // low + 1)
    assert abs(people / groups - middle) == min(abs(people / k - middle) for k in feasible)
