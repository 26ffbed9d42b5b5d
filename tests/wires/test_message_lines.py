"""What a debug line tells of a message, and what it keeps back."""

import logging

import pytest

from twiliobridge.realtime.events import AppendAudio, ClearAudio, Content, CreateItem, Item
from twiliobridge.wires.message_lines import LONGEST, MessageLines, brief

log = logging.getLogger("lines")


def lines(caplog):
    return [record.getMessage() for record in caplog.records]


def test_a_message_is_one_line_with_the_name_the_way_and_the_event(caplog):
    caplog.set_level(logging.DEBUG, "lines")
    MessageLines(log, "sess_1").tell("in", ClearAudio(), audio=False, now=0.0)
    assert lines(caplog) == ['sess_1 in ClearAudio {"type":"input_audio_buffer.clear"}']


def test_audio_is_counted_and_told_once_a_second(caplog):
    caplog.set_level(logging.DEBUG, "lines")
    told = MessageLines(log, "sess_1")
    for tick in range(101):
        told.tell("in", AppendAudio(audio="AAAA"), audio=True, now=10 + tick / 50)
    assert lines(caplog) == [
        "sess_1 audio messages: in: 1",
        "sess_1 audio messages: in: 50",
        "sess_1 audio messages: in: 50",
    ]


@pytest.mark.parametrize(
    ("tool", "kept_back"),
    [({"authorization": "sk-secret"}, "sk-secret"), ({"headers": {"X-Key": "hunter2"}}, "hunter2")],
)
def test_a_key_is_never_told(tool, kept_back):
    assert kept_back not in brief(
        {"tools": [{"type": "mcp", "server_label": "docs", **tool}, {"name": "after"}]}
    )
    assert "after" in brief({"tools": [{"type": "mcp", "server_label": "docs", **tool}, {"name": "after"}]})


def test_sound_is_shortened_and_so_is_a_line():
    part = Content(type="input_audio", audio="A" * 5000)
    told = brief(CreateItem(item=Item(id="last", type="message", role="user", content=(part,))))
    assert "A" * 41 not in told
    assert told.endswith("}")
    assert len(brief({"instructions": "x" * 5000})) == LONGEST + 3
