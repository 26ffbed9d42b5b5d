"""The model's clock is the call's, whatever the carrier leaves out and however its timestamps wander."""

import base64

from exchange import frame
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.conversation.inbound import SMALLEST_GAP_MS, Inbound

STEPS = st.lists(st.tuples(st.integers(0, 9_900), st.integers(-2, 2)), max_size=60)
"Silence that was not sent before a frame, and how far its timestamp is off: ms."


@given(STEPS)
def test_the_models_clock_is_the_calls_clock(steps):
    """After each frame the model has as much audio as the call is long, within one frame."""
    inbound, call_ms, model_ms = Inbound(), 0, 0.0
    for gap, jitter in [(0, 0), *steps]:
        call_ms += gap
        payloads = inbound.heard(frame(155 + call_ms + jitter), (call_ms + jitter) / 1000)
        call_ms += 20
        model_ms += sum(len(base64.b64decode(payload)) for payload in payloads) / 8
        assert abs(model_ms - call_ms) <= SMALLEST_GAP_MS + 2
