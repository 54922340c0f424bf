"""What a browser asks for another page carries the answers of the page that it leaves."""

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from oi_geo.ui.answers import Answers
from oi_geo.ui.state import Session


def asked(page: str, **widgets: WidgetState) -> bytes:
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    for name, state in widgets.items():
        state.id = name
        message.rerun_script.widget_states.widgets.append(state)
    return message.SerializeToString()


def told(message: bytes) -> dict[str, str]:
    states = BackMsg.FromString(message).rerun_script.widget_states.widgets
    return {state.id: state.string_value for state in states}


def text(value: str) -> WidgetState:
    return WidgetState(string_value=value)


def test_answers_go_along_to_the_next_page_and_no_further():
    tab = Answers()
    assert told(tab.carried(asked("toets", niveau=text("hub")))) == {"niveau": "hub"}
    assert told(tab.carried(asked("toets", niveau=text("wijk")))) == {"niveau": "wijk"}
    assert told(tab.carried(asked("kaart", thema=text("ion")))) == {
        "thema": "ion",
        "niveau": "wijk",
    }
    assert told(tab.carried(asked("toets"))) == {"thema": "ion"}
    assert told(tab.carried(asked("context"))) == {}


def test_a_widget_of_both_pages_keeps_its_newest_answer():
    tab = Answers()
    tab.carried(asked("toets", niveau=text("hub")))
    assert told(tab.carried(asked("kaart", niveau=text("wijk")))) == {"niveau": "wijk"}


def test_a_button_is_not_pressed_twice():
    tab = Answers()
    tab.carried(asked("kandidaten", maak=WidgetState(trigger_value=True), telt=text("ion")))
    assert told(tab.carried(asked("toets"))) == {"telt": "ion"}


def test_another_tab_and_other_messages_are_left_alone():
    one, other = Answers(), Answers()
    one.carried(asked("toets", niveau=text("hub")))
    assert told(other.carried(asked("kaart"))) == {}
    stop = BackMsg(stop_script=True).SerializeToString()
    assert one.carried(stop) == stop
    assert told(one.carried(asked("kaart"))) == {"niveau": "hub"}


def two_pages() -> None:
    import streamlit as st

    session = st.session_state["sessie"]
    session.take_answers()
    if st.session_state["pagina"] == "toets":
        levels = ["regio", "hub", "wijk"]
        st.selectbox(
            "Niveau", levels, key="niveau", index=levels.index(session.start("niveau", "regio"))
        )
        session.remember("niveau")


def test_an_answer_is_kept_by_the_next_page_and_only_if_it_is_new(tmp_path):
    app, session = AppTest.from_function(two_pages), Session(tmp_path)
    app.session_state["sessie"], app.session_state["pagina"] = session, "toets"
    app.run()
    app.selectbox(key="niveau").set_value("hub")
    app.session_state["pagina"] = "kaart"  # Toets is not drawn with the answer
    app.run()
    assert session.choices["niveau"] == "hub"
    session.choices["niveau"] = "wijk"  # a button, or another tab
    app.run()
    assert session.choices["niveau"] == "wijk"
    app.session_state["pagina"] = "toets"
    app.run()
    assert app.selectbox(key="niveau").value == "wijk"
    assert not app.exception
