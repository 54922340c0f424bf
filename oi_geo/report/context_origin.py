"""What a context was made from and with, so that somebody else can make it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from oi_geo.candidates.measures import MEASURES
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.situate import Context
from oi_geo.candidates.wish_words import counted_word, rules_of, whole_names
from oi_geo.plan import LEVEL_WORDS
from oi_geo.report.markdown import markdown_table, plain_text
from oi_geo.study_area import Source
from oi_geo.text import dutch_date, nl_list, nl_number, nl_percentage


@dataclass(frozen=True, eq=False)
class Origin:
    """What a context was made from.

    Attributes
    ----------
    proposal : str
        Name of its file.
    day : date
        When it was made.
    problem : Problem
        What the ensemble divides, and under which wishes.
    seed : int
    sources : tuple of Source
        The files that were read.
    plots : mapping of str to str
        File of the plot of each measure that has one, where plots are written.
    shares : str
        File of the shares per unit, empty where there is none.
    """

    proposal: str
    day: date
    problem: Problem
    seed: int
    sources: tuple[Source, ...] = ()
    plots: Mapping[str, str] = field(default_factory=dict)
    shares: str = ""


def today() -> date:
    """Return the day on which a context is written."""
    return datetime.now().astimezone().date()


def standing_beside(problem: Problem) -> int:
    """Count the groups that stand outside the ensemble: too large by themselves, or closed."""
    return len(problem.alone) + len(problem.wishes.finished)


def origin_table(origin: Origin, context: Context) -> str:
    """Write what was asked, and how the plans were made."""
    wishes, sampled = origin.problem.wishes, context.sampled
    groups = nl_number(sampled.groups)
    if more := standing_beside(origin.problem):
        groups += f", en {nl_number(more)} buiten de vergelijking"
    steps = nl_number(sampled.made)
    if sampled.made < sampled.steps:
        steps += f" (gevraagd: {nl_number(sampled.steps)})"
    band = f"{nl_number(wishes.low)} tot en met {nl_number(wishes.high)} {counted_word(wishes)}"
    others = rules_of(replace(wishes, groups=None, whole=()))
    rows = [
        ["Voorstel", origin.proposal],
        ["Datum", dutch_date(origin.day)],
        ["Niveau", LEVEL_WORDS[wishes.level][0]],
        ["Band per groep", band],
        ["Blijft heel", nl_list(whole_names(wishes)) or "niets"],
        ["Geldt verder", nl_list(others) or "niets"],
        ["Groepen per plan", groups],
        ["Ketens", nl_number(sampled.chains)],
        ["Stappen per keten", steps],
        ["Seed", str(origin.seed)],
        ["Geaccepteerd (stappen die het plan veranderden)", nl_percentage(sampled.accepted)],
    ]
    return markdown_table(["Wat", "Waarde"], rows)


def files_text(origin: Origin) -> str:
    """Link to the plots and tell what the file of shares holds; empty where neither is there."""
    links = [f"- [{_title(measure)}]({name})" for measure, name in origin.plots.items()]
    parts = ["\n".join(links)] if links else []
    if origin.shares:
        parts.append(
            f"{plain_text(origin.shares)} heeft een rij per eenheid en een kolom per groep "
            "van het voorstel. Een getal is het aandeel (0 tot 1) van de mensen van die groep "
            "dat bij de eenheid in de groep ligt, gemiddeld over de plannen; de eenheid "
            "zelf telt daarbij niet mee."
        )
    return "\n\n".join(parts)


def _title(measure: str) -> str:
    name = MEASURES[measure].naam
    return name[0].upper() + name[1:]
