"""Outputs are there whole and together, or not at all; the exit status says which."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from oi_geo.pipeline import example_files
from oi_geo.sources.tables import read_table
from oi_geo.together import together
from tests.sources.mapfiles import wijken


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.mark.parametrize("before", [None, (), ("a.txt", "eigen.txt")])
def test_a_set_appears_at_its_end(tmp_path, before):
    folder = tmp_path / "diep" / "uit"
    if before is not None:
        folder.mkdir(parents=True)
        for name in before:
            (folder / name).write_text("oud")
    with together(folder) as made:
        for name in ("a.txt", "b.txt"):
            (made / name).write_text("nieuw")
            assert {n for n in names(folder) if n[0] != "."} == set(before or ())
    assert names(folder) == {"a.txt", "b.txt", *(before or ())}
    assert (folder / "a.txt").read_text() == "nieuw"
    assert names(folder.parent) == {"uit"}


def write_half(folder: Path) -> None:
    with together(folder) as made:
        (made / "a.txt").write_text("half")
        raise OSError(errno.ENOSPC, "vol")


@pytest.mark.parametrize("before", [None, (), ("a.txt",)])
def test_a_set_that_fails_leaves_everything_as_it_was(tmp_path, before):
    folder = tmp_path / "uit"
    if before is not None:
        folder.mkdir()
        for name in before:
            (folder / name).write_text("oud")
    with pytest.raises(OSError, match="vol"):
        write_half(folder)
    assert names(folder) == set(before or ())
    assert all((folder / name).read_text() == "oud" for name in before or ())


def command(*arguments: object, size: int | None = None, **more) -> subprocess.CompletedProcess:
    """Run the command line; with `size` no file may become larger, as on a disk that fills up."""

    def limited() -> None:
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return subprocess.run(
        [sys.executable, "-m", "oi_geo", *map(str, arguments)],
        capture_output=True, text=True, check=False, preexec_fn=limited, **more,
    )  # fmt: skip


def test_a_disk_that_fills_up_leaves_no_output(tmp_path):
    data = tmp_path / "in"
    data.mkdir()
    wijken().to_file(data / "w.geojson", driver="GeoJSON")
    (data / "v.csv").write_text("gemeentecode,regio\nGM0001,a\nGM0002,b\n")
    ended = command(
        "toets", data / "v.csv", "--grenzen", data / "w.geojson", "--uit", tmp_path / "uit",
        size=(data / "w.geojson").stat().st_size + 20_000,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "kan niet geschreven worden" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert names(tmp_path) <= {"in", "uit"}
    assert names(tmp_path / "uit") == set()


def test_a_full_temporary_folder_is_a_sentence_and_status_2(tmp_path):
    """Without a folder to copy files into nothing can be looked at; 1 would be a verdict."""
    files = example_files()
    ended = command("toets", files.voorstel_goed, "--grenzen", files.grenzen, size=1000)
    assert ended.returncode == 2
    assert "tijdelijke map" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_full_disk_is_told_while_unpacking(tmp_path, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "p.csv"
    path.write_text("naam;ion\nA;1\n")
    monkeypatch.setattr("oi_geo.sources.uploads._copy", full)
    with pytest.raises(Exception, match="de tijdelijke map is vol"):
        read_table(path, "praktijken")


def test_a_fault_of_the_program_is_no_verdict(tmp_path):
    code = (
        "import oi_geo.commands.toets as t, oi_geo.cli as c\n"
        "def broken(*a, **k): raise AssertionError('kapot')\n"
        "t.run = broken\n"
        "c.main(['toets', 'v.csv'])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 3
    assert "kapot" in ended.stderr
    assert "fout in het programma zelf" in ended.stderr
