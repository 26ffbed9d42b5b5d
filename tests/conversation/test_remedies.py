"""What a service says of its faults, and what of that a remedy goes by."""

import pytest

from twiliobridge.conversation.remedies import told_wait
from twiliobridge.realtime import events as model


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached. Please try again in 1.2s. Visit https://platform.openai.com", 1.2),
        ("Please try again in 350ms.", 0.35),
        ("Please try again in 1m2.5s.", 62.5),
        ("Please try again in 6m0s.", 360),
        ("Requests have exceeded the rate limit. Please retry after 6 seconds.", 6),
        ("Please try again in 1 minute.", 60),
        ("Limit 3 / min. Please wait.", None),
        ("Please try again.", None),
    ],
)
def test_the_wait_that_a_service_asks_for_is_read_in_its_words(message, seconds):
    """OpenAI's are short, Azure's are written out."""
    assert told_wait(model.ErrorDetail(type="tokens", code="rate_limit_exceeded", message=message)) == seconds
