"""The questions of the page Kandidaten: what to make, how large, how many, how long."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from oi_geo.candidates.wishes import Counted, Firmness, Wishes
from oi_geo.commands.wishes import idle_parts
from oi_geo.criteria.kader import kader_names
from oi_geo.errors import OiGeoError
from oi_geo.plan import LEVEL_WORDS, PlanLevel
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_number
from oi_geo.ui.candidate_run import Order
from oi_geo.ui.candidate_wishes import FIRMNESS, MoreWishes, ask_more
from oi_geo.ui.state import Session
from oi_geo.ui.words import plain

# Where the questions start: the band per level, as far as the area is large enough for it.
BANDS: dict[PlanLevel, tuple[int, int]] = {
    "regio": (100_000, 200_000),
    "hub": (20_000, 80_000),
    "wijk": (10_000, 20_000),
}
STEPS: dict[PlanLevel, int] = {"regio": 5_000, "hub": 1_000, "wijk": 500}
FIRM: dict[PlanLevel, Firmness] = {"regio": "hard", "hub": "hard", "wijk": "voorkeur"}
COUNTED: dict[Counted, str] = {"inwoners": "Inwoners", "ion": "ION"}
FREE: dict[Literal["vanzelf", "vast"], str] = {"vanzelf": "Vanzelf", "vast": "Een vast aantal"}
SECONDS = {5: "5 seconden", 10: "10 seconden", 20: "20 seconden", 60: "1 minuut",
           120: "2 minuten", 300: "5 minuten"}  # fmt: skip
LARGEST, MOST_GROUPS, MOST_PLANS = 20_000_000, 1_000, 6


@dataclass(frozen=True)
class Sizes:
    """What a group may be, how many there are, how many plans are wanted and in how long."""

    level: PlanLevel
    counted: Counted
    low: int
    high: int
    groups: int | None
    gemeente: Firmness
    count: int
    seconds: int


def ask(session: Session, area: StudyArea) -> Order | None:
    """Ask everything; None, with the reason in words, where the answers contradict each other."""
    with st.container(key="vragen"):
        sizes = _ask_sizes(session, area)
        with st.expander("Meer wensen"), st.container(key="meer_wensen"):
            target = _ask_target(session, sizes)
            more, exact = _ask_more(session, area)
    if more is None:
        return None
    try:
        wishes = wishes_of(session, sizes, more, target)
    except OiGeoError as error:
        st.error(plain(str(error)))
        return None
    kaders = session.choices.get("kaders") or kader_names()
    return Order(
        key=session.making.key,
        area=area,
        wishes=wishes,
        kaders=tuple(str(name) for name in kaders) if isinstance(kaders, list | tuple) else (),
        count=sizes.count,
        seconds=float(sizes.seconds),
        exact=exact,
        notes=(*more.notes, *idle_parts(area, wishes, ("afstand", "stromen", "wijziging"))),
    )


def wishes_of(session: Session, sizes: Sizes, more: MoreWishes, target: int | None) -> Wishes:
    """Put the answers together with the locks.

    Raises
    ------
    ImpossibleWishes
        Where they contradict each other.
    """
    return Wishes(
        level=sizes.level,
        low=sizes.low,
        high=sizes.high,
        counted=sizes.counted,
        target=target,
        groups=sizes.groups,
        gemeente=sizes.gemeente,
        whole=more.whole,
        within=more.within,
        together=more.together,
        apart=more.apart,
        locks=session.making.locked,
        closed=session.making.closed,
        today=more.today,
        flows=more.flows,
        weights=more.weights,
    )


def default_band(area: StudyArea, level: PlanLevel, counted: Counted) -> tuple[int, int]:
    """Return the usual band of a level, made smaller where the whole area does not reach it."""
    total = area.units["inwoners"].sum() if counted == "inwoners" else area.ion_placed
    low, high = BANDS[level]
    if total >= low:
        return low, high
    return max(1, int(total // 2)), max(1, int(total))


def _ask_sizes(session: Session, area: StudyArea) -> Sizes:
    """Ask what to make and how large a group may be; each level remembers its own numbers."""
    offered = [kind for kind in COUNTED if kind == "inwoners" or area.ion_placed > 0]
    columns = st.columns(4)
    level: PlanLevel = columns[0].selectbox(
        "Wat wilt u maken?", list(LEVEL_WORDS), key="k_niveau",
        index=list(LEVEL_WORDS).index(session.start("k_niveau", "regio", LEVEL_WORDS)),
        format_func=lambda kind: LEVEL_WORDS[kind][1].capitalize(),
    )  # fmt: skip
    counted: Counted = columns[1].selectbox(
        "Een groep tellen we in", offered, key="k_telt", format_func=COUNTED.__getitem__,
        index=offered.index(session.start("k_telt", "inwoners", offered)),
        help=None if len(offered) > 1 else "Tellen in ION kan zodra er praktijken geladen zijn.",
    )  # fmt: skip
    numbers, word = [], COUNTED[counted] if counted == "ion" else "inwoners"
    named = zip(
        ("Minimum", "Maximum"), default_band(area, level, counted), columns[2:], strict=True
    )
    for label, usual, column in named:
        key = f"k_{label.lower()}_{level}_{counted}"
        text = f"{label} per groep ({word})"
        numbers.append(
            column.number_input(
                text, 1, LARGEST, session.start(key, usual), STEPS[level], key=key, format="%d"
            )
        )
        # Streamlit writes a number in a field without dots.
        column.caption(f"{nl_number(numbers[-1])} {word}")
        session.remember(key)
    session.remember("k_niveau", "k_telt")
    return Sizes(level, counted, numbers[0], numbers[1], *_ask_division(session, level))


def _ask_division(session: Session, level: PlanLevel) -> tuple[int | None, Firmness, int, int]:
    """Ask whether gemeenten stay whole, how many groups and plans, and how long it may take."""
    firm = f"k_gemeente_{level}"
    columns = st.columns(4)
    gemeente: Firmness = columns[0].selectbox(
        "Gemeenten heel houden", list(FIRMNESS), key=firm, format_func=FIRMNESS.__getitem__,
        index=list(FIRMNESS).index(session.start(firm, FIRM[level], FIRMNESS)),
        help="Een gemeente boven het maximum wordt hoe dan ook verdeeld.",
    )  # fmt: skip
    free = columns[1].selectbox(
        "Hoeveel groepen?", list(FREE), key="k_groepen", format_func=FREE.__getitem__,
        index=list(FREE).index(session.start("k_groepen", "vanzelf", FREE)),
    )  # fmt: skip
    number = None
    if free == "vast":
        asked = session.start("k_aantal_groepen", 2)
        number = columns[1].number_input(
            "Aantal groepen", 1, MOST_GROUPS, asked, key="k_aantal_groepen"
        )
    count = columns[2].number_input(
        "Hoeveel voorstellen?", 1, MOST_PLANS, session.start("k_aantal", 3), key="k_aantal"
    )
    seconds = columns[3].selectbox(
        "Hoe lang mag het zoeken duren?", list(SECONDS), key="k_tijd",
        format_func=SECONDS.__getitem__,
        index=list(SECONDS).index(session.start("k_tijd", 20, SECONDS)),
        help="Zo lang mag het zoeken duren; een klein gebied is eerder klaar. Een bewijs, of "
        "uitleg van wat niet kan, komt daarna en kan nog eens zo lang duren. Stoppen kan altijd; "
        "het beste tot dan toe blijft.",
    )  # fmt: skip
    session.remember(firm, "k_groepen", "k_aantal_groepen", "k_aantal", "k_tijd")
    return number, gemeente, count, seconds


def _ask_target(session: Session, sizes: Sizes) -> int | None:
    """Ask which size groups should come near to, if any; each level remembers its own."""
    key = f"k_streefgetal_{sizes.level}_{sizes.counted}"
    word = COUNTED[sizes.counted] if sizes.counted == "ion" else "inwoners"
    target = st.number_input(
        f"Streefgetal per groep ({word}; hoeft niet)", 1, LARGEST,
        value=session.start(key, None), step=STEPS[sizes.level], key=key, format="%d",
        placeholder="geen",
        help="Groepen komen liefst dicht bij dit getal. Zonder streefgetal worden zij liefst even "
        "groot.",
    )  # fmt: skip
    if target is not None:
        st.caption(f"{nl_number(target)} {word}")
    session.remember(key)
    return target


def _ask_more(session: Session, area: StudyArea) -> tuple[MoreWishes | None, bool]:
    """Ask what few will need; a file or a proposal that cannot be read is told."""
    exact = st.checkbox(
        "Bewijs welk plan het beste is", session.start("k_bewijs", False), key="k_bewijs",
        help="Gaat alle mogelijke groepen na, als dat er niet te veel zijn. Het bewijs kan na het "
        "zoeken nog eens zo lang duren.",
    )  # fmt: skip
    session.remember("k_bewijs")
    try:
        return ask_more(session, area), exact
    except OiGeoError as error:
        st.error(plain(str(error)))
        return None, exact
