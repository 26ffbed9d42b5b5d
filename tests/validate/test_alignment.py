"""Speech is found again in speech, whatever has been done to it on the way."""

import numpy as np
import pytest
from judged import FOLDER

from twiliobridge.audio import AudioFormat, resample, to_float, to_int16, ulaw_decode, ulaw_encode
from twiliobridge.caller.recordings import read_audio
from twiliobridge.validate.alignment import Run, aligned, loud_samples, telephone_samples

WORDS = [
    read_audio(FOLDER / f"{name}.wav") for name in ("tell_me_about_your_bank", "i_lost_it", "my_gold_card")
]
SAID = b"".join(WORDS)


def sound(audio):
    return telephone_samples(audio, AudioFormat.PCMU)


def resampled(audio):
    return ulaw_encode(to_int16(resample(resample(to_float(ulaw_decode(audio)), 8000, 24000), 24000, 8000)))


def changed(audio, factor):
    return ulaw_encode(np.clip(ulaw_decode(audio) * factor, -32768, 32767).astype(np.int16))


CHANGES = {
    "nothing": lambda audio: audio,
    "resampling there and back": resampled,
    "a tenth of the volume": lambda audio: changed(audio, 0.1),
    "twelve times the volume": lambda audio: changed(audio, 12.0),
    "A-law": lambda audio: ulaw_encode(AudioFormat.PCMA.decode(AudioFormat.PCMA.encode(ulaw_decode(audio)))),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_speech_is_found_from_its_beginning_to_its_end(change):
    assert aligned(sound(change(SAID)), sound(SAID)) == [Run(0, len(SAID), 0)]


def test_what_was_left_out_is_told():
    """The end of the first words; and a clip of the bridge's own was never said."""
    one, clip, other = WORDS
    runs = aligned(sound(resampled(one[:8000] + clip + other)), sound(one + other))
    heard = sum(loud_samples(sound(one + other)[each.place :][: each.end - each.begin]) for each in runs)
    assert heard == pytest.approx(loud_samples(sound(one[:8000])) + loud_samples(sound(other)), abs=320)
    assert runs[-1].place - runs[-1].begin == len(one) - 8000 - len(clip)


def test_a_resampler_that_loses_a_sample_with_each_piece_is_followed():
    """The place in what was said moves, and is known."""
    pieces = [SAID[each : each + 799] for each in range(0, len(SAID), 800)]
    (run,) = aligned(sound(b"".join(pieces)), sound(SAID))
    assert (run.begin, run.place) == (0, pytest.approx(0, abs=8))
    assert run.end == pytest.approx(len(b"".join(pieces)), abs=160)


def test_what_comes_may_end_within_a_sound_that_was_never_said():
    one, clip, other = WORDS
    (run,) = aligned(sound(one + clip[:4000]), sound(one + other))
    assert (run.begin, run.place) == (0, 0)


OTHERS = {
    "other words of the same voice": WORDS[2],
    "twice as slow": bytes(np.repeat(np.frombuffer(WORDS[0], np.uint8), 2)),
    "PCM taken for mu-law": ulaw_decode(WORDS[0]).astype("<i2").tobytes(),
    "silence": b"\xff" * 16000,
    "nothing": b"",
}


@pytest.mark.parametrize("came", OTHERS.values(), ids=OTHERS)
def test_what_was_not_said_is_found_nowhere(came):
    assert aligned(sound(came), sound(WORDS[0])) == []
