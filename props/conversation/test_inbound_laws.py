"""The model's clock is the call's, whatever the carrier leaves out and however its timestamps wander."""

import base64

from exchange import audio, frame
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.conversation.inbound import SMALLEST_GAP_MS, STALLED_AFTER, Inbound, Recent

STEPS = st.lists(st.tuples(st.integers(0, 9_900), st.integers(-2, 2)), max_size=60)
"Silence that was not sent before a frame, and how far its timestamp is off: ms."

STALLS_MS = round(1000 * STALLED_AFTER)
SPOKEN = st.lists(
    st.tuples(st.sampled_from([0, 0, STALLS_MS - 20]) | st.integers(0, 3000), st.booleans()), max_size=40
)
"Silence that was not sent before a frame, and whether the model then takes the caller to be speaking."


def length_ms(payloads):
    return sum(len(base64.b64decode(payload)) for payload in payloads) / 8


@given(STEPS)
def test_the_models_clock_is_the_calls_clock(steps):
    """After each frame the model has as much audio as the call is long, within one frame."""
    inbound, call_ms, model_ms = Inbound(), 0, 0.0
    for gap, jitter in [(0, 0), *steps]:
        call_ms += gap
        payloads = inbound.heard(frame(155 + call_ms + jitter), (call_ms + jitter) / 1000)
        call_ms += 20
        model_ms += length_ms(payloads)
        assert abs(model_ms - call_ms) <= SMALLEST_GAP_MS + 2


@given(SPOKEN)
def test_silence_that_is_assumed_never_puts_the_models_clock_ahead(steps):
    """Nor does it add up: within one frame after each frame, however often a caller pauses in mid-speech."""
    inbound, model_ms = Inbound(), 0.0
    inbound.heard(frame(155), now := 0.020)  # a frame leaves when its 20 ms are over
    for gap, speaking in steps:
        (inbound.speech_started if speaking else inbound.speech_stopped)()
        arrives = now + (20 + gap) / 1000
        while (due := inbound.deadline()) is not None and due <= arrives:
            model_ms += length_ms(inbound.wake(due))
        now = arrives
        model_ms += length_ms(inbound.heard(frame(155 + round(1000 * now) - 20), now))
        assert abs(model_ms + 20 - 1000 * now) <= SMALLEST_GAP_MS + 1e-6


@given(st.integers(0, 500), st.lists(st.lists(st.sampled_from([20, 160, 400]), max_size=4), max_size=20))
def test_early_audio_is_bounded_and_the_newest_is_kept(most_ms, arrivals):
    """What the caller says before the model is ready: its end, whole payloads, as much as fits.

    No frame of Twilio's is shorter than 20 ms.
    """
    early, arrived = Recent(most_ms), []
    for lengths in arrivals:
        payloads = tuple(audio(ms, fill=len(arrived) % 251) for ms in lengths)
        for payload in payloads:
            early.keep(payload)
        arrived += payloads
        assert length_ms(early.payloads) <= most_ms
    kept = tuple(early.payloads)
    assert list(kept) == arrived[len(arrived) - len(kept) :]
    if len(kept) < len(arrived):
        assert length_ms(kept) + max(map(length_ms, ([each] for each in arrived))) > most_ms
    early.settle()
    assert not early.payloads
