"""Named behaviours, as whole sessions in virtual time: what a server does once it does again."""

import base64
import json

import pytest
import trio
from offline_driver import ENGINES, Recited, quiet, speech

from twiliobridge.offline.behaviours import BEHAVIOURS, behaving
from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import open_offline_model
from twiliobridge.wires.wire import Rejected

REPLIES = [(Say("one two three. four five six. seven."),), (CallTool("look", {"where": "there"}),)] * 4
TELEPHONE = {
    "type": "session.update",
    "session": {
        "type": "realtime",
        "tools": [{"type": "function", "name": "look"}],
        "audio": {
            "input": {
                "format": {"type": "audio/pcmu"},
                "turn_detection": {"type": "server_vad", "silence_duration_ms": 200},
            },
            "output": {"format": {"type": "audio/pcmu"}},
        },
    },
}


async def run_of(knobs, sessions=5):
    """All that so many clients in a row are told by one server, with its moments."""
    model = OfflineModel(ENGINES, lambda: Recited(*REPLIES), knobs)
    told, begun = [], trio.current_time()

    async def listen(wire):
        try:
            while True:
                event = json.loads(await wire.receive())
                told.append((round(trio.current_time() - begun, 6), event["type"], event.get("delta")))
        except (trio.EndOfChannel, trio.BrokenResourceError) as end:
            told.append((round(trio.current_time() - begun, 6), str(end), None))

    for _ in range(sessions):
        try:
            async with open_offline_model(model) as wire, trio.open_nursery() as nursery:
                nursery.start_soon(listen, wire)
                await converse(wire)
                nursery.cancel_scope.cancel()
        except* Rejected as refused:
            told.append((round(trio.current_time() - begun, 6), str(refused.exceptions[0]), None))
        except* trio.BrokenResourceError:
            pass  # the session was lost
    return told


async def converse(wire):
    wire.send(json.dumps(TELEPHONE))
    wire.send('{"type":"response.create"}')
    await trio.sleep(4)
    for turn in range(3):
        audio = base64.b64encode(speech(300, start=300 * turn) + quiet(300)).decode()
        wire.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
        await trio.sleep(4)


@pytest.mark.parametrize("name", BEHAVIOURS)
async def test_the_same_server_run_behaves_the_same_twice(name, autojump_clock):
    first = await run_of(behaving([name]))
    assert await run_of(behaving([name])) == first


@pytest.mark.parametrize("name", [name for name in BEHAVIOURS if name != "far"])
async def test_another_seed_is_another_run(name, autojump_clock):
    first = await run_of(behaving([name]))
    assert await run_of(behaving([name], Knobs(seed=1))) != first


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("far", "response.done"),
        ("busy", "the offline model: HTTP 429"),
        ("flaky", "the peer vanished"),
        ("talkative", "input_audio_buffer.speech_started"),
        ("silent", "response.output_text.delta"),
    ],
)
async def test_each_shows_what_it_is_named_for(name, seen, autojump_clock):
    assert any(what.startswith(seen) for _, what, _ in await run_of(behaving([name])))


async def test_after_the_greeting_a_silent_model_is_not_heard(autojump_clock):
    told = [what for _, what, _ in await run_of(behaving(["silent"]), sessions=1)]
    assert "response.output_audio.delta" in told
    assert "response.output_audio.delta" not in told[told.index("input_audio_buffer.committed") :]
