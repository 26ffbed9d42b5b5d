"""Audio comes faster than it is heard, in uneven deltas, and not a byte more or less than was synthesised."""

import base64
from random import Random

import msgspec
import numpy as np
import pytest
from offline_driver import WORD_MS, Driver, Tone

from twiliobridge.audio import AudioFormat
from twiliobridge.offline.brain import Say
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.pacing import Pace
from twiliobridge.realtime.events import (
    CreateResponse,
    OutputAudioDelta,
    OutputTranscriptDelta,
    ResponseDone,
    UpdateSession,
)

TEXT = "one two three four five six seven eight nine ten"
FORMATS = list(AudioFormat)


def spoken(audio_format=AudioFormat.PCMU, text=TEXT, **knobs):
    driver = Driver((Say(text),), knobs=Knobs(**knobs))
    driver.configure()
    rate = {"rate": 24000} if audio_format is AudioFormat.PCM else {}
    output = {"format": {"type": audio_format.value} | rate}
    driver._take(driver.session.client_said(_update(output), driver.now))
    driver.say(CreateResponse())
    driver.wait(60)
    return driver


def _update(output):
    return msgspec.convert(
        {"session": {"type": "realtime", "audio": {"output": output}}, "type": "session.update"},
        UpdateSession,
    )


def deltas(driver):
    return [
        (moment, base64.b64decode(event.delta))
        for moment, event in driver.events
        if isinstance(event, OutputAudioDelta)
    ]


@pytest.mark.parametrize("audio_format", FORMATS)
@pytest.mark.parametrize("seed", range(5))
def test_the_deltas_together_are_the_speech_exactly(audio_format, seed):
    driver = spoken(audio_format, seed=seed)
    pieces = (np.repeat(piece, audio_format.rate // 8000) for piece in Tone().speak(TEXT))
    assert driver.audio() == b"".join(map(audio_format.encode, pieces))


@pytest.mark.parametrize("audio_format", FORMATS)
def test_deltas_are_uneven_and_none_but_the_last_is_made_of_whole_frames(audio_format):
    sizes = [len(audio) for _, audio in deltas(spoken(audio_format, text=TEXT * 5))]
    frame, unit = 20 * audio_format.bytes_per_ms, audio_format.bytes_per_ms // 8
    assert len(set(sizes)) > len(sizes) // 2
    assert all(size % frame for size in sizes[:-1])
    assert all(400 * unit <= size <= 4000 * unit + 2 for size in sizes[:-1])
    assert all(size % audio_format.sample_bytes == 0 for size in sizes)


@pytest.mark.parametrize("speed", [1.0, 5.0, 20.0])
def test_speech_is_generated_as_many_times_faster_than_it_is_heard_as_the_knob_says(speed):
    driver = spoken(text=TEXT * 3, speed=speed)
    (first, _), *_, (last, tail) = deltas(driver)
    made = (len(driver.audio()) - len(tail)) / 8000
    assert last - first == pytest.approx(made / speed)


@pytest.mark.parametrize("latency", [0.0, 0.2, 30.0])
def test_the_first_delta_comes_after_the_latency(latency):
    driver = spoken(latency=latency)
    assert deltas(driver)[0][0] == pytest.approx(100 + latency)


def test_a_latency_without_end_is_a_response_that_never_comes():
    driver = spoken(latency=float("inf"))
    assert not deltas(driver)
    assert not driver.of(ResponseDone)


def test_the_transcript_runs_ahead_of_the_sound_and_is_whole():
    driver = spoken()
    kinds = [type(event) for _, event in driver.events]
    before = kinds[: kinds.index(OutputAudioDelta)]
    assert before.count(OutputTranscriptDelta) > 1
    assert "".join(event.delta for event in driver.of(OutputTranscriptDelta)) == TEXT
    assert all(4 <= len(event.obfuscation) <= 16 for event in driver.of(OutputTranscriptDelta))


def test_the_same_seed_paces_the_same_way_and_another_seed_differently():
    one, same, other = (spoken(seed=seed).events for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_speech_that_is_late_is_sent_when_it_is_there():
    driver = Driver((Say(TEXT),), works=False)
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(3)
    assert not deltas(driver)
    driver.work()
    assert deltas(driver)[0][0] == pytest.approx(103)
    driver.wait(5)
    assert len(driver.audio()) == 8 * WORD_MS * 10
    assert deltas(driver)[-1][0] > 103 + 0.4, "late speech is not hurried either"


@pytest.mark.parametrize("text", ["", "one", " leading", "two  blanks", "trailing ", "a b c d e f g"])
def test_pieces_of_text_joined_are_the_text(text):
    pace = Pace(Knobs(), Random(3))  # noqa: S311 -- sizes of deltas
    assert "".join(pace.pieces(text)) == text
    assert "".join(pace.shreds(text)) == text
    assert all(pace.pieces(text))
