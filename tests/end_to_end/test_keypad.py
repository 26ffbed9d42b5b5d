"""Keys reach the model as a turn of the caller's, and are answered."""

import pytest
from numbered_speech import say, speech
from whole_call import open_call

from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import CreateItem, CreateResponse

QUICK = Knobs(latency=0.1, speed=20)


@pytest.mark.parametrize(
    ("keys", "text", "pause"),
    [("4271#", "4271", 0), ("42", "42", 2), ("0", "0", 2), ("#", "#", 0), ("*1#", "*1", 0)],
)
async def test_keys_are_a_turn(autojump_clock, keys, text, pause):
    """`#` ends it at once, a pause of 2 s does too: one message, one request, one answer."""
    async with open_call((say(1, 500),), (say(2, 700),), knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        for key in keys:
            await call.client.send_dtmf(key)
        pressed = call.line.turns[-1].at
        assert (await call.client.wait_for_ai_response(10)).audio == speech(2, 700)
        [(now, event)] = call.events(CreateItem)
        assert event.item.role == "user"
        assert event.item.content[0].text == f"The caller pressed {text} on the keypad."
        assert now - pressed == pytest.approx(pause, abs=0.001)
        assert len(call.events(CreateResponse)) == 2
    assert [line.text for line in call.summary.transcript if line.speaker.value == "keypad"] == [text]
