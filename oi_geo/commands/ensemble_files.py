"""The files that `oi-geo ensemble` leaves beside the ensemble itself."""

from pathlib import Path

import pandas as pd

from oi_geo.candidates.histogram import histogram_svg
from oi_geo.candidates.measures import MEASURES
from oi_geo.candidates.situate import Context
from oi_geo.commands.ensemble import Outcome
from oi_geo.commands.long_work import unwritable
from oi_geo.report.context import context_markdown
from oi_geo.report.context_origin import Origin, today
from oi_geo.report.tables import csv_text, plan_table
from oi_geo.together import together

SHARES = "samen.csv"


def write(outcome: Outcome, folder: Path) -> tuple[str, ...]:
    """Write report, plots, nearest plans and, where the chains agree, shares per unit.

    Returns
    -------
    tuple of str
        The names of the files of the nearest plans, nearest first.

    Raises
    ------
    UnusableFile
        The folder cannot be written to.
    """
    context = outcome.context
    near = tuple(f"dichtstbij_{number}.csv" for number in range(1, len(context.nearest) + 1))
    texts = {
        name: csv_text(plan_table(one.plan))
        for name, one in zip(near, context.nearest, strict=True)
    }
    plots = {special.maat: f"{special.maat}.svg" for special in context.spread}
    for special in context.spread:
        values = context.draws[special.maat]
        title = MEASURES[special.maat].naam.capitalize()
        texts[plots[special.maat]] = histogram_svg(special, values, title)
    shares = SHARES if context.tells_shares else ""
    if shares:
        texts[shares] = csv_text(share_table(context))
    origin = Origin(
        outcome.proposal, today(), outcome.problem, outcome.seed, outcome.sources, plots, shares
    )
    texts["context.md"] = context_markdown(
        context, origin, obstacles=outcome.obstacles, notes=outcome.notes, nearest=near
    )
    try:
        with together(folder) as made:
            for name, text in texts.items():
                (made / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise unwritable(folder) from error
    return near


def share_table(context: Context) -> pd.DataFrame:
    """Return per unit how much of each group of the proposal lies with it on average (0-1)."""
    table = pd.DataFrame({one.groep: one.aandeel for one in context.together})
    table.insert(0, "eenheid", table.index, allow_duplicates=True)
    return table
