"""Somebody hands in heavy files while another one uses the app: nobody waits for them."""

import io
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from oi_geo.pipeline import example_files
from tests.e2e.pages import go_to, message_with, open_app, settled, upload
from tests.e2e.server import Server, served
from tests.e2e.watch import watched_page

pytestmark = pytest.mark.e2e

ANSWER_SECONDS = 1.0


class Watcher(threading.Thread):
    """Asks whether the server is well, again and again, and keeps what each answer took.

    Taken is the time that the server itself was at work between question and answer: work that
    holds an answer up counts, and a machine that is busy with something else does not.
    """

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.url = f"{server.url}/_stcore/health"
        self.process = server.process.pid
        self.done = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        while not self.done.wait(0.05):
            begin = self.worked()
            with urllib.request.urlopen(self.url, timeout=120) as answer:
                assert answer.status == 200
            self.seconds.append(self.worked() - begin)

    def worked(self) -> float:
        """Return how many seconds all threads of the server were at work."""
        ticks = fields(self.process)[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def fields(process: int) -> list[str]:
    """Return what the system says of a process, from its state on."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


@contextmanager
def watched(server: Server) -> Iterator[None]:
    """Watch the server meanwhile; afterwards no answer may have taken long."""
    watcher = Watcher(server)
    watcher.start()
    yield
    watcher.done.set()
    watcher.join(120)
    assert len(watcher.seconds) > 10
    assert max(watcher.seconds) < ANSWER_SECONDS


def practices(rows: int) -> bytes:
    """Write a list of practices of the example region, far longer than any."""
    place = np.random.default_rng(0).integers(0, 20_000, size=(rows, 2))
    text = io.StringIO()
    text.write("agb;naam;discipline;x_rd;y_rd;ion;huisartsen\n")
    for number, (x, y) in enumerate(place):
        text.write(f"{number + 1_000_000:08d};Praktijk {number};huisarts;{150_000 + x};")
        text.write(f"{450_000 + y};2095;1\n")
    return text.getvalue().encode()


def readers(server: Server) -> set[int]:
    """Return the processes that read for this server and are still there."""
    found = set()
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            is_reader = b"oi_geo.ui.reader" in command.read_bytes()
            parent = int(fields(int(command.parent.name))[1])
        except OSError:
            continue
        if is_reader and parent == server.process.pid:
            found.add(int(command.parent.name))
    return found


@contextmanager
def two_sessions(browser: Browser, folder: Path) -> Iterator[tuple[Server, Page, Page]]:
    """Start an app of this test only, and open it in two browsers."""
    with served(folder) as server, watched_page(browser) as one, watched_page(browser) as other:
        for page in (one, other):
            open_app(page, server.url)
        yield server, one, other


def look_around(page: Page) -> None:
    """Use the app as somebody who knows of no heavy file."""
    for title in ("Kaart", "Gegevens"):
        go_to(page, title)


def until_read(page: Page, other: Page) -> int:
    """Let the other one look around until the file is read; return how often that was."""
    rounds = 0
    while not rounds or page.get_by_test_id("stSpinner").count():
        look_around(other)
        rounds += 1
    settled(page)
    return rounds


def test_a_long_list_is_read_while_another_session_goes_on(browser: Browser, tmp_path: Path):
    with two_sessions(browser, tmp_path) as (server, page, other):
        with watched(server):
            upload(page, "upload_praktijken", "lang.csv", practices(20_000))
            expect(page.get_by_test_id("stSpinner")).to_be_visible()
            assert until_read(page, other) > 1
            expect(page.get_by_text("In gebruik: lang.csv")).to_be_visible()
        message_with(page, "ION gelezen: 41.900.000, waarvan 41.900.000 in de praktijkentabel")


def test_a_list_of_half_a_million_is_refused_while_another_session_goes_on(
    browser: Browser, tmp_path: Path
):
    with two_sessions(browser, tmp_path) as (server, page, other):
        with watched(server):
            upload(page, "upload_praktijken", "lang.csv", practices(500_000))
            until_read(page, other)
            error = page.get_by_text("‘lang.csv’ bevat 500.001 rijen; verwacht worden er hoogstens")
            expect(error).to_be_visible()
        assert len(readers(server)) == 1


def test_a_reader_that_ends_is_told_and_none_outlives_the_server(browser: Browser, tmp_path: Path):
    """As when the memory of the machine is full; and what is being read ends with the server."""
    with two_sessions(browser, tmp_path) as (server, page, _):
        [reader] = readers(server)
        upload(page, "upload_praktijken", "lang.csv", practices(50_000))
        expect(page.get_by_test_id("stSpinner")).to_be_visible()
        os.kill(reader, signal.SIGKILL)
        expect(page.get_by_text("‘lang.csv’: het lezen is afgebroken")).to_be_visible()
        settled(page)
        assert not readers(server)
        upload(page, "upload_praktijken", "nog_eens.csv", practices(50_001))
        expect(page.get_by_test_id("stSpinner")).to_be_visible()
        [second] = readers(server)
        server.process.terminate()
        server.process.wait(60)
        gone(second)


def test_two_tabs_with_heavy_files_hold_up_no_map_and_leave_nothing(
    browser: Browser, tmp_path: Path
):
    """Somebody else hands in a map; then both tabs close before they have an answer."""
    with two_sessions(browser, tmp_path) as (server, page, other):
        second = page.context.new_page()
        open_app(second, server.url)
        threads = threads_of(server)
        [reader] = readers(server)
        for tab, rows in ((page, 20_000), (second, 20_001)):
            upload(tab, "upload_praktijken", f"lang_{rows}.csv", practices(rows))
            expect(tab.get_by_test_id("stSpinner")).to_be_visible()
            os.kill(reader, signal.SIGSTOP)  # as heavy as can be
        upload(other, "upload_grenzen", "kaart.gpkg", example_files().grenzen.read_bytes())
        expect(other.get_by_text("In gebruik: kaart.gpkg")).to_be_visible()
        settled(other)
        assert all(tab.get_by_test_id("stSpinner").count() for tab in (page, second))
        second.close()
        page.goto("about:blank")
        os.kill(reader, signal.SIGCONT)
        until(lambda: not at_work(server) and threads_of(server) <= threads)
        assert 1 <= len(readers(server)) <= 2


def threads_of(server: Server) -> int:
    """Return how many threads the server has; one that waits for a reader is one of them."""
    return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))


def at_work(server: Server) -> list[Path]:
    """Return what the readers have in their temporary folders: what they read lies there."""
    lines = (Path(f"/proc/{reader}/cmdline").read_text() for reader in readers(server))
    return [path for line in lines for path in Path(line.split("\0")[-2]).iterdir()]


def until(reached: Callable[[], bool]) -> None:
    """Wait for a state; what is not there after ten minutes hangs."""
    deadline = time.monotonic() + 600
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def gone(process: int) -> None:
    """Wait until a process is gone."""
    deadline = time.monotonic() + 60
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
