"""What the person at the microphone sees."""

import io

import pytest
from rich.console import Console

from twiliobridge.caller import (
    AgentStartsBeingHeard,
    AgentStopsBeingHeard,
    Answered,
    CallerStartsSpeaking,
    CallerStopsSpeaking,
    Cleared,
    MicrophoneOpens,
    StreamStarted,
)
from twiliobridge.live.screen import METER_WIDTH, Screen


@pytest.fixture
def screen():
    return Screen(Console(file=io.StringIO(), soft_wrap=True), threshold=0.01)


def test_the_story_is_told_line_by_line_when_piped(screen):
    """With the seconds since the start of the stream, and the latency of each turn."""
    notes = [
        (10.0, StreamStarted("MZ1")),
        (10.2, AgentStartsBeingHeard()),
        (12.0, AgentStopsBeingHeard(1800)),
        (12.7, MicrophoneOpens()),
        (13.0, CallerStartsSpeaking(None)),
        (14.0, CallerStopsSpeaking()),
        (14.6, AgentStartsBeingHeard()),
        (14.6, Answered(612.4)),
        (15.0, Cleared(0.0)),
        (15.0, Cleared(1200.0)),
    ]
    with screen.alive():
        for now, note in notes:
            screen.noted(now, note)
    assert screen.console.file.getvalue().splitlines() == [
        "   0.0 s  phone connected; waiting for the agent",
        "   0.2 s  agent begins to speak",
        "   2.7 s  phone the microphone is open: speak",
        "   3.0 s  you   begin to speak",
        "   4.6 s  agent begins to speak",
        "   4.6 s  agent answers after 612 ms",
        "   5.0 s  phone interrupted: 1.2 s are not played",
    ]


def test_the_meter_shows_the_level_the_threshold_and_who_speaks(screen):
    """-60 dBFS is empty, full scale is full; the bar stands at the threshold."""
    assert screen.status().plain.startswith("mic [........|...............]")
    assert screen.status().plain.endswith("silence")
    screen.level(1.0)
    screen.noted(1.0, CallerStartsSpeaking(None))
    assert screen.status().plain.count("#") == METER_WIDTH - 1
    assert screen.status().plain.endswith("you speaking")
    screen.noted(1.0, AgentStartsBeingHeard())
    assert screen.status().plain.endswith("you and agent speaking")
    screen.noted(1.0, CallerStopsSpeaking())
    screen.noted(1.0, AgentStopsBeingHeard(20))
    screen.level(0.001)
    assert screen.status().plain == "mic [........|...............]  silence"
