"""Sound over both lanes: every byte both ways, and an interruption that empties the line."""

import base64
import random

import pytest
import trio
from peers import STOP, Exchange, Model, is_speech
from served import bridge

from twiliobridge.conversation import Ending
from twiliobridge.mediastream import Clear, Media
from twiliobridge.realtime.events import (
    AppendAudio,
    OutputAudioDelta,
    Response,
    ResponseCreated,
    SpeechStarted,
    TruncateItem,
)

pytestmark = pytest.mark.usefixtures("lane")


class Parrot(Model):
    """Says what it hears, frame by frame, as one response."""

    def answer(self, event):
        super().answer(event)
        if isinstance(event, AppendAudio):
            self.say(OutputAudioDelta(response_id="r", item_id="i", delta=event.audio))

    def respond(self):
        self.say(ResponseCreated(response=Response(id="r", status="in_progress", conversation_id="c")))


class Parrots(Exchange):
    kind = Parrot


async def until(condition):
    with trio.fail_after(5):
        while not condition():  # noqa: ASYNC110 -- the other end's list
            await trio.sleep(0.005)


async def test_every_byte_arrives_both_ways():
    """Frames of Twilio's size and of others, all byte values; in order, none added, none lost."""
    dice = random.Random(5)  # noqa: S311 -- no secret
    frames = [dice.randbytes(8 * dice.choice((20, 20, 20, 1, 150, 999))) for _ in range(200)]
    models = Parrots()
    async with bridge(dial=models.dial) as served, served.phone() as phone:
        phone.call()
        await until(lambda: models.models and models.model.connection.active_response)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(phone.hear_the_end)
            clock_ms = 0
            for frame in frames:
                phone.say(Media(payload=base64.b64encode(frame).decode(), timestamp_ms=clock_ms))
                clock_ms += len(frame) // 8
            await until(lambda: len(played(phone)) == sum(map(len, frames)))
            phone.say(STOP)
        assert played(phone) == b"".join(frames)
        told = (event.audio for event in models.model.heard if isinstance(event, AppendAudio))
        assert b"".join(map(base64.b64decode, told)) == b"".join(frames)
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]


def played(phone):
    return b"".join(base64.b64decode(event.payload) for event in phone.heard if is_speech(event))


async def test_an_interruption_clears_the_line_and_is_told_to_the_model():
    models = Parrots()
    async with bridge(dial=models.dial) as served, served.phone() as phone:
        phone.call()
        await until(lambda: models.models and models.model.connection.active_response)
        phone.frame(1000)
        while not any(map(is_speech, phone.heard)):
            await phone.hear()
        models.model.say(SpeechStarted(audio_start_ms=0, item_id="caller"))
        with trio.fail_after(5):
            while not isinstance(phone.stream.receive(await phone.wire.receive()), Clear):
                pass  # marks are not echoed: a second of speech is not over yet
        await until(lambda: any(isinstance(event, TruncateItem) for event in models.model.heard))
        cut = next(event for event in models.model.heard if isinstance(event, TruncateItem))
        assert cut.item_id == "i"
        assert 0 <= cut.audio_end_ms <= 1000
        phone.say(STOP)
        await phone.hear_the_end()
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]
