"""A plan that was made here as the proposal of Toets and Kaart, and as a file."""

from pathlib import Path

import pandas as pd

from oi_geo.candidates.wishes import Wishes
from oi_geo.criteria.kader import kader_names
from oi_geo.maps.marks import Marks
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.ui.cache import Question
from oi_geo.ui.context_choices import Adopted, Origin
from oi_geo.ui.downloads import csv_bytes
from oi_geo.ui.state import Session
from oi_geo.ui.toets import OWN


def file_name(name: str) -> str:
    """Return the file name of a plan by what it is called."""
    return f"{name.lower().replace(' ', '_')}.csv"


def plan_bytes(plan: Plan) -> bytes:
    """Write a plan as a proposal: `eenheid,groep`."""
    groups = [plan.groups[label] if label != UNASSIGNED else None for label in plan.labels]
    return csv_bytes(pd.DataFrame({"eenheid": plan.units, "groep": groups}))


def propose_plan(
    session: Session,
    plan: Plan,
    name: str,
    kaders: tuple[str, ...],
    *,
    wishes: Wishes,
    origin: Origin,
    marks: Marks | None = None,
) -> Path | None:
    """Make a plan the proposal that Toets and Kaart show; return the file that it is kept in.

    Where it cannot be kept (None) nothing changes, and the page of its origin says why.
    Context asks with the wishes that the plan was made with, as long as it is the proposal. With
    `marks` its groups have the numbers and colours that they had where it was taken from.
    """
    path = session.keep_for(origin, file_name(name), plan_bytes(plan))
    if path is None:
        return None
    if marks is not None:
        session.marks[path] = marks
    session.proposal = path
    session.choices |= {"voorstel": OWN, "niveau": plan.level, "omvang": "vanzelf"}
    if not session.choices.get("kaders"):
        session.choices["kaders"] = list(kader_names())
    session.question = Question(session.inputs(), path, plan.level, kaders)
    session.situating.adopted = Adopted(session.question, wishes, origin)
    return path
