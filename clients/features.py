"""What is asked of every client, and what must have been seen. The columns of the table.

A driver plays a scenario; a feature is judged by what the client gave to its user and by what went over the
wire, so that neither a driver nor a server can pass by saying so. Faults are sentences.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clients.clients import DRIVERS
from clients.evidence import Evidence
from clients.record import Record

Faults = Iterator[str]
Judge = Callable[[Evidence, Record], Faults]

PAYMENT: str = json.loads((DRIVERS / "lines.json").read_text())["payment"]
"What a client's own function `last_payment` returns; nothing else knows it."
KEY, REFUSED_KEY = "sk-clients", "sk-refused"


@dataclass(frozen=True)
class Feature:
    name: str
    meaning: str
    "What must have been seen, for the docs."
    judge: Judge
    scenario: str
    "Which the driver plays; two features may be judged by one run."
    key: str = KEY
    "The client's API key."


def missing(words: str, *expected: str) -> Faults:
    for text in expected:
        if text.casefold() not in words.casefold():
            yield f"not heard: {text!r}; heard: {words[:200]!r}"


def text(evidence: Evidence, record: Record) -> Faults:
    yield from missing(evidence.words, "eighteen ninety-two", "five days")
    typed = list(record.by_client("conversation.item.create"))
    if len(typed) < 2:
        yield f"{len(typed)} typed turns reached the server"


def voice(evidence: Evidence, record: Record) -> Faults:
    yield from missing(evidence.words, "eighteen ninety-two", "take your time")
    if evidence.audio_bytes < 24000:
        yield f"{evidence.audio_bytes} bytes of speech"
    if not any(record.by_client("input_audio_buffer.append")):
        yield "no audio reached the server"


def transcript(evidence: Evidence, record: Record) -> Faults:
    yield from missing(" ".join(evidence.understood), "about your bank", "hold on")


def tool(evidence: Evidence, record: Record) -> Faults:
    if [(use.name, use.arguments) for use in evidence.tools] != [("last_payment", {"card_digits": "4271"})]:
        yield f"the client ran {evidence.tools}"
    if not any(PAYMENT in output for output in record.outputs()):
        yield f"the function's result did not reach the server: {record.outputs()}"
    yield from missing(evidence.words, PAYMENT)


def forced(evidence: Evidence, record: Record) -> Faults:
    """The caller says nothing that would lead to the call."""
    if [use.name for use in evidence.tools] != ["note_caller"]:
        yield f"the client ran {evidence.tools}"
    if all(choice in (None, "auto") for choice in record.tool_choices()):
        yield "no tool choice reached the server"
    for use in evidence.tools:
        if not isinstance(use.arguments.get("name"), str):
            yield f"arguments that the function does not take: {use.arguments}"


def interruption(evidence: Evidence, record: Record) -> Faults:
    if not evidence.cuts:
        yield "the client told of no interruption"
    if not any(record.by_server("conversation.item.truncated")):
        yield "nothing was truncated"
    yield from missing(evidence.words, "take your time")


def handoff(evidence: Evidence, record: Record) -> Faults:
    if evidence.agents != ["reception", "cards"]:
        yield f"in charge were {evidence.agents}"
    if [use.name for use in evidence.tools] != ["replace_card"]:
        yield f"the second agent ran {evidence.tools}"
    yield from missing(evidence.words, "your gold card is blocked")


def transcription(evidence: Evidence, record: Record) -> Faults:
    yield from missing(" ".join(evidence.understood), "about your bank")
    if record.responses():
        yield "a session that only transcribes has answered"


def aside(evidence: Evidence, record: Record) -> Faults:
    yield from missing(evidence.words, "eighteen ninety-two")
    if [response["conversation_id"] for response in record.responses()] != [None]:
        yield "the response was one of the conversation"


def refused(evidence: Evidence, record: Record) -> Faults:
    """The session goes on as it was."""
    codes = [event["error"]["code"] for event in record.by_server("error")]
    if not codes:
        yield "the server refused nothing"
    if not evidence.errors:
        yield f"the client surfaced nothing of {codes}"
    yield from missing(evidence.words, "eighteen ninety-two")


def key(evidence: Evidence, record: Record) -> Faults:
    told = " ".join([*evidence.errors, *evidence.endings])
    if "Incorrect API key" not in told and "invalid_api_key" not in told:
        yield f"the client surfaced {told[:300]!r}"


FEATURES = (
    Feature("text", "two typed turns are answered in words", text, "text"),
    Feature("voice", "two spoken turns are answered in speech", voice, "voice"),
    Feature("transcript", "the caller's words reach the client as text", transcript, "voice"),
    Feature("tool", "the client's own function runs, and its result is in the answer", tool, "tool"),
    Feature("forced tool", "`tool_choice` makes the model call a function", forced, "forced"),
    Feature(
        "interruption",
        "a spoken interruption cuts the answer, which is truncated",
        interruption,
        "interruption",
    ),
    Feature("handoff", "a second agent takes over, with tools of its own", handoff, "handoff"),
    Feature("transcription", "a session that only transcribes", transcription, "transcription"),
    Feature("out of band", "a response beside the conversation", aside, "aside"),
    Feature(
        "refused update", "a bad `session.update` is surfaced, and the session goes on", refused, "refused"
    ),
    Feature("refused key", "a wrong API key is surfaced as such", key, "key", REFUSED_KEY),
)
