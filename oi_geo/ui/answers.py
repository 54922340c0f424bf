"""An answer that is given just before somebody leaves a page goes along to the next one.

A browser that goes to another page tells of the widgets that stand on both. Where the server has
not looked at the last answer on the page that is left, because it was busy, Streamlit forgets it:
of two questions that wait, the later one counts. So what a browser asks for another page carries
the answers of the page that it leaves, and `Session.take_answers` keeps them.
"""

from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

# A button is pressed once, and an uploaded file is handed in where it is.
_ONCE = {
    "trigger_value",
    "string_trigger_value",
    "json_trigger_value",
    "chat_input_value",
    "file_uploader_state_value",
}


class Answers:
    """The answers of one browser tab, as they come over its connection."""

    def __init__(self) -> None:
        self._page = ""
        self._given: list[WidgetState] = []

    def carried(self, asked: bytes) -> bytes:
        """Return what a browser sends; with the answers of the page that it leaves, if it does."""
        message = BackMsg.FromString(asked)
        if message.WhichOneof("type") != "rerun_script":
            return asked
        question = message.rerun_script
        left, self._page = self._page, question.page_script_hash
        given, self._given = self._given, _answers(question.widget_states.widgets)
        if left in {"", self._page}:
            return asked
        told = {state.id for state in question.widget_states.widgets}
        question.widget_states.widgets.extend(state for state in given if state.id not in told)
        return message.SerializeToString()


def carrying_answers(receive: Receive) -> Receive:
    """Let the messages of a browser carry the answers of the page that it leaves."""
    answers = Answers()

    async def receiving() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive" and message.get("bytes"):
            return {**message, "bytes": answers.carried(message["bytes"])}
        return message

    return receiving


def _answers(states: "list[WidgetState]") -> list[WidgetState]:
    return [state for state in states if state.WhichOneof("value") not in _ONCE]
