import numpy as np
import pytest

from twiliobridge.audio import FRAME_BYTES, FRAME_MS, RATE, SILENCE, AudioFormat, silence


def test_a_frame_is_20_ms_of_8_bytes_each():
    assert (RATE, FRAME_MS, FRAME_BYTES) == (8000, 20, 160)
    assert AudioFormat.PCMU.byte_count(FRAME_MS) == FRAME_BYTES


def test_bytes_per_millisecond_are_the_protocols():
    assert {f.value: f.bytes_per_ms for f in AudioFormat} == {
        "audio/pcmu": 8,
        "audio/pcma": 8,
        "audio/pcm": 48,
    }


def test_silence_is_0xff_in_mu_law():
    """0xFF decodes to 0; 0x80, which some call silence, is full scale."""
    assert silence(20) == bytes([SILENCE]) * 160
    assert AudioFormat.PCMU.decode(silence(1)).tolist() == [0] * 8
    assert AudioFormat.PCMU.decode(b"\x80").tolist() == [32124]


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_silence_is_the_code_of_zero_in_every_format(audio_format):
    quiet = audio_format.silence(20)
    assert len(quiet) == 20 * audio_format.bytes_per_ms
    assert np.abs(audio_format.decode(quiet)).max() <= 8  # the smallest A-law magnitude


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_bytes_to_milliseconds_and_back_is_exact(audio_format):
    step = audio_format.sample_bytes
    assert all(audio_format.byte_count(audio_format.duration_ms(n)) == n for n in range(0, 50_000, step))


def test_milliseconds_come_to_the_nearest_whole_sample():
    assert [AudioFormat.PCMU.sample_count(ms) for ms in (0.05, 0.07, 0.12, 20.01)] == [0, 1, 1, 160]
    assert all(AudioFormat.PCM.byte_count(ms / 7) % 2 == 0 for ms in range(1000))


def test_pcm_is_little_endian():
    assert AudioFormat.PCM.encode(np.array([1, -2], np.int16)) == b"\x01\x00\xfe\xff"
    assert AudioFormat.PCM.decode(b"\x01\x00\xfe\xff").tolist() == [1, -2]


def test_half_a_pcm_sample_is_refused_by_name():
    with pytest.raises(ValueError, match="3 bytes of 16-bit PCM end in half a sample"):
        AudioFormat.PCM.decode(b"abc")


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_floats_are_refused(audio_format):
    with pytest.raises(TypeError):
        audio_format.encode(np.zeros(1, np.float32))
