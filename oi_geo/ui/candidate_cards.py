"""The candidates of a run as cards: map, figures, verdicts, why better or worse, and what next."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from oi_geo.candidates.candidate import SIGNS, Candidate, outside_band
from oi_geo.candidates.points import PART_NAMES, amount_text, amounts, parts_used, points_note
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.wishes import Wishes
from oi_geo.codes import AREA_WORDS
from oi_geo.maps.candidate_map import (
    MANY_GROUPS,
    Labelling,
    PlanDrawing,
    draw_plan,
    svg_uri,
)
from oi_geo.maps.marks import Marks, group_marks
from oi_geo.maps.palette import NO_GROUP_COLOUR
from oi_geo.metrics import measure
from oi_geo.text import nl_count, nl_number
from oi_geo.ui.candidate_run import Outcome, Run
from oi_geo.ui.candidate_verdicts import verdicts_html
from oi_geo.ui.candidate_words import comparison, figure_rows, letter, proof_text
from oi_geo.ui.state import Session, tell_error
from oi_geo.ui.taking_over import file_name, plan_bytes, propose_plan
from oi_geo.ui.toets import page as toets_page

PER_ROW = 3
FIGURE_WORDS = (
    "Snijlijn: hoe lang de grenzen tussen de groepen samen zijn. Compactheid (Polsby-Popper): hoe "
    "rond de groepen gemiddeld zijn (1 is een cirkel, bij 0 is de grens lang en grillig). Bewijs: "
    "of vaststaat dat een beter plan met deze wensen niet bestaat."
)


def show_cards(session: Session, run: Run, outcome: Outcome) -> None:
    """Show the candidates, best first, a few on a row."""
    tell_error(session, "kandidaten")
    candidates = outcome.proposals.candidates
    for start in range(0, len(candidates), PER_ROW):
        columns = st.columns(PER_ROW)
        for column, position in zip(columns, range(start, len(candidates)), strict=False):
            with column, st.container(border=True, key=f"kandidaat_{position}", height="stretch"):
                _card(session, run, outcome, position)
    st.caption(FIGURE_WORDS)


def drawing(svg: str, title: str) -> str:
    """Write a drawing as an image for `st.html`."""
    return f'<img class="oi-drawing" src="{svg_uri(svg)}" alt="{escape(title)}">'


def plan_html(drawn: PlanDrawing, title: str, *, elsewhere: str = "") -> str:
    """Write a drawing of a plan with, below it, the names of the groups that show their number.

    Of many groups only `elsewhere` is said: where their names stand.
    """
    names = "".join(f"<li><b>{number}</b> {escape(name)}</li>" for number, name in drawn.numbered)
    key = f'<ul class="oi-key" aria-label="Nummers op de kaart">{names}</ul>' if names else ""
    if elsewhere and len(drawn.numbered) > MANY_GROUPS:
        key = f'<p class="oi-key">{escape(elsewhere)}</p>'
    return drawing(drawn.svg, title) + key


def _card(session: Session, run: Run, outcome: Outcome, position: int) -> None:
    candidates = outcome.proposals.candidates
    candidate = candidates[position]
    name, wishes = letter(position), run.order.wishes
    st.subheader(name)
    problem, marks = outcome.proposals.problem, outcome.marks[position]
    # Many names do not fit in so small a map; they stand in the list, and on the large map below.
    labels: Labelling = "namen" if len(candidate.plan.groups) <= MANY_GROUPS else "nummers"
    drawn = draw_plan(run.canvas, candidate.plan, fixed=wishes.locks, labels=labels, marks=marks)
    listed = "De namen bij de nummers staan hieronder, bij 'Groepen'."
    st.html(plan_html(drawn, f"Kaart van {name}", elsewhere=listed))
    st.html(facts_html(candidates, position, _counted(wishes)))
    st.html(verdicts_html(outcome.verdicts[position]))
    st.html(f'<p class="oi-why">{escape(comparison(candidates, position))}</p>')
    with st.expander("Groepen"), st.container(key=f"groepen_{position}"):
        st.html(groups_html(problem, candidate, marks))
    with st.expander("Punten"), st.container(key=f"punten_{position}"):
        st.html(points_html(problem, candidate))
        st.caption(points_note(problem))
    with st.container(horizontal=True, key=f"knoppen_{position}"):
        st.button(
            "Neem over", key=f"neem_over_{position}", on_click=take_over,
            args=(session, run, candidate, name, marks),
            help="Maakt dit het voorstel dat Toets en Kaart laten zien.",
        )  # fmt: skip
        st.download_button(
            "Download (CSV)", lambda: plan_csv(candidate), file_name=file_name(name),
            mime="text/csv", key=f"download_kandidaat_{position}", on_click="ignore",
        )  # fmt: skip
    if session.making.taken == name:
        st.success(f"{name} is nu het voorstel op Toets en Kaart.")
        st.page_link(st.Page(toets_page, title="Toets", url_path="toets"), label="Bekijk op Toets")


def facts_html(candidates: Sequence[Candidate], position: int, counted: str) -> str:
    """Write what is measured and proven of a candidate as a small table."""
    proof = ("Bewijs", proof_text(candidates, position))
    rows = [*figure_rows(candidates[position], counted), proof]
    cells = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>'
        for label, value in rows
    )
    return f'<table class="oi-facts"><tbody>{cells}</tbody></table>'


def points_html(problem: Problem, candidate: Candidate) -> str:
    """List the points of each part of the objective, with what they are for, and their sum."""
    counted = _counted(problem.wishes)
    found = amounts(problem, candidate)
    rows = [
        (PART_NAMES[part], amount_text(part, found[part], counted), candidate.points[part])
        for part in parts_used(problem)
    ]
    rows.append(("Samen", "", candidate.energy))
    cells = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(amount)}</td>'
        f"<td>{nl_number(points, 1)}</td></tr>"
        for name, amount, points in rows
    )
    head = "<tr><th>Onderdeel</th><td>Hoeveel</td><td>Punten</td></tr>"
    return f'<table class="oi-facts"><thead>{head}</thead><tbody>{cells}</tbody></table>'


def groups_html(problem: Problem, candidate: Candidate, marks: Marks | None = None) -> str:
    """List the groups with their number and colour on the map and how many people they count.

    Groups outside the band are told, and units without a group counted. Without `marks` the
    candidate is marked as if it stood alone.
    """
    area, plan, wishes = problem.area, candidate.plan, problem.wishes
    marks = marks or group_marks(area, [plan])[0]
    people, off = measure(area, plan)[wishes.counted], outside_band(problem, plan)
    groups = [plan.groups[i] for i in marks.in_order(plan)]
    rows = [
        _group_row(
            group, nl_number(people[group]), off.get(group, ""),
            marks.colour(group), str(marks.numbers[group]),
        )
        for group in groups
    ]  # fmt: skip
    if len(plan.unassigned):
        left = nl_count(len(plan.unassigned), *AREA_WORDS[area.level])
        rows.append(_group_row("Zonder groep", left, "", NO_GROUP_COLOUR))
    title = f"{'Inwoners' if wishes.counted == 'inwoners' else 'ION'} per groep"
    return (
        f'<table class="oi-facts"><caption>{title}</caption><tbody>{"".join(rows)}</tbody></table>'
    )


def _group_row(name: str, value: str, off: str, colour: str, number: str = "") -> str:
    """Write a line of the list of groups; `off` says on which side of the band it lies."""
    sign = f' <span class="oi-off">{SIGNS[off]} {escape(off)}</span>' if off else ""
    return (
        f'<tr><th scope="row"><span class="oi-swatch" data-number="{number}" '
        f'style="background:{colour}"></span>'
        f"{escape(name)}{sign}</th><td>{escape(value)}</td></tr>"
    )


def _counted(wishes: Wishes) -> str:
    return "inwoners" if wishes.counted == "inwoners" else "ION"


def plan_csv(candidate: Candidate) -> bytes:
    """Write a candidate as a proposal: `eenheid,groep`."""
    return plan_bytes(candidate.plan)


def take_over(
    session: Session, run: Run, candidate: Candidate, name: str, marks: Marks | None = None
) -> None:
    """Make a candidate the proposal that Toets and Kaart show, marked as on its card."""
    kept = propose_plan(
        session, candidate.plan, name, run.order.kaders,
        wishes=run.order.wishes, origin="kandidaten", marks=marks,
    )  # fmt: skip
    if kept is not None:
        session.making.taken = name
