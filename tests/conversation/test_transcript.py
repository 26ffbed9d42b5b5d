"""What was said, and what of it was heard."""

from exchange import Exchange

from twiliobridge.conversation.transcript import MOST_LINES, Speaker, Transcript
from twiliobridge.mediastream.events import Play
from twiliobridge.realtime import events as model


def test_an_interrupted_line_tells_what_was_heard():
    """Split at the nearest word before the share of the audio that was heard."""
    call = Exchange().open()
    call.model(model.ResponseCreated(response=model.Response(id="r")))
    call.model(model.OutputTranscriptDelta(response_id="r", item_id="r", delta="one two three "))
    call.model(model.OutputTranscriptDelta(response_id="r", item_id="r", delta="four"))
    call.delta("r", 2000)
    call.response_done("r")
    call.wait(1.0)
    call.caller_speaks()
    [agent, caller] = call.relay.transcript
    assert agent.speaker is Speaker.AGENT
    assert (agent.heard, agent.unheard) == ("one two", "three four")
    assert caller.speaker is Speaker.CALLER


def test_a_tool_sees_of_a_line_that_still_plays_what_was_heard_so_far():
    """By the ledger of the truncations; words without any sound yet were not heard at all."""
    call = Exchange().open()
    call.response("r", done=False)
    call.model(model.OutputTranscriptDelta(response_id="r", item_id="r", delta="one two three four"))
    assert [line.heard for line in call.relay.call_info(call.now).transcript] == [""]
    call.delta("r", 2000)
    call.response_done("r")
    call.wait(1.0)
    [line] = call.relay.call_info(call.now).transcript
    assert (line.heard_ms, line.heard, line.unheard) == (1000, "one two", "three four")
    assert not call.truncations()
    call.wait(1.1)
    [line] = call.relay.call_info(call.now).transcript
    assert (line.heard_ms, line.heard) == (None, "one two three four")


def test_a_callers_words_stand_where_they_were_said():
    """The recognised text arrives after the answer began."""
    call = Exchange().open()
    call.caller_speaks("u")
    call.caller_stops("u")
    call.wait(0.3)
    call.response("r", 400)
    call.model(model.InputTranscriptCompleted(item_id="u", transcript="my balance"))
    [caller, agent] = call.relay.transcript
    assert caller.text == "my balance"
    assert agent.latency_ms == 300


def test_of_a_delta_that_the_phone_has_no_room_for_what_fits_is_sent_and_counted():
    """Twilio's buffer holds ten minutes; a delta goes out in pieces of 420 ms."""
    call = Exchange().open()
    call.response("r", 599_000, 1400, done=False)
    [agent] = call.relay.transcript
    assert agent.sent_ms == sum(play.size for play in call.sent(Play)) / 8 == 599_840


def test_lines_are_bounded():
    """The oldest go."""
    transcript = Transcript(0.0)
    for k in range(MOST_LINES + 10):
        transcript.write(f"k{k}", Speaker.CALLER, "x", float(k))
    assert len(transcript.lines) == MOST_LINES
    assert transcript.lines[0].at == 10
