"""C6: does a conversation work, turn after turn, to the goodbye?"""

from dataclasses import dataclass

import anyio
import trio

from twiliobridge.caller import Answer, CallEnded, TooSlow
from twiliobridge.validate.check import check
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.material import Recording
from twiliobridge.validate.probe_call import ProbeCall, Spoken
from twiliobridge.validate.result import Level

ANSWER_WITHIN = 15.0
FINISHED_WITHIN = 30.0
GREETING_WITHIN = 8.0
SLOW_MS = 3000.0
"Precedent: people wait about a second for an answer, and ask 'hello?' after three."
HANGS_UP_WITHIN = 12.0
CUT_MS = 60.0
"Three packets: what a close overtakes."
TURNS = "OpenAI docs, Realtime > Voice activity detection"

ANSWERED = Law(
    "C6.1",
    f"Every turn is answered within {ANSWER_WITHIN:g} s, before the next one is asked.",
    TURNS,
    "Look for the turn that was lost: does its audio reach the model, does speech_stopped come, a response?",
    done="The caller says three sentences, each after the answer to the one before.",
    core=True,
)
QUICK = Law(
    "C6.2",
    f"Half of the answers begin within {SLOW_MS / 1000:g} s of the caller's last word.",
    TURNS,
    "Pass audio on frame by frame, and shorten turn_detection.silence_duration_ms.",
    Level.SHOULD,
    done="The caller says three sentences. The time from the last word of each to the agent's first is"
    " measured.",
)
CONTEXT = Law(
    "C6.3",
    "A fact from the first turn is used in the answer to the third.",
    "OpenAI docs, Realtime > Conversation state",
    "Keep one session for the whole call, and do not delete its items.",
    done="The caller's first sentence names a card. The answer to the third is searched for it.",
)
GOODBYE = Law(
    "C6.4",
    "When the agent hangs up, its last words have been heard.",
    "Twilio docs, Voice > TwiML > Stream: closing the WebSocket ends the stream at once",
    "Send a mark behind the goodbye, and close when it has come back.",
    done="The caller says goodbye. What is still queued when the bridge closes the stream is measured.",
)


@dataclass(frozen=True)
class Turn:
    said: Spoken
    answer: Answer | None
    trouble: str

    @property
    def latency_ms(self) -> float | None:
        return self.answer.latency_ms if self.answer else None


@check(
    "C6",
    "Multi-turn conversation",
    "Every turn is answered, with what was said before in mind, and nothing is cut at the end.",
    ANSWERED,
    QUICK,
    CONTEXT,
    GOODBYE,
    source=TURNS,
    seconds=120,
)
async def multi_turn(exam: Examination) -> None:
    async with exam.call("conversation") as call:
        if exam.target.greets:
            await _greeting(call)
        turns = [await _turn(call, each) for each in exam.material.turns]
        _judge_turns(exam, turns)
        await _judge_context(exam, call, turns)
        if all(turn.answer for turn in turns):
            await _goodbye(exam, call)
        else:
            exam.not_applicable(GOODBYE.id, "not every turn was answered (see C6.1)")


async def _greeting(call: ProbeCall) -> None:
    try:
        await call.client.wait_for_ai_greeting(GREETING_WITHIN)
    except (TooSlow, CallEnded):
        return  # C5 judges greetings; here the caller begins


async def _turn(call: ProbeCall, line: Recording) -> Turn:
    said = Spoken(trio.current_time(), trio.current_time())
    try:
        said = await call.say(line.audio)
        if not await call.heard_for(20, ANSWER_WITHIN):
            return Turn(said, None, f"nothing within {ANSWER_WITHIN:g} s")
        return Turn(said, await call.client.wait_for_ai_response(FINISHED_WITHIN), "")
    except (TooSlow, CallEnded) as trouble:
        return Turn(said, None, str(trouble))


def _judge_turns(exam: Examination, turns: list[Turn]) -> None:
    silent = [f"turn {k}: {turn.trouble}" for k, turn in enumerate(turns, 1) if turn.answer is None]
    exam.found(
        ANSWERED.id, holds=not silent, seen="; ".join(silent) or f"all {len(turns)} turns were answered"
    )
    latencies = [each for turn in turns if (each := turn.latency_ms) is not None]
    if not latencies:
        exam.not_applicable(QUICK.id, "no turn was answered")
        return
    for latency in latencies:
        exam.measured.add("response latency", latency)
    median = sorted(latencies)[(len(latencies) - 1) // 2]
    exam.found(QUICK.id, holds=median <= SLOW_MS, seen=f"half of the answers began within {median:.0f} ms")


async def _judge_context(exam: Examination, call: ProbeCall, turns: list[Turn]) -> None:
    fact = exam.material.fact
    if not fact:
        exam.not_applicable(
            CONTEXT.id, "nothing is known of these recordings; the banking lines have such a fact"
        )
    elif not all(turn.answer for turn in turns):
        exam.not_applicable(CONTEXT.id, "not every turn was answered (see C6.1)")
    elif call.session is None:
        exam.not_applicable(CONTEXT.id, f"{call.why_no_session}, so the model's words are not known")
    else:
        asked = turns[-1].said.began
        words = " ".join(text for session in call.sessions for text in session.words_since(asked))
        again = bool(exam.material.not_asked) and exam.material.not_asked in words.lower()
        exam.found(
            CONTEXT.id,
            holds=fact in words.lower() and not again,
            seen=f"asked for {fact!r}, the agent said: {words[:120]!r}",
        )


async def _goodbye(exam: Examination, call: ProbeCall) -> None:
    goodbye = exam.material.goodbye
    if goodbye is None or not call.up:
        exam.not_applicable(
            GOODBYE.id, "the line was down" if goodbye else "no recording of a goodbye is known"
        )
        return
    await call.say(goodbye.audio)
    with anyio.move_on_after(HANGS_UP_WITHIN):
        await call.client.wait_for_hangup(HANGS_UP_WITHIN + 1)
    if call.up:
        exam.not_applicable(GOODBYE.id, f"the agent did not hang up within {HANGS_UP_WITHIN:g} s")
        return
    cut = call.client.line.queued_ms
    exam.measured.add("goodbye cut", cut)
    unheard = _unsent_ms(call)
    seen = f"when the bridge closed, {cut:.0f} ms of the goodbye were still queued"
    seen += f", and {unheard:.0f} ms were never sent" if unheard > CUT_MS else ""
    exam.found(GOODBYE.id, holds=cut <= CUT_MS and unheard <= CUT_MS, seen=seen)


def _unsent_ms(call: ProbeCall) -> float:
    """The end of what the model said, as far as it never came to the phone."""
    said = [item_id for session in call.sessions for _, item_id, _ in session.spoken()]
    return call.traced().unsent_ms(said[-1]) if said else 0.0
