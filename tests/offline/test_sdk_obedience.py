"""OpenAI's own SDK asks for things, and sees that they are done."""

import json
from functools import partial

import pytest
from sdk_client import TELEPHONE, heard, kinds, met, quick, servers

from twiliobridge.offline.brain import Say

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [
    {"type": "function", "name": name, "description": "Of a city.", "parameters": CITY}
    for name in ("get_weather", "get_time")
]
SESSION = {**TELEPHONE, "tools": TOOLS}


@pytest.fixture(scope="module")
def serve():
    with servers() as served:
        yield served


async def asked(connection, *, session=SESSION, typed="", system="", response=None):
    """The output of one response, and how it ended."""
    await connection.session.update(session=session)
    for role, text in (("system", system), ("user", typed)):
        if text:
            content = [{"type": "input_text", "text": text}]
            await connection.conversation.item.create(
                item={"type": "message", "role": role, "content": content}
            )
    await connection.response.create(response=response or {})
    events, end = await heard(connection, "response.done")
    assert end is None, kinds(events)
    return events[-1].response


def said(response):
    return [part.transcript for item in response.output for part in getattr(item, "content", None) or ()]


def calls(response):
    return [
        (item.name, json.loads(item.arguments)) for item in response.output if item.type == "function_call"
    ]


FORCED = {
    "a named function": {"type": "function", "name": "get_time"},
    "required": "required",
}


@pytest.mark.parametrize("where", ["session", "response"])
@pytest.mark.parametrize(("choice", "name"), [("a named function", "get_time"), ("required", "get_weather")])
def test_a_tool_choice_is_obeyed_with_arguments_of_its_schema(serve, choice, name, where):
    wish = {"tool_choice": FORCED[choice]}
    session = SESSION | (wish if where == "session" else {})
    response = wish if where == "response" else None
    port = serve((Say("of my own"),), knobs=quick())
    talk = partial(asked, session=session, typed="The weather in Paris?", response=response)
    assert calls(met(port, talk)) == [(name, {"city": "Paris"})]


def test_several_calls_are_made_at_once_unless_it_says_no(serve):
    port = serve((Say("of my own"),), (Say("of my own"),), knobs=quick())
    talk = partial(asked, typed="The weather and the time in Paris?", response={"tool_choice": "required"})
    assert sorted(name for name, _ in calls(met(port, talk))) == ["get_time", "get_weather"]
    talk = partial(talk, session=SESSION | {"tool_choice": "required", "parallel_tool_calls": False})
    assert len(calls(met(port, talk))) == 1


@pytest.mark.parametrize(
    "asking",
    [
        {"response": {"instructions": "Say exactly: good morning"}},
        {"system": "Greet the user with 'good morning'."},
        {"typed": 'Reply with the words "good morning".'},
        {"session": SESSION | {"instructions": 'Always reply with "good morning".'}, "typed": "Hello."},
    ],
)
def test_words_that_it_asks_for_are_said(serve, asking):
    port = serve((Say("of my own"),), knobs=quick())
    assert said(met(port, partial(asked, **asking))) == ["good morning"]


def test_a_limit_of_tokens_is_kept_and_told(serve):
    port = serve((Say("one two three " * 20),), knobs=quick())
    response = met(port, partial(asked, response={"max_output_tokens": 25}))
    assert (response.status, response.status_details.reason) == ("incomplete", "max_output_tokens")
    assert response.usage.output_tokens <= 25


def test_speech_is_as_fast_as_it_asks_and_thought_as_long(serve):
    port = serve((Say("one two"),), (Say("one two"),), knobs=quick())
    fast = SESSION | {
        "audio": SESSION["audio"] | {"output": {"format": {"type": "audio/pcmu"}, "speed": 1.5}}
    }
    quickly = met(port, partial(asked, session=fast, typed="Hello."))
    thought = met(port, partial(asked, session=SESSION | {"reasoning": {"effort": "medium"}}, typed="Hello."))
    assert quickly.usage.output_token_details.audio_tokens == 8
    assert thought.usage.output_token_details.audio_tokens == 12
    assert thought.usage.output_token_details.reasoning_tokens == 64
