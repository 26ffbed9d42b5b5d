"""Everything that the offline model can send: parsed strictly, and held field by field against recordings.

A new kind of event, or a new field, is to be reached by a session of `every_event`. Where no recording has
it, it is listed in `recorded_paths`, with the reason for which it is there all the same.
"""

import json
import re
from pathlib import Path

import openai
from every_event import everything_sent

import twiliobridge.offline
from clients import recorded_paths
from clients.letter import Letter
from twiliobridge.realtime.server_events import SERVER_EVENTS

MADE_BY_FUNCTION = {"Error": "error_event"}
STALE = "a reason that explains nothing any more goes"


def kinds_made():
    """Every kind of event that some line of the package makes."""
    folder = Path(twiliobridge.offline.__file__).parent
    source = "".join(path.read_text() for path in sorted(folder.rglob("*.py")))
    return {
        event.__struct_config__.tag
        for event in SERVER_EVENTS
        if re.search(rf"\b{MADE_BY_FUNCTION.get(event.__name__, event.__name__)}\(", source)
    }


def test_the_sessions_reach_every_kind_of_event_that_is_ever_made():
    assert {json.loads(text)["type"] for text in everything_sent()} == kinds_made()


def test_every_event_is_by_the_letter_of_the_sdks_types():
    """Parsed strictly, and without a field that they or the recordings lack. Older types know less."""
    assert int(openai.__version__.partition(".")[0]) >= 3
    letter = Letter()
    letter.read(everything_sent())
    assert not letter.faults
    assert letter.unexplained == []


def test_kinds_that_nobody_recorded_are_listed():
    ours = recorded_paths.paths_of(everything_sent())
    assert recorded_paths.never_recorded(ours) == recorded_paths.NEVER_RECORDED.keys()
    assert recorded_paths.recorded_paths().keys() - ours.keys() == set()


def test_every_recorded_field_is_ours_too():
    missing = recorded_paths.not_ours(recorded_paths.paths_of(everything_sent()))
    assert missing - recorded_paths.NOT_OURS.keys() == set()
    assert recorded_paths.NOT_OURS.keys() - missing == set(), STALE


def test_every_field_of_ours_was_recorded():
    extra = recorded_paths.not_recorded(recorded_paths.paths_of(everything_sent()))
    assert extra - recorded_paths.NOT_RECORDED.keys() == set()
    assert recorded_paths.NOT_RECORDED.keys() - extra == set(), STALE
