"""Lines that are not as they should be: missing frames, a phone that does not read, a model that is late."""

import base64

import trio
from numbered_speech import Ears, Voice, say, speech
from whole_call import ENGINES, nothing, open_call, orator

from twiliobridge.conversation import Ending
from twiliobridge.offline.engines import Engines
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import AppendAudio, SpeechStopped

QUICK = Knobs(latency=0.1, speed=20)


def is_media(text):
    return '"event":"media"' in text


async def test_a_gap_of_60_s(autojump_clock):
    """A carrier that sends nothing while its caller is silent: the turn ends all the same and is answered.

    Nothing is hoarded meanwhile, and the call goes on afterwards. Here with the gate that follows the noise.
    """
    model = orator(
        (say(1, 500),), (say(2, 700),), (say(3, 800),), engines=Engines(Voice(), Ears(), at_once=True)
    )
    async with open_call(model=model) as call:
        await call.client.wait_for_ai_greeting()
        await call.line.say_all(speech(50, 700))
        call.phone.lost = is_media
        began = trio.current_time()
        assert (await call.client.wait_for_ai_response(5)).audio == speech(2, 700)
        assert call.events(SpeechStopped)[0][0] - began < 1.3
        await trio.sleep_until(began + 60)
        filled = [event for now, event in call.events(AppendAudio) if now >= began]
        assert sum(len(base64.b64decode(event.audio)) for event in filled) < 8 * 2000
        call.phone.lost = nothing
        assert (await call.turn(51)).audio == speech(3, 800)
    assert [line.text for line in call.summary.transcript if line.speaker.value == "caller"] == ["50", "51"]


async def test_single_frames_that_are_missing(autojump_clock):
    """Each is replaced by 20 ms of silence, no more and no less (a law of `call_laws`)."""
    async with open_call((say(1, 500),), (say(2, 700),), knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        frames = 0

        def every_seventh(text):
            nonlocal frames
            frames += is_media(text)
            return is_media(text) and frames % 7 == 0

        call.phone.lost = every_seventh
        assert (await call.turn(50, 1000)).audio == speech(2, 700)
        padded = [event for _, event in call.events(AppendAudio) if event.audio == "/" * 213 + "w=="]
        assert padded


async def test_a_phone_that_stops_reading(autojump_clock):
    """The call ends at the bound on its backlog; until then all that the model says is read at once."""
    model = orator((say(1, 60_000),), engines=ENGINES, knobs=Knobs(latency=0.1, speed=5))
    async with open_call(model=model, backlog=1 << 17) as call:
        await call.client.wait_until_heard(500)
        call.phone.stop_reading()
        with trio.fail_after(20):
            await call.over.wait()
        waiting = sum(len(text) for _, text in call.bridge.sent[len(call.phone.taken) :])
        assert waiting <= 1 << 17
        assert waiting > 100_000
        read = [now for now, _ in call.to_model.taken]
        assert read == [now for now, _ in call.model.sent[: len(read)]]
        assert len(call.model.sent) - len(read) <= 1
    assert call.summary.ending is Ending.PHONE_STALLED


async def test_a_caller_who_speaks_before_the_model_is_there(autojump_clock):
    """What was said meanwhile reaches the model, in order, and is answered.

    The greeting crosses the caller's first word, and its cancellation the end of it.
    """
    errors = {"response_cancel_not_active"}
    replies = (say(1, 500),), (say(2, 700),), (say(1, 400),)
    async with open_call(*replies, lag=0.2, knobs=QUICK, errors=errors) as call:
        assert (await call.turn(50, 300)).audio
        await trio.sleep(3)
        updated = next(at for at, text in call.to_model.taken if '"session.updated"' in text)
        early = [now for now, _ in call.events(AppendAudio) if now == updated]
        assert len(early) > 10
    assert [line.text for line in call.summary.transcript if line.speaker.value == "caller"] == ["50"]
