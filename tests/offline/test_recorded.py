"""Recorded sessions of the live service, replayed: where its client does the same, ours tells the same.

The same events come in the same order, so far as the service has one, and have the same fields, with the same
words and figures of the protocol in them. How the files were made: `recorded/make_recorded.py`.
"""

from itertools import pairwise

import pytest
from recorded_sessions import (
    differences,
    kinds,
    limits_strand,
    main_strand,
    recorded_sessions,
    words_strand,
)
from replayed import Replay

AZURE_REPEATS_A_PART = "Azure tells a content part twice, under `part` and under `content`."
NO_DEPLOYMENT = "What fails on Azure is that nobody has deployed a model to transcribe with."
EXPECTED = {
    ("response.content_part.added", "content.type"): AZURE_REPEATS_A_PART,
    ("response.content_part.added", "content.text"): AZURE_REPEATS_A_PART,
    ("response.content_part.added", "content.transcript"): AZURE_REPEATS_A_PART,
    ("response.content_part.done", "content.type"): AZURE_REPEATS_A_PART,
    ("response.content_part.done", "content.text"): AZURE_REPEATS_A_PART,
    ("response.content_part.done", "content.transcript"): AZURE_REPEATS_A_PART,
    ("conversation.item.input_audio_transcription.failed", "error.code"): NO_DEPLOYMENT,
    ("conversation.item.input_audio_transcription.failed", "error.type"): NO_DEPLOYMENT,
}
"Where a recording and ours differ, by kind of event and path, and why."

SESSIONS = {session.name: session for session in recorded_sessions()}


@pytest.fixture(scope="module")
def replayed():
    """What ours told in each session; a session is replayed once."""
    return {name: Replay(session).run(session) for name, session in SESSIONS.items()}


def test_the_recordings_are_of_both_services_and_both_generations_of_models():
    assert {session.source["model"] for session in SESSIONS.values()} == {"gpt-realtime", "gpt-realtime-2.1"}
    assert any("azure" in name for name in SESSIONS)
    assert len(SESSIONS) == 20


@pytest.mark.parametrize("name", SESSIONS)
def test_the_same_events_come_in_the_same_order(name, replayed):
    recorded, ours = SESSIONS[name].events, replayed[name]
    assert kinds(main_strand(ours)) == kinds(main_strand(recorded))
    assert kinds(words_strand(ours)) == kinds(words_strand(recorded))


@pytest.mark.parametrize("name", SESSIONS)
def test_rate_limits_follow_responses_at_most_once_each(name, replayed):
    """The service leaves some out; ours does not."""
    for events in (SESSIONS[name].events, replayed[name]):
        names = [kind for kind, _ in events if kind in {"response.done", "rate_limits.updated"}]
        assert names.count("rate_limits.updated") <= names.count("response.done")
        assert names[:1] != ["rate_limits.updated"]
        assert ("rate_limits.updated", "rate_limits.updated") not in set(pairwise(names))


@pytest.mark.parametrize("name", SESSIONS)
def test_each_event_has_the_recorded_fields(name, replayed):
    recorded, ours = SESSIONS[name].events, replayed[name]
    found = set()
    for strand in (main_strand, words_strand, limits_strand):
        found |= differences(strand(recorded), strand(ours))
    assert {difference for difference in found if difference[:2] not in EXPECTED} == set()


def test_every_expected_difference_is_still_one(replayed):
    """A reason that explains nothing any more goes."""
    found = set()
    for name, session in SESSIONS.items():
        for strand in (main_strand, words_strand, limits_strand):
            found |= {
                difference[:2] for difference in differences(strand(session.events), strand(replayed[name]))
            }
    assert EXPECTED.keys() - found == set()
