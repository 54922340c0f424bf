"""Typer in Dutch: headings, usage lines and the sentences for a wrongly typed command."""

import re
from collections.abc import Sequence

import typer.rich_utils as rich_texts
from typer._click.core import Context
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperCommand, TyperGroup, TyperOption

_WORDS = {
    "Usage:": "Gebruik:",
    "[OPTIONS]": "[OPTIES]",
    "COMMAND [ARGS]...": "OPDRACHT [ARGUMENTEN]...",
}
_HELP = "Toon deze uitleg en stop."


def _usage(text: str) -> str:
    for english, dutch in _WORDS.items():
        text = text.replace(english, dutch, 1)
    return text


class DutchCommand(TyperCommand):
    """A command whose usage line and help option are Dutch."""

    def get_usage(self, ctx: Context) -> str:
        """Return the usage line in Dutch."""
        return _usage(super().get_usage(ctx))

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """Return the `--help` option with a Dutch text."""
        return _dutch_help(super().get_help_option(ctx))


class DutchGroup(TyperGroup):
    """A group of commands whose usage line and help option are Dutch."""

    def get_usage(self, ctx: Context) -> str:
        """Return the usage line in Dutch."""
        return _usage(super().get_usage(ctx))

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """Return the `--help` option with a Dutch text."""
        return _dutch_help(super().get_help_option(ctx))


def _dutch_help(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.help = _HELP
    return option


def speak_dutch() -> None:
    """Give the panels of typer's help Dutch headings."""
    rich_texts.ARGUMENTS_PANEL_TITLE = "Argumenten"
    rich_texts.OPTIONS_PANEL_TITLE = "Opties"
    rich_texts.COMMANDS_PANEL_TITLE = "Opdrachten"
    rich_texts.ERRORS_PANEL_TITLE = "Fout"
    rich_texts.DEFAULT_STRING = "[standaard: {}]"
    rich_texts.REQUIRED_LONG_STRING = "[verplicht]"


def usage_sentence(error: ClickException) -> str:
    """Say in one Dutch sentence what is wrong with a command line."""
    name = _parameter_name(error)
    if isinstance(error, MissingParameter):
        return f"{name} ontbreekt; `oi-geo --help` laat zien wat er nodig is."
    if isinstance(error, NoSuchOption):
        return f"De optie {error.option_name} bestaat niet{_possible(error.possibilities)}."
    if isinstance(error, BadOptionUsage):
        return f"Bij de optie {error.option_name} klopt de waarde niet of ontbreekt zij."
    if isinstance(error, BadParameter) and "integer" in error.message:
        return f"Bij {name} hoort een geheel getal."
    if isinstance(error, BadParameter):
        choices = re.findall(r"'([^']*)'", error.message)
        # The first quoted word is what was typed, the others are what is possible.
        return f"Deze waarde kan niet bij {name}: {choices[0] if choices else error.message}" + (
            f" (kies uit {', '.join(choices[1:])})." if len(choices) > 1 else "."
        )
    unknown = re.search(r"No such command '([^']*)'", error.message)
    if unknown:
        return f"De opdracht '{unknown.group(1)}' bestaat niet; `oi-geo --help` noemt ze alle."
    if isinstance(error, UsageError) and "Got unexpected extra argument" in error.message:
        rest = error.message.split("(", 1)[-1].rstrip(")")
        return f"Er staat een argument te veel op de opdrachtregel: {rest}."
    return f"De opdrachtregel klopt niet ({error.message}); `oi-geo --help` legt hem uit."


def _parameter_name(error: ClickException) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return "een argument"
    if parameter.param_type_name == "argument":
        return f"Het argument {parameter.metavar or str(parameter.name).upper()}"
    return f"de optie {parameter.opts[0]}"


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
