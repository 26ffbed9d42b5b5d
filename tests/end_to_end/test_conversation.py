"""A call in which everybody waits for the other to finish. The laws of `call_laws` are checked at its end."""

from numbered_speech import numbers_in, say, speech
from whole_call import GREETING, open_call

from twiliobridge.conversation import Ending


async def test_a_call_of_three_turns(autojump_clock):
    """Greeting, question, answer: each is heard whole, in order, and the caller ends it."""
    async with open_call((say(GREETING, 900),), (say(2, 1500),), (say(3, 700), say(4, 900))) as call:
        assert (await call.client.wait_for_ai_greeting()).audio == speech(GREETING, 900)
        assert (await call.turn(50)).audio == speech(2, 1500)
        assert numbers_in((await call.turn(51)).audio) == [3, 4]
    assert call.summary.ending is Ending.CALLER_HUNG_UP
    assert [line.text for line in call.summary.transcript if line.speaker.value == "caller"] == ["50", "51"]
