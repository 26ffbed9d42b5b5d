"""Interruptions, case by case: what is cleared, what the model is told, and what the caller truly heard."""

from dataclasses import replace

import pytest
from exchange import AGENT, Exchange

from twiliobridge.mediastream.events import Clear, Dtmf, Play
from twiliobridge.realtime.events import (
    CancelResponse,
    CreateItem,
    CreateResponse,
    OutputAudioDelta,
    OutputAudioDone,
    SpeechStarted,
    TruncateItem,
)
from twiliobridge.realtime.session import ServerVad


def test_still_generating_and_audible():
    """Case A: the phone is cleared, the item is cut at what was heard, and stragglers stay unheard."""
    call = Exchange().open()
    call.response("r", 400, 400, 400, done=False)
    call.wait(0.5)
    call.caller_speaks()
    call.delta("r", 400)
    call.response_done("r", "cancelled")
    call.wait(2)
    assert call.sent(Clear) == [Clear()]
    [(item, cut)] = call.truncations()
    assert item == "r"
    assert abs(cut - 500) <= 20
    assert len(call.sent(Play)) == 3, "the straggler went out"
    assert call.heard_ms("r") == pytest.approx(520, abs=20)
    assert not call.sent(CancelResponse), "the service has cancelled by itself"


def test_generation_finished_and_audio_queued():
    """Case B, the usual one on a telephone: only speech_started arrives, and everything is still to do."""
    call = Exchange().open()
    call.response("r", 3000)
    call.wait(1.0)
    call.caller_speaks()
    assert call.sent(Clear) == [Clear()]
    [(item, cut)] = call.truncations()
    assert item == "r"
    assert abs(cut - call.heard_ms("r")) <= 20


def test_all_heard():
    """Case C: an ordinary turn changes nothing."""
    call = Exchange().open()
    call.response("r", 500)
    call.wait(1.0)
    call.caller_speaks()
    assert not call.sent(Clear)
    assert not call.truncations()


def test_no_audio_yet():
    """Case D: there is nothing to truncate."""
    call = Exchange().open()
    call.response("r", done=False)
    call.caller_speaks()
    call.response_done("r", "cancelled")
    assert not call.sent(Clear)
    assert not call.truncations()


def test_what_only_comes_late_is_not_heard_and_the_model_is_told():
    """Case D with stragglers: the item shows itself after the interruption, and is truncated at 0, once."""
    call = Exchange().open()
    call.response("r", done=False)
    call.caller_speaks()
    call.delta("r", 400)
    call.delta("r", 400)
    call.response_done("r", "cancelled")
    assert not call.sent(Play)
    assert call.truncations() == [("r", 0)]


def test_a_slow_response_heard_so_far_to_its_last_byte():
    """The words run ahead of the audio: the model believes in more of a growing item than it has sent."""
    call = Exchange().open()
    call.response("r", 400, done=False)
    call.wait(1.0)
    call.caller_speaks()
    call.delta("r", 400)
    call.response_done("r", "cancelled")
    assert call.truncations() == [("r", 400)]
    assert not call.sent(Clear)


def test_a_preamble_heard_to_its_end_is_left_whole():
    """Its audio was done; the function call behind it is what is being generated."""
    call = Exchange().open()
    call.response("r", 400, done=False)
    call.model(OutputAudioDone(response_id="r", item_id="r"))
    call.wait(1.0)
    call.caller_speaks()
    assert not call.truncations()


def test_a_stalled_line_is_cleared_though_the_clock_says_all_was_heard():
    """One mark is missing: the phone may be late, and would play on."""
    call = Exchange(uplink=lambda: 0.5).open()
    call.response("r", 300)
    call.wait(0.4)
    call.caller_speaks()
    assert call.sent(Clear) == [Clear()]
    assert not call.truncations()


@pytest.mark.parametrize(("up", "down"), [(0, 0), (0.06, 0), (0, 0.06), (0.03, 0.03), (0.06, 0.06)])
@pytest.mark.parametrize("at", [0.05, 0.5, 1.33, 2.0])
def test_a_way_of_d_ms_costs_d_ms(up, down, at):
    """The clear takes a way down, and a mark's news is a way up old: the cut is short by that, never long.

    Besides, the packet is heard to its end in which the clear arrives.
    """
    call = Exchange(uplink=lambda: up, downlink=lambda: down).open()
    call.response("r", 400, 400, 400, 1260)
    call.wait(at)
    call.caller_speaks()
    call.wait(0.2)
    [(_, cut)] = call.truncations()
    assert -1 <= call.heard_ms("r") - cut <= (up + down) * 1000 + 21


def test_keys_in_the_middle_of_a_turn_hold_an_answer_back():
    """A response that was asked for crosses the first key: it is called back, and one follows the last."""
    call = Exchange().open()
    call.phone(Dtmf(digit="1"))
    call.phone(Dtmf(digit="#"))
    call.phone(Dtmf(digit="2"))
    call.response("r", 400, done=False)
    assert call.sent(CancelResponse) == [CancelResponse(response_id="r")]
    assert not call.sent(Play)
    call.response_done("r", "cancelled")
    assert len(call.sent(CreateResponse)) == 1
    call.wait(2.0)
    assert len(call.sent(CreateResponse)) == 2


def test_what_is_no_base64_is_not_played():
    """The phone's protocol would refuse it, and that must not cost the call."""
    call = Exchange().open()
    call.response("r", done=False)
    for delta in ("?", "AAA", "AA==AAAA", ""):
        call.model(OutputAudioDelta(response_id="r", item_id="r", delta=delta))
    assert not call.to_phone


def test_two_items_queued():
    """Case E: the audible item is cut at what was heard, the one behind it at nothing."""
    call = Exchange().open()
    call.response("a", 1500)
    call.response("b", 2000)
    call.wait(1.0)
    call.caller_speaks()
    (first, cut), second = call.truncations()
    assert first == "a"
    assert abs(cut - 1000) <= 20
    assert second == ("b", 0)


def test_two_items_second_audible():
    """Case E, later: what was heard to its end is not touched."""
    call = Exchange().open()
    call.response("a", 400)
    call.response("b", 2000)
    call.wait(1.0)
    call.caller_speaks()
    [(item, cut)] = call.truncations()
    assert item == "b"
    assert abs(cut - 600) <= 20


def test_speech_started_twice():
    """Case F: the second finds an empty ledger; nothing is cut twice."""
    call = Exchange().open()
    call.response("r", 2000)
    call.wait(0.5)
    call.caller_speaks()
    call.caller_speaks("user again")
    assert len(call.truncations()) == 1
    assert len(call.sent(Clear)) == 1


def test_second_barge_in_50_ms_after_the_first_answer_began():
    """Flushed marks of the first generation tell nothing about the second."""
    call = Exchange().open()
    call.response("a", 1000, 1000)
    call.wait(0.7)
    call.caller_speaks("u1")
    call.caller_stops("u1")
    call.wait(0.3)
    call.response("b", 400, 1000)
    call.wait(0.05)
    call.caller_speaks("u2")
    (_, first), (item, second) = call.truncations()
    assert abs(first - 700) <= 20
    assert item == "b"
    assert abs(second - 50) <= 20


def test_a_key_interrupts_at_once_and_cancels():
    """Case H: the service knows nothing of keys, so it is told to stop."""
    call = Exchange().open()
    call.response("r", 2000, done=False)
    call.wait(0.3)
    call.phone(Dtmf(digit="4"))
    assert call.sent(Clear) == [Clear()]
    assert call.sent(CancelResponse) == [CancelResponse(response_id="r")]
    assert len(call.truncations()) == 1
    call.response_done("r", "cancelled")
    call.phone(Dtmf(digit="2"))
    call.phone(Dtmf(digit="#"))
    [item] = call.sent(CreateItem)
    assert item.item.content[0].text == "The caller pressed 42 on the keypad."
    assert len(call.sent(CreateResponse)) == 1


def test_a_service_that_does_not_answer_by_itself_is_asked():
    """With create_response off, the caller's turn is answered all the same, once."""
    agent = replace(AGENT, turn_detection=ServerVad(create_response=False))
    call = Exchange(agent).open()
    call.caller_speaks()
    assert not call.sent(CreateResponse)
    call.caller_stops()
    assert len(call.sent(CreateResponse)) == 1
    call.response("r", 400)
    call.wait(5)
    assert len(call.sent(CreateResponse)) == 1


def test_the_phone_is_silenced_before_the_model_is_told():
    """The ear notices delay; the model does not."""
    call = Exchange().open()
    call.response("r", 400)
    call.wait(0.1)
    commands = call.relay.model_said(SpeechStarted(audio_start_ms=0, item_id="user"), call.now)
    kinds = [type(command.event) for command in commands]
    assert kinds == [Clear, TruncateItem]


def test_a_response_that_crosses_the_callers_first_word_is_cancelled():
    """The caller goes first: the response asked for too late is cancelled, and asked for again afterwards."""
    call = Exchange().open()
    call.phone(Dtmf(digit="1"))
    call.phone(Dtmf(digit="#"))
    assert len(call.sent(CreateResponse)) == 1
    call.caller_speaks()
    call.response("r", 400, done=False)
    assert call.sent(CancelResponse) == [CancelResponse(response_id="r")]
    assert not call.sent(Play)
    call.response_done("r", "cancelled")
    call.caller_stops()
    call.wait(1.5)
    assert len(call.sent(CreateResponse)) == 2


@pytest.mark.parametrize("echo_delay", [0.0, 0.03])
def test_the_worked_example(echo_delay):
    """A of 1500 ms and B of 2000 ms in pieces of 400: interrupted at 1330 ms, A is cut there and B at 0."""
    call = Exchange(uplink=lambda: echo_delay).open()
    call.response("a", 400, 400, 400, 300)
    call.response("b", 400, 400, 400, 400, 400)
    call.wait(1.33)
    call.caller_speaks()
    (a, cut_a), (b, cut_b) = call.truncations()
    assert (a, b, cut_b) == ("a", "b", 0)
    assert abs(cut_a - 1330) <= 60
    call.caller_stops()
    call.wait(1.0)
    call.response("c", 400)
    call.wait(0.1)
    call.caller_speaks()
    assert abs(call.truncations()[-1][1] - 100) <= 60
