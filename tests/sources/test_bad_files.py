"""Bad files: every one is refused with its own Dutch sentence, and none reaches outside itself."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest

from oi_geo.sources.cbs import read_boundaries
from oi_geo.sources.practices import read_practices
from oi_geo.sources.proposals import read_proposal
from oi_geo.sources.report import ReadReport
from oi_geo.sources.uploads import LIMITS, checked_file
from oi_geo.study_area import study_area
from tests.conftest import draw
from tests.sources.bad_at_door import PACKED
from tests.sources.bad_at_reader import AT_READER, REPORTED, Handed
from tests.sources.bad_content import CONTENT
from tests.sources.badfiles import BadFile, Bait, Make

AT_DOOR = (*PACKED, *CONTENT)
SECRET = "geheim-dat-niemand-mag-lezen"


@pytest.fixture
def bait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bait]:
    """A secret file and a listening port; fails the test if anything connects."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        monkeypatch.setattr(socket.socket, "connect", refuse)
        file = tmp_path / "elders" / "geheim.csv"
        file.parent.mkdir()
        file.write_text(f"wijkcode;naam\n{SECRET};{SECRET}\n")
        yield Bait(file, f"http://127.0.0.1:{server.getsockname()[1]}/data")
        with pytest.raises(BlockingIOError):
            server.accept()


def assert_one_sentence(message: str, name: str, tmp_path: Path) -> None:
    """A message is one Dutch sentence that names the file and leaks nothing."""
    assert name in message
    assert message.endswith(".")
    assert "\n" not in message
    assert "Traceback" not in message
    assert str(tmp_path) not in message
    assert not re.search(r"(?<![\w‘])/(?:tmp|home|work|etc|var)/", message)
    assert SECRET not in message


def made(bad: BadFile, tmp_path: Path, bait: Bait) -> Path:
    folder = tmp_path / "upload"
    folder.mkdir()
    path = folder / bad.name
    return bad.make(path, bait) or path


@pytest.mark.parametrize("bad", AT_DOOR, ids=lambda bad: bad.name)
def test_refused_at_the_door(bad: BadFile, tmp_path: Path, bait: Bait) -> None:
    path = made(bad, tmp_path, bait)
    with pytest.raises(bad.error) as caught, checked_file(path, limits=bad.limits) as file:
        pytest.fail(f"let in as {file.kind}")
    assert type(caught.value) is bad.error
    assert re.search(bad.sentence, str(caught.value)), str(caught.value)
    assert re.search("verwacht word|zet er één", str(caught.value)), str(caught.value)
    assert_one_sentence(str(caught.value), bad.name.replace("\0", "�"), tmp_path)


def read_with(reader: str, path: Path) -> ReadReport:
    """Hand a file to the reader that a user would use."""
    if reader == "boundaries":
        return read_boundaries(path).report
    if reader == "practices":
        return read_practices(path)[1]
    return read_proposal(path, study_area(draw("AAB\nACb")), "regio")[1]


@pytest.mark.parametrize("handed", AT_READER, ids=lambda h: f"{h.reader}-{h.bad.name}")
def test_refused_by_its_reader(handed: Handed, tmp_path: Path, bait: Bait) -> None:
    path = made(handed.bad, tmp_path, bait)
    with pytest.raises(handed.bad.error) as caught:
        read_with(handed.reader, path)
    assert type(caught.value) is handed.bad.error
    assert re.search(handed.bad.sentence, str(caught.value)), str(caught.value)
    assert_one_sentence(str(caught.value), handed.bad.name, tmp_path)


@pytest.mark.parametrize("reader", ["boundaries", "practices", "proposal"])
@pytest.mark.parametrize(
    "bad", [b for b in AT_DOOR if b.limits is LIMITS][::7], ids=lambda bad: bad.name
)
def test_every_reader_uses_the_door(
    bad: BadFile, reader: str, tmp_path: Path, bait: Bait, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the door refuses, each reader refuses with the same sentence."""
    path = made(bad, tmp_path, bait)
    with pytest.raises(bad.error) as caught:
        read_with(reader, path)
    assert re.search(bad.sentence, str(caught.value)), str(caught.value)


@pytest.mark.parametrize(
    ("reader", "name", "make", "row", "sentence"), REPORTED, ids=[case[1] for case in REPORTED]
)
def test_fault_in_the_report(
    reader: str, name: str, make: Make, row: int | None, sentence: str, tmp_path: Path, bait: Bait
) -> None:
    path = tmp_path / name
    make(path, bait)
    messages = read_with(reader, path).messages
    assert any(re.search(sentence, m.melding) and m.rij == row for m in messages), messages
    for message in messages:
        assert "Traceback" not in message.melding
        assert str(tmp_path) not in message.melding


def test_at_least_sixty_different_bad_files() -> None:
    cases = [*AT_DOOR, *(handed.bad for handed in AT_READER)]
    assert len(cases) >= 60
    assert len({bad.make for bad in cases}) >= 60


@pytest.mark.parametrize("name", ["vrt.gpkg", "pijplijn.geojson"])
def test_the_bait_would_be_taken_without_the_door(name: str, tmp_path: Path, bait: Bait) -> None:
    """Show that the disguise works: GDAL itself reads the other file that these name."""
    bad = next(bad for bad in AT_DOOR if bad.name == name)
    path = made(bad, tmp_path, bait)
    assert SECRET in pyogrio.read_dataframe(path, read_geometry=False).to_string()
