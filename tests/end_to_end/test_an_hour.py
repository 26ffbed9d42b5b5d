"""61 minutes on the phone: the session with the model lasts 60. The caller notices nothing of the change."""

import pytest
import trio
from call_laws import messages
from mobile_phone import STOP, MobilePhone
from numbered_speech import numbers_in, say, speech
from whole_call import AGENT, Call, orator_of_a_call

from twiliobridge.conversation import Ending, Limits
from twiliobridge.offline.knobs import Knobs

EVERY = 120
"Seconds from one turn to the next."
ANSWERS = list(range(2, 33))

RENEWED = Limits(), "model lost: its session is about to expire", 57 * 60
EXPIRED = Limits(renew_before=-5, renew_latest=-5), "model lost: session_expired", 3600


@pytest.mark.parametrize(("limits", "why", "at_most"), [RENEWED, EXPIRED])
async def test_61_minutes(autojump_clock, limits, why, at_most):
    """The session is replaced in a quiet moment of its last minutes, or, where that came too late, when the
    service has ended it. The new one is told all that was said.
    """
    replies = [(say(number, 700),) for number in (1, *ANSWERS)]
    call = Call(orator_of_a_call(*replies, knobs=Knobs(speed=20)), 0, 1 << 20)
    phone = MobilePhone(call.phone)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(call.run, None, AGENT, limits)
        nursery.start_soon(phone.run)
        for turn in range(len(ANSWERS)):
            await trio.sleep_until(phone_time := turn * EVERY + 30)
            await phone.speak(speech(50, 600) + b"\xff" * 4800)
            await trio.sleep_until(phone_time + 5)
            assert numbers_in(bytes(phone.heard))[-1] == ANSWERS[turn]
        await trio.sleep_until(61 * 60)
        phone.tell(STOP)
        await call.over.wait()
        await call.phone.aclose()
    assert numbers_in(bytes(phone.heard)) == [1, *ANSWERS]
    assert call.summary.ending is Ending.CALLER_HUNG_UP
    first, second = call.summary.sessions
    assert why in first.why, first.why
    assert 54 * 60 < first.ended_at <= at_most + 1
    assert second.ready_at - first.ended_at < 0.5
    told = [message["item"]["role"] for message in messages(call.to_model.sent, "conversation.item.create")]
    turns = sum(1 for turn in range(len(ANSWERS)) if turn * EVERY + 30 < first.ended_at)
    assert told == ["assistant", *["user", "assistant"] * turns]
