"""Bad files: every one is refused with its own Dutch sentence, and none reaches outside itself."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from oi_geo.sources.uploads import checked_file
from tests.sources.bad_at_door import AT_DOOR
from tests.sources.badfiles import BadFile, Bait

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
    assert f"‘{name}’" in message
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
