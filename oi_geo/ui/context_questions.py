"""The questions of the page Context: what the plans beside the proposal must satisfy."""

import hashlib
import math
from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from oi_geo.candidates.problem import count_people
from oi_geo.candidates.wishes import Counted, Firmness, Wishes
from oi_geo.errors import OiGeoError
from oi_geo.maps.layers import cut_gemeenten
from oi_geo.pipeline import Toets
from oi_geo.plan import LEVEL_WORDS, UNASSIGNED, Plan
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_number
from oi_geo.ui import cache
from oi_geo.ui.candidate_questions import COUNTED, LARGEST
from oi_geo.ui.candidate_questions import STEPS as BAND_STEPS
from oi_geo.ui.candidate_wishes import FIRMNESS
from oi_geo.ui.context_choices import Adopted
from oi_geo.ui.context_run import CHAINS, ContextOrder
from oi_geo.ui.context_wishes import Filled, carried, filled_by, preset_text
from oi_geo.ui.state import Session
from oi_geo.ui.words import plain

# Steps of each chain.
EFFORTS = {"snel": 20_000, "gewoon": 200_000, "grondig": 2_000_000}
# There is no 'preferably': an ensemble knows what a plan must satisfy, and weighs nothing.
WHOLE: tuple[Firmness, ...] = ("hard", "nee")
WHAT_IT_IS = (
    "Het ensemble is een grote steekproef uit de geldige plannen: indelingen van hetzelfde gebied "
    "waarvan elke groep aaneengesloten is en binnen de band valt (het minimum tot en met het "
    "maximum hierboven). Compacte plannen komen er vaker "
    "in voor. Het is geen lijst van goede plannen en geen oordeel: een voorstel dat afwijkt, kan "
    "daar een reden voor hebben die niet op de kaart staat."
)


def ask(session: Session, question: cache.Question, toets: Toets) -> ContextOrder | None:
    """Ask everything; None, with the reason in words, where there is nothing to compare."""
    area, plan = toets.area, toets.plan
    if (plan.labels == UNASSIGNED).all():
        st.info("Van dit voorstel ligt geen enkele groep in het gebied; kies een ander op Toets.")
        return None
    key, adopted = order_key(question), adopted_of(session, question)
    made = "" if adopted is None else str(adopted.question.proposal)
    with st.container(key="context_vragen"):
        columns = st.columns([2, 2, 2, 2, 3], vertical_alignment="bottom")
        counted = _ask_counted(session, columns[0], area, adopted, _about(*key, made))
        sizes = group_sizes(area, plan, counted)
        usual = usual_for(toets, adopted, counted, default_band(sizes, BAND_STEPS[plan.level]))
        about = _about(*key, made, counted)
        low, high = _ask_band(session, columns[1:3], plan, usual, about)
        gemeente, effort = _ask_rest(session, columns[3:], usual.gemeente, about)
    filled = Filled(counted, low, high, gemeente)
    st.caption(plain(proposal_text(plan, sizes, counted)))
    st.caption(plain(preset_text(adopted, usual, filled, int(sizes.min()))))
    try:
        made_with = Wishes(plan.level, low, high) if adopted is None else adopted.wishes
        wishes = carried(made_with, filled)
    except OiGeoError as error:
        st.error(plain(str(error)))
        return None
    return ContextOrder(
        key, question.proposal.name, area, plan, wishes, EFFORTS[effort], toets.sources,
        marks=session.marks.get(question.proposal),
    )  # fmt: skip


def adopted_of(session: Session, question: cache.Question) -> Adopted | None:
    """Return the plan that was made here, if the question is about exactly that plan."""
    adopted = session.situating.adopted
    return adopted if adopted is not None and adopted.is_asked(question) else None


def usual_for(
    toets: Toets, adopted: Adopted | None, counted: Counted, band: tuple[int, int]
) -> Filled:
    """Return what is filled in at first: the wishes of a plan that was made here, or a guess.

    `band` is the one that just holds the proposal; it also serves a plan whose wishes counted
    something else.
    """
    if adopted is None:
        return Filled(counted, *band, "nee" if cuts_gemeente(toets, band[1]) else "hard")
    own = filled_by(adopted.wishes)
    return own if own.counted == counted else Filled(counted, *band, own.gemeente)


def order_key(question: cache.Question) -> tuple[str, ...]:
    """Name a proposal, as it is tested, by what its files hold."""
    return (*question.files_key, question.level, str(question.scope))


def group_sizes(area: StudyArea, plan: Plan, counted: Counted) -> NDArray[np.int64]:
    """Count the people of each group that holds any unit."""
    people, _ = count_people(area, Wishes(plan.level, 1, 1, counted=counted))
    inside = plan.labels != UNASSIGNED
    present, number = np.unique(plan.labels[inside], return_inverse=True)
    return np.bincount(number, people[inside], minlength=len(present)).astype(np.int64)


def default_band(sizes: NDArray[np.int64], step: int) -> tuple[int, int]:
    """Return the band that just holds all groups, rounded outward to whole steps.

    A size that is small beside a step is rounded to half of its first digit's place: 3.740 to
    3.500. A minimum of nought cannot be asked.
    """
    smallest, largest = int(sizes.min()), int(sizes.max())
    fine, coarse = _fitting(step, smallest), _fitting(step, largest)
    return max(smallest // fine * fine, 1), max(math.ceil(largest / coarse) * coarse, 1)


def _fitting(step: int, size: int) -> int:
    """Return the step to round a size by: never more than half of the size."""
    return max(min(step, 10 ** (len(str(size)) - 1) // 2), 1)


def proposal_text(plan: Plan, sizes: NDArray[np.int64], counted: Counted) -> str:
    """Say how large the groups of the proposal are, and how many the plans beside it have."""
    word = counted if counted == "inwoners" else "ION"
    groups = nl_count(len(sizes), *LEVEL_WORDS[plan.level])
    text = f"Het voorstel heeft {groups}; "
    if len(sizes) > 1:
        text += (
            f"de kleinste telt {nl_number(sizes.min())} {word} en de grootste "
            f"{nl_number(sizes.max())}."
        )
    else:
        text += f"die telt {nl_number(sizes[0])} {word}."
    if plan.scope == "geheel":
        return f"{text} Het wordt vergeleken met plannen met evenveel groepen."
    return (
        f"{text} Het verdeelt niet het hele gebied; hoeveel groepen de plannen ernaast hebben, "
        "volgt uit de band."
    )


def cuts_gemeente(toets: Toets, high: int) -> bool:
    """Tell whether the proposal divides a gemeente that would fit in one group."""
    units = toets.area.units
    people = units["inwoners"].groupby(units["gemeentecode"]).sum()
    return bool((people[cut_gemeenten(toets.area, toets.plan)] <= high).any())


def _about(*what: str) -> str:
    """Name what answers are given about, so that they are not taken for answers about another."""
    return hashlib.sha256("|".join(what).encode()).hexdigest()[:12]


def _ask_counted(
    session: Session, column: DeltaGenerator, area: StudyArea, adopted: Adopted | None, about: str
) -> Counted:
    """Ask what the band counts."""
    offered = [kind for kind in COUNTED if kind == "inwoners" or area.ion_placed > 0]
    usual = "inwoners" if adopted is None else adopted.wishes.counted
    key = f"c_telt_{about}"
    counted: Counted = column.selectbox(
        "Een groep tellen we in", offered, key=key, format_func=COUNTED.__getitem__,
        index=offered.index(session.start(key, usual, offered)),
        help=None if len(offered) > 1 else "Tellen in ION kan zodra er praktijken zijn.",
    )  # fmt: skip
    session.remember(key)
    return counted


def _ask_band(
    session: Session,
    columns: Sequence[DeltaGenerator],
    plan: Plan,
    usual: Filled,
    about: str,
) -> tuple[int, int]:
    """Ask how small and how large a group of the plans beside the proposal may be."""
    word = usual.counted if usual.counted == "inwoners" else "ION"
    step = BAND_STEPS[plan.level]
    low, high = (
        _number(session, column, (end, word, f"c_{end.lower()}_{about}"), at, step)
        for end, at, column in zip(("Minimum", "Maximum"), usual[1:3], columns, strict=True)
    )
    # Streamlit writes a number in a field without dots.
    st.caption(f"De band: {nl_number(low)} tot en met {nl_number(high)} {word} per groep.")
    return low, high


def _number(
    session: Session, column: DeltaGenerator, named: tuple[str, str, str], start: int, step: int
) -> int:
    end, word, key = named
    number = column.number_input(
        f"{end} per groep ({word})", 1, LARGEST, session.start(key, start), step, key=key,
        format="%d", help="Met een andere band worden het andere plannen.",
    )  # fmt: skip
    session.remember(key)
    return number


def _ask_rest(
    session: Session, columns: Sequence[DeltaGenerator], whole: Firmness, about: str
) -> tuple[Firmness, str]:
    """Ask whether gemeenten stay whole, and how thorough the comparison should be."""
    key = f"c_heel_{about}"
    gemeente: Firmness = columns[0].selectbox(
        "Gemeenten heel houden", WHOLE, key=key, format_func=FIRMNESS.__getitem__,
        index=WHOLE.index(session.start(key, whole, WHOLE)),
        help="Een gemeente boven het maximum wordt hoe dan ook verdeeld.",
    )  # fmt: skip
    effort = columns[1].selectbox(
        "Hoe grondig?", list(EFFORTS), key="c_stappen",
        index=list(EFFORTS).index(session.start("c_stappen", "gewoon", EFFORTS)),
        format_func=lambda name: f"{name.capitalize()} ({nl_number(EFFORTS[name])} stappen)",
        help=f"Er rekenen altijd {CHAINS} ketens, elk vanaf een eigen plan en elk zoveel stappen. "
        "Zijn zij het eens, dan maakt het begin niet meer uit en zegt de app er iets over.",
    )  # fmt: skip
    session.remember(key, "c_stappen")
    return gemeente, effort
