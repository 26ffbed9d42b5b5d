"""OpenAI's own SDK meets responses that are odd, late or many: each behaviour is seen by it."""

import asyncio
import base64
import json
from contextlib import suppress
from functools import partial

import pytest
from sdk_client import CALLS, QUICK, SPOKEN, TELEPHONE, asked, ending, heard, kinds, met, quick, servers
from websockets.exceptions import ConnectionClosed, InvalidStatus

from twiliobridge.offline.behaviours import BEHAVIOURS, behaving


@pytest.fixture(scope="module")
def serve():
    with servers() as served:
        yield served


@pytest.mark.parametrize(
    ("respond", "end"),
    [
        ("text", ("completed", None, None)),
        ("empty", ("completed", None, None)),
        ("filtered:300", ("incomplete", "content_filter", None)),
        ("cut:300", ("incomplete", "max_output_tokens", None)),
        ("cancelled:300", ("cancelled", "turn_detected", None)),
        ("rate_limited:1.2", ("failed", None, "rate_limit_exceeded")),
        ("server_error", ("failed", None, None)),
        ("quota", ("failed", None, "insufficient_quota")),
    ],
)
def test_it_sees_how_a_response_ends(serve, respond, end):
    events, _ = met(serve(SPOKEN, knobs=quick(f"respond={respond}")), asked)
    assert ending(events) == end
    audio = sum(len(base64.b64decode(e.delta)) for e in events if e.type == "response.output_audio.delta")
    assert audio == (2400 if ":300" in respond else 0)


def test_it_sees_a_call_that_is_cut_in_its_arguments(serve):
    events, _ = met(serve(CALLS, knobs=quick("respond=cut_call")), asked)
    (call,) = events[-1].response.output
    assert ending(events) == ("incomplete", "max_output_tokens", None)
    with pytest.raises(json.JSONDecodeError):
        json.loads(call.arguments)


def test_it_sees_an_error_instead_of_a_response(serve):
    async def talk(connection):
        await connection.response.create(event_id="mine")
        events, _ = await heard(connection, "error")
        return events[-1].error

    error = met(serve(SPOKEN, knobs=quick("respond=error:1.2")), talk)
    assert (error.code, error.event_id) == ("rate_limit_exceeded", None)
    assert "Please try again in 1.2s." in error.message


@pytest.mark.parametrize("respond", ["missing", "stalled:300"])
def test_it_waits_in_vain(serve, respond):
    events, end = met(serve(SPOKEN, knobs=quick(f"respond={respond}")), partial(asked, within=0.5))
    assert isinstance(end, TimeoutError)
    assert ("response.created" in kinds(events)) == (respond != "missing")
    assert "response.done" not in kinds(events)


def test_it_sees_preambles_several_items_and_parallel_calls_interleaved(serve):
    knobs = behaving(["talkative"], quick("noise=none"))
    events, _ = met(serve(CALLS, knobs=knobs), asked)
    preamble, first, second = events[-1].response.output
    assert (preamble.type, preamble.phase) == ("message", "commentary")
    assert (first.name, second.name) == ("look", "look")
    assert first.call_id != second.call_id
    names = kinds(events)
    assert names.index("response.output_item.done") > max(
        place for place, name in enumerate(names) if name == "response.output_item.added"
    )


def test_it_sees_noise_cut_an_answer_and_be_answered(serve):
    async def talk(connection):
        await connection.session.update(session=TELEPHONE)
        await connection.response.create()
        return await heard(connection, "input_audio_buffer.committed")

    knobs = quick("noise=greeting:100*1", "speed=3")
    events, _ = met(serve(SPOKEN, knobs=knobs), talk)
    assert "input_audio_buffer.speech_started" in kinds(events)
    assert events[-1].type == "input_audio_buffer.committed"


def persistently(port, talk):
    """As `met`, of one who comes again until it is let in."""
    for _ in range(6):
        with suppress(InvalidStatus):
            return met(port, talk)
    raise AssertionError("refused six times")


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_every_bundle_speaks_lawfully_whatever_becomes_of_it(serve, name):
    """Refused at first, late, lost or silent: each event that comes passes the SDK's types."""
    port = serve(*[SPOKEN, CALLS, SPOKEN] * 2, knobs=behaving([name], QUICK))

    async def talk(connection):
        events = []
        for _ in range(3):
            more, end = await asked(connection, within=3.0)
            events += more
            if isinstance(end, ConnectionClosed):
                break
        return kinds(events)

    assert "session.created" in persistently(port, talk)


def test_far_is_late(serve):
    async def talk(connection):
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await connection.response.cancel()
        await heard(connection, "error")
        return loop.time() - begun

    assert met(serve(SPOKEN, knobs=quick("back=0.2", "dial=0.1")), talk) >= 0.2
