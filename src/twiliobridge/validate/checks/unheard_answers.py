"""Answers of the model's in which there is nothing to be heard."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import trio

from twiliobridge.offline import Part, Write
from twiliobridge.offline.whims import rate_limited
from twiliobridge.validate.cued import CuedTurn
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.phases import greeted, heard_since
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Level
from twiliobridge.validate.scenes import Judged, Scene
from twiliobridge.validate.trial import Trial

HEARD_WITHIN = 8.0
"Seconds. A caller who hears nothing for longer asks whether anybody is there."
HEARD_MS = 100.0
DONE = "the model answered"
WORDS = "We are open from nine to five, Monday to Saturday."
RETRY_AFTER_S = 1.2
"As the service's message says it."
ANSWERS: Mapping[str, tuple[Part, ...]] = MappingProxyType(
    {
        "with text and no audio": (Write(WORDS),),
        "with nothing": (),
        "with a failure (rate_limit_exceeded)": (rate_limited(RETRY_AFTER_S),),
    }
)

NOT_LEFT = Law(
    "C7.7",
    "After an answer without sound the agent is heard, or the call goes on by TwiML, within"
    f" {HEARD_WITHIN:g} s.",
    "OpenAI docs, Realtime > response.done: status, status_details, and output without audio",
    "Look at each response.done: if the turn was not answered by sound, ask again, after the time that"
    " status_details names; then say something, or close the socket.",
    Level.SHOULD,
    done="In three calls the model answers the caller with text and no audio, with nothing, and with a"
    " failure (rate_limit_exceeded) that says when to try again.",
)


def scenes() -> Sequence[Scene]:
    return [_scene(number, phase, parts) for number, (phase, parts) in enumerate(ANSWERS.items(), 1)]


def _scene(number: int, phase: str, parts: tuple[Part, ...]) -> Scene:
    async def play(exam: Examination, call: ProbeCall) -> Judged:
        trial = await _wait(exam, call, Trial(NOT_LEFT.id, DONE, phase, call.name), parts)
        return lambda: [trial]

    return Scene(f"unheard-{number}", DONE, phase, (NOT_LEFT,), play)


async def _wait(exam: Examination, call: ProbeCall, trial: Trial, parts: tuple[Part, ...]) -> Trial:
    await greeted(exam, call)
    turn = CuedTurn(exam, call, parts)
    if missed := await turn.say(exam.material.interruption.audio):
        return replace(trial, missed=missed)
    again = await heard_since(call, turn.done_at, HEARD_MS, HEARD_WITHIN)
    if not again and call.up:
        return trial.failed(f"the caller heard nothing for {HEARD_WITHIN:g} s")
    return replace(trial, value=(trio.current_time() - turn.done_at) * 1000)
