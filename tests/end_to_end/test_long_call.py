"""Half an hour on the phone: what the relay keeps does not grow, and what it tells the model stays true."""

import trio
from call_laws import truncations
from mobile_phone import STOP, MobilePhone, kept
from numbered_speech import say, speech
from whole_call import AGENT, GREETING, Call, orator

from twiliobridge.conversation import Ending, Limits
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import ResponseDone

MINUTES = 30
TURN_SECONDS = 30


async def test_30_minutes(autojump_clock):
    turns = MINUTES * 60 // TURN_SECONDS
    replies = (say(GREETING, 800),), *((say(turn % 90, 2500),) for turn in range(2 * turns))
    call = Call(orator(*replies, knobs=Knobs(speed=20)), 0, 1 << 20)
    phone = MobilePhone(call.phone)
    samples = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(call.run, None, AGENT, Limits())
        nursery.start_soon(phone.run)
        for turn in range(turns):
            await trio.sleep_until(phone_time := turn * TURN_SECONDS + 2)
            await phone.speak(speech(95, 600) + b"\xff" * 4800)
            await trio.sleep(1.2)  # into an answer of 2.5
            if turn % 2:
                await phone.speak(speech(96, 200) + b"\xff" * 4800)
            await trio.sleep_until(phone_time + TURN_SECONDS - 3)
            samples.append(kept(call))
        phone.tell(STOP)
        await call.over.wait()
        await call.phone.aclose()
    assert call.summary.ending is Ending.CALLER_HUNG_UP
    assert call.summary.duration > 60 * MINUTES - TURN_SECONDS
    assert len(call.events(ResponseDone)) > turns
    # An interruption leaves four: a response whose late events are still known, of which there is a bound.
    assert max(samples) - samples[4] < 3 * turns, "an answer has 25 marks"
    cuts = truncations(call).values()
    assert len(cuts) == turns // 2
    assert all(900 < ms < 1800 for ms in cuts)
