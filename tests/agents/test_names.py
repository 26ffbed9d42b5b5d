"""Names that this version does not know."""

import re
from dataclasses import replace

import pytest

from twiliobridge.agents import doubts
from twiliobridge.conversation import Agent
from twiliobridge.realtime.session import Transcription, VoiceId

AGENT = Agent(instructions="i")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"voice": "marine"}, "voice: 'marine' is none .* perhaps marin is meant"),
        ({"voice": "Zephyr"}, "voice: 'Zephyr' is none .*; known are: alloy, ash"),
        ({"model": "gpt-realtime-2.l"}, "model: 'gpt-realtime-2.l' .* perhaps gpt-realtime-2"),
        ({"transcription": Transcription(model="wisper-1")}, r"transcription.model: .* perhaps whisper-1"),
    ],
)
def test_a_name_that_is_none_of_openais_is_doubted_in_one_line(change, said):
    [line] = doubts(replace(AGENT, **change))
    assert re.match(said, line)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"voice": VoiceId(id="voice_1")},
        {"transcription": None},
        {"model": "gpt-realtime"},
    ],
)
def test_what_is_known_is_not(change):
    assert doubts(replace(AGENT, **change)) == []
