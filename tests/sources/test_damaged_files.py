"""Property: whatever happens to a file, a reader reads it or refuses it in a sentence."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oi_geo.errors import OiGeoError
from oi_geo.sources.cbs import read_boundaries
from oi_geo.sources.practices import read_practices
from tests.sources.badfiles import KINDS


def refusals(path: Path) -> list[str]:
    """Hand a file to both kinds of readers; return what they say who refuse it."""
    said = []
    for reader in (read_boundaries, read_practices):
        try:
            reader(path)
        except OiGeoError as error:
            said.append(str(error))
    return said


def assert_sentences(said: list[str], path: Path) -> None:
    """Each is one line, and tells of no place on the computer."""
    for message in said:
        assert message.strip()
        assert "\n" not in message
        assert "oi_geo_" not in message
        assert str(path.parent) not in message


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(KINDS)), data=st.data())
def test_damage_anywhere_gives_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    """Changed, cut or doubled bytes are read or refused, and never a traceback."""
    content = bytearray(KINDS[kind])
    at = st.integers(0, len(content) - 1)
    for place, byte in data.draw(st.lists(st.tuples(at, st.integers(0, 255)), max_size=6)):
        content[place] = byte
    content = content[: data.draw(st.one_of(st.just(len(content)), at))]
    path = tmp_path_factory.mktemp("schade") / f"a.{kind}"
    path.write_bytes(bytes(content))
    assert_sentences(refusals(path), path)


@settings(max_examples=60)
@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"SQLite format 3\0", b"PAR1", b"\0\0\x27\x0a",
                           b"{", b"[", b"<", b"\xff\xfe", b"a;b\n"]),
    rest=st.binary(max_size=300),
)  # fmt: skip
def test_any_bytes_give_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a"
    path.write_bytes(start + rest)
    said = refusals(path)
    assert_sentences(said, path)
    assert said, "a few bytes are no map and no list at once"
