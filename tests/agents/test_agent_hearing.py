"""Each key of an agent's file that the caller hears something of, by what they hear."""

import base64

import pytest
from agent_text import agent_of
from exchange import Exchange

from twiliobridge.audio import RATE, read_wav, silence, telephone, ulaw_decode, write_wav
from twiliobridge.mediastream.events import Clear, Play
from twiliobridge.realtime import events as model


def asked(call):
    return [event.response.instructions for event in call.sent(model.CreateResponse) if event.response]


def turn(call):
    call.caller_speaks()
    call.caller_stops()


def test_the_greeting_is_asked_for():
    assert "Velo Corner." in asked(Exchange(agent_of('greeting = "Velo Corner."')).open())[0]


def test_a_forced_tool_is_not_called_in_place_of_the_greeting():
    call = Exchange(agent_of('greeting = "Hello."\ntool_choice = "required"')).open()
    [greeting] = call.sent(model.CreateResponse)
    assert greeting.response.tool_choice == "none"


def test_a_tool_choice_outlives_the_question_for_a_sign_of_life():
    call = Exchange(agent_of('tool_choice = "none"')).open()
    call.wait(21)
    first, again = call.sent(model.UpdateSession)
    assert (first.session.tool_choice, again.session.tool_choice) == ("none", "none")


@pytest.mark.parametrize(("word", "clears"), [("true", 1), ("false", 0)])
def test_greeting_interruptible_says_whether_the_caller_cuts_it(word, clears):
    call = Exchange(agent_of(f'greeting = "Hello."\ngreeting_interruptible = {word}')).open()
    call.response("hello", 2000)
    call.wait(0.5)
    call.caller_speaks()
    call.wait(0.1)
    assert len(call.sent(Clear)) == clears


def test_the_apology_is_said_when_no_answer_could_be_had():
    call = Exchange(agent_of('apology = "Pardon us."')).open()
    turn(call)
    for number in range(3):
        call.model(model.ResponseCreated(response=model.Response(id=f"r{number}", conversation_id="c")))
        call.model(model.ResponseDone(response=model.Response(id=f"r{number}", status="completed")))
        call.wait(1.3)
    assert any("Pardon us." in words for words in asked(call))


def test_hold_on_is_said_while_an_answer_takes_long():
    call = Exchange(agent_of('hold_on = "Bear with me."')).open()
    turn(call)
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.wait(5)
    assert any("Bear with me." in words for words in asked(call))


def test_silence_says_when_a_silent_caller_is_asked_and_when_told_goodbye():
    call = Exchange(agent_of("silence = { ask_after = 7, hang_up_after = 3 }")).open()
    call.wait(6.9)
    assert not asked(call)
    call.wait(0.2)
    assert "still there" in asked(call)[0]
    call.response("there", 400)
    call.wait(3.5)
    assert "goodbye" in asked(call)[1]


# ---------------------------------------------------------------- the sound while the caller waits

TONE = bytes(range(0x80, 0x80 + 80)) * 20


def waiting(call):
    turn(call)
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.wait(3)
    return b"".join(base64.b64decode(event.payload) for event in call.sent(Play))


def test_a_recording_beside_the_file_plays_while_the_caller_waits():
    asked_for = []
    wav = write_wav(ulaw_decode(TONE), RATE)

    def read(name):
        asked_for.append(name)
        return wav

    heard = waiting(Exchange(agent_of('waiting = "keys.wav"', read)).open())
    assert asked_for == ["keys.wav"]
    assert heard.startswith(telephone(read_wav(wav)) * 5)


def test_a_short_recording_is_repeated_within_a_message():
    """A message a second, however short it is."""
    call = Exchange(
        agent_of('waiting = "tick.wav"', lambda _: write_wav(ulaw_decode(TONE[:80]), RATE))
    ).open()
    waiting(call)
    assert {len(base64.b64decode(event.payload)) for event in call.sent(Play)} == {RATE}


def test_the_sound_that_ships_is_known_by_its_name():
    """It is soft, and no file is read for it."""
    sound = agent_of('waiting = "typing"').waiting
    samples = abs(ulaw_decode(sound).astype(int))
    assert len(sound) == 12 * RATE
    assert 1000 < samples.max() < 4000
    assert silence(1000) not in sound
    assert sound[:RATE] in waiting(Exchange(agent_of('waiting = "typing"')).open())


def missing(name):
    raise ValueError(f"/shop/{name}: No such file or directory")


@pytest.mark.parametrize(
    ("name", "read", "complaint"),
    [
        ("keys.wav", missing, "waiting: /shop/keys.wav: No such file or directory"),
        ("typng", missing, "waiting: /shop/typng: No such file .*; a name without .wav is one of: typing"),
        ("keys.wav", lambda _: b"ID3 is an mp3", "waiting: not a WAV file: it begins with"),
        ("keys.wav", lambda _: b"", "waiting: not a WAV file"),
        ("keys.wav", None, "waiting: keys.wav: an agent that is read from no file has none beside it"),
    ],
)
def test_a_sound_that_cannot_be_read_is_one_line(name, read, complaint):
    with pytest.raises(ValueError, match=f"^a.toml: {complaint}") as caught:
        agent_of(f'waiting = "{name}"', read)
    assert "\n" not in str(caught.value)
