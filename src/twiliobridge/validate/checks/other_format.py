"""What a bridge does when the model does not speak the format that it was asked for."""

from twiliobridge.audio import AudioFormat
from twiliobridge.realtime import events as model
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.other_format import OtherFormat
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Level
from twiliobridge.validate.spectrum import is_noise
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.waiting import until

HEARD_MS = 1000.0
"By so much noise is told from speech."
PASSED_ON = 400
"Bytes, 50 ms: so many in a row are no coincidence."
GREETING_WITHIN = 8.0
ANSWER_WITHIN = 10.0

NO_NOISE = Law(
    "C2.6",
    "A caller whose model answers in another format than was asked hears no noise.",
    "OpenAI docs, Realtime > session.updated: the session as it is, audio.output.format",
    "Compare the formats of session.updated with those that were asked for; transcode what differs, or end"
    " the call with a reason. A session.update that is refused leaves the session at 24 kHz PCM.",
    Level.SHOULD,
    done="The model says another output format in session.updated than was asked for, PCM for mu-law and mu-"
    " law for any other, and speaks it.",
)


async def judge_other_format(exam: Examination, tap: ModelTap) -> None:
    with tap.altering(OtherFormat):
        async with exam.call("other-format") as call:
            await _listen(exam, call)
            _judge(exam, call)


async def _listen(exam: Examination, call: ProbeCall) -> None:
    if await call.heard_for(HEARD_MS, GREETING_WITHIN if exam.target.greets else 0) or not call.up:
        return
    await call.say(exam.material.interruption.audio)
    await until(lambda: not call.up or len(call.heard) >= HEARD_MS * 8, ANSWER_WITHIN)


def _judge(exam: Examination, call: ProbeCall) -> None:
    told = [event for session in call.sessions for _, event in session.events(model.SessionUpdated)]
    if not told:
        exam.not_applicable(NO_NOISE.id, "no session.updated was seen, so no format was asked for (see C2.1)")
        return
    noise = _noise(call)
    where = f"the model spoke {told[-1].session.output_format} instead of what was asked for"
    heard = f"{len(call.heard) // 8} ms were heard" if call.heard else "nothing was heard"
    after = noise or (heard if call.up else f"{heard}, and the call ended")
    exam.found(NO_NOISE.id, holds=not noise, seen=f"{where}: {after}")


def _noise(call: ProbeCall) -> str:
    """What is wrong with what was heard; empty if nothing is."""
    heard = call.heard
    if heard and _is_passed_on(call):
        return "PCM was played as mu-law, byte for byte, which is loud noise"
    return is_noise(heard) if heard else ""


def _is_passed_on(call: ProbeCall) -> bool:
    """Whether bytes of the model's PCM are among what was heard."""
    for session in call.sessions:
        told = session.events(model.SessionUpdated)
        said = b"".join(audio for _, _, audio in session.spoken())
        pcm = bool(told) and told[-1][1].session.output_format == AudioFormat.PCM.value
        if pcm and any(piece in said for piece in _pieces(call.heard)):
            return True
    return False


def _pieces(heard: bytes) -> list[bytes]:
    return [heard[at : at + PASSED_ON] for at in range(0, len(heard) - PASSED_ON, PASSED_ON)]
