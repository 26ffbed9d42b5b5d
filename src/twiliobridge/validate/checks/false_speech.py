"""Speech that nobody has said: the model hears some, and the caller was silent."""

import base64
from dataclasses import replace

import trio

from twiliobridge.audio import RATE, resample, to_float, to_int16, ulaw_decode
from twiliobridge.audio.speech import speech_ms
from twiliobridge.realtime import events as model
from twiliobridge.realtime import is_benign
from twiliobridge.realtime.events import AppendAudio
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.model_session import ModelSession
from twiliobridge.validate.phases import NO_SESSION, Phase, heard_since, reach
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.scenes import Judged, Scene
from twiliobridge.validate.trial import Trial
from twiliobridge.validate.waiting import until

HEARD_WITHIN = 2.0
"Seconds for the model to take sound for speech."
SETTLED_S = 1.0
"After speech_started: what was queued is cleared by then, if it ever is."
AGAIN_MS, AGAIN_WITHIN = 100.0, 8.0
"A caller who hears nothing for longer asks whether anybody is there."
NOISE_MS = 400
DONE = "speech_started without speech"
PHASES = (Phase.QUIET, Phase.ANSWERING)


def in_phase(phase: Phase, law: Law) -> Scene:
    async def play(exam: Examination, call: ProbeCall) -> Judged:
        trial = Trial(law.id, DONE, phase.value, call.name)
        missed = await reach(exam, call, phase)
        trial = replace(trial, missed=missed) if missed else await _startled(exam, call, trial)
        return lambda: [trial]

    return Scene(f"false-speech-{phase.slug}", DONE, phase.value, (law,), play)


async def _startled(exam: Examination, call: ProbeCall, trial: Trial) -> Trial:
    session = call.session
    if session is None:
        return replace(trial, missed=NO_SESSION)
    began = trio.current_time()
    session.ask(AppendAudio(audio=_noise(session, exam.material.interruption.audio)))
    if not await until(lambda: _started(session, began) is not None, HEARD_WITHIN):
        return replace(trial, missed="the model took what it was told for no speech")
    await trio.sleep(SETTLED_S)
    settled = trio.current_time()
    again = await heard_since(call, settled, AGAIN_MS, AGAIN_WITHIN)
    errors = [event.error for at, event in session.events(model.Error) if at >= began]
    refused = [each.message for each in errors if not is_benign(each)]
    if not again:
        silence = f"the caller heard nothing for {AGAIN_WITHIN:g} s"
        return trial.failed(silence if call.up else "the caller heard nothing more, and the line went down")
    if refused:
        return trial.failed(f"the model refused: {refused[0]}")
    return replace(trial, value=(trio.current_time() - (_started(session, began) or began)) * 1000)


def _started(session: ModelSession, since: float) -> float | None:
    return next((at for at, _ in session.events(model.SpeechStarted) if at >= since), None)


def _noise(session: ModelSession, audio: bytes) -> str:
    """A piece of speech, as the session's input has it."""
    begin = round(speech_ms(audio)[0]) * RATE // 1000
    samples = ulaw_decode(audio[begin : begin + NOISE_MS * RATE // 1000])
    form = session.input_format
    told = resample(to_float(samples), RATE, form.rate)
    return base64.b64encode(form.encode(to_int16(told))).decode()
