"""Runs wait in line, in the order in which they came, and say how many are before them."""

import threading
from pathlib import Path

import pytest

from oi_geo.ui import candidate_run, context_run
from oi_geo.ui.candidate_run import Order, Run
from oi_geo.ui.context_run import ContextOrder, ContextRun
from oi_geo.ui.turns import STOPPED, Turns


class Worker(threading.Thread):
    """A run that works until it is told to end."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(daemon=True)
        self.turns = turns
        self.works, self.ended, self.gives_up = (threading.Event() for _ in range(3))

    def run(self) -> None:
        with self.turns.turn(self, self.gives_up.is_set) as mine:
            if not mine:
                return
            self.works.set()
            assert self.ended.wait(600)

    def line_up(self, before: int) -> "Worker":
        """Start, and wait until it stands in line behind so many."""
        self.start()
        while self.turns.before(self) != before or (not before and not self.works.wait(0.01)):
            threading.Event().wait(0.01)
        return self


def test_one_works_and_the_others_know_their_place():
    turns = Turns()
    first, second, third = (Worker(turns).line_up(i) for i in range(3))
    assert [turns.before(w) for w in (first, second, third)] == [0, 1, 2]
    assert not second.works.is_set()
    assert turns.text(first) == ""
    assert "nog 1 andere berekening voor" in turns.text(second)
    assert "nog 2 andere berekeningen voor" in turns.text(third)
    first.ended.set()
    assert second.works.wait(600)
    assert not third.works.is_set()
    assert turns.before(third) == 1
    second.ended.set()
    assert third.works.wait(600)
    third.ended.set()


def test_one_that_gives_up_need_not_wait_and_leaves_the_line():
    turns = Turns()
    first, second, third = (Worker(turns).line_up(i) for i in range(3))
    second.gives_up.set()
    second.join(600)
    assert not second.is_alive()
    assert not second.works.is_set()
    assert not third.works.is_set()
    assert turns.before(third) == 1
    first.ended.set()
    assert third.works.wait(600)
    third.ended.set()


def test_a_run_that_breaks_lets_the_next_one_go():
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn("one", lambda: False):
        raise ZeroDivisionError
    with turns.turn("two", lambda: False):
        assert turns.before("two") == 0


def waiting_run(kind: str, folder: Path) -> Run | ContextRun:
    """A run whose order nobody can work on: whoever starts on it breaks off."""
    if kind == "kandidaten":
        return Run(Order(("x",), None, None, ()))
    return ContextRun(ContextOrder(("x",), "v.csv", None, None, None, steps=1), folder)


@pytest.mark.parametrize("kind", ["kandidaten", "context"])
@pytest.mark.parametrize("first", [True, False])
def test_a_run_that_is_stopped_before_its_turn_never_works(monkeypatch, tmp_path, kind, first):
    """Stopped while it waits, or before it even came in line."""
    turns = Turns()
    for module in (candidate_run, context_run):
        monkeypatch.setattr(module, "TURNS", turns)
    run = waiting_run(kind, tmp_path)
    worker = Worker(turns).line_up(0)
    if first:
        run.ended.set()
    run.start()
    if not first:
        while turns.before(run) != 1:
            threading.Event().wait(0.01)
        run.ended.set()
    run.join(600)
    assert (run.outcome, run.error) == (None, STOPPED)
    worker.ended.set()
    worker.join(600)
    with turns.turn("next", lambda: False) as mine:
        assert mine
