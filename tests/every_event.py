"""Sessions of ours that together reach every kind of event that the offline model can send."""

import base64
from collections.abc import Callable, Iterator
from functools import cache

import msgspec
from offline_driver import SHORT_SILENCE, Driver, Unhearing, quiet, speech
from recorded_sessions import recorded_sessions
from replayed import Replay

from twiliobridge.offline.brain import CallTool, Cut, Fail, Say, Write
from twiliobridge.offline.jobs import McpOutcome
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.mcp.rpc import Tool
from twiliobridge.realtime.codec import read_client
from twiliobridge.realtime.events import ArgumentsDone, ItemAdded, ItemDone, ResponseDone

TOOLS = [
    {"type": "function", "name": "look_up", "description": "Looks it up.", "parameters": {"type": "object"}}
]
SHOP = {
    "type": "mcp",
    "server_label": "shop",
    "server_url": "http://127.0.0.1:9/mcp",
    "require_approval": "never",
    "allowed_tools": ["opens"],
}
MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What time is it?"}]}
PICTURE = {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "auto"}


def say(driver: Driver, kind: str, **fields) -> None:
    driver.say(read_client(msgspec.json.encode({"type": kind} | fields).decode()))


def ask(driver: Driver, **params) -> None:
    say(driver, "conversation.item.create", item=MESSAGE)
    say(driver, "response.create", **({"response": params} if params else {}))
    driver.wait(10)


def spoken_turns(model: str) -> Driver:
    """With words, without, by the client's own commit, and barged in."""
    driver = Driver((Say("one two three " * 10),), model=model)
    driver.configure(transcription={"model": "gpt-4o-transcribe"})
    include = ["item.input_audio_transcription.logprobs"]
    say(driver, "session.update", session={"type": "realtime", "include": include})
    driver.hear(quiet(500) + speech(750) + quiet(300))
    driver.wait(0.4)
    driver.hear(speech(750) + quiet(300))
    driver.wait(10)
    driver.configure(transcription={"model": "gpt-realtime-whisper"}, turn_detection=None)
    driver.hear(speech(500))
    say(driver, "input_audio_buffer.commit")
    driver.hear(speech(500))
    say(driver, "input_audio_buffer.clear")
    return driver


def unintelligible(model: str) -> Driver:
    driver = Driver(model=model, recogniser=Unhearing())
    driver.configure()
    driver.hear(quiet(500) + speech(750) + quiet(300))
    driver.wait(5)
    return driver


def tools(model: str) -> Driver:
    """A preamble and two calls; their answers; what is said of them."""
    calls = (CallTool("look_up", {"what": "time"}), CallTool("look_up", {"what": "day"}))
    driver = Driver((Say("Let me see."), *calls), (Say("Half past nine."),), model=model)
    say(driver, "session.update", session={"type": "realtime", "tools": TOOLS})
    ask(driver)
    for call in driver.of(ArgumentsDone):
        output = {"type": "function_call_output", "call_id": call.call_id, "output": "09:30"}
        say(driver, "conversation.item.create", item=output)
    say(driver, "response.create")
    driver.wait(10)
    return driver


def endings(model: str) -> Driver:
    """Responses that are cut, fail, are cancelled, are empty, are text only, or out of band."""
    long = Say("one two three " * 10)
    replies = (
        (long, Cut("content_filter", 400)),
        (Fail("rate_limit_exceeded", "tokens"),),
        (long,),
        (),
        (Write("Half past nine."),),
        (Say("Aside."),),
    )
    driver = Driver(*replies, model=model)
    driver.configure()
    ask(driver)
    ask(driver)
    say(driver, "response.create")
    driver.wait(0.4)
    say(driver, "response.cancel")
    ask(driver)
    ask(driver)
    ask(driver, conversation="none", metadata={"topic": "time"}, input=[MESSAGE], output_modalities=["text"])
    ask(driver, max_output_tokens=20)
    return driver


def items(model: str) -> Driver:
    """Of every kind, retrieved, truncated and deleted."""
    driver = Driver((Say("one two three"),), model=model)
    ask(driver)
    answer = driver.of(ResponseDone)[0].response.output[0].id
    say(driver, "conversation.item.retrieve", item_id=answer)
    say(driver, "conversation.item.truncate", item_id=answer, content_index=0, audio_end_ms=100)
    say(driver, "conversation.item.retrieve", item_id=answer)
    audio = {"type": "input_audio", "audio": base64.b64encode(bytes(9600)).decode()}
    for role, part in (
        ("user", audio),
        ("user", PICTURE),
        ("system", {"type": "input_text", "text": "Be brief."}),
        ("assistant", {"type": "output_text", "text": "Yes."}),
    ):
        say(driver, "conversation.item.create", item={"type": "message", "role": role, "content": [part]})
    call = {"type": "function_call", "name": "look_up", "call_id": "call_1", "arguments": "{}"}
    say(driver, "conversation.item.create", item=call)
    output = {"type": "function_call_output", "call_id": "call_1", "output": "09:30"}
    say(driver, "conversation.item.create", item=output)
    for event in driver.of(ItemAdded):
        say(driver, "conversation.item.delete", item_id=event.item.id)
    return driver


def settings(model: str) -> Driver:
    """Everything that a session can be told."""
    driver = Driver(model=model)
    driver.configure(
        noise_reduction={"type": "near_field"}, turn_detection={"type": "semantic_vad", "eagerness": "low"}
    )
    session = {
        "type": "realtime",
        "audio": {
            "input": {"noise_reduction": {"strength": 0.5}},
            "output": {"voice": {"id": "voice_1"}, "speed": 1.2},
        },
        "tools": TOOLS,
        "tool_choice": {"type": "function", "name": "look_up"},
        "max_output_tokens": 1000,
        "truncation": {
            "type": "retention_ratio",
            "retention_ratio": 0.5,
            "token_limits": {"post_instructions": 8000},
        },
        "reasoning": {"effort": "low"},
        "parallel_tool_calls": False,
        "prompt": {"id": "pmpt_1", "version": "2", "variables": {"city": "London"}},
        "tracing": {"workflow_name": "calls", "group_id": "one", "metadata": {"call": "1"}},
    }
    say(driver, "session.update", session=session)
    driver.configure(transcription={"model": "gpt-transcribe", "languages": ["en"], "keywords": ["teal"]})
    ask(driver)
    return driver


def silence(model: str) -> Driver:
    """For longer than the time-out, and then for longer than a session lasts."""
    driver = Driver((Say("Hello."),), (Say("Are you there?"),), model=model, knobs=Knobs(session_seconds=60))
    driver.configure(turn_detection=SHORT_SILENCE | {"idle_timeout_ms": 5000})
    ask(driver)
    driver.wait(100)
    return driver


def refusals(model: str) -> Driver:
    driver = Driver(model=model)
    say(driver, "response.cancel", event_id="mine")
    return driver


def mcp(model: str) -> Driver:
    """Servers that answer and that do not; calls that need no approval, are approved, are not, and fail."""
    call = CallTool("opens", {"day": "Saturday"})
    driver = Driver((call,), (call,), (call,), (call,), (Say("At nine."),), model=model)
    update_tools(driver, SHOP | {"server_label": "closed"})
    driver.listed(None)
    update_tools(driver, SHOP)
    driver.listed((Tool("opens", "When the shop opens.", {"type": "object"}, {"readOnlyHint": True}),))
    failure = {"type": "tool_execution_error", "message": "closed"}
    for outcome in (McpOutcome("at nine"), McpOutcome(error=failure)):
        ask(driver)
        driver.called(outcome)
        driver.wait(1)
    update_tools(driver, SHOP | {"require_approval": "always"})
    for answer in ({"approve": True}, {"approve": False, "reason": "too dear"}):
        ask(driver)
        request = driver.of(ItemDone)[-1].item
        item = {"type": "mcp_approval_response", "approval_request_id": request.id}
        say(driver, "conversation.item.create", item=item | answer)
    driver.called(McpOutcome("at nine"))
    say(driver, "response.create")
    driver.wait(10)
    return driver


def update_tools(driver: Driver, *tools) -> None:
    say(driver, "session.update", session={"type": "realtime", "tools": tools})


SESSIONS: tuple[Callable[[str], Driver], ...] = (
    spoken_turns,
    unintelligible,
    tools,
    endings,
    items,
    settings,
    silence,
    refusals,
    mcp,
)
MODELS = ("gpt-realtime", "gpt-realtime-2.1")


def _texts() -> Iterator[str]:
    for model in MODELS:
        for session in SESSIONS:
            yield from session(model).sent
    for recorded in recorded_sessions():
        replay = Replay(recorded)
        replay.run(recorded)
        yield from replay.texts


@cache
def everything_sent() -> tuple[str, ...]:
    """The texts of all events of all these sessions, and of the recorded ones replayed."""
    return tuple(_texts())
