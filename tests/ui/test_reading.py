"""Heavy files are read beside the server, within a bound on time and memory."""

import asyncio
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread, current_thread

import geopandas as gpd
import pandas as pd
import pytest
from shapely.errors import GEOSException

from oi_geo import errors
from oi_geo.errors import OiGeoError, UnsafeFile, UnusableFile, WhichColumn
from oi_geo.pipeline import example_files, example_inputs, load_area, read_plan
from oi_geo.sources.lookups import read_insurers, read_links, read_postcodes
from oi_geo.sources.practices import read_practices
from oi_geo.sources.proposals import proposal_unit_level
from oi_geo.sources.residence import read_residence
from oi_geo.ui import reader_folders, reading
from oi_geo.ui import server as server_module
from oi_geo.ui.cache import files_of
from oi_geo.ui.reader import BEGUN
from oi_geo.ui.reader_folders import remove_stale


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


def lowered(from_priority: int) -> int:
    """Return who read, once it gave way to others."""
    while os.getpriority(os.PRIO_PROCESS, 0) <= from_priority:
        time.sleep(0.01)
    return os.getpid()


def priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


class Peculiar(Exception):
    """Cannot be made from what it is printed with."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} en {other}")


def fail(kind: str) -> None:
    if kind == "peculiar":
        raise Peculiar(1, 2)
    if kind == "file":
        Path("/nergens/kaart.csv").read_text()
    if kind == "GEOS":
        raise GEOSException("std::bad_alloc")
    if kind == "full":
        raise ValueError("vol") from MemoryError()
    raise {"key": KeyError, "exit": SystemExit}[kind](kind)


def unsendable() -> object:
    return lambda: 0


def beside(work, *args):
    return reading.read([Path(__file__)], work, *args)


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[reading.Readers]:
    """Readers of this test only, that know the artificial ones; nothing is light for them."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    readers = reading.Readers()
    monkeypatch.setattr(reading, "READERS", readers)
    monkeypatch.setattr(reading, "is_light", lambda path: False)
    yield readers
    readers.close()


def test_a_reader_is_another_process_and_serves_again(readers):
    first = beside(who)
    assert first != os.getpid()
    assert beside(who) == first


def packed(path: Path, names: list[str], size: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b" " * (size // len(names)))
    return path


def test_ordinary_tables_and_the_example_are_read_here(tmp_path):
    book = tmp_path / "praktijken.xlsx"
    pd.DataFrame({"naam": [f"Praktijk {i}" for i in range(500)]}).to_excel(book, index=False)
    table = tmp_path / "klein.csv"
    table.write_bytes(b"a;b\n" * 60_000)
    empty = tmp_path / "leeg.csv"
    empty.touch()
    example = [path for path in vars(example_files()).values() if isinstance(path, Path)]
    assert reading.read([book, table, empty, None, *example], who) == os.getpid()


def test_maps_large_tables_and_what_is_packed_are_not(tmp_path):
    (tmp_path / "lang.csv").write_bytes(b"a;b\n" * 70_000)
    (tmp_path / "kaart.csv").write_text('{"type": "FeatureCollection", "features": []}')
    packed(tmp_path / "bom.csv", ["xl/workbook.xml", "xl/a.xml"], 300_000)
    packed(tmp_path / "kaart.zip", ["kaart.csv"], 10)
    shutil.copy(example_files().grenzen, tmp_path / "eigen.gpkg")
    gpd.read_file(example_files().grenzen, layer="wijken").to_parquet(tmp_path / "eigen.parquet")
    for path in tmp_path.iterdir():
        assert not reading.is_light(path), path.name
    assert (tmp_path / "bom.csv").stat().st_size < 2_000


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
    beside(who)
    monkeypatch.setattr(reading, "TIME_SECONDS", 0.5)
    (tmp_path / "zwaar.csv").write_text("a;b")
    with pytest.raises(UnsafeFile, match=r"‘zwaar\.csv’: het lezen is afgebroken"):
        reading.read([tmp_path / "zwaar.csv"], sleep_forever)


@pytest.mark.parametrize("work", [(die,), (take, 20_000_000_000)], ids=["died", "memory"])
def test_one_that_dies_or_takes_too_much_is_replaced(readers, tmp_path, work):
    (tmp_path / "zwaar.csv").write_text("a;b")
    first = beside(who)
    with pytest.raises(UnsafeFile, match="2 GB geheugen"):
        reading.read([tmp_path / "zwaar.csv"], *work)
    assert beside(who) != first


def test_an_idle_one_that_was_killed_is_replaced_without_a_word(readers):
    """As when the memory of the machine was full meanwhile: it says nothing of the next file."""
    first = beside(who)
    os.kill(first, signal.SIGKILL)
    second = beside(who)
    assert second != first
    assert beside(who) == second


def test_one_that_dies_when_it_is_asked_is_replaced_without_a_word(readers):
    first = beside(who)
    os.kill(first, signal.SIGSTOP)  # it hears the question, and does not begin
    said: list[int] = []
    asking = Thread(target=lambda: said.append(beside(who)))
    asking.start()
    until(lambda: any(reader.process.pid == first for reader in readers._busy))
    os.kill(first, signal.SIGKILL)
    asking.join()
    assert said[0] != first


def test_one_that_never_begins_is_no_fault_of_the_file(readers, monkeypatch):
    monkeypatch.setattr(reading, "_READER", "raise SystemExit")
    before = children()
    with pytest.raises(UnusableFile, match="geen ruimte"):
        beside(who)
    assert children() <= before


def until(reached) -> None:
    """Wait for a state."""
    while not reached():
        time.sleep(0.01)


def test_two_with_heavy_files_in_many_tabs_hold_up_nobody(readers, monkeypatch):
    """Each has one reader, however many tabs ask; others are read for, also two at once."""
    monkeypatch.setattr(reading, "session_key", lambda: current_thread().name)

    def heavy() -> None:
        with suppress(UnusableFile):
            beside(sleep_forever)

    tabs = [Thread(target=heavy, name=f"zwaar {n % 2}") for n in range(8)]
    for tab in tabs:
        tab.start()
    until(lambda: len(readers._busy) == 2)
    said: list[int] = []
    others = [Thread(target=lambda: said.append(beside(who))) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert len(said) == 2
    assert all(tab.is_alive() for tab in tabs)
    assert len(readers._busy) == 2
    readers.close()
    for tab in tabs:
        tab.join()
    assert not readers._askers


def test_no_more_are_read_at_once_than_there_is_memory_for(readers):
    def heavy() -> None:
        with suppress(UnusableFile):
            beside(sleep_forever)

    tabs = [Thread(target=heavy) for _ in range(reading.AT_ONCE + 2)]
    before = children()
    for tab in tabs:
        tab.start()
    until(lambda: len(readers._busy) == reading.AT_ONCE)
    assert len(children() - before) == reading.AT_ONCE
    readers.close()
    for tab in tabs:
        tab.join()
    assert children() <= before  # none started for those that were waiting


def test_one_that_is_long_at_it_gives_way_and_the_next_file_does_not(readers, monkeypatch):
    ours = priority()
    assert beside(priority) == ours
    monkeypatch.setattr(reading, "LONG_SECONDS", 0.05)
    slow = beside(lowered, ours)
    [waiting] = readers._idle
    assert waiting.process.poll() is None
    assert slow not in children()
    monkeypatch.setattr(reading, "LONG_SECONDS", 60.0)
    assert beside(priority) == ours


@pytest.mark.parametrize(
    ("kind", "error", "text"), [("key", KeyError, "key"), ("exit", SystemExit, "exit")]
)
def test_a_fault_in_the_code_comes_back_as_it_was(readers, kind, error, text):
    first = beside(who)
    with pytest.raises(error, match=text) as caught:
        beside(fail, kind)
    assert "in fail" in caught.value.__notes__[0]  # where it was, for whoever mends it
    assert beside(who) == first


def test_a_file_that_is_gone_is_named_as_here(readers):
    with pytest.raises(FileNotFoundError) as caught:
        beside(fail, "file")
    assert caught.value.filename == "/nergens/kaart.csv"


@pytest.mark.parametrize(
    ("work", "text"), [((fail, "peculiar"), "Peculiar: 1 en 2"), ((unsendable,), "lambda")]
)
def test_what_cannot_be_sent_is_told(readers, work, text):
    first = beside(who)
    with pytest.raises(Exception, match=text) as caught:
        beside(*work)
    assert not isinstance(caught.value, OiGeoError)
    assert beside(who) == first


@pytest.mark.parametrize("kind", ["GEOS", "full"])
def test_too_little_memory_is_told_as_such_whatever_says_it(readers, tmp_path, kind):
    (tmp_path / "zwaar.csv").write_text("a;b")
    with pytest.raises(UnsafeFile, match="2 GB geheugen"):
        reading.read([tmp_path / "zwaar.csv"], fail, kind)


def test_what_fits_in_the_memory_is_read(readers):
    assert beside(take, 1_000_000_000) == 1_000_000_000


def test_what_is_printed_is_no_answer(readers):
    assert beside(print_much) == "klaar"


def test_an_error_comes_back_whole(readers):
    with pytest.raises(WhichColumn, match=r"^Welke kolom") as caught:
        beside(which)
    assert caught.value.columns == ("a", "b")


def test_nothing_is_left_of_one_that_is_ended(readers, monkeypatch, tmp_path):
    beside(who)
    monkeypatch.setattr(reading, "TIME_SECONDS", 2.0)
    with pytest.raises(UnsafeFile):
        beside(leave_behind, str(tmp_path / "waar.txt"))
    assert not Path((tmp_path / "waar.txt").read_text()).exists()


def test_others_go_on_meanwhile_and_all_end_with_the_server(readers):
    """One that is at work ends too, and whoever waits for it hears that."""
    said: list[str] = []
    before = children()  # those of other tests in this process

    def wait() -> None:
        try:
            beside(sleep_forever)
        except UnsafeFile as error:
            said.append(str(error))

    slow = Thread(target=wait)
    slow.start()
    assert beside(who) != os.getpid()
    assert slow.is_alive()
    mine = children() - before
    assert len(mine) == 2
    readers.close()
    slow.join(60)
    assert "het lezen is afgebroken" in said[0]
    assert not mine & children()


def children() -> set[int]:
    """Return the processes that this one started and that are still there."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                found.add(int(status.parent.name))
    return found


def test_one_whose_server_was_killed_goes_by_itself():
    reader = reading.Reader()
    reader.process.stdin.close()  # as the system does with what a killed server had open
    assert reader.process.wait(60) == 0
    assert not Path(reader.folder.name).exists()
    reader.close()


def test_one_whose_server_is_killed_while_it_reads_goes_by_itself(capfd, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    reader = reading.Reader()
    request = pickle.dumps((time.sleep, (0.5,), {}))
    reader.process.stdin.write(pickle.dumps((60.0, request)))
    reader.process.stdin.flush()
    assert reader.process.stdout.read(len(BEGUN)) == BEGUN
    reader.process.stdin.close()
    reader.process.stdout.close()
    assert reader.process.wait() == 0
    assert not Path(reader.folder.name).exists()
    assert capfd.readouterr().err == ""
    reader.close()


# A server with one reader; it says where that keeps its files and who it is, and lets it work.
SERVER = """
import pickle, sys
from tests.ui.test_reading import leave_behind
from oi_geo.ui.reading import Reader
reader = Reader()
print(reader.folder.name, reader.process.pid, flush=True)
reader.ask(pickle.dumps((float(sys.argv[1]), pickle.dumps((leave_behind, (sys.argv[2],), {})))))
"""


@contextmanager
def server(seconds: float, told: Path) -> Iterator[tuple[subprocess.Popen[str], Path, int]]:
    """Run a server whose reader unpacked something and works on; yield it, the folder and who."""
    command = [sys.executable, "-c", SERVER, str(seconds), str(told)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        folder, reader = process.stdout.readline().split()
        try:
            until(lambda: told.exists() and told.read_text())
            (Path(told.read_text()) / "patienten.csv").write_text("a;b")
            yield process, Path(folder), int(reader)
        finally:
            process.kill()
            with suppress(ProcessLookupError):
                os.kill(int(reader), signal.SIGKILL)


@pytest.fixture
def temporary(monkeypatch, tmp_path) -> Path:
    """A temporary folder of this test and of the servers that it starts."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    folder = tmp_path / "tijdelijk"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def gone(process: int) -> bool:
    """Tell whether a process has ended, also where nobody took notice of it yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_what_is_left_of_a_killed_server_goes_and_no_more(temporary, tmp_path):
    """A reader that reaches its time limit when its server is gone cannot clean up."""
    mine = reading.Reader()
    other = temporary / "oi_geo_van_iets_anders"
    other.mkdir()
    with server(600, tmp_path / "a") as (_, living, _), server(5, tmp_path / "b") as last:
        process, folder, reader = last
        process.kill()
        process.wait()
        assert not gone(reader)
        assert remove_stale() == []  # it still reads
        until(lambda: gone(reader))
        assert list(folder.rglob("patienten.csv"))
        swept: list[Path] = []
        until(lambda: swept.extend(remove_stale()) or swept)  # its last thread may be ending still
        assert swept == [folder]
        assert remove_stale() == []
        assert set(temporary.iterdir()) == {other, living, Path(mine.folder.name)}
        assert list(living.rglob("patienten.csv"))
    mine.close()


def test_a_server_that_starts_removes_what_is_left(temporary, tmp_path, monkeypatch):
    monkeypatch.setattr(server_module, "READERS", reading.Readers())
    with server(600, tmp_path / "a") as (process, folder, reader):
        os.kill(process.pid, signal.SIGSTOP)  # so that it does not clean up
        os.kill(reader, signal.SIGKILL)
        until(lambda: gone(reader))
        assert remove_stale() == []  # its server may still
        process.kill()
        process.wait()

        async def start() -> bool:
            async with server_module.lifespan(None):
                return not folder.exists()

        until(lambda: asyncio.run(start()))
    server_module.READERS.close()


def test_a_folder_that_is_swept_before_it_is_locked_is_made_anew(temporary, monkeypatch):
    """There is a moment between making and locking; here another server comes just then."""
    lock, swept = reader_folders._lock, []

    def late(folder: Path, *, wait: bool) -> tuple[int, ...]:
        if wait and not swept:
            monkeypatch.setattr(reader_folders, "_lock", lock)
            swept.extend(remove_stale())
        return lock(folder, wait=wait)

    monkeypatch.setattr(reader_folders, "_lock", late)
    reader = reading.Reader()
    assert len(swept) == 1
    assert [Path(reader.folder.name)] == list(temporary.iterdir())
    reader.close()
    assert not list(temporary.iterdir())


def test_a_link_in_the_temporary_folder_is_left_alone(temporary, tmp_path):
    (tmp_path / "eigen").mkdir()
    (temporary / f"{reader_folders.PREFIX}x").symlink_to(tmp_path / "eigen")
    (temporary / f"{reader_folders.PREFIX}y").touch()
    assert remove_stale() == []
    assert (tmp_path / "eigen").is_dir()


def test_no_room_for_a_reader_is_a_sentence(readers, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "weg"))
    with pytest.raises(UnusableFile, match="geen ruimte"):
        beside(who)


def test_every_error_can_be_sent():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    kinds = [kind for kind in kinds if issubclass(kind, OiGeoError) and kind is not WhichColumn]
    for error in [*(kind("Zin.") for kind in kinds), WhichColumn("Zin.", ("a",))]:
        sent = pickle.loads(pickle.dumps(error))
        assert type(sent) is type(error)
        assert str(sent) == "Zin."


# What a table of 250 kB can be filled with: by kind of file its reader, its header and a row.
TABLES = {
    "praktijken": (read_practices, "agb;naam;ion", "{0};p{0};5"),
    "postcodes": (read_postcodes, "postcode;x_rd;y_rd", "{0};1;2"),
    "verbindingen": (read_links, "van;naar;soort;reden", "a;b;brug;{0}"),
    "zorgkantoren": (read_insurers, "gemeentecode;zorgkantoor;verzekeraar;aandeel", "GM{0};a;b;1"),
    "herkomst": (read_residence, "praktijk;postcode;aantal", "p{0};3584;1"),
    "voorstel": (proposal_unit_level, "eenheid;groep", "WK{0};y"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_what_is_read_in_the_app_takes_little(tmp_path, kind):
    """Whatever a light table is filled with; measured are some 0.7 s at most."""
    read, head, row = TABLES[kind]
    most = reading.LIGHT_BYTES - 1
    fillings = [
        "\n".join(row.format(number) for number in range(most // len(row))),
        ";\n" * (most // 2),
        "-9,9.9;é;;zz\n" * (most // 15),
        "1234567890 " * (most // 11),
        ";" * 900 + ("\n" + ";" * 900) * (most // 901 - 1),
        '"' + 'a""b;' * (most // 5),
    ]
    for filling in fillings:
        path = tmp_path / "vol.csv"
        path.write_bytes(f"{head}\n{filling}".encode()[:most])
        assert reading.is_light(path)
        before = time.process_time()
        with suppress(OiGeoError):
            read(path)
        assert time.process_time() - before < 3
