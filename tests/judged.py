"""A bridge to be judged in virtual time: ours over memory wires, with the banking script and its recordings.

Each part can be exchanged for a worse one: the wire towards the phone, the way to the model, the agent, the mind.
"""

from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec
import trio

from twiliobridge.agents import banking_agent
from twiliobridge.call import run_call
from twiliobridge.caller import WireCarrier
from twiliobridge.conversation import Limits, Relay
from twiliobridge.offline import Engines, Knobs, OfflineModel, banking, open_offline_model
from twiliobridge.offline.prerendered import PrerenderedVoice
from twiliobridge.offline.script_brain import ScriptBrain
from twiliobridge.validate.check import registered
from twiliobridge.validate.material import find_material
from twiliobridge.validate.result import Mode, Status
from twiliobridge.validate.suite import Suite
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.target import HttpAnswer, Target, census
from twiliobridge.wires import memory_wires

ROOT = Path(__file__).parents[1]
VOICE = PrerenderedVoice()
TURNS = ["My gold card.", "I need to replace my card.", "I lost it.", "Thanks, that's all."]
KNOBS = Knobs(latency=0.2)
MATERIAL = find_material(ROOT / "audio_samples" / "banking")


def offline_model(knobs=KNOBS):
    script = msgspec.structs.replace(banking(), turns=TURNS)
    engines = Engines(voice=VOICE, at_once=True)
    return OfflineModel(engines, lambda: ScriptBrain(script, VOICE.can_say), knobs)


def as_it_is(each):
    return each


async def healthy(path):
    return HttpAnswer(200, "open" if path == "/health" else '{"active_calls": 0}')


@asynccontextmanager
async def bridge(
    *,
    phone=as_it_is,
    dialled=as_it_is,
    heard=as_it_is,
    agent=None,
    relay=Relay,
    limits=None,
    get=healthy,
    knobs=KNOBS,
    visible=True,
    run=run_call,
):
    """A Target. `phone` exchanges the server's end of each phone's wire; `dialled` the dial, behind the tap, as
    seen from the bridge; `heard` the same before the tap, as seen from the model; `run` the call itself.
    """
    tap, model, summaries = ModelTap(), offline_model(knobs), []
    dial = dialled(tap.watched(heard(lambda: open_offline_model(model))))
    async with trio.open_nursery() as nursery:

        async def serve(wire):
            summary = await run(wire, dial, agent or banking_agent(), limits or Limits(), relay=relay)
            summaries.append(summary)

        @asynccontextmanager
        async def connect(_url, _token, _tls, _signed):
            near, far = memory_wires()
            nursery.start_soon(serve, phone(far))
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
            tap=tap if visible else None,
            census=census if visible else None,
            summaries=summaries,
        )
        nursery.cancel_scope.cancel()


async def judge(*only, **parts):
    """The suite's result over such a bridge; `only` these checks, by id."""
    checks = [each for each in registered() if (not only or each.id in only) and not each.microphone]
    async with bridge(**parts) as target:
        return await Suite(target, MATERIAL, checks).run()


def with_status(result, status):
    return {
        finding.id: finding.reason
        for check in result.results
        for finding in check.findings
        if finding.status is status
    }


failed = partial(with_status, status=Status.FAILED)
undecided = partial(with_status, status=Status.NOT_APPLICABLE)
