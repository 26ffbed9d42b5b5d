"""Whole calls by microphone and speaker on a real sound server, in real time; skipped where there is none."""

import base64
import os
import re
import signal
import sys
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from subprocess import DEVNULL, PIPE

import numpy as np
import pytest
import trio
import trio_websocket
from sound_match import alignment, likeness

from twiliobridge.audio import read_wav, silence, telephone, ulaw_decode
from twiliobridge.caller import MockTwilioClient
from twiliobridge.caller.live.voice import Voice
from twiliobridge.mediastream import Clear, Media, MediaStream, Play, Role, Start, Stop
from twiliobridge.offline.loading import load_engines
from twiliobridge.sound import open_microphone

pytestmark = pytest.mark.sound_server

SAMPLES = Path(__file__).parents[2] / "audio_samples"
BALANCE = SAMPLES / "banking" / "what_is_my_balance.wav"
CARD = SAMPLES / "banking" / "need_to_replace_card.wav"
LONG = SAMPLES / "customer_service" / "unknown_charge.wav"
LATEST_SILENCE = 0.15
"Seconds after a clear: 60 ms of the device, 20 ms of a packet, and what PulseAudio and its recorder take."


def speech(path):
    """mu-law, 8 kHz."""
    return telephone(read_wav(path.read_bytes()))


def sounding(audio):
    """The frames of mu-law that are not silent. Silence is also what leaves when a frame is late."""
    frames = [bytes(audio[start : start + 160]) for start in range(0, len(audio), 160)]
    return [frame for frame in frames if frame != silence(20)]


class Overheard:
    """The headset of this machine; keeps what its microphone gave."""

    def __init__(self):
        self._rate = None
        self._pieces = []

    @asynccontextmanager
    async def open_microphone(self, rate, pieces):
        async with open_microphone(None, rate, pieces) as microphone:
            self._rate = microphone.rate
            yield OverheardMicrophone(microphone, self._pieces.append)

    def captured_audio(self):
        """mu-law, as it was handed over."""
        voice = Voice(self._rate)
        return b"".join(frame.audio for piece in self._pieces for frame in voice.frames(piece))


class OverheardMicrophone:
    def __init__(self, microphone, keep):
        self._microphone = microphone
        self._keep = keep

    def __getattr__(self, name):
        return getattr(self._microphone, name)

    async def receive(self):
        piece = await self._microphone.receive()
        self._keep(piece)
        return piece


class Agent:
    """A bridge that keeps what it hears, and says what it is told to."""

    def __init__(self):
        self.heard = bytearray()
        self.told = set()
        self._stream = MediaStream(Role.SERVER)
        self._socket = None
        self._ready = trio.Event()

    async def serve(self, request):
        self._socket = await request.accept()
        try:
            while Stop not in self.told:
                event = self._stream.receive(await self._socket.get_message())
                self.told.add(type(event))
                if isinstance(event, Start):
                    self._ready.set()
                if isinstance(event, Media):
                    self.heard += base64.b64decode(event.payload)
        except trio_websocket.ConnectionClosed:
            pass

    async def say(self, event):
        await self._ready.wait()
        await self._socket.send_message(self._stream.send(event))


@pytest.fixture
async def agent_at(nursery):
    """An Agent and its URL."""
    agent = Agent()
    start = partial(trio_websocket.serve_websocket, agent.serve, "127.0.0.1", 0, ssl_context=None)
    server = await nursery.start(start)
    return agent, f"ws://127.0.0.1:{server.port}/"


async def test_what_the_microphone_hears_is_what_the_bridge_hears(portaudio, agent_at):
    """Every frame that was captured, in order; it is the speech that was played; soon, and 50 a second."""
    agent, url = agent_at
    headset = Overheard()
    async with MockTwilioClient(url, headset=headset) as client:
        await client.initiate_call_flow()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.to_thread.run_sync, portaudio.say, BALANCE)
            result = await client.stream_microphone_audio(2.5)
    captured, heard = sounding(headset.captured_audio()), sounding(agent.heard)
    counted = result.chunks_dropped + result.chunks_skipped
    assert len(captured) - counted <= len(heard) <= len(captured)
    remaining = iter(captured)
    assert all(frame in remaining for frame in heard), "in order"
    assert likeness(ulaw_decode(bytes(agent.heard)), ulaw_decode(speech(BALANCE))) > 0.99
    assert result.chunks_dropped == result.chunks_missing == 0
    assert result.chunks_per_second == pytest.approx(50, abs=2)
    assert result.mic_to_wire_ms.median <= 45
    assert Stop in agent.told
    loaded = load_engines()
    if loaded.engines.recogniser is not None:
        words = loaded.engines.recogniser.recognise(ulaw_decode(bytes(agent.heard)), 8000)
        assert "my balance" in words.lower()


async def test_the_agent_is_heard_on_the_speaker_until_clear(portaudio, agent_at):
    """What is heard is what the bridge sent; a clear silences it within 150 ms."""
    agent, url = agent_at
    said = ulaw_decode(speech(LONG))
    assert len(said) > 2 * 8000
    with portaudio.recorded() as recorded:
        async with MockTwilioClient(url) as client, trio.open_nursery() as nursery:
            nursery.start_soon(client.live_realtime_conversation, False)
            await agent.say(Play(payload=base64.b64encode(speech(LONG)).decode()))
            await trio.sleep(1.2)
            cleared_at = len(recorded())
            await agent.say(Clear())
            await trio.sleep(0.6)
            await client.stop_microphone_recording()
        heard = recorded()
    start, match = alignment(heard[:cleared_at], said[:6400])
    assert match > 0.99
    loud = np.flatnonzero(np.abs(heard.astype(int)) > 300)
    silent_after = (loud[-1] - cleared_at) / 8000
    assert silent_after < LATEST_SILENCE
    assert loud[-1] - start < len(said) / 2, "the rest was not said at all"


async def test_the_program_holds_a_conversation_of_two_turns(sound_server, tmp_path):
    """`python -m twiliobridge.live --offline`: a greeting, two questions, two answers, Ctrl+C."""
    command = [sys.executable, "-m", "twiliobridge.live", "--offline", "--no-instructions"]
    with sound_server.recorded() as recorded:
        program = await trio.lowlevel.open_process(
            command,
            env=os.environ | sound_server.environ,
            cwd=tmp_path,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        screen = Lines(program.stdout)
        with trio.fail_after(30):
            await screen.wait_for("the microphone is open")
            sound_server.say(BALANCE)
            await screen.wait_for("answers after")
            await heard_out(tmp_path / "realtime_test.log", 2)
            sound_server.say(CARD)
            await screen.wait_for("answers after", 2)
            await trio.sleep(1.5)
            program.send_signal(signal.SIGINT)
            await screen.wait_for("PASSED")
            assert await program.wait() == 0
            await screen.wait_end()
        errors = await program.stderr.receive_some()
        heard = recorded()
    await program.stderr.aclose()
    assert not errors
    assert "turns: 2 spoken, 2 answered" in screen.text
    rate = float(re.search(r"chunks, ([\d.]+) per second", screen.text)[1])
    assert rate == pytest.approx(50, abs=2)
    call = np.frombuffer(read_wav((tmp_path / "live_output" / "call.wav").read_bytes()).data, "<i2")
    caller, agent = call[::2], call[1::2]
    for path in (BALANCE, CARD):
        assert likeness(caller, ulaw_decode(speech(path))) > 0.99
    answer = np.frombuffer(
        read_wav((tmp_path / "live_output" / "turn_02_agent.wav").read_bytes()).data, "<i2"
    )
    assert likeness(heard, answer[:-2400]) > 0.99, "but for the end, which Ctrl+C cut"
    assert likeness(agent, answer) > 0.99
    assert "StreamStopped" in (tmp_path / "realtime_test.log").read_text()


async def test_without_a_bridge_it_says_how_to_start_one(sound_server, tmp_path):
    """One line on stderr, and exit 2."""
    command = [sys.executable, "-m", "twiliobridge.live", "--bridge-url", "ws://127.0.0.1:1/twilio-agent"]
    done = await trio.run_process(
        command,
        env=os.environ | sound_server.environ,
        cwd=tmp_path,
        capture_stdout=True,
        capture_stderr=True,
        check=False,
    )
    assert done.returncode == 2
    [line] = done.stderr.decode().splitlines()
    assert "twiliobridge serve --offline" in line
    assert b"Ctrl+C hangs up" in done.stdout, "the how-to"


class Lines:
    """What a program prints, as it prints it."""

    def __init__(self, stream):
        self.text = ""
        self._stream = stream

    async def wait_for(self, text, times=1):
        while self.text.count(text) < times:
            assert await self._more(), f"it ended without {text!r}:\n{self.text}"

    async def wait_end(self):
        while await self._more():
            pass
        await self._stream.aclose()

    async def _more(self):
        chunk = await self._stream.receive_some()
        self.text += chunk.decode()
        return bool(chunk)


async def heard_out(log, times):
    """Returns when the agent has fallen silent for the `times`-th time, and a moment has passed."""
    while log.read_text().count("AgentStopsBeingHeard") < times:  # noqa: ASYNC110 -- another process
        await trio.sleep(0.1)
    await trio.sleep(0.5)
