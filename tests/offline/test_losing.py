"""The socket is lost in a chosen phase of the call, in the way that is chosen, and nothing comes after it."""

import pytest
from offline_driver import ENGINES, Driver, quiet, speech, types

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.faults import Loss
from twiliobridge.offline.incidents import Incident, Moment, incidents
from twiliobridge.offline.jobs import Close
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.realtime.events import (
    CreateItem,
    CreateResponse,
    Error,
    Item,
    OutputAudioDelta,
    ResponseDone,
    SpeechStarted,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

TOOLS = ({"type": "function", "name": "look"},)
GREETING, ANSWER, LOOKS, FOUND = (
    (Say("good morning to you all"),),
    (Say("one two"),),
    (CallTool("look"),),
    (Say("x"),),
)


def called(lose, **knobs):
    """A greeting, a turn that is answered, a turn for which a tool is called, its answer, and silence."""
    driver = Driver(GREETING, ANSWER, LOOKS, FOUND, knobs=Knobs(lose=incidents(Loss, lose), **knobs))
    driver.configure()
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=TOOLS)))
    driver.say(CreateResponse())
    driver.wait(0.5)
    for start in (0, 600):
        driver.hear(quiet(300) + speech(300, start=start) + quiet(300))
        driver.wait(1)
    output = Item(type="function_call_output", call_id="call_unknown", output="found")
    for call in [item for done in driver.of(ResponseDone) for item in done.response.output if item.call_id]:
        output = Item(type="function_call_output", call_id=call.call_id, output="found")
    driver.say(CreateItem(item=output))
    driver.say(CreateResponse())
    driver.wait(20)
    return driver


@pytest.mark.parametrize(
    ("moment", "responses", "last"),
    [
        ("greeting", 0, "response.output_audio.delta*"),
        ("caller", 1, "input_audio_buffer.speech_started"),
        ("answer", 1, "response.output_audio.delta*"),
        ("tool", 3, "response.done"),
    ],
)
def test_the_connection_is_cut_at_its_moment(moment, responses, last):
    driver = called(f"1006@{moment}")
    assert driver.closed == Close(1006)
    assert len(driver.of(ResponseDone)) == responses
    assert types([event for _, event in driver.events])[-1] == last
    assert driver.session.deadline() is None


def test_in_silence_means_half_a_second_after_the_last_word_was_heard():
    driver = Driver(GREETING, knobs=Knobs(lose=(Incident(Loss.DROPPED, at=Moment.SILENCE),)))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(60)
    first = next(moment for moment, event in driver.events if isinstance(event, OutputAudioDelta))
    assert driver.closed_at == pytest.approx(first + 5 * 0.3 + 0.5)


def test_a_caller_who_speaks_on_is_not_in_silence():
    driver = Driver(GREETING, knobs=Knobs(lose=(Incident(Loss.DROPPED, at=Moment.SILENCE),)))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(1)
    driver.hear(quiet(300) + speech(300))
    driver.wait(60)
    assert driver.of(SpeechStarted)
    assert driver.closed is None


@pytest.mark.parametrize(
    ("loss", "code", "error"),
    [("1001", 1001, "session_expired"), ("1011", 1011, None), ("1012", 1012, None), ("quiet", 0, None)],
)
def test_the_session_ends_as_it_is_told_to(loss, code, error):
    """With an error before it only where it has expired."""
    driver = called(f"{loss}@answer")
    assert driver.closed.code == code
    assert [event.error.code for event in driver.of(Error)] == ([error] if error else [])


def test_a_loss_without_a_moment_is_at_some_moment_the_same_each_time():
    assert called("1006").closed == Close(1006)
    assert called("1006").events == called("1006").events


def test_losses_are_of_the_sessions_of_a_server():
    """The first one, by chance, from the third on; the same server run loses the same ones."""

    def lost(text, sessions=30):
        model = OfflineModel(ENGINES, object, Knobs(lose=incidents(Loss, text), seed=3))
        return [model._losses.next() is not None for _ in range(sessions)]

    assert lost("1006*1")[:3] == [True, False, False]
    assert lost("1006@answer@3")[:4] == [False, False, True, True]
    assert lost("1006%30") == lost("1006%30")
    assert 2 < sum(lost("1006%30")) < 18
