"""Unknown data against a brute-force twin: try every value that an unknown cell could have.

The twin knows nothing of intervals. It judges complete tables, in plain Python. A verdict on an
incomplete table must hold for every completion, and on a complete table it must be the twin's.
"""

from collections import defaultdict
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oi_geo.study_area import StudyArea
from tests.conftest import practice_table
from tests.criteria.toy import A, B, area_of, findings

Row = dict[str, object]

PEOPLE = 110_000.0
AREA = area_of("ABcdef", inwoners=PEOPLE)
PLAN = {A: "West", B: "Oost"}
RULES = ("Z1", "Z4", "Z11", "U1", "U2", "K3", "K4")
SEAT = {"discipline": "regio-organisatie", "naam": "Alfa", "eenheid": A}
BETA_SEAT = {"discipline": "regio-organisatie", "naam": "Beta", "eenheid": B}

OPTIONS: dict[str, list[object]] = {
    "ion": [1_000.0, 60_000.0, 95_000.0, 250_000.0],
    "huisartsen": [1.0, 4.0, 60.0],
    "deelnemer": [True, False],
    "regio_organisatie": ["Alfa", "Beta"],
    "eenheid": [A, B, "WK0002CC"],
    "discipline": ["huisarts", "apotheek"],
}

row = st.fixed_dictionaries(
    {
        **{name: st.sampled_from(values) for name, values in OPTIONS.items()},
        "discipline": st.just("huisarts"),
        "wsv": st.sampled_from(["W1", "W2"]),
    }
)
# The first practice always names its RO and stays as it is: the column is in use.
tables = st.lists(row, min_size=1, max_size=5)


def _assess(rows: list[Row]) -> dict[str, str]:
    practices = practice_table([{**SEAT}, {**BETA_SEAT}, *rows])
    # practice_table takes a missing discipline for huisarts; here it is really unknown.
    practices.loc[practices.index[2:], "discipline"] = [r["discipline"] for r in rows]
    area: StudyArea = AREA.with_practices(practices)
    found = findings(area, PLAN)
    return {rule: str(found[rule, "West"].verdict) for rule in RULES}


def _twin(rows: list[Row]) -> dict[str, str]:
    """Judge group West (unit A) on complete rows."""
    here = [r for r in rows if r["eenheid"] == A and r["discipline"] == "huisarts"]
    taking_part = [r for r in rows if r["deelnemer"]]
    ros_here = {r["regio_organisatie"] for r in taking_part if r["eenheid"] == A}
    wsvs_here = {r["wsv"] for r in taking_part if r["eenheid"] == A}
    ros_of_wsvs = [
        len({r["regio_organisatie"] for r in taking_part if r["wsv"] == wsv}) for wsv in wsvs_here
    ]
    ion: dict[object, float] = defaultdict(float)
    doctors: dict[object, float] = defaultdict(float)
    for r in here:
        if r["deelnemer"]:
            ion[r["regio_organisatie"]] += float(str(r["ion"]))
            doctors[r["regio_organisatie"]] += float(str(r["huisartsen"]))
    every = sum(float(str(r["huisartsen"])) for r in here)
    share = {ro: n / every for ro, n in doctors.items()}
    both = [min(share[ro], 1.0, ion[ro] / PEOPLE) for ro in ion]
    most = max(ion.values(), default=0.0)
    main = [ro for ro, n in ion.items() if n == most]
    seat = main[0] == "Alfa" if len(main) == 1 else None
    unknown = "niet te bepalen"
    if not any(r["discipline"] == "huisarts" for r in rows):
        # No huisarts practice in the whole table: no practice data.
        people = dict.fromkeys(("Z1", "U1", "U2", "K3"), unknown)
    else:
        people = {
            "Z1": "voldoet" if 100_000 <= sum(ion.values()) <= 200_000 else "signaal",
            "U2": "voldoet" if most >= 100_000 else "voldoet niet",
            "U1": (
                ("voldoet" if max(share.values(), default=0.0) >= 0.85 else "voldoet niet")
                if every
                else unknown
            ),
            "K3": "voldoet" if max(both, default=0.0) >= 0.85 else "voldoet niet",
        }
    return {
        **people,
        "Z4": "voldoet" if len(ros_here) == 1 else "voldoet niet",
        "Z11": "voldoet" if max(ros_of_wsvs, default=0) <= 1 else "voldoet niet",
        "K4": unknown if seat is None else "voldoet" if seat else "voldoet niet",
    }


@settings(max_examples=40, deadline=None)
@given(tables)
def test_complete_tables_are_judged_as_the_twin_does(rows: list[Row]) -> None:
    assert _assess(rows) == _twin(rows)


@st.composite
def _with_blanks(draw: st.DrawFn) -> tuple[list[Row], list[tuple[int, str]]]:
    rows = draw(st.lists(row, min_size=2, max_size=5))
    cells = [(i, name) for i in range(1, len(rows)) for name in OPTIONS]
    blanks = draw(st.lists(st.sampled_from(cells), min_size=1, max_size=3, unique=True))
    return rows, blanks


def _blank(rows: list[Row], blanks: list[tuple[int, str]]) -> list[Row]:
    names = {i: {name for j, name in blanks if j == i} for i, _ in blanks}
    return [
        {name: None if name in names.get(i, ()) else value for name, value in r.items()}
        for i, r in enumerate(rows)
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_with_blanks())
def test_a_verdict_on_an_incomplete_table_holds_for_every_completion(
    case: tuple[list[Row], list[tuple[int, str]]],
) -> None:
    rows, blanks = case
    found = _assess(_blank(rows, blanks))
    for values in product(*(OPTIONS[name] for _, name in blanks)):
        complete = [dict(r) for r in rows]
        for (i, name), value in zip(blanks, values, strict=True):
            complete[i][name] = value
        truth = _twin(complete)
        for rule, verdict in found.items():
            assert verdict in {"niet te bepalen", truth[rule]}, (rule, complete)


@settings(max_examples=30, deadline=None)
@given(_with_blanks())
def test_an_unknown_never_turns_a_verdict_around(
    case: tuple[list[Row], list[tuple[int, str]]],
) -> None:
    rows, blanks = case
    before = _assess(rows)
    for number in range(1, len(blanks) + 1):
        after = _assess(_blank(rows, blanks[:number]))
        for rule in RULES:
            assert after[rule] in {before[rule], "niet te bepalen"}, rule
        before = after
