"""The model's clock is the call's clock, whatever the carrier leaves out."""

import base64

from exchange import frame

from twiliobridge.conversation.inbound import Inbound, Recent


def ms(payloads):
    return sum(len(base64.b64decode(payload)) for payload in payloads) / 8


def test_frames_pass_untouched():
    """Without a gap, what goes in comes out, as the same text."""
    inbound = Inbound()
    for k in range(100):
        media = frame(155 + 20 * k)
        assert inbound.heard(media, k * 0.02) == (media.payload,)


def test_timestamps_that_wander_add_nothing():
    """Twilio's timestamps are off by a millisecond or two now and then."""
    inbound = Inbound()
    out = [inbound.heard(frame(155 + 20 * k + (-2, 0, 1, 2)[k % 4]), k * 0.02) for k in range(200)]
    assert ms(payload for payloads in out for payload in payloads) == 200 * 20


def test_a_gap_is_filled_with_silence():
    """Two seconds that were not sent are two seconds of 0xFF."""
    inbound = Inbound()
    inbound.heard(frame(155), 0.0)
    *silence, _ = inbound.heard(frame(2175), 2.02)
    assert ms(silence) == 2000
    assert set(base64.b64decode("".join(silence[:1]))) == {0xFF}


def test_a_gap_of_a_minute_is_ten_seconds():
    """More silence tells the model nothing and costs memory."""
    inbound = Inbound()
    inbound.heard(frame(155), 0.0)
    *silence, _ = inbound.heard(frame(60_155), 60.0)
    assert ms(silence) == 10_000
    assert max(ms([piece]) for piece in silence) <= 1000
    assert len(inbound.heard(frame(60_175), 60.02)) == 1


def test_silence_in_mid_speech_is_assumed_as_it_passes():
    """Nothing for 750 ms after speech began: the turn detector hears the silence that there is."""
    inbound = Inbound()
    inbound.heard(frame(155), 0.0)
    assert inbound.deadline() is None, "outside of speech nobody waits for the end of a turn"
    inbound.speech_started()
    due = inbound.deadline()
    assert due == 0.75
    assert inbound.wake(0.5) == ()
    assert ms(inbound.wake(due)) == 730, "the frame that leaves at this moment holds the last 20"
    assert inbound.deadline() == 1.0
    assert ms(inbound.wake(1.0)) == 250
    inbound.speech_stopped()
    assert inbound.deadline() is None


def test_assumed_silence_is_not_filled_again():
    """When frames return, only the part of the gap that was not assumed yet is filled."""
    inbound = Inbound()
    inbound.heard(frame(155), 0.0)
    inbound.speech_started()
    assumed = ms(inbound.wake(0.75))
    *rest, _ = inbound.heard(frame(175 + 900), 0.92)
    assert assumed + ms(rest) == 900


def test_a_pause_that_ends_as_silence_is_assumed_adds_nothing():
    """However often: the frame that comes at that moment is not 20 ms late."""
    inbound, pauses = Inbound(), 10
    audio_ms = ms(inbound.heard(frame(155), 0.0))
    inbound.speech_started()
    for k in range(1, pauses):
        audio_ms += ms(inbound.wake(0.75 * k))
        audio_ms += ms(inbound.heard(frame(155 + 750 * k), 0.75 * k))
    assert audio_ms == 750 * (pauses - 1) + 20


def test_assumed_silence_ends_after_ten_seconds():
    """A line that is gone does not fill the model with silence."""
    inbound = Inbound()
    inbound.heard(frame(155), 0.0)
    inbound.speech_started()
    total = 0.0
    while (due := inbound.deadline()) is not None:
        total += ms(inbound.wake(due))
    assert total == 10_000


def test_a_clock_that_starts_anew_is_followed():
    """Timestamps that fall back by more than the longest gap begin a new count."""
    inbound = Inbound()
    inbound.heard(frame(1_000_000), 0.0)
    assert len(inbound.heard(frame(155), 0.02)) == 1
    *silence, _ = inbound.heard(frame(155 + 20 + 500), 0.5)
    assert ms(silence) == 500


def test_a_frame_of_nothing_is_nothing():
    """The service refuses an append without audio."""
    assert Inbound().heard(frame(155, ms=0), 0.0) == ()


def test_long_payloads_are_kept_within_the_same_bound():
    """Of audio that comes in pieces of six seconds the latest second is kept, as of frames."""
    recent = Recent(1000)
    for k in range(5):
        recent.keep_long(base64.b64encode(bytes([k]) * 48_000).decode())
    assert 960 <= ms(recent.kept) <= 1020
    assert b"".join(map(base64.b64decode, recent.kept)).strip(b"\x04") == b""
