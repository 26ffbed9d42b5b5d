"""Events as values."""

import pytest

from twiliobridge.mediastream import Mark, Media, Play


def test_audio_size_is_what_the_base64_stands_for():
    assert [Play(payload=text).size for text in ("", "AA==", "AAA=", "AAAA", "AAAAAA==")] == [0, 1, 2, 3, 4]
    assert Media(payload="A" * 213 + "A==", timestamp_ms=0).size == 160


def test_an_event_cannot_be_changed():
    with pytest.raises(AttributeError):
        Mark(name="a").name = "b"
