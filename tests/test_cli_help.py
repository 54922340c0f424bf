"""`--help` of every command, and what is said of a wrongly typed one: Dutch, without types."""

import re

import pytest
import typer

from oi_geo import cli
from oi_geo.criteria.kader import kader_names
from tests.language import ENGLISH

# The name of an option is a contract.
OPTION = re.compile(r"--[a-z-]+")


def commands() -> list[list[str]]:
    """Return every command with its words, the program itself included."""
    found: list[list[str]] = []

    def walk(command: object, words: list[str]) -> None:
        found.append(words)
        for name, below in getattr(command, "commands", {}).items():
            walk(below, [*words, name])

    walk(typer.main.get_command(cli.app), [])
    return found


@pytest.fixture
def said(capsys, monkeypatch):
    """Run the command line in this process; return all that it says, wide enough not to wrap."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str) -> str:
        with pytest.raises(SystemExit):
            cli.main(words)
        return "".join(capsys.readouterr())

    return call


def test_there_are_commands_below_commands():
    assert ["gegevens", "controleer"] in commands()


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_is_dutch_and_names_no_types(said, words):
    text = said(*words, "--help")
    assert "Gebruik:" in text
    assert ENGLISH.findall(OPTION.sub("", text)) == []
    assert not re.search(r"[{}]|<(bool|int|str|float|path|list)|\[\d", text)


def test_help_names_every_kader(said):
    text = said("toets", "--help")
    assert [name for name in kader_names() if name not in text] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["toets", "v.csv", "--peildatum", "morgen"],
         "Bij de optie --peildatum hoort een datum zoals 2025-10-01 of 01-10-2025, niet 'morgen'."),
        (["toets", "a.csv", "b.csv", "c.csv"],
         "Er staan argumenten te veel op de opdrachtregel: b.csv c.csv."),
        (["toets", "a.csv", "b.csv"], "Er staat een argument te veel op de opdrachtregel: b.csv."),
        (["toets", "v.csv", "--json=ja"], "De optie --json krijgt geen waarde."),
        (["kandidaten", "--band", "1", "2"],
         "De optie --uit ontbreekt; `oi-geo --help` laat zien wat er nodig is."),
        (["kandidaten", "--uit", "x", "--band", "1", "2", "--tijd", "lang"],
         "Bij de optie --tijd hoort een getal."),
        (["kandidaten", "--uit", "x", "--band", "1", "veel"],
         "Bij de optie --band hoort een geheel getal."),
        (["app", "--poort", "70000"],
         "Bij de optie --poort hoort een getal van ten hoogste 65.535."),
        (["app", "--poort", "0"], "Bij de optie --poort hoort een getal van ten minste 1."),
        (["toets"], "Het argument VOORSTEL ontbreekt; `oi-geo --help` laat zien wat er nodig is."),
    ],
)  # fmt: skip
def test_a_wrong_command_line_gets_a_dutch_sentence(said, words, sentence):
    assert said(*words).strip() == sentence
