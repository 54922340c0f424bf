"""Heavy files are read beside the server, within a bound on time and memory."""

import os
import pickle
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from oi_geo import errors
from oi_geo.errors import OiGeoError, UnsafeFile, UnusableFile, WhichColumn
from oi_geo.pipeline import example_files, example_inputs, load_area, read_plan
from oi_geo.ui import reading
from oi_geo.ui.cache import files_of


# The artificial readers; a reader finds them by their name, as it finds those of the app.
def who() -> int:
    return os.getpid()


def sleep_forever() -> None:
    time.sleep(3600)


def die() -> None:
    os._exit(7)


def take(size: int) -> int:
    return len(bytearray(size))


def print_much() -> str:
    print("a library that prints", flush=True)
    return "klaar"


def which() -> None:
    raise WhichColumn("Welke kolom?", ("a", "b"))


def leave_behind(path: str) -> None:
    Path(path).write_text(tempfile.mkdtemp())
    sleep_forever()


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[reading.Readers]:
    """Readers of this test only, that know the artificial ones; every file is heavy for them."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setattr(reading, "SMALL_BYTES", 0)
    readers = reading.Readers()
    monkeypatch.setattr(reading, "READERS", readers)
    yield readers
    readers.close()


def test_a_reader_is_another_process_and_serves_again(readers):
    first = reading.read([], who)
    assert first != os.getpid()
    assert reading.read([], who) == first


def test_a_small_file_is_read_here(tmp_path):
    path = tmp_path / "klein.csv"
    path.write_text("x" * 100)
    assert reading.read([path, None], who) == os.getpid()


def test_the_same_comes_back(readers):
    inputs = example_inputs()
    area = reading.read([*files_of(inputs).values()], load_area, inputs)
    here = load_area(inputs)
    assert area.units.equals(here.units)
    assert area.practices.equals(here.practices)
    assert (area.graph.border_m == here.graph.border_m).all()
    assert area.reports == here.reports
    proposal = example_files().voorstel_goed
    plan, report = reading.read([proposal], read_plan, here, proposal, "regio")
    expected, told = read_plan(here, proposal, "regio")
    assert plan.groups == expected.groups
    assert report == told


def test_one_that_takes_too_long_is_ended_with_a_sentence(readers, monkeypatch, tmp_path):
    reading.read([], who)
    monkeypatch.setattr(reading, "TIME_SECONDS", 0.5)
    (tmp_path / "zwaar.csv").write_text("a;b")
    with pytest.raises(UnsafeFile, match=r"‘zwaar\.csv’: lezen kost meer dan"):
        reading.read([tmp_path / "zwaar.csv"], sleep_forever)


@pytest.mark.parametrize("work", [(die,), (take, 20_000_000_000)], ids=["died", "memory"])
def test_one_that_dies_or_takes_too_much_is_replaced(readers, tmp_path, work):
    (tmp_path / "zwaar.csv").write_text("a;b")
    first = reading.read([], who)
    with pytest.raises(UnsafeFile, match="2 GB geheugen"):
        reading.read([tmp_path / "zwaar.csv"], *work)
    assert reading.read([], who) != first


def test_what_fits_in_the_memory_is_read(readers):
    assert reading.read([], take, 1_000_000_000) == 1_000_000_000


def test_what_is_printed_is_no_answer(readers):
    assert reading.read([], print_much) == "klaar"


def test_an_error_comes_back_whole(readers):
    with pytest.raises(WhichColumn, match=r"^Welke kolom") as caught:
        reading.read([], which)
    assert caught.value.columns == ("a", "b")


def test_nothing_is_left_of_one_that_is_ended(readers, monkeypatch, tmp_path):
    reading.read([], who)
    monkeypatch.setattr(reading, "TIME_SECONDS", 2.0)
    with pytest.raises(UnsafeFile):
        reading.read([], leave_behind, str(tmp_path / "waar.txt"))
    assert not Path((tmp_path / "waar.txt").read_text()).exists()


def test_others_go_on_meanwhile(readers):
    slow = Thread(target=reading.read, args=([], time.sleep, 20), daemon=True)
    slow.start()
    begin = time.monotonic()
    assert reading.read([], who) != os.getpid()
    assert slow.is_alive()
    assert time.monotonic() - begin < 20


def test_no_room_for_a_reader_is_a_sentence(readers, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "weg"))
    with pytest.raises(UnusableFile, match="geen ruimte"):
        reading.read([], who)


def test_every_error_can_be_sent():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    kinds = [kind for kind in kinds if issubclass(kind, OiGeoError) and kind is not WhichColumn]
    for error in [*(kind("Zin.") for kind in kinds), WhichColumn("Zin.", ("a",))]:
        sent = pickle.loads(pickle.dumps(error))
        assert type(sent) is type(error)
        assert str(sent) == "Zin."
