"""Runs wait in line, in the order in which they came, and say how many are before them."""

import threading

import pytest

from oi_geo.ui.turns import Turns


class Worker(threading.Thread):
    """A run that works until it is told to end."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(daemon=True)
        self.turns = turns
        self.works, self.ended, self.gives_up = (threading.Event() for _ in range(3))

    def run(self) -> None:
        with self.turns.turn(self, self.gives_up.is_set):
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
    second.ended.set()
    second.gives_up.set()
    second.join(600)
    assert not second.is_alive()
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
