"""From the entries of a proposal to a plan: what is double, what is open, what overrides what."""

from collections.abc import Callable, Iterable

import numpy as np

from oi_geo.codes import area_kind
from oi_geo.plan import UNASSIGNED, Plan, PlanLevel
from oi_geo.sources.lines import MOST_LINES, rows_text
from oi_geo.sources.proposal_areas import KnownAreas
from oi_geo.sources.proposal_rows import Entry
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.text import natural_key, nl_count, nl_list

_COARSE_FIRST = {"gemeente": 0, "wijk": 1, "buurt": 2, None: 3}


def plan_from_entries(
    entries: Iterable[Entry], area: StudyArea, known: KnownAreas, level: PlanLevel,
    report: ReadReport, named: Iterable[str],
) -> Plan:  # fmt: skip
    """Build the plan of a table.

    The most specific row of a unit decides: a wijk's own row goes before that of its gemeente.

    Parameters
    ----------
    entries : iterable of Entry
        Entries with a known code only.
    area, known, level
        The study area, its known codes and the level of the plan.
    report : ReadReport
        Receives lines about doubles, repetitions, exceptions and groups that end up empty.
    named : iterable of str
        All groups that the table names, also those of which no area is known.
    """
    by_code: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.code is not None:
            by_code.setdefault(entry.code, []).append(entry)
    _note_repetitions(by_code, report)
    groups = {code: _groups(rows) for code, rows in by_code.items()}
    _note_doubles(by_code, groups, known, report)

    decided: list[str | None] = [None] * len(area.units)
    exceptions: list[tuple[str, str]] = []
    for code in sorted(by_code, key=lambda code: _COARSE_FIRST[area_kind(code)]):
        around = {decided[at] for at in known.members[code]} - {None}
        exceptions += [(code, str(larger)) for larger in around]
        for at in known.members[code]:
            decided[at] = code
    _note_exceptions(exceptions, by_code, known, report)
    return _plan(area, level, decided, groups, sorted(named, key=natural_key), report)


def _groups(rows: list[Entry]) -> tuple[str, ...]:
    """Return the groups that one code is put in, sorted; empty where it is left open."""
    return tuple(sorted({row.groep for row in rows if row.groep is not None}, key=natural_key))


def _plan(
    area: StudyArea, level: PlanLevel, decided: list[str | None],
    groups: dict[str, tuple[str, ...]], kept: list[str], report: ReadReport,
) -> Plan:  # fmt: skip
    """Put units in groups by the code that decides for each of them."""
    chosen = [groups[code] if code else () for code in decided]
    used = {name for choice in chosen for name in choice}
    for name in kept:
        if name not in used:
            report.warn(
                f"Groep '{name}' krijgt geen enkele eenheid toegewezen; voor deze groep is niets "
                "te bepalen."
            )
    position = {name: at for at, name in enumerate(kept)}
    codes = area.units.index
    return Plan(
        level=level,
        units=codes,
        groups=tuple(kept),
        labels=np.array([position[c[0]] if c else UNASSIGNED for c in chosen], np.int32),
        open_units=frozenset(
            unit for unit, code in zip(codes, decided, strict=True) if code and not groups[code]
        ),
        double={
            unit: choice for unit, choice in zip(codes, chosen, strict=True) if len(choice) > 1
        },
    )


def _note_repetitions(by_code: dict[str, list[Entry]], report: ReadReport) -> None:
    """Report rows that say again what an earlier row said."""
    again = [
        row.rij
        for rows in by_code.values()
        for at, row in enumerate(rows)
        if any(row.groep == earlier.groep for earlier in rows[:at])
    ]
    if again:
        count = nl_count(len(again), "keer staat een code", "keer staan codes")
        report.info(
            f"{count} er nog eens in met dezelfde groep; dat verandert niets ({rows_text(again)})."
        )


def _note_doubles(
    by_code: dict[str, list[Entry]], groups: dict[str, tuple[str, ...]], known: KnownAreas,
    report: ReadReport,
) -> None:  # fmt: skip
    """Report codes in several groups, and codes that are both open and in a group."""
    lines: list[tuple[str, int]] = []
    for code, rows in by_code.items():
        chosen = groups[code]
        where = [
            f"'{name}' (rij {next(r.rij for r in rows if r.groep == name)})" for name in chosen
        ]
        is_open = next((row for row in rows if row.groep is None), None)
        if len(chosen) > 1:
            text = (
                f"{known.describe(code)} staat in {len(chosen)} groepen: {nl_list(where)}; "
                "in elke groep telt dit gebied van niets tot alles."
            )
            lines.append((text, rows[0].rij))
        elif chosen and is_open is not None:
            text = (
                f"{known.describe(code)} staat zonder groep op rij {is_open.rij} en ook in "
                f"{where[0]}; de groep telt."
            )
            lines.append((text, is_open.rij))
    _first_lines(report.warn, lines, "meer dan één groep")


def _note_exceptions(
    exceptions: list[tuple[str, str]], by_code: dict[str, list[Entry]], known: KnownAreas,
    report: ReadReport,
) -> None:  # fmt: skip
    """Report rows that go before the row of a larger area around it, in another group."""
    lines: list[tuple[str, int]] = []
    for code, around in exceptions:
        mine, larger = by_code[code][0], by_code[around][0]
        if mine.groep != larger.groep:
            text = (
                f"{known.describe(code)} heeft een eigen rij ({_in_group(mine)}); die gaat voor de "
                f"rij van {known.describe(around)} ({_in_group(larger)}, rij {larger.rij})."
            )
            lines.append((text, mine.rij))
    _first_lines(report.info, lines, "een eigen rij die voorgaat")


def _first_lines(
    add: Callable[[str, int | None], None], lines: list[tuple[str, int]], subject: str
) -> None:
    """Add the first lines row by row and count the others in one line."""
    for text, row in lines[:MOST_LINES]:
        add(text, row)
    rest = lines[MOST_LINES:]
    if rest:
        count = nl_count(len(rest), "andere code", "andere codes")
        where = rows_text(row for _, row in rest)
        add(f"Hetzelfde ({subject}) geldt voor {count}: {where}.", None)


def _in_group(entry: Entry) -> str:
    """Write the group of an entry: `groep 'A'` or `geen groep`."""
    return "geen groep" if entry.groep is None else f"groep '{entry.groep}'"
