"""What the widgets of the page Kandidaten show when they are first drawn."""

from collections.abc import Collection
from typing import TypeVar, cast

from oi_geo.ui.state import Session

Value = TypeVar("Value")


def start(
    session: Session, key: str, default: Value, options: Collection[Value] | None = None
) -> Value:
    """Return what was chosen before the page closed, as far as it is still offered, or the default.

    It belongs in the call that draws the widget. Put in the session state instead, as
    `Session.recall` does, it is lost when another answer is given within the time that a browser
    takes to draw the widget: the browser then sends the lowest number or the first option.
    """
    chosen = cast("Value", session.choices.get(key, default))
    return chosen if options is None or chosen in options else default
