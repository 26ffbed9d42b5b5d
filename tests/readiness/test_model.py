"""What the check finds out about the model: what stands in the way is told as what it is, with the way out.

The sessions are the offline model's, in virtual time; where the socket is the point, its server's.
"""

from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest
import trio
from numbered_speech import say
from whole_call import ENGINES, Orator

from twiliobridge.conversation import Agent, Limits
from twiliobridge.offline import (
    CallTool,
    Door,
    Knobs,
    OfflineModel,
    open_offline_model,
    serve_offline,
    set_knob,
)
from twiliobridge.readiness.model import Bounds, greeting_row, model_fault, session_row, try_model
from twiliobridge.readiness.probe import Probe
from twiliobridge.readiness.row import Verdict
from twiliobridge.realtime.audio_settings import VOICES
from twiliobridge.server import base_url, dial_openai
from twiliobridge.settings import Settings
from twiliobridge.wires import memory_wires

AGENT = Agent(instructions="Be brief.", greeting="Hello.")
LIMITS = Limits()
GREETING = (say(1, 1500),)


def offline(*knobs, reply=GREETING, model="gpt-realtime-2.1"):
    """Dials a model that greets so."""
    plan = Knobs()
    for knob in knobs:
        plan = set_knob(plan, knob)
    return partial(open_offline_model, OfflineModel(ENGINES, lambda: Orator(reply), plan), model)


async def rows(dial, agent=AGENT, limits=LIMITS):
    """The two rows, and how long they took."""
    began = trio.current_time()
    probe = Probe(agent, limits, began)
    await try_model(dial, probe, Bounds.of(limits), greet=True)
    return session_row(probe, "here"), greeting_row(probe), trio.current_time() - began


async def test_a_model_that_greets_is_well_with_its_latency_and_length(autojump_clock):
    session, greeting, _ = await rows(offline())
    assert (session.verdict, session.told) == (Verdict.OK, "gpt-realtime-2.1 (here), a session in 0.0 s")
    assert greeting.verdict is Verdict.OK
    assert greeting.told == 'heard after 0.2 s, 1.5 s long: "1 1500"'


RESPONSES = [
    ("text", "the answer was text without sound", "name a model that speaks"),
    ("empty", "the answer was empty", "name a model that speaks"),
    ("filtered", "the content filter stopped the answer", "word `greeting`"),
    ("filtered:400", "broke off after 0.4 s: the content filter", "word `greeting`"),
    ("cut", "broke off after 0.4 s: the answer reached its longest length", "raise `max_output_tokens`"),
    ("cancelled", "broke off after 0.4 s: the service cancelled", "check again"),
    ("server_error", "the answer failed", "check again"),
    ("quota", "insufficient_quota", "add credit"),
    ("rate_limited", "the rate limit was reached (rate_limit_exceeded: ", "in a moment"),
    ("error", "rate_limit_exceeded: ", "in a moment"),
    ("missing", "a sound did not come within 8 s", "check again"),
    ("stalled", "the end of the greeting did not come within 15 s", "check again"),
]


@pytest.mark.parametrize(("how", "told", "mend"), RESPONSES, ids=[how for how, _, _ in RESPONSES])
async def test_a_greeting_that_is_not_heard_to_its_end_is_a_finding(how, told, mend, autojump_clock):
    """The first one: it is not asked for again, as in a call it would be."""
    session, greeting, seconds = await rows(offline(f"respond={how}"))
    assert session.verdict is Verdict.OK
    assert greeting.verdict is Verdict.FAILED
    assert told in greeting.told
    assert mend in greeting.mend
    assert seconds < 20


async def test_a_greeting_that_calls_a_tool_says_so(autojump_clock):
    _, greeting, _ = await rows(offline(reply=(CallTool("end_call"),)))
    assert greeting.told == "it called the tool end_call instead of speaking"


SESSIONS = [
    (("refuse=401",), "HTTP 401", "OPENAI_API_KEY"),
    (("refuse=403",), "HTTP 403", "the key's project"),
    (("refuse=404",), "HTTP 404", "Realtime service"),
    (("refuse=429",), "HTTP 429", "in a moment"),
    (("refuse=503",), "HTTP 503", "check again"),
    (("session_updated_after=inf",), "session.updated did not come within 10 s", "check again"),
    (("dial=30",), "session.created did not come within 10 s", "Realtime service"),
    (("drop_after=1",), "the service ended the session before session.updated", "check again"),
]


@pytest.mark.parametrize(("knobs", "told", "mend"), SESSIONS, ids=[knobs[0] for knobs, _, _ in SESSIONS])
async def test_a_session_that_does_not_stand_is_told_as_what_it_is(knobs, told, mend, autojump_clock):
    session, greeting, seconds = await rows(offline(*knobs))
    assert session.verdict is Verdict.FAILED
    assert told in session.told
    assert mend in session.mend
    assert (greeting.verdict, greeting.told) == (Verdict.SKIPPED, "there is no session to say it")
    assert seconds < 12


async def test_a_voice_that_there_is_not_names_the_key_of_the_file(autojump_clock):
    assert "fable" not in VOICES
    session, _, _ = await rows(offline(), replace(AGENT, voice="fable"))
    assert session.verdict is Verdict.FAILED
    assert "fable" in session.told
    assert session.mend == "change `voice` in the agent's file"


async def test_a_bound_of_a_call_that_is_shorter_counts_here_too(autojump_clock):
    short = Limits(model_ready_within=2.0)
    session, _, seconds = await rows(offline("session_updated_after=inf"), limits=short)
    assert "within 2 s" in session.told
    assert seconds < 4


async def test_a_greeting_that_comes_late_is_a_warning(autojump_clock):
    _, greeting, _ = await rows(offline("latency=3"))
    assert greeting.verdict is Verdict.WARNING
    assert "reasoning_effort" in greeting.mend


async def test_an_agent_without_a_greeting_is_asked_to_say_something_all_the_same(autojump_clock):
    _, greeting, _ = await rows(offline(), replace(AGENT, greeting=None))
    assert greeting.verdict is Verdict.OK
    assert "the agent has no greeting" in greeting.told


async def test_a_greeting_that_goes_on_and_on_is_long_and_well(autojump_clock):
    _, greeting, seconds = await rows(offline("speed=2", reply=(say(1, 90_000),)))
    assert greeting.verdict is Verdict.OK
    assert seconds < 20


async def test_sound_that_is_silence_is_a_finding(autojump_clock):
    class Silence:
        name, rate = "silence", 8000

        def can_say(self, text):
            return True

        def speak(self, text):
            yield ENGINES.voice.speak("1 400").__next__() * 0

    quiet = replace(ENGINES, voice=Silence())
    dial = partial(open_offline_model, OfflineModel(quiet, lambda: Orator((say(1, 400),))))
    _, greeting, _ = await rows(dial)
    assert greeting.told == "the greeting is silence"


@asynccontextmanager
async def saying(*texts):
    """A service of these words."""
    ours, theirs = memory_wires()
    for text in texts:
        theirs.send(text)
    yield ours


async def test_a_server_that_speaks_no_realtime_is_told_by_what_it_says(autojump_clock):
    session, _, _ = await rows(partial(saying, '{"hello": "world"}', "<html>"))
    assert "session.created did not come within 10 s; it says what is no Realtime event" in session.told
    assert "leads to a Realtime service" in session.mend


# ---------------------------------------------------------------- at the start of a server


async def test_at_start_a_session_is_described_and_no_response_asked_for(autojump_clock):
    said = []

    @asynccontextmanager
    async def watched():
        async with offline()() as wire:
            send = wire.send
            wire.send = lambda text: (said.append(text), send(text))
            yield wire

    assert await model_fault(watched, AGENT, LIMITS) is None
    assert len(said) == 1
    assert '"type":"session.update"' in said[0]


async def test_what_is_wrong_then_is_told(autojump_clock):
    fault = await model_fault(offline("refuse=401"), AGENT, LIMITS)
    assert "HTTP 401" in fault.told


# ---------------------------------------------------------------- over a socket


@asynccontextmanager
async def service(**more):
    """The settings for a server on this machine."""
    model = OfflineModel(ENGINES, lambda: Orator((say(1, 400),)))
    door = Door(refused_keys=frozenset({"sk-wrong"}))
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(serve_offline, model, "127.0.0.1", 0, door))
        yield Settings(openai_base_url=f"{base_url(listeners[0])}/v1", **{"openai_api_key": "sk-1"} | more)
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("more", "told", "mend"),
    [
        ({"openai_api_key": "sk-wrong"}, "invalid_api_key: ", "set OPENAI_API_KEY"),
        ({"model": "gpt-realtime-9"}, "invalid_model: ", "name a Realtime model"),
    ],
)
async def test_a_refusal_after_the_handshake_is_told_by_its_code(more, told, mend):
    async with service(**more) as settings:
        session, _, _ = await rows(dial_openai(settings, AGENT))
    assert session.told.startswith(told)
    assert mend in session.mend


async def test_a_model_on_a_socket_greets():
    async with service() as settings:
        session, greeting, _ = await rows(dial_openai(settings, AGENT))
    assert [session.verdict, greeting.verdict] == [Verdict.OK, Verdict.OK]


@pytest.mark.parametrize(
    ("url", "told", "mend"),
    [
        ("http://127.0.0.1:1/v1", "Connection refused", "firewall"),
        ("http://no-such-host.invalid/v1", "does not resolve", "DNS"),
    ],
)
async def test_a_host_that_is_not_there_is_told_as_that(url, told, mend):
    session, _, _ = await rows(dial_openai(Settings(openai_api_key="sk-1", openai_base_url=url), AGENT))
    assert told in session.told
    assert mend in session.mend


async def test_a_check_that_is_cancelled_leaves_no_session(autojump_clock):
    open_ones = []

    @asynccontextmanager
    async def counted():
        async with offline("session_updated_after=inf")() as wire:
            open_ones.append(wire)
            try:
                yield wire
            finally:
                open_ones.remove(wire)

    with trio.move_on_after(3):
        await model_fault(counted, AGENT, LIMITS)
    assert open_ones == []
