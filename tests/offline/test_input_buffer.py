"""The input buffer runs on the clock of the audio appended, however it is cut into chunks."""

import numpy as np
import pytest
from offline_driver import LOUD, Driver, quiet, speech

from twiliobridge.audio import AudioFormat
from twiliobridge.conversation.vad import EnergyGate
from twiliobridge.offline.input_buffer import LONGEST_MS, LONGEST_QUIET_MS, InputBuffer
from twiliobridge.realtime.events import ClearAudio, CommitAudio, SpeechStarted, SpeechStopped
from twiliobridge.realtime.session import TurnRules

RULES = TurnRules(type="server_vad")


def turns(driver):
    started = [event.audio_start_ms for event in driver.of(SpeechStarted)]
    return started, [event.audio_end_ms for event in driver.of(SpeechStopped)]


@pytest.mark.parametrize("chunk", [1, 7, 160, 1000, 100_000])
def test_moments_are_those_of_the_audio_whatever_the_chunks(chunk):
    """Onset less 300 ms of padding; the end where 200 ms of silence were complete."""
    driver = Driver()
    driver.configure(turn_detection={"type": "server_vad", "create_response": False})
    driver.hear(quiet(1000) + speech(500) + quiet(1000) + speech(700) + quiet(500), chunk)
    started, stopped = turns(driver)
    assert started == [pytest.approx(700, abs=20), pytest.approx(2200, abs=20)]
    assert stopped == [pytest.approx(1700, abs=60), pytest.approx(3400, abs=60)]


def test_moments_are_the_same_in_every_format():
    found = []
    for name in AudioFormat:
        driver = Driver()
        audio = {
            "format": {"type": name.value} | ({"rate": 24000} if name is AudioFormat.PCM else {}),
            "turn_detection": {"type": "server_vad", "create_response": False},
        }
        driver.configure(**audio)
        samples = np.concatenate([np.zeros(8000, np.int16), LOUD[:4000], np.zeros(4000, np.int16)])
        driver.hear(name.encode(np.repeat(samples, name.rate // 8000)), chunk=20 * name.bytes_per_ms)
        found.append(turns(driver))
    assert all(found[0])
    for started, stopped in found[1:]:
        assert started == pytest.approx(found[0][0], abs=20)
        assert stopped == pytest.approx(found[0][1], abs=20)


@pytest.mark.parametrize("padding", [0, 300, 2000])
def test_the_padding_reaches_back_to_the_beginning_of_the_audio_and_no_further(padding):
    driver = Driver()
    driver.configure(turn_detection={"type": "server_vad", "prefix_padding_ms": padding})
    driver.hear(quiet(1000) + speech(500))
    assert turns(driver)[0] == [pytest.approx(max(0, 1000 - padding), abs=20)]


@pytest.mark.parametrize("silence", [200, 500, 1000])
def test_a_turn_ends_after_the_silence_that_the_client_asked_for(silence):
    driver = Driver()
    driver.configure(turn_detection={"type": "server_vad", "silence_duration_ms": silence})
    driver.hear(quiet(1000) + speech(500) + quiet(1500))
    assert turns(driver)[1] == [pytest.approx(1500 + silence, abs=60)]


def test_what_is_recognised_is_the_turn_with_its_padding():
    driver = Driver(works=False)
    driver.configure()
    driver.hear(quiet(1000) + speech(500) + quiet(500))
    (started,), (stopped,) = turns(driver)
    (job,) = driver.jobs
    assert len(job.samples) == 8 * (stopped - started)
    assert not job.samples[: 8 * 280].any()
    assert np.count_nonzero(job.samples) > 8 * 480


def test_the_clock_goes_on_when_the_buffer_is_cleared():
    driver = Driver()
    driver.configure()
    driver.hear(quiet(1000) + speech(400))
    driver.say(ClearAudio())
    driver.hear(quiet(1000) + speech(400, start=400))
    assert turns(driver) == ([pytest.approx(700, abs=20), pytest.approx(2100, abs=20)], [])


def test_a_commit_takes_all_that_is_in_the_buffer_and_leaves_it_empty():
    driver = Driver(works=False)
    driver.configure(turn_detection=None)
    driver.hear(speech(300))
    driver.say(CommitAudio())
    driver.hear(speech(200))
    driver.say(CommitAudio())
    assert [len(job.samples) for job in driver.jobs] == [2400, 1600]


def test_a_turn_leaves_the_buffer_with_what_came_after_it():
    driver = Driver(works=False)
    driver.configure()
    driver.hear(quiet(1000) + speech(500) + quiet(500))
    (stopped,) = turns(driver)[1]
    driver.say(CommitAudio())
    assert len(driver.jobs[1].samples) == 8 * (2000 - stopped)


def test_a_commit_in_mid_speech_makes_the_item_that_was_announced_and_ends_the_turn():
    driver = Driver(works=False)
    driver.configure()
    driver.hear(quiet(500) + speech(400))
    driver.say(CommitAudio())
    assert driver.jobs[0].item_id == driver.of(SpeechStarted)[0].item_id
    assert driver.hear(quiet(1000)) == []


@pytest.mark.parametrize(("rules", "most"), [(None, LONGEST_MS), (RULES, LONGEST_QUIET_MS)])
def test_the_buffer_is_bounded_and_loses_the_oldest_first(rules, most):
    buffer = InputBuffer(AudioFormat.PCMU, rules, EnergyGate())
    for _ in range(most // 10_000 + 2):
        buffer.append(quiet(10_000))
    assert buffer.length_ms == most
    assert buffer.end_ms == most + 20_000
    buffer.append(speech(100))
    assert buffer.commit().audio.endswith(speech(100))


def test_a_change_of_format_drops_what_can_no_longer_be_read():
    buffer = InputBuffer(AudioFormat.PCMU, None, EnergyGate())
    buffer.append(speech(500))
    buffer.configure(AudioFormat.PCM, None)
    assert (buffer.length_ms, buffer.end_ms) == (0, 500)


def test_a_change_of_rules_in_mid_speech_does_not_lose_the_turn():
    driver = Driver()
    driver.configure()
    driver.hear(quiet(500) + speech(300))
    driver.configure(turn_detection={"type": "server_vad", "silence_duration_ms": 600})
    driver.hear(quiet(1000))
    started, stopped = turns(driver)
    assert len(started) == len(stopped) == 1
    assert stopped == [pytest.approx(1400, abs=60)]
