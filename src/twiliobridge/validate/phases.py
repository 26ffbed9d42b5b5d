"""The phases of a call, and how a caller brings a call into each of them.

What ends a call or interrupts it is tried in every phase, because a bridge has other tasks, timers and
sockets in each. A phase that a bridge does not have is not reached, and the reason says so.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from types import MappingProxyType

import trio

from twiliobridge.caller import CallEnded, TooSlow
from twiliobridge.realtime import events as model
from twiliobridge.realtime.events import CreateResponse, ResponseParams
from twiliobridge.realtime.tools import ChosenFunction
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.waiting import until

GREETING_WITHIN = 8.0
ANSWER_WITHIN = 15.0
CALLED_WITHIN = 5.0
"Seconds for the model to call a tool, once it must."
PAUSE_S = 3.0
"In which nobody speaks, so that a clock that goes on meanwhile is wrong by as much."
QUIET_S = 1.0
"Besides the 0.7 s of silence by which the end of an answer is known."
SPOKEN_MS = 500.0
"Of an answer: it is under way, and most of it waits at Twilio."
NO_SESSION = "no session with the model was seen"
ENDS_CALLS = ("end", "hang", "bye", "transfer", "stop", "finish", "escalate", "human")
"Parts of the names of tools after which a call does not go on."


class Phase(Enum):
    """As a finding says it."""

    DIALLING = "while the model was being dialled"
    GREETING = "during the greeting"
    QUIET = "in a quiet moment"
    ANSWERING = "while the agent answered"
    TOOL = "after the call of a tool"
    SECOND_ANSWER = "during a second answer"
    GOODBYE = "during the goodbye"
    AFTER_PAUSE = "in an answer after a pause"
    AFTER_TOOL = "in the answer after the call of a tool"

    @property
    def slug(self) -> str:
        """For the name of a call."""
        return self.name.lower().replace("_", "-")


Missed = str
"Why a phase was not reached; empty if it was."
Reach = Callable[[Examination, ProbeCall], Awaitable[Missed]]


async def reach(exam: Examination, call: ProbeCall, phase: Phase) -> Missed:
    """Brings a call that has just begun into `phase`. DIALLING is reached by holding the model back."""
    missed = await REACHED_BY[phase](exam, call)
    return missed or ("" if call.up else "the line was down before")


async def greeted(exam: Examination, call: ProbeCall) -> None:
    """Hears the greeting to its end, if there is one. Whether there is, other laws say."""
    if not exam.target.greets:
        await _described(exam, call)
    if await call.heard_for(20, GREETING_WITHIN if exam.target.greets else QUIET_S):
        with suppress(TooSlow, CallEnded):
            await call.client.wait_for_ai_greeting(ANSWER_WITHIN)


async def _described(exam: Examination, call: ProbeCall) -> None:
    """Where no greeting tells it: the session stands, as far as that can be seen."""
    if exam.target.tap is not None:
        await until(lambda: any(each.events(model.SessionUpdated) for each in call.sessions), GREETING_WITHIN)


async def answered(call: ProbeCall, audio: bytes) -> Missed:
    """Says something and hears the answer to its end."""
    await call.say(audio)
    try:
        await call.client.wait_for_ai_response(ANSWER_WITHIN)
    except (TooSlow, CallEnded):
        return "the caller was not answered"
    return ""


async def heard_since(call: ProbeCall, at: float, ms: float, within: float = ANSWER_WITHIN) -> bool:
    """Whether `ms` of the agent were heard since, whoever it has spoken for."""
    await until(lambda: not call.up or call.heard_ms(at, trio.current_time()) >= ms, within)
    return call.heard_ms(at, trio.current_time()) >= ms


async def _during_greeting(exam: Examination, call: ProbeCall) -> Missed:
    if not exam.target.greets:
        return "the agent is not expected to greet"
    return "" if await call.heard_for(100, GREETING_WITHIN) else "the agent did not greet"


async def _in_quiet(exam: Examination, call: ProbeCall) -> Missed:
    await greeted(exam, call)
    await trio.sleep(QUIET_S)
    return "the agent did not fall silent" if call.agent_is_heard else ""


async def _while_answering(exam: Examination, call: ProbeCall) -> Missed:
    await greeted(exam, call)
    return await _begins_to_answer(call, exam.material.long_question.audio)


async def _after_tool_call(exam: Examination, call: ProbeCall) -> Missed:
    await greeted(exam, call)
    return await tool_called(call)


async def _during_second_answer(exam: Examination, call: ProbeCall) -> Missed:
    await greeted(exam, call)
    missed = await answered(call, exam.material.interruption.audio)
    return missed or await _begins_to_answer(call, exam.material.long_question.audio)


async def _during_goodbye(exam: Examination, call: ProbeCall) -> Missed:
    if exam.material.goodbye is None:
        return "no recording of a goodbye is known"
    await greeted(exam, call)
    before = len(_calls_of_tools(call))
    if missed := await _begins_to_answer(call, exam.material.goodbye.audio, 100):
        return missed
    leaving = await until(
        lambda: len(_calls_of_tools(call)) > before or not call.agent_is_heard, ANSWER_WITHIN
    )
    called = len(_calls_of_tools(call)) > before
    return "" if leaving and called else "the agent called no tool to hang up with"


async def _after_pause(exam: Examination, call: ProbeCall) -> Missed:
    await greeted(exam, call)
    await trio.sleep(PAUSE_S)
    return await _begins_to_answer(call, exam.material.long_question.audio)


async def _after_tool(exam: Examination, call: ProbeCall) -> Missed:
    await greeted(exam, call)
    began = trio.current_time()
    missed = await tool_called(call)
    return missed or ("" if await heard_since(call, began, SPOKEN_MS) else "the agent said nothing after it")


async def _never(_exam: Examination, _call: ProbeCall) -> Missed:
    return "it is over once a call is under way"


REACHED_BY: Mapping[Phase, Reach] = MappingProxyType(
    {
        Phase.DIALLING: _never,
        Phase.GREETING: _during_greeting,
        Phase.QUIET: _in_quiet,
        Phase.ANSWERING: _while_answering,
        Phase.TOOL: _after_tool_call,
        Phase.SECOND_ANSWER: _during_second_answer,
        Phase.GOODBYE: _during_goodbye,
        Phase.AFTER_PAUSE: _after_pause,
        Phase.AFTER_TOOL: _after_tool,
    }
)


async def _begins_to_answer(call: ProbeCall, audio: bytes, ms: float = SPOKEN_MS) -> Missed:
    await call.say(audio)
    return "" if await call.heard_for(ms, ANSWER_WITHIN) else "the caller was not answered"


# ------------------------------------------------------------ tools


async def tool_called(call: ProbeCall) -> Missed:
    """Has the model call a tool of the bridge's: the first after which the call is likely to go on."""
    session = call.session
    if session is None:
        return NO_SESSION
    names = [name for name in tools_of(call) if not any(part in name.lower() for part in ENDS_CALLS)]
    if not names:
        return "the session has no tool"
    before = len(_calls_of_tools(call))
    session.ask(CreateResponse(response=ResponseParams(tool_choice=ChosenFunction(names[0]))))
    called = await until(lambda: len(_calls_of_tools(call)) > before, CALLED_WITHIN)
    return "" if called else "the model called no tool"


def tools_of(call: ProbeCall) -> Sequence[str]:
    """The names of the functions that the session offers to the model."""
    updated = [event for each in call.sessions for _, event in each.events(model.SessionUpdated)]
    tools = (updated[-1].session.tools or ()) if updated else ()
    return [str(each.get("name")) for each in tools if each.get("type") == "function"]


def _calls_of_tools(call: ProbeCall) -> Sequence[model.Item]:
    done = [event.item for each in call.sessions for _, event in each.events(model.OutputItemDone)]
    return [item for item in done if item.type == "function_call"]
