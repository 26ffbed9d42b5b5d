"""A bridge to be judged in virtual time: ours over memory wires, with the banking script and its recordings.

Each part can be exchanged for a worse one: the wire towards the phone, the way to the model, the agent, the
mind.
"""

from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import trio

from twiliobridge.agents import banking_agent
from twiliobridge.audio import ulaw_decode
from twiliobridge.call import run_call
from twiliobridge.caller import Access, HandshakeFailed, NotConnected, WireCarrier
from twiliobridge.caller.errors import WebhookFailed
from twiliobridge.caller.recordings import read_audio
from twiliobridge.caller.webhooks import Document
from twiliobridge.conversation import Limits, Relay
from twiliobridge.mediastream.errors import StreamCode, WebhookCode
from twiliobridge.mediastream.twiml import Connect, Hangup, Say, Stream
from twiliobridge.offline import Engines, OfflineModel, open_offline_model
from twiliobridge.offline.prerendered import PrerenderedVoice
from twiliobridge.offline.script_brain import ScriptBrain
from twiliobridge.validate.check import registered
from twiliobridge.validate.material import find_material
from twiliobridge.validate.rehearsal import KNOBS, rehearsal
from twiliobridge.validate.result import Mode, Status
from twiliobridge.validate.suite import Suite
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.target import HttpAnswer, Target, census
from twiliobridge.wires import memory_wires

ROOT = Path(__file__).parents[1]
VOICE = PrerenderedVoice()
FOLDER = ROOT / "audio_samples" / "banking"
WORDS = {
    "my_gold_card": "My gold card.",
    "need_to_replace_card": "I need to replace my card.",
    "i_lost_it": "I lost it.",
    "thanks_thats_all": "Thanks, that's all.",
    "hold_on_a_sec": "Hold on a sec.",
    "tell_me_about_your_bank": "Tell me about your bank.",
}
MATERIAL = find_material(FOLDER)
NEAR = replace(KNOBS, dial=0.0, back=0.0)
"A model in the same house."
TOKEN = "of the account"


class Ears:
    """Knows the caller's recordings by how loud they are when."""

    name = "envelopes"

    def __init__(self):
        self.lines = {name: envelope(ulaw_decode(read_audio(FOLDER / f"{name}.wav")), 8000) for name in WORDS}

    def recognise(self, samples, rate):
        turn = envelope(samples, rate)
        return WORDS[max(self.lines, key=lambda name: likeness(turn, self.lines[name]))]


def envelope(samples, rate):
    """Levels in dB of 20 ms each, above a floor."""
    frame = rate // 50
    frames = samples[: len(samples) // frame * frame].astype(float).reshape(-1, frame)
    return np.maximum(20 * np.log10(np.sqrt(np.square(frames).mean(axis=1)) + 1), 30) - 30


def likeness(one, other):
    return np.correlate(one, other, "full").max() / np.sqrt(np.square(one).sum() * np.square(other).sum() + 1)


EARS = Ears()


def offline_model(knobs=KNOBS):
    engines = Engines(voice=VOICE, recogniser=EARS, at_once=True)
    return OfflineModel(engines, lambda: ScriptBrain(rehearsal(), VOICE.can_say), knobs)


def as_it_is(each):
    return each


async def healthy(path):
    return HttpAnswer(200, "open" if path == "/health" else '{"active_calls": 0}')


async def signed(token, _dial):
    """Whether whoever shows this token is let in."""
    return token == TOKEN


async def good_webhook(host, token):
    """A settled address, and an apology behind the stream."""
    return document(token, f"wss://{host}/media-stream")


APOLOGY = (Say("Please call again later."), Hangup())


def document(token, url, *, rest=APOLOGY, shut=True):
    """What a webhook answers; `shut`: only to the account."""
    if shut and token != TOKEN:
        raise WebhookFailed("the request was refused", WebhookCode.RETRIEVAL, 403)
    return Document("https://in.process/incoming-call", (Connect(Stream(url=url)), *rest))


@asynccontextmanager
async def at_once(dial):
    """The handshake is answered; the model is dialled in the call."""
    yield dial


@asynccontextmanager
async def bridge(  # noqa: PLR0913 -- one for each part
    *,
    phone=as_it_is,
    dialled=as_it_is,
    agent=None,
    relay=Relay,
    limits=None,
    get=healthy,
    knobs=KNOBS,
    visible=True,
    run=run_call,
    answers=True,
    alive=lambda: True,
    handshake=at_once,
    let_in=signed,
    webhook=good_webhook,
):
    """A Target. `phone` exchanges the server's end of each phone's wire; `dialled` the dial between bridge
    and tap; `run` the call itself; `handshake` what comes before it is answered, and the dial of the call;
    `let_in` who gets a stream; `webhook` what TwiML there is.
    """
    tap, model, summaries = ModelTap(), offline_model(knobs), []
    dial = dialled(tap.watched(lambda: open_offline_model(model)))
    async with trio.open_nursery() as nursery:

        async def serve(wire, task_status=trio.TASK_STATUS_IGNORED):
            end = phone(wire)
            async with handshake(dial) as call_dial:
                task_status.started()
                summary = await run(end, call_dial, agent or banking_agent(), limits or Limits(), relay=relay)
            if summary is not None:
                summaries.append(summary)

        @asynccontextmanager
        async def connect(_url, token, _tls, _signed):
            if not alive():
                raise NotConnected(_url, StreamCode.CONNECTION_REFUSED, reached=False)
            if not (answers and await let_in(token, dial)):
                raise HandshakeFailed(_url, "the handshake was answered with HTTP 403", 403)
            near, far = memory_wires(1 << 23)
            await nursery.start(partial(serve, far))
            try:
                yield WireCarrier(near)
            finally:
                with trio.CancelScope(shield=True):
                    await near.aclose()

        yield Target(
            url="wss://in.process/twilio-agent",
            mode=Mode.OWNING if visible else Mode.BLACK_BOX,
            model="offline model, in virtual time",
            get=get,
            connect=connect,
            webhook=webhook,
            access=Access(auth_token=TOKEN),
            tap=tap if visible else None,
            cues=model.cues if visible else None,
            census=census if visible else None,
            summaries=summaries,
        )
        nursery.cancel_scope.cancel()


async def judge(*only, **parts):
    """The suite's result over such a bridge; `only` these checks, by id."""
    checks = [each for each in registered() if (not only or each.id in only) and not each.microphone]
    async with bridge(**parts) as target:
        return await Suite(target, MATERIAL, checks).run()


async def judge_until(seconds):
    """What the suite says of the good bridge, stopped after some seconds as by Ctrl+C."""
    checks = [each for each in registered() if not each.microphone]
    async with bridge() as target:
        suite = Suite(target, MATERIAL, checks)
        with trio.move_on_after(seconds):
            await suite.run()
    return suite.result(interrupted=True)


def with_status(result, status):
    return {
        finding.id: finding.reason
        for check in result.results
        for finding in check.findings
        if finding.status is status
    }


failed = partial(with_status, status=Status.FAILED)
undecided = partial(with_status, status=Status.NOT_APPLICABLE)
