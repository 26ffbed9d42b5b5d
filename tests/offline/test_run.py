"""A session on a memory wire, in virtual time; engines answer at once, unless a law is about threads."""

import base64
import json
import logging
import threading

import pytest
import trio
from offline_driver import ENGINES, Lengths, Recited, Tone, quiet, speech

from twiliobridge.offline.brain import Say
from twiliobridge.offline.engines import EngineFailed, Engines
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.run import SLICE
from twiliobridge.offline.server import open_offline_model
from twiliobridge.realtime.connection import RealtimeConnection
from twiliobridge.realtime.events import (
    AppendAudio,
    CommitAudio,
    CreateResponse,
    ResponseDone,
    SessionUpdated,
    SpeechStarted,
    Unknown,
    UpdateSession,
)
from twiliobridge.realtime.session import PCMU, Audio, AudioInput, AudioOutput, ServerVad, SessionUpdate
from twiliobridge.realtime.state import Role

TELEPHONE = SessionUpdate(
    type="realtime",
    audio=Audio(
        input=AudioInput(format=PCMU, turn_detection=ServerVad(silence_duration_ms=200)),
        output=AudioOutput(format=PCMU),
    ),
)


def answering(*replies, engines=ENGINES, **knobs):
    return OfflineModel(engines, lambda: Recited(*replies), Knobs(**knobs))


class Client:
    """The other end, checked by the protocol's own table."""

    def __init__(self, wire):
        self.wire = wire
        self.connection = RealtimeConnection(Role.CLIENT)

    def say(self, event):
        self.wire.send(self.connection.send(event))

    async def hear(self, kind):
        """Events up to the first of that kind."""
        while True:
            event = self.connection.receive(await self.wire.receive())
            if isinstance(event, kind):
                return event

    async def call(self):
        """A telephone session, ready."""
        await self.wire_ready()
        self.say(UpdateSession(session=TELEPHONE))
        await self.hear(SessionUpdated)
        return self

    async def wire_ready(self):
        self.connection.receive(await self.wire.receive())

    def speak(self, audio):
        self.say(AppendAudio(audio=base64.b64encode(audio).decode()))


async def test_a_turn_is_answered_over_a_wire_in_the_time_that_its_pace_takes(autojump_clock):
    async with open_offline_model(answering((Say("one two three four five"),), latency=0.2)) as wire:
        client = await Client(wire).call()
        client.speak(quiet(500) + speech(500) + quiet(300))
        begun = trio.current_time()
        done = await client.hear(ResponseDone)
        assert done.response.status == "completed"
        assert trio.current_time() - begun == pytest.approx(0.2 + 5 * 0.3 / 5, abs=0.05)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ("[]", "invalid_event"),
        ("{}", "missing_required_parameter"),
        ('{"type":"response.make"}', "invalid_value"),
        ('{"type":"session.update","session":{}}', "missing_required_parameter"),
        (
            '{"type":"session.update","session":{"type":"realtime","modalities":["text"]}}',
            "unknown_parameter",
        ),
        ('{"type":"input_audio_buffer.append","audio":"?"}', "invalid_value"),
    ],
)
async def test_what_cannot_be_read_is_answered_with_an_error_and_the_session_goes_on(
    text, code, autojump_clock
):
    async with open_offline_model(answering((Say("one"),))) as wire:
        client = await Client(wire).call()
        wire.send(text)
        error = json.loads(await wire.receive())
        assert (error["type"], error["error"]["code"]) == ("error", code)
        client.say(CreateResponse())
        assert (await client.hear(ResponseDone)).response.status == "completed"


async def test_an_append_that_is_too_long_is_refused_whole(autojump_clock):
    """One error, and nothing of it in the buffer: it is not taken slice by slice up to the bound."""
    async with open_offline_model(answering((Say("one"),))) as wire:
        client = await Client(wire).call()
        wire.send('{"type":"input_audio_buffer.append","audio":"' + "/" * (15 * 2**20 + 4) + '"}')
        assert json.loads(await wire.receive())["error"]["code"] == "string_above_max_length"
        client.say(CommitAudio())
        assert json.loads(await wire.receive())["error"]["code"] == "input_audio_buffer_commit_empty"


async def test_a_binary_message_is_an_invalid_event(autojump_clock):
    async with open_offline_model(answering()) as wire:
        await Client(wire).call()
        wire.send_binary(b"\x00\xff")
        assert json.loads(await wire.receive())["error"]["code"] == "invalid_event"


async def test_an_expired_session_is_closed_with_1001(autojump_clock):
    async with open_offline_model(answering(session_seconds=3600)) as wire:
        await Client(wire).call()
        assert json.loads(await wire.receive())["error"]["code"] == "session_expired"
        with pytest.raises(trio.EndOfChannel, match="1001"):
            await wire.receive()
        assert trio.current_time() == pytest.approx(3600, abs=1)


async def test_a_dropped_connection_ends_without_a_goodbye(autojump_clock):
    async with open_offline_model(answering(drop_after=2)) as wire:
        await Client(wire).call()
        with pytest.raises(trio.BrokenResourceError):
            await wire.receive()


async def drained(wire):
    while True:
        await wire.receive()


async def test_a_client_that_does_not_read_loses_its_session(autojump_clock, monkeypatch):
    monkeypatch.setattr("twiliobridge.offline.server.BACKLOG", 20_000)
    async with open_offline_model(answering((Say("one two three " * 20),))) as wire:
        client = await Client(wire).call()
        client.say(CreateResponse())
        await trio.sleep(60)
        with pytest.raises(trio.EndOfChannel, match="1008"):
            await drained(wire)


@pytest.mark.parametrize("leave", ["aclose", "vanish"])
async def test_a_client_that_leaves_in_mid_answer_leaves_nothing_behind(leave, autojump_clock):
    tasks = trio.lowlevel.current_statistics().tasks_living
    async with open_offline_model(answering((Say("one two three " * 20),))) as wire:
        client = await Client(wire).call()
        client.say(CreateResponse())
        await trio.sleep(0.3)
        result = getattr(wire, leave)()
        if result is not None:
            await result
        await trio.sleep(1)
        assert trio.lowlevel.current_statistics().tasks_living == tasks
    assert trio.lowlevel.current_statistics().tasks_living == tasks


async def test_unknown_events_and_fields_do_not_stop_a_client_that_tolerates_them(autojump_clock):
    async with open_offline_model(answering((Say("one two"),), unknown=True)) as wire:
        client = await Client(wire).call()
        client.say(CreateResponse())
        assert (await client.hear(Unknown)).type == "response.mood.detected"
        assert (await client.hear(ResponseDone)).response.status == "completed"


async def test_minutes_of_audio_in_one_event_do_not_stall_the_others(autojump_clock):
    """Whoever else wants to run gets a turn for every slice; base64 cut at fours stays base64."""
    turns = 0

    async def wait_in_turn():
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    model = answering((Say("one"),))
    async with open_offline_model(model) as wire, trio.open_nursery() as nursery:
        client = await Client(wire).call()
        client.speak(quiet(300_000) + speech(500) + quiet(300))
        nursery.start_soon(wait_in_turn)
        started = await client.hear(SpeechStarted)
        assert started.audio_start_ms == pytest.approx(299_700, abs=20)
        assert turns >= 300_000 * 8 // 3 * 4 // SLICE
        nursery.cancel_scope.cancel()


async def test_a_long_append_that_is_no_base64_is_refused_whole(autojump_clock):
    async with open_offline_model(answering()) as wire:
        client = await Client(wire).call()
        client.say(AppendAudio(audio="A" * 100_000 + "?"))
        assert json.loads(await wire.receive())["error"]["code"] == "invalid_value"
        client.say(CommitAudio())
        assert "0.00ms" in json.loads(await wire.receive())["error"]["message"]


class Slow(Lengths):
    """A recogniser that works until it is told to stop, and counts how many do so at once."""

    def __init__(self):
        self.started = threading.Event()
        self.may_end = threading.Event()
        self.inside = 0

    def recognise(self, samples, rate):
        self.inside += 1
        assert self.inside == 1, "two at once in one engine"
        self.started.set()
        assert self.may_end.wait(10), "nobody went on while this engine worked"
        self.inside -= 1
        return "done"


async def test_one_sessions_recognition_does_not_stall_another_session():
    """Real threads and real time, for that is what the law is about; nothing sleeps."""
    slow = Slow()
    model = answering((Say("one"),), engines=Engines(Tone(), slow), latency=0)
    with trio.fail_after(20):
        async with open_offline_model(model) as first, open_offline_model(model) as second:
            waiting, typing = await Client(first).call(), await Client(second).call()
            waiting.speak(quiet(500) + speech(500) + quiet(300))
            await trio.to_thread.run_sync(slow.started.wait)
            typing.say(CreateResponse())
            assert (await typing.hear(ResponseDone)).response.status == "completed"
            slow.may_end.set()
            assert (await waiting.hear(ResponseDone)).response.status == "completed"


async def test_an_engine_works_for_one_session_at_a_time():
    """The other one waits for it, which its queue shows."""
    slow = Slow()
    model = answering((Say("one"),), engines=Engines(Tone(), slow), latency=0)
    with trio.fail_after(20):
        async with (
            open_offline_model(model) as first,
            open_offline_model(model) as second,
            trio.open_nursery() as nursery,
        ):
            for wire in (first, second):
                client = await Client(wire).call()
                client.speak(quiet(500) + speech(500) + quiet(300))
                nursery.start_soon(client.hear, ResponseDone)
            while model._ears.statistics().tasks_waiting != 1:  # noqa: ASYNC110 -- a queue has no event
                await trio.sleep(0.001)
            slow.may_end.set()


class Mute(Tone):
    def speak(self, text):
        yield from super().speak("one")
        raise EngineFailed("lost its voice")


async def test_a_voice_that_fails_in_mid_sentence_fails_the_response_and_not_the_session(autojump_clock):
    model = answering((Say("one two"),), (Say("three"),), engines=Engines(Mute(), at_once=True))
    async with open_offline_model(model) as wire:
        client = await Client(wire).call()
        for _ in range(2):
            client.say(CreateResponse())
            done = await client.hear(ResponseDone)
            assert done.response.status == "failed"
            assert done.response.status_details.error.message == "lost its voice"


async def test_every_message_of_a_session_is_a_debug_line_audio_counted_and_its_end_too(
    autojump_clock, caplog
):
    caplog.set_level(logging.DEBUG, "twiliobridge.offline")
    async with open_offline_model(answering((Say("one two three four"),))) as wire:
        client = await Client(wire).call()
        client.speak(quiet(500) + speech(500) + quiet(300))
        await client.hear(ResponseDone)
    told = [record.getMessage().split()[1:3] for record in caplog.records]
    assert told[:3] == [["out", "SessionCreated"], ["in", "UpdateSession"], ["out", "SessionUpdated"]]
    assert ["audio", "messages:"] in told
    assert ["out", "ResponseDone"] in told
    assert not [line for line in told if "Delta" in line[1] and "Audio" in line[1]]
    assert told[-1] == ["ends:", "Close"]
