"""Typer in Dutch: headings, usage lines and the sentences for a wrongly typed command."""

import re
from collections.abc import Sequence

import typer.rich_utils as rich_texts
from typer._click.core import Context, Parameter
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
)
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from oi_geo.text import nl_number

_WORDS = {
    "Usage:": "Gebruik:",
    "[OPTIONS]": "[OPTIES]",
    "COMMAND [ARGS]...": "OPDRACHT [ARGUMENTEN]...",
}
_HELP = "Toon deze uitleg en stop."


class _Dutch:
    """What a command and a group of commands share: usage, types and the help option in Dutch."""

    def get_usage(self, ctx: Context) -> str:
        """Return the usage line in Dutch, without the braces around arguments."""
        text: str = super().get_usage(ctx)  # type: ignore[misc]
        for english, dutch in _WORDS.items():
            text = text.replace(english, dutch, 1)
        return re.sub(r"\{([^{}]*)\}", r"\1", text)

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Return the parameters, none of which shows the name of a Python type."""
        params: list[Parameter] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if isinstance(param, TyperArgument):
                # Its own name stands beside it already.
                param.display_type_rich = lambda ctx: ""  # type: ignore[method-assign] # noqa: ARG005
            elif isinstance(param, TyperOption) and param.is_flag:
                param.metavar = ""
        return params

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """Return the `--help` option with a Dutch text."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _HELP
        return option


class DutchCommand(_Dutch, TyperCommand):
    """A command whose help is Dutch."""


class DutchGroup(_Dutch, TyperGroup):
    """A group of commands whose help is Dutch."""


def speak_dutch() -> None:
    """Give the panels of typer's help Dutch headings."""
    rich_texts.ARGUMENTS_PANEL_TITLE = "Argumenten"
    rich_texts.OPTIONS_PANEL_TITLE = "Opties"
    rich_texts.COMMANDS_PANEL_TITLE = "Opdrachten"
    rich_texts.ERRORS_PANEL_TITLE = "Fout"
    rich_texts.DEFAULT_STRING = "[standaard: {}]"
    rich_texts.RANGE_STRING = ""  # what a wrong number gets, is a sentence
    rich_texts.REQUIRED_LONG_STRING = "[verplicht]"


def usage_sentence(error: ClickException) -> str:
    """Say in one Dutch sentence what is wrong with a command line."""
    name = _parameter_name(error)
    if isinstance(error, MissingParameter):
        return f"{name} ontbreekt; `oi-geo --help` laat zien wat er nodig is."
    if isinstance(error, NoSuchOption):
        return f"De optie {error.option_name} bestaat niet{_possible(error.possibilities)}."
    if isinstance(error, BadOptionUsage):
        if "does not take" in error.message:
            return f"De optie {error.option_name} krijgt geen waarde."
        return f"Bij de optie {error.option_name} klopt de waarde niet of ontbreekt zij."
    if isinstance(error, BadParameter):
        return f"Bij {name[0].lower() + name[1:]} hoort {_expected(error)}."
    unknown = re.search(r"No such command '([^']*)'", error.message)
    if unknown:
        return f"De opdracht '{unknown.group(1)}' bestaat niet; `oi-geo --help` noemt ze alle."
    extra = re.search(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", error.message)
    if extra:
        words = extra.group(1).split()
        many = "Er staat een argument" if len(words) == 1 else "Er staan argumenten"
        return f"{many} te veel op de opdrachtregel: {' '.join(words)}."
    return f"De opdrachtregel klopt niet ({error.message}); `oi-geo --help` legt hem uit."


def _expected(error: BadParameter) -> str:
    """Say what an option takes: by what the reader of the command line says that it wanted."""
    quoted = re.findall(r"'([^']*)'", error.message)
    if "formats" in error.message:
        return f"een datum zoals 2025-10-01 of 01-10-2025, niet '{quoted[0]}'"
    if "is not one of" in error.message:
        return f"een ander woord dan '{quoted[0]}' (kies uit {', '.join(quoted[1:])})"
    limit = re.search(r"(greater|less) than or equal to (\d+)", error.message)
    if limit:
        side = "ten minste" if limit.group(1) == "greater" else "ten hoogste"
        return f"een getal van {side} {nl_number(int(limit.group(2)))}"
    return "een geheel getal" if "integer" in error.message else "een getal"


def _parameter_name(error: ClickException) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return "Een argument"
    if parameter.param_type_name == "argument":
        return f"Het argument {parameter.metavar or str(parameter.name).upper()}"
    return f"De optie {parameter.opts[0]}"


def _possible(names: object) -> str:
    known = [str(x) for x in names] if isinstance(names, list | tuple) else []
    return f" (bedoelt u {' of '.join(known)}?)" if known else ""


# Options whose numbers are whole, with how many of them follow.
_WHOLE = {"--band": 2, "--doel": 1, "--groepen": 1, "--stappen": 1, "--aantal": 1}
_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")


def dutch_numbers(words: Sequence[str]) -> list[str]:
    """Read `100.000` as a hundred thousand where an option asks for whole numbers.

    Typer would take it for the number 100, without a word.
    """
    read, left = [], 0
    for word in words:
        option, _, value = word.partition("=")
        if option in _WHOLE:
            left = _WHOLE[option] - bool(value)
            thousands = _THOUSANDS.fullmatch(value)
            read.append(f"{option}={value.replace('.', '')}" if thousands else word)
        else:
            number = left > 0 and _THOUSANDS.fullmatch(word)
            read.append(word.replace(".", "") if number else word)
            left -= 1
    return read
