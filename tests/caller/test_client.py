"""The promised face: recordings in, conversations through, recordings out."""

import logging
import re
import subprocess
import sys

import numpy as np
import pytest
import trio

from twiliobridge.audio import read_wav, telephone, ulaw_decode, write_wav
from twiliobridge.caller import AudioFileError, MockTwilioClient
from twiliobridge.caller.recordings import load_audio, read_audio
from twiliobridge.mediastream import Media, Start


@pytest.fixture
def recording(tmp_path, tone):
    """`recording(name, ms)`: the path of a 16 kHz WAV file of so much sound."""

    def write(name: str, ms: int):
        path = tmp_path / f"{name}.wav"
        path.write_bytes(write_wav(np.repeat(ulaw_decode(tone(ms)), 2), 16000))
        return path

    return write


async def agent(server, answers):
    """Greets, then answers the end of each speech with the next of `answers`; None is no answer."""
    await server.wait_for(Start)
    server.play(b"\x10" * 1600)
    for answer in answers:
        await server.wait_speech()
        if answer is not None:
            await trio.sleep(0.25)
            server.play(answer)


async def test_a_conversation_succeeds_if_every_turn_was_answered(autojump_clock, open_call, recording, tone):
    """Each turn has its latency: from the end of the caller's speech to the first audio heard."""
    files = [recording("one", 300), recording("two", 500)]
    async with open_call() as call, trio.open_nursery() as nursery:
        nursery.start_soon(agent, call.server, [tone(200), tone(400)])
        result = await call.client.multi_turn_conversation(files)
    assert result.success
    assert (result.turns_planned, result.turns_sent, result.turns_answered) == (2, 2, 2)
    assert [turn.audio_file for turn in result.turns] == files
    assert [turn.answer_ms for turn in result.turns] == [200, 400]
    assert all(230 <= turn.latency_ms <= 250 for turn in result.turns)
    assert result.greeting_ms == 200


async def test_one_turn_without_an_answer_is_no_success(autojump_clock, open_call, recording, tone):
    """The conversation goes on, and the result says which turn it was and why."""
    files = [recording(name, 200) for name in ("one", "two", "three")]
    async with open_call() as call, trio.open_nursery() as nursery:
        nursery.start_soon(agent, call.server, [tone(200), None, tone(200)])
        result = await call.client.multi_turn_conversation(files, response_timeout=3)
    assert not result.success
    assert [turn.answered for turn in result.turns] == [True, False, True]
    assert result.turns[1].latency_ms is None
    assert "not heard within 3 s" in result.turns[1].error


async def test_a_server_that_hangs_up_ends_the_conversation(autojump_clock, open_call, recording, tone):
    """Turns that were not sent are counted as such; the result says that the server closed."""
    files = [recording(name, 200) for name in ("one", "two", "three")]

    async def leave(server):
        await agent(server, [tone(200)])
        await trio.sleep(1.5)
        await server.wire.aclose()

    async with open_call() as call, trio.open_nursery() as nursery:
        nursery.start_soon(leave, call.server)
        result = await call.client.multi_turn_conversation(files)
    assert not result.success
    assert (result.turns_planned, result.turns_sent, result.turns_answered) == (3, 2, 1)
    assert "the server closed" in result.error


async def test_a_turn_that_a_hangup_cut_was_not_sent(autojump_clock, open_call, recording):
    """It was begun, and is in the result with its reason."""
    async with open_call() as call, trio.open_nursery() as nursery:

        async def close():
            await trio.sleep(0.5)
            await call.server.wire.aclose()

        nursery.start_soon(close)
        files = [recording("long", 3000)] * 2
        result = await call.client.multi_turn_conversation(files, wait_for_greeting=False)
    assert (result.turns_planned, result.turns_sent, result.turns_answered) == (2, 0, 0)
    assert [turn.error for turn in result.turns] == ["the server closed"]


async def test_a_missing_greeting_is_a_failure_unless_none_was_awaited(
    autojump_clock, open_call, recording, tone
):
    """`wait_for_greeting` has an effect: without it the caller speaks first."""
    for wait, success in ((True, False), (False, True)):
        async with open_call() as call, trio.open_nursery() as nursery:
            nursery.start_soon(answer_only, call.server, tone(200))
            result = await call.client.multi_turn_conversation(
                [recording("one", 200)], wait_for_greeting=wait, greeting_timeout=2
            )
        assert (result.success, result.turns_answered) == (success, 1)
        assert (result.error is None) is success


async def answer_only(server, answer):
    await server.wait_speech()
    server.play(answer)


async def test_a_result_reads_like_a_dict(autojump_clock, open_call, recording):
    """`result["success"]` is `result.success`; an unknown key is a KeyError."""
    async with open_call() as call:
        result = await call.client.multi_turn_conversation(
            [recording("speech", 40)], wait_for_greeting=False, response_timeout=1
        )
    assert result["success"] is result.success is False
    assert dict(result)["turns_planned"] == 1
    with pytest.raises(KeyError, match="succes"):
        result["succes"]


async def test_a_recording_is_said_whole(autojump_clock, open_call, recording, tone):
    """A WAV file of 16 kHz leaves as 8 kHz mu-law, and send_user_audio returns when its last frame is out."""
    path = recording("speech", 400)
    async with open_call() as call:
        await call.client.initiate_call_flow()
        begin = trio.current_time()
        await call.client.send_user_audio(path)
        assert trio.current_time() == pytest.approx(begin + 0.4)  # one frame leaves while it is read
        await call.server.wait_for(Media, 21)
        assert call.server.speech() == telephone(read_wav(path.read_bytes()))


async def test_a_file_that_cannot_be_said_is_one_line_with_its_name(autojump_clock, open_call, tmp_path):
    """Missing, a folder, no WAV, or less than a sample: AudioFileError before anything is said. A
    conversation of no recordings is a ValueError, and no success.
    """
    text, short = tmp_path / "notes.wav", tmp_path / "short.wav"
    text.write_text("no sound")
    short.write_bytes(write_wav(np.ones(1, np.int16), 192_000))
    async with open_call() as call:
        await call.client.initiate_call_flow()
        for path in (tmp_path / "missing.wav", tmp_path, text, short):
            with pytest.raises(AudioFileError, match=re.escape(str(path))) as error:
                await call.client.send_user_audio(path)
            assert "\n" not in str(error.value)
        with pytest.raises(AudioFileError):
            await call.client.multi_turn_conversation([text])
        with pytest.raises(ValueError, match="needs a recording"):
            await call.client.multi_turn_conversation([], wait_for_greeting=False)
        assert call.client.line.turns == []


async def test_a_call_goes_on_while_a_recording_is_converted(recording):
    """Reading three seconds lets every other task run at least 25 times."""
    turns = 0

    async def frames():
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    path = recording("long", 3000)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(frames)
        assert await load_audio(path) == read_audio(path) == telephone(read_wav(path.read_bytes()))
        nursery.cancel_scope.cancel()
    assert turns >= 25


async def test_saved_audio_is_what_was_heard_on_the_call_s_clock(autojump_clock, open_call, tmp_path, tone):
    """Left and right at one sample are one moment; cleared audio is absent; each turn has its files."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        begin = trio.current_time()
        await call.server.wait_for(Media)
        call.server.play(tone(1000))
        await trio.sleep(0.39)
        utterance = call.client.say(tone(200, seed=1))
        await trio.sleep(0.1)
        call.server.clear()
        await utterance.wait_said()
        await trio.sleep(0.5)
        call.server.play(tone(300, seed=2))
        await call.client.wait_for_ai_response(5)
    saved = {
        path.stem: read_wav(path.read_bytes()) for path in call.client.save_collected_audio(tmp_path / "a/b")
    }
    assert set(saved) == {"call", "caller", "agent", "turn_00_agent", "turn_01_caller", "turn_01_agent"}
    stereo = np.frombuffer(saved["call"].data, "<i2").reshape(-1, 2)
    said, heard = (sample(at, begin) for at in (utterance.began, call.client.line.heard.stretches[1].began))
    assert (stereo[said : said + 1600, 0] == ulaw_decode(tone(200, seed=1))).all()
    assert (stereo[heard:, 1] == ulaw_decode(tone(300, seed=2))).all()
    assert np.count_nonzero(stereo[:, 1]) == (500 + 300) * 8
    assert (stereo[: 500 * 8, 1] == ulaw_decode(tone(1000)[: 500 * 8])).all()
    assert {name: wav.duration_ms for name, wav in saved.items() if name.startswith("turn")} == {
        "turn_00_agent": 500,
        "turn_01_caller": 200,
        "turn_01_agent": 300,
    }


async def test_what_was_not_said_is_not_saved(autojump_clock, open_call, tmp_path, tone):
    """Of speech that a hang-up cut, the recording has what the server was sent; of one that is still being
    said, what has left.
    """
    async with open_call() as call:
        await call.client.initiate_call_flow()
        call.client.say(tone(10_000))
        await trio.sleep(0.95)
        call.client.save_collected_audio(tmp_path / "meanwhile")
        await trio.sleep(0.5)
        await call.client.hangup()
    call.client.save_collected_audio(tmp_path)
    sent = len(call.server.speech()) / 8
    assert sent < 1500
    for name in ("caller.wav", "call.wav", "turn_01_caller.wav"):
        assert read_wav((tmp_path / name).read_bytes()).duration_ms == sent
    assert read_wav((tmp_path / "meanwhile/caller.wav").read_bytes()).duration_ms == 960


def sample(at: float, begin: float) -> int:
    return round((at - begin) * 8000)


async def test_a_silent_call_can_be_saved(autojump_clock, open_call, tmp_path):
    async with open_call() as call:
        await call.client.initiate_call_flow()
    assert len(call.client.save_collected_audio(tmp_path)) == 3


async def test_every_note_is_a_line_of_the_log_with_the_call_sid(autojump_clock, open_call, caplog):
    """At DEBUG, and warnings at WARNING, on the logger that was given."""
    logger = logging.getLogger("mine")
    caplog.set_level(logging.DEBUG, "mine")
    async with open_call(logger=logger) as call:
        await call.client.initiate_call_flow()
        call.server.wire.send("nonsense")
        await call.server.wait_for(Media, 2)
    levels = [record.levelname for record in caplog.records]
    assert levels == ["DEBUG", "WARNING", "DEBUG", "DEBUG"]
    assert all(call.client.identity.call_sid in line for line in caplog.messages)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stream_sid": "MZ1"},
        {"account_sid": "CA" + "0" * 32},
        {"call_sid": "CA" + "G" * 32},
        {"call_sid": ""},
        {"custom_parameters": {"n": 1}},
        {"sample_rate": 0},
    ],
)
def test_what_twilio_would_never_send_is_refused_at_once(wrong):
    """SIDs are two letters and 32 hex digits, parameters are text: else ValueError, before any connection."""
    with pytest.raises(ValueError, match=r"must be|are text|positive"):
        MockTwilioClient("ws://localhost/", **wrong)


def test_each_phone_has_sids_of_its_own():
    one, other = (MockTwilioClient("ws://localhost/").identity for _ in range(2))
    for prefix, name in (("MZ", "stream_sid"), ("AC", "account_sid"), ("CA", "call_sid")):
        assert re.fullmatch(prefix + "[0-9a-f]{32}", getattr(one, name))
        assert getattr(one, name) != getattr(other, name)


def test_the_phone_needs_no_sound_library_and_no_web_framework():
    """Importing it imports neither, whatever is installed."""
    unwanted = {"sounddevice", "quart", "hypercorn", "trio_websocket"}
    code = f"import sys, twiliobridge.caller; print(sorted({unwanted} & sys.modules.keys()))"
    done = subprocess.run(  # noqa: S603 -- this very interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
