"""The candidates as an Excel workbook: figures, points, groups and units side by side."""

import pandas as pd

from oi_geo.candidates.candidate import behind_best, outside_band
from oi_geo.candidates.points import PART_NAMES, amount_text, amounts, parts_used, points_note
from oi_geo.candidates.wish_words import counted_word
from oi_geo.commands.kandidaten import Outcome
from oi_geo.metrics import measure
from oi_geo.plan import LEVEL_WORDS, UNASSIGNED
from oi_geo.report.people import OUTSIDE, PeopleTable, people_table
from oi_geo.report.workbook import book_bytes, source_lines, today_text
from oi_geo.text import nl_count, nl_number

MEASURES = [
    "eenheden", "inwoners", "inwoners_onbekend", "ion", "ion_onbekend", "praktijken", "huisartsen",
    "huisartsen_onbekend", "oppervlakte_km2", "delen_met_verbindingen", "polsby_popper",
    "gemeenten_geheel", "gemeenten_gedeeld",
]  # fmt: skip
PROOFS = {
    "optimaal": "bewezen het beste plan",
    "grens": "hoogstens zoveel beter mogelijk",
    "geen": "niet bewezen dat er geen beter plan is",
}


def candidates_workbook(outcome: Outcome) -> bytes:
    """Write the candidates of one run as an XLSX file."""
    tables = {
        "plannen": _plans(outcome),
        "groepen": _groups(outcome),
        "indeling": _division(outcome),
        "onmogelijk": _impossible(outcome),
    }
    return book_bytes(_lines(outcome), tables, outcome.proposals.problem.wishes.level)


def _lines(outcome: Outcome) -> list[tuple[str, str]]:
    """Say what was made, with which wishes, on which day and from which files."""
    problem = outcome.proposals.problem
    wishes, made = problem.wishes, len(outcome.files)
    band = f"{nl_number(wishes.low)} tot en met {nl_number(wishes.high)} {counted_word(wishes)}"
    lines = [
        ("Wat", f"{nl_count(made, 'plan', 'plannen')} voor {LEVEL_WORDS[wishes.level][1]}"),
        ("Band per groep", band),
        ("Punten", points_note(problem)),
        *(("Let op", note) for note in outcome.notes),
        ("Datum", today_text()),
        *source_lines(outcome.area.sources),
    ]
    if outcome.area.is_example:
        lines.insert(0, ("Let op", "Fictief voorbeeldgebied: namen en aantallen zijn verzonnen."))
    return lines


def _plans(outcome: Outcome) -> PeopleTable:
    """Make a row per plan, best first: figures, proof, and points with what they are for."""
    problem = outcome.proposals.problem
    plans, word = outcome.proposals.candidates, counted_word(problem.wishes)
    rows = []
    for position, (name, one) in enumerate(zip(outcome.files, plans, strict=True)):
        spent = amounts(problem, one)
        rows.append(
            {
                "plan": name,
                "groepen": len(one.plan.groups),
                f"Kleinste groep ({word})": one.figures.kleinste,
                f"Grootste groep ({word})": one.figures.grootste,
                "Grenzen tussen groepen (km)": one.figures.snijlijn_km,
                "polsby_popper": one.figures.polsby_popper,
                "Gedeelde gemeenten": one.figures.gemeenten_gedeeld,
                "Waarvan noodzakelijk": one.figures.gemeenten_noodzakelijk_gedeeld,
                "bewijs": behind_best(plans, position) or PROOFS[one.proof],
                "Hoogstens beter mogelijk": one.gap,
                "Punten samen": one.energy,
                **{f"Punten: {PART_NAMES[p].lower()}": one.points[p] for p in parts_used(problem)},
                **{
                    f"Waarvoor: {PART_NAMES[p].lower()}": amount_text(p, spent[p], word)
                    for p in parts_used(problem)
                },
            }
        )
    formats = {"Grenzen": "#,##0.0", "Punten": "#,##0.0", "Hoogstens": "0.0%", "Kleinste": "#,##0",
               "Grootste": "#,##0"}  # fmt: skip
    return _with_formats(people_table(outcome.area, pd.DataFrame(rows)), formats)


def _with_formats(table: PeopleTable, formats: dict[str, str]) -> PeopleTable:
    """Add number formats by the first word of a head."""
    more = {head: text for head in table.frame.columns
            for first, text in formats.items() if head.startswith(first)}  # fmt: skip
    return PeopleTable(table.frame, {**table.formats, **more}, table.cells)


def _groups(outcome: Outcome) -> PeopleTable:
    """Make a row per plan and group: people, practices, shape, and whether it is in the band."""
    frames = []
    for name, one in zip(outcome.files, outcome.proposals.candidates, strict=True):
        frame = measure(outcome.area, one.plan)[MEASURES].reset_index()
        marks = outside_band(outcome.proposals.problem, one.plan)
        frame.insert(
            1, "band", [marks.get(str(group), "binnen de band") for group in frame["groep"]]
        )
        frame.insert(0, "plan", name)
        frames.append(frame)
    return people_table(outcome.area, pd.concat(frames, ignore_index=True))


def _division(outcome: Outcome) -> PeopleTable:
    """Make a row per unit, with its group in each plan."""
    units = outcome.area.units[["naam", "gemeentecode", "gemeentenaam", "inwoners"]]
    frame = units.reset_index(names="code").rename(columns={"naam": outcome.area.level})
    for name, one in zip(outcome.files, outcome.proposals.candidates, strict=True):
        plan = one.plan
        told = [OUTSIDE if x == UNASSIGNED else plan.groups[x] for x in plan.labels]
        frame[name.removesuffix(".csv")] = told
    return people_table(outcome.area, frame)


def _impossible(outcome: Outcome) -> PeopleTable:
    """Make a row per place where something cannot be, with the smallest change that helps."""
    rows = [(x.reason, list(x.where), x.relaxation) for x in outcome.proposals.obstacles]
    frame = pd.DataFrame(rows, columns=["Reden", "Waar", "Kleinste verruiming"])
    return people_table(outcome.area, frame)
