"""What must stay together and hangs apart: drawn, and proven against all plans."""

from dataclasses import replace

import numpy as np
import pandas as pd

from oi_geo.candidates.problem import build_problem
from oi_geo.candidates.propose import propose
from oi_geo.candidates.wishes import Whole, Wishes
from tests.candidates.toy import all_plans, code, codes, random_people, toy

PEOPLE = {"M": 3000, "G": 2000, "E": 500, "X": 2500}


def row(high: int, **other):
    """Draw gemeente Mid with the exclave E behind G of gemeente Goes, and X behind that."""
    area = toy("MGEX", PEOPLE, gemeenten={"Mid": "ME", "Goes": "G", "Xo": "X"})
    return area, Wishes("hub", 1000, high, **other)


def test_an_exclave_that_cannot_be_reached_within_the_maximum():
    """M 3.000 + G 2.000 + E 500 make 5.500."""
    (obstacle,) = build_problem(*row(5000)).obstacles
    assert obstacle.fatal
    assert obstacle.where == (code("E"),)
    assert "Wijk E" in obstacle.reason
    assert "moet bij Wijk M" in obstacle.reason
    assert "als ten minste Wijk G" in obstacle.reason
    assert "5.500 inwoners, meer dan het maximum van 5.000" in obstacle.reason
    assert obstacle.relaxation == (
        "een maximum van 5.500 of meer, een verbinding tussen deze delen, of gemeenten liefst heel "
        "laten in plaats van altijd"
    )
    assert build_problem(*row(5499)).obstacles
    assert build_problem(*row(5500)).obstacles == ()
    linked = toy("MGEX", PEOPLE, gemeenten={"Mid": "ME", "Goes": "G", "Xo": "X"}, links=("ME",))
    assert build_problem(linked, row(5000)[1]).obstacles == ()
    for wishes in (row(5000, gemeente="voorkeur")[1], row(5500)[1]):
        assert propose(row(5000)[0], wishes).candidates


def test_the_path_with_the_fewest_people_counts():
    """From A to I round by the south (200) or straight through the heavy middle (9.000)."""
    area = toy(
        "ABC\nDEF\nGHI", {**dict.fromkeys("ABCDEFGHI", 50.0), "B": 9000, "C": 9000, "E": 9000}
    )
    together = (tuple(codes("AI")),)
    problem = build_problem(area, Wishes("hub", 50, 9500, gemeente="nee", together=together))
    assert problem.obstacles == ()  # A, D, G, H and I are 250
    narrow = build_problem(area, Wishes("hub", 50, 200, gemeente="nee", together=together))
    (found,) = [o for o in narrow.obstacles if "erbij" in o.reason]
    assert "250 inwoners" in found.reason
    assert found.relaxation.endswith("of deze wens loslaten")


def test_where_it_is_said_no_plan_exists_and_with_the_maximum_it_names_it_is_not_said():
    letters, asserted = "ABCDEFGHI", 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        area = toy("ABC\nDEF\nGHI", random_people(rng, letters, 9))
        kernen = pd.Series(rng.choice(["x", "y", "z"], 9), codes(letters))
        whole = (Whole("kern", kernen, "hard"),)
        low = int(rng.integers(2, 12))
        wishes = Wishes("hub", low, low + int(rng.integers(4, 30)), gemeente="nee", whole=whole)
        problem = build_problem(area, wishes)
        said = [o for o in problem.obstacles if "erbij" in o.reason]
        if said and len(said) == len(problem.obstacles):
            assert next(all_plans(problem), None) is None
            asserted += 1
        for obstacle in said:
            wider = build_problem(area, replace(wishes, high=obstacle.maximum))
            told = {o.where for o in wider.obstacles if "erbij" in o.reason}
            assert obstacle.where not in told
            asserted += 1
    assert asserted > 20
