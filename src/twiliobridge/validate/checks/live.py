"""M1, M2: somebody speaks. Not among the eight, and run only when asked for."""

from collections.abc import Awaitable

from twiliobridge.caller.live import LiveResult
from twiliobridge.sound import SoundError
from twiliobridge.validate.check import check
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law

SPOKEN = "precedent: the microphone tests that this suite replaces"
LONGEST = 600.0
"Seconds that somebody may talk."


def _answered(law_id: str, done: str) -> Law:
    advice = "Run `twiliobridge live` to hear what happens."
    return Law(law_id, "Whoever speaks is answered.", SPOKEN, advice, done=done)


@check(
    "M1",
    "Live conversation",
    "A conversation by the Enter key works.",
    _answered("M1.1", "Somebody talks with the agent, turn by turn, by the Enter key."),
    source=SPOKEN,
    seconds=LONGEST,
    microphone=True,
)
async def live_conversation(exam: Examination) -> None:
    async with exam.call("live") as call:
        await _judge(exam, "M1.1", call.client.live_conversation())


@check(
    "M2",
    "Realtime conversation",
    "A conversation as on a telephone works.",
    _answered("M2.1", "Somebody talks with the agent as on a telephone."),
    source=SPOKEN,
    seconds=LONGEST,
    microphone=True,
)
async def realtime_conversation(exam: Examination) -> None:
    async with exam.call("realtime") as call:
        await _judge(exam, "M2.1", call.client.live_realtime_conversation())


async def _judge(exam: Examination, law_id: str, conversation: Awaitable[LiveResult]) -> None:
    try:
        result = await conversation
    except SoundError as error:
        exam.not_applicable(law_id, str(error))
    else:
        exam.found(law_id, holds=result.success, seen=result.error or f"{result.turns_detected} turns")
