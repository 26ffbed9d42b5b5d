from twiliobridge.realtime.events import (
    Content,
)


def test_words_of_a_part():
    """Written, transcribed or neither."""
    assert Content(type="input_text", text="a").words == "a"
    assert Content(type="output_audio", transcript="b").words == "b"
    assert Content(type="input_audio", transcript=None).words == ""
    assert Content(type="input_audio").words == ""
