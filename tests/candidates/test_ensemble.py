"""The ensemble driver: the same files in any number of threads, every plan valid, bounded files."""

from pathlib import Path

import numpy as np
import pytest

from oi_geo.candidates.ensemble import SEGMENT, sample, start_at, thinning_for
from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.rng import states
from oi_geo.candidates.sampler import STATISTICS
from oi_geo.candidates.standing import COMPARED, standing
from oi_geo.candidates.streams import read_measures, read_plans
from oi_geo.candidates.verify import breaches
from oi_geo.candidates.wishes import Wishes
from oi_geo.errors import ImpossibleWishes, UnusableFile
from oi_geo.plan import Plan
from oi_geo.study_area import study_area
from tests.candidates.toy import groups_of, plan_by_letters, toy
from tests.conftest import draw

MAP = """
    ABCDEF
    GHIJKL
    abcdef
    ghijkl
"""


def problem(**wishes: object) -> Problem:
    area = study_area(draw(MAP))
    asked = {"low": 4000, "high": 8000, "gemeente": "nee", "groups": 4, **wishes}
    return build_problem(area, Wishes(level="wijk", **asked))


def test_threads_do_not_change_the_files(tmp_path: Path):
    ask = problem()
    for name, workers in (("one", 1), ("two", 2)):
        sample(ask, tmp_path / name, steps=3 * SEGMENT, chains=3, seed=5, workers=workers)
    one, two = (read_measures(tmp_path / name) for name in ("one", "two"))
    assert one.equals(two)
    assert one["keten"].nunique() == 3
    plans = [list(read_plans(tmp_path / name)) for name in ("one", "two")]
    assert all(np.array_equal(a.labels, b.labels) for a, b in zip(*plans, strict=True))


def test_another_seed_gives_another_ensemble(tmp_path: Path):
    ask = problem()
    for name, seed in (("a", 1), ("b", 2)):
        sample(ask, tmp_path / name, steps=2000, chains=1, seed=seed)
    assert not read_measures(tmp_path / "a").equals(read_measures(tmp_path / "b"))


def test_every_kept_plan_passes_part_one_and_has_the_measures_that_were_written(tmp_path: Path):
    """Seven statistics per step are kept up by differences; here they are measured afresh."""
    ask = problem()
    made = sample(ask, tmp_path, steps=4000, chains=2)
    rows = read_measures(tmp_path).set_index(["keten", "stap"])
    seen = 0
    for stored in read_plans(tmp_path):
        if stored.stap % 40:
            continue
        plan = plan_of(ask, stored.labels)
        assert breaches(ask.area, ask.wishes, plan) == []
        assert len(plan.groups) == made.groups == 4
        measured, written = standing(ask, plan), rows.loc[(stored.keten, stored.stap)]
        assert [measured[name] for name in COMPARED] == pytest.approx(
            [written[name] for name in COMPARED]
        )
        seen += 1
    assert seen == 200


def test_segments_lose_no_row(tmp_path: Path):
    """A number of steps that is no multiple of a segment, nor of the thinning."""
    steps = SEGMENT + 1234
    sample(problem(), tmp_path, steps=steps, chains=1)
    thin = thinning_for(steps)
    rows = read_measures(tmp_path)
    assert rows["stap"].tolist() == list(range(thin.rows, steps + 1, thin.rows))
    assert [plan.stap for plan in read_plans(tmp_path)] == list(
        range(thin.plans, steps + 1, thin.plans)
    )


def test_files_do_not_grow_with_the_steps():
    """Ten million steps of a chain keep at most 20.000 rows and 1.000 plans."""
    for steps in (10, 19_999, 20_001, 10_000_000):
        thin = thinning_for(steps)
        assert steps // thin.rows <= 20_000
        assert steps // thin.plans <= 1_000
        assert thin.plans % thin.rows == 0


def test_stopping_keeps_what_was_made(tmp_path: Path):
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    made = sample(problem(), tmp_path, steps=50 * SEGMENT, chains=1, stop=stop)
    assert made.made < made.steps
    assert read_measures(tmp_path)["stap"].max() <= made.made


def test_an_earlier_ensemble_leaves_no_chains(tmp_path: Path):
    for chains in (3, 1):
        sample(problem(), tmp_path, steps=1000, chains=chains)
    assert read_measures(tmp_path)["keten"].unique().tolist() == [0]


def test_no_plan_no_ensemble(tmp_path: Path):
    with pytest.raises(ImpossibleWishes, match="geen geldig plan"):
        sample(problem(low=4500, high=4600), tmp_path, steps=100)


def test_a_scheduler_that_is_not_there(tmp_path: Path):
    with pytest.raises(UnusableFile, match="antwoordt niet"):
        sample(problem(), tmp_path, steps=100, scheduler="nergens")


def test_an_unfinished_proposal_has_no_standing():
    ask = problem()
    codes = ask.area.units.index
    part = Plan.from_mapping(dict.fromkeys(codes[:6], "x"), codes, "wijk")
    assert all(np.isnan(value) for value in standing(ask, part).values())
    assert set(COMPARED) < set(STATISTICS)


def test_a_stop_before_the_first_plan_is_told(tmp_path: Path):
    """A star in pairs has no plan, so that the search for one would go on."""
    star = build_problem(toy(".A.\nBCD\n.E."), Wishes("regio", 2000, 3000, gemeente="nee"))
    with pytest.raises(ImpossibleWishes, match="gestopt"):
        sample(star, tmp_path, steps=SEGMENT, chains=2, seed=0, stop=lambda: True)


def ring() -> Problem:
    """Four in a ring: two plans in pairs."""
    return build_problem(toy("AB\nCD"), Wishes("regio", 2000, 2000, gemeente="nee", groups=2))


def test_a_chain_starts_at_a_valid_proposal_only():
    ask, (rng,) = ring(), states(0, 1)
    for valid in (("AB", "CD"), ("AC", "BD")):
        state = start_at(ask, plan_by_letters(ask.area, *valid), rng)
        assert state is not None
        assert groups_of(plan_of(ask, state.labels)) == groups_of(plan_by_letters(ask.area, *valid))
    for invalid in (("AD", "BC"), ("A", "BCD"), ("ABCD",), ("AB", "C")):
        assert start_at(ask, plan_by_letters(ask.area, *invalid), rng) is None
