"""Answers of the model's in several messages: what it says on the way, and what it says in the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import trio

from twiliobridge.audio import RATE, level, ulaw_decode
from twiliobridge.offline import CallTool, Part, Say
from twiliobridge.offline.schema_values import arguments
from twiliobridge.realtime import events as model
from twiliobridge.validate.cued import CuedTurn
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.model_session import ModelSession
from twiliobridge.validate.phases import ENDS_CALLS, greeted
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.scenes import Judged, Scene
from twiliobridge.validate.tracing import Item as TracedItem
from twiliobridge.validate.tracing import Trace
from twiliobridge.validate.trial import Trial
from twiliobridge.validate.waiting import until

DONE = "the model answered"
ON_THE_WAY, IN_THE_END = "I am sorry to hear that.", "Is there anything else?"
"What the model says: its built-in voice knows both."
PREAMBLE = "We have a new address for you: twelve Mill Lane."
QUIET_S, WITHIN = 1.0, 20.0
"Seconds without sound after which all was heard; seconds for all of it."
PROBE_MS = 100
"By so much of its loudest sound a message is found."
LOST_MS = 200.0
"Less than a syllable: the edges of sound that is traced by its likeness."

IN_ORDER = Law(
    "C7.8",
    "Of an answer in several messages each is heard, in order, and once: also what is said before a tool.",
    "OpenAI docs, Realtime > response.output_item.added: a response has several items, each with a `phase`"
    " (commentary, final_answer) in models that reason",
    "Play each delta as it comes, whatever its item, output_index and phase; keep the ledger of what was"
    " heard by item.",
    done="In one call the model answers in two messages, commentary and final_answer; in another with a"
    " message and the call of a tool.",
)

Parts = Callable[[ProbeCall], tuple[Part, ...]]
"What the model answers; empty where it cannot."


def scenes() -> Sequence[Scene]:
    return [
        _scene("two-messages", "in two messages", lambda _: _two_messages()),
        _scene("preamble", "before the call of a tool", _before_a_tool),
    ]


def _two_messages() -> tuple[Part, ...]:
    return Say(ON_THE_WAY, "commentary"), Say(IN_THE_END, "final_answer")


def _before_a_tool(call: ProbeCall) -> tuple[Part, ...]:
    for session in call.sessions:
        for _, event in session.events(model.SessionUpdated):
            for tool in event.session.tools or ():
                name = str(tool.get("name", ""))
                if name and not any(part in name.lower() for part in ENDS_CALLS):
                    return Say(PREAMBLE, "commentary"), CallTool(
                        name, arguments(tool.get("parameters") or {})
                    )
    return ()


def _scene(name: str, phase: str, parts: Parts) -> Scene:
    async def play(exam: Examination, call: ProbeCall) -> Judged:
        trial = await _answered(exam, call, Trial(IN_ORDER.id, DONE, phase, call.name), parts)
        return lambda: [trial]

    return Scene(name, DONE, phase, (IN_ORDER,), play)


async def _answered(exam: Examination, call: ProbeCall, trial: Trial, parts: Parts) -> Trial:
    await greeted(exam, call)
    answer = parts(call)
    if not answer:
        return replace(trial, missed="the session has no tool")
    turn = CuedTurn(exam, call, answer)
    if missed := await turn.say(exam.material.interruption.audio):
        return replace(trial, missed=missed)
    await until(lambda: _is_quiet(call), WITHIN)
    if not call.up:
        return replace(trial, missed="the line went down before all was said")
    messages = _messages(call.sessions[-1], turn.asked_at)
    heard = call.heard_ms(turn.asked_at, trio.current_time()) > 0
    if heard and not any(map(call.traced().knows, messages)):
        return replace(trial, missed="what was heard is not found in what the model said (see C4.2)")
    return trial.failed(_fault(call, messages))


def _is_quiet(call: ProbeCall) -> bool:
    now = trio.current_time()
    return not call.up or (not call.client.line.queued_ms and call.heard_ms(now - QUIET_S, now) == 0)


def _messages(session: ModelSession, since: float) -> Mapping[str, str]:
    """The words of each message by its item, in the order in which they began."""
    words = {event.item_id: event.transcript for _, event in session.events(model.OutputTranscriptDone)}
    items = dict.fromkeys(item for at, item, _ in session.spoken() if at >= since)
    return {item: words.get(item, item) for item in items}


def _fault(call: ProbeCall, messages: Mapping[str, str]) -> str:
    """What is wrong with how the messages were heard; empty if nothing is."""
    traced = call.traced()
    said = {item.item_id: item for item in traced.items}
    for item_id, words in messages.items():
        if (lost := _lost_ms(call, traced, said[item_id])) > LOST_MS:
            return f"{lost:.0f} ms of {words!r} were not heard"
        if (times := _times(call.heard, said[item_id])) > 1:
            return f"{words!r} was heard {times} times"
    places = [
        min((each.begin for each in traced.pieces if each.item_id == item_id), default=0)
        for item_id in messages
    ]
    return "" if places == sorted(places) else "the messages were heard in another order"


def _lost_ms(call: ProbeCall, traced: Trace, item: TracedItem) -> float:
    """What never came of a message, and what came and was cleared."""
    own = [each for each in traced.pieces if each.item_id == item.item_id]
    came_ms = sum(each.end - each.begin for each in own) * 1000 / RATE
    cleared_ms = came_ms - traced.heard_ms(call.cuts, item.item_id, call.trunk.received_bytes)
    return replace(traced, pieces=own, items=[item]).missing_ms() + cleared_ms


def _times(heard: bytes, item: TracedItem) -> int:
    """How often the loudest piece of a message was heard, which can be told of mu-law that is passed on."""
    size = PROBE_MS * RATE // 1000
    pieces = [item.exact[at : at + size] for at in range(0, len(item.exact) - size, size)]
    loudest = max(pieces, key=lambda piece: level(ulaw_decode(piece)), default=b"")
    return heard.count(loudest) if loudest else 0
