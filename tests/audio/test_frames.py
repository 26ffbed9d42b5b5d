import pytest

from twiliobridge.audio import Framer


def test_frames_have_exactly_160_bytes_and_the_rest_waits():
    framer = Framer()
    assert framer.feed(b"a" * 159) == []
    assert framer.feed(b"b" * 162) == [b"a" * 159 + b"b", b"b" * 160]
    assert framer.feed(b"") == []


def test_flush_fills_the_last_frame_with_mu_law_silence():
    framer = Framer()
    framer.feed(b"a" * 161)
    assert framer.flush() == [b"a" + b"\xff" * 159]


def test_flush_gives_nothing_when_no_frame_was_begun():
    framer = Framer()
    framer.feed(b"a" * 320)
    assert framer.flush() == []


def test_after_flush_the_framer_starts_anew():
    framer = Framer(size=2)
    framer.feed(b"abc")
    framer.flush()
    assert framer.feed(b"de") == [b"de"]


def test_other_formats_bring_their_size_and_silence():
    framer = Framer(size=4, silence=0)
    framer.feed(b"a")
    assert framer.flush() == [b"a\0\0\0"]


def test_a_frame_of_no_bytes_is_refused():
    with pytest.raises(ValueError, match="at least 1 byte"):
        Framer(size=0)
