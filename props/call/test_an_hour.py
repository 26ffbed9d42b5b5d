"""An hour on the phone, in seconds of ours: what holds for a minute holds for sixty of them."""

import trio
from call_laws import truncations
from faulty_call import AGENT, OVER_WITHIN
from hypothesis import given, settings
from hypothesis import strategies as st
from mobile_phone import STOP, MobilePhone, kept
from numbered_speech import say, speech
from trio._core import _run as scheduler
from trio.testing import MockClock
from whole_call import Call, orator

from twiliobridge.conversation import Ending, Limits
from twiliobridge.offline.knobs import Knobs

SECONDS = 3600
EVERY = 30
"Seconds between two turns of the caller's."

TURNS = st.lists(
    st.tuples(
        st.integers(200, 900),
        st.sampled_from([None, 0.3, 1.2, 2.9]),
        st.sampled_from([None, "phone", "bridge", "to_model", "model"]),
    ),
    min_size=1,
    max_size=5,
)
"""Over and over: ms of speech, seconds into the answer of the interruption, and the end of a wire that is
then not read for a second."""


@settings(max_examples=max(2, settings().max_examples // 40))
@given(TURNS, st.integers(0, 2**16))
def test_an_hour_keeps_no_more_than_its_first_minutes(turns, seed):
    """Nothing of what the relay holds grows with the call, no cut is repeated, and the caller ends it."""
    scheduler._r.seed(seed)
    trio.run(an_hour, turns, clock=MockClock(autojump_threshold=0))


async def an_hour(turns):
    count = SECONDS // EVERY
    replies = ((say(turn % 90, 2500),) for turn in range(4 * count))
    # One session: what another is told of the conversation is kept, too, and has a bound of its own.
    knobs = Knobs(speed=20, session_seconds=3 * SECONDS)
    call = Call(orator(*replies, knobs=knobs), 0, 1 << 20)
    phone = MobilePhone(call.phone)
    samples = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(call.run, None, AGENT, Limits(longest_call=SECONDS + EVERY))
        nursery.start_soon(phone.run)
        for turn in range(count):
            await trio.sleep_until(began := turn * EVERY + 2.0)
            await converse(call, phone, *turns[turn % len(turns)])
            await trio.sleep_until(began + EVERY - 3)
            samples.append(kept(call))
        phone.tell(STOP)
        with trio.fail_after(OVER_WITHIN):
            await call.over.wait()
        await call.phone.aclose()
    assert call.summary.ending is Ending.CALLER_HUNG_UP
    assert call.summary.duration > SECONDS - EVERY
    # An interruption leaves a response whose late events are still known, of which there is a bound.
    period = len(turns)
    early, late = samples[period : 3 * period], samples[-2 * period :]
    assert max(late) - max(early) < 5 * count, "an answer has 25 marks"
    assert all(ms <= 2500 for ms in truncations(call).values())


async def converse(call, phone, ms, interrupts_after, held_up):
    await phone.speak(speech(95, ms) + b"\xff" * 4800)
    if held_up:
        getattr(call, held_up).stop_reading()
        await trio.sleep(1)
        getattr(call, held_up).read_on()
    if interrupts_after is not None:
        await trio.sleep(interrupts_after)
        await phone.speak(speech(96, 200) + b"\xff" * 4800)
