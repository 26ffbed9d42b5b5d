"""The session that a server keeps: how it begins, and the laws of the partial update, as a table."""

import json
from typing import Any

import msgspec
import pytest

from twiliobridge.realtime import MODELS, SemanticVad, ServerVad, SessionUpdate, default_session, merged
from twiliobridge.realtime.merge import default_transcription
from twiliobridge.realtime.session import DEFAULT_MODEL, Session

BEFORE = default_session("gpt-realtime-2.1", "sess_1", 1785217650)


def update(**fields: Any) -> SessionUpdate:
    return msgspec.convert({"type": "realtime"} | fields, SessionUpdate)


def written(session: Session) -> dict[str, Any]:
    return json.loads(msgspec.json.encode(session))


def test_a_session_begins_as_the_live_one_does():
    """Names and values of a live `session.created`."""
    said = written(BEFORE)
    instructions = said.pop("instructions")
    assert instructions
    assert said == {
        "type": "realtime",
        "object": "realtime.session",
        "id": "sess_1",
        "model": "gpt-realtime-2.1",
        "output_modalities": ["audio"],
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": 1785217650,
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 500,
                    "idle_timeout_ms": None,
                    "create_response": True,
                    "interrupt_response": True,
                },
            },
            "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin", "speed": 1.0},
        },
        "include": None,
    }


@pytest.mark.parametrize(
    ("model", "silence_ms", "voice"),
    [
        ("gpt-realtime", 200, "alloy"),
        ("gpt-realtime-2025-08-28", 200, "alloy"),
        ("gpt-realtime-mini-2025-12-15", 200, "alloy"),
        ("gpt-realtime-2", 500, "marin"),
        ("gpt-realtime-2.1-mini", 500, "marin"),
        ("a deployment's name", 500, "marin"),
    ],
)
def test_silence_and_voice_are_those_of_the_model_also_after_a_return_to_server_vad(model, silence_ms, voice):
    """Live sessions of gpt-realtime report 200 ms, those of gpt-realtime-2.1 report 500."""
    session = default_session(model, "sess_1", 0)
    assert session.voice == voice
    for detection in (None, {"type": "server_vad"}):
        rules = session.turn_rules
        assert rules is None or rules.silence_duration_ms == silence_ms
        session = merged(session, update(audio={"input": {"turn_detection": detection}}))
    assert session.turn_rules is not None
    assert session.turn_rules.silence_duration_ms == silence_ms


INPUT: dict[str, Any] = written(BEFORE)["audio"]["input"]
VAD: dict[str, Any] = INPUT["turn_detection"]
OUTPUT: dict[str, Any] = written(BEFORE)["audio"]["output"]

INPUT_UPDATES = {
    "nothing": ({}, {}),
    "mu-law": ({"format": {"type": "audio/pcmu"}}, {"format": {"type": "audio/pcmu"}}),
    "pcm": ({"format": {"type": "audio/pcm", "rate": 24000}}, {}),
    "null clears turn detection": ({"turn_detection": None}, {"turn_detection": None}),
    "a part of turn detection": (
        {"turn_detection": {"type": "server_vad", "threshold": 0.9}},
        {"turn_detection": VAD | {"threshold": 0.9}},
    ),
    "another turn detection": (
        {"turn_detection": {"type": "semantic_vad", "interrupt_response": False}},
        {
            "turn_detection": {
                "type": "semantic_vad",
                "eagerness": "auto",
                "create_response": True,
                "interrupt_response": False,
            }
        },
    ),
    "transcription is echoed with its nulls": (
        {"transcription": {"model": "whisper-1"}},
        {"transcription": {"model": "whisper-1", "language": None, "prompt": None}},
    ),
    "noise reduction": (
        {"noise_reduction": {"type": "near_field"}},
        {"noise_reduction": {"type": "near_field"}},
    ),
}


@pytest.mark.parametrize(("said", "changed"), INPUT_UPDATES.values(), ids=INPUT_UPDATES)
def test_what_an_update_of_the_input_changes(said, changed):
    """Exactly what was mentioned is different afterwards."""
    after = written(merged(BEFORE, update(audio={"input": said})))
    assert after["audio"] == {"input": INPUT | changed, "output": OUTPUT}
    assert after | {"audio": None} == written(BEFORE) | {"audio": None}


TOOL = {"type": "function", "name": "balance"}

UPDATES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "empty audio": ({"audio": {}}, {}),
    "instructions": ({"instructions": "Be brief."}, {"instructions": "Be brief."}),
    "empty instructions": ({"instructions": ""}, {"instructions": ""}),
    "tools": ({"tools": [TOOL]}, {"tools": [TOOL]}),
    "tool choice": ({"tool_choice": {"type": "function", "name": "balance"}}, {"tool_choice": TOOL}),
    "modalities": ({"output_modalities": ["text"]}, {"output_modalities": ["text"]}),
    "tokens": ({"max_output_tokens": 100}, {"max_output_tokens": 100}),
    "tracing": ({"tracing": "auto"}, {"tracing": "auto"}),
    "reasoning": ({"reasoning": {"effort": "low"}}, {"reasoning": {"effort": "low"}}),
    "parallel calls": ({"parallel_tool_calls": True}, {"parallel_tool_calls": True}),
    "the model stays": ({"model": "gpt-realtime-mini"}, {}),
    "voice": (
        {"audio": {"output": {"voice": "cedar"}}},
        {"audio": {"input": INPUT, "output": OUTPUT | {"voice": "cedar"}}},
    ),
    "custom voice": (
        {"audio": {"output": {"voice": {"id": "voice_1"}, "speed": 1.5}}},
        {"audio": {"input": INPUT, "output": OUTPUT | {"voice": {"id": "voice_1"}, "speed": 1.5}}},
    ),
}


@pytest.mark.parametrize(("said", "changed"), UPDATES.values(), ids=UPDATES)
def test_what_an_update_changes(said, changed):
    """Exactly what was mentioned is different afterwards, and the session before is as it was."""
    untouched = written(BEFORE)
    assert written(merged(BEFORE, update(**said))) == untouched | changed
    assert written(BEFORE) == untouched


def test_updates_add_up():
    """Each finds what those before it left; null and [] take away."""
    session = merged(
        BEFORE,
        update(tools=[TOOL], audio={"input": {"transcription": {"model": "whisper-1", "language": "de"}}}),
    )
    session = merged(session, update(audio={"input": {"transcription": {"model": "gpt-4o-transcribe"}}}))
    heard = written(session)["audio"]["input"]["transcription"]
    assert heard == {"model": "gpt-4o-transcribe", "language": "de", "prompt": None}
    session = merged(session, update(audio={"input": {"turn_detection": VAD | {"silence_duration_ms": 700}}}))
    session = merged(
        session, update(audio={"input": {"turn_detection": {"type": "server_vad", "threshold": 0.9}}})
    )
    assert session.turn_rules is not None
    assert (session.turn_rules.silence_duration_ms, session.turn_rules.threshold) == (700, 0.9)
    session = merged(
        session, update(tools=[], audio={"input": {"transcription": None, "turn_detection": None}})
    )
    assert session.tools == ()
    assert session.turn_rules is None
    assert written(session)["audio"]["input"]["transcription"] is None
    session = merged(session, update(audio={"input": {"turn_detection": {"type": "server_vad"}}}))
    assert written(session)["audio"]["input"]["turn_detection"] == VAD


def test_a_switch_away_from_pcm_takes_the_rate_with_it():
    """An object of another type keeps nothing of the old one."""
    session = merged(BEFORE, update(audio={"output": {"format": {"type": "audio/pcma"}}}))
    assert written(session)["audio"]["output"]["format"] == {"type": "audio/pcma"}
    assert (session.input_format, session.output_format) == ("audio/pcm", "audio/pcma")
    session = merged(session, update(audio={"output": {"format": {"type": "audio/pcm", "rate": 24000}}}))
    assert written(session)["audio"]["output"]["format"] == {"type": "audio/pcm", "rate": 24000}


def test_turn_rules_are_whole():
    """What a server acts by has a value for everything."""
    assert BEFORE.turn_rules is not None
    rules = msgspec.structs.asdict(BEFORE.turn_rules)
    assert {name: rules[name] for name in VAD} == VAD


@pytest.mark.parametrize(
    "audio",
    [
        None,
        {},
        {"input": None, "output": []},
        {"input": {"turn_detection": None}},
        {
            "input": {"format": None, "turn_detection": "server_vad"},
            "output": {"format": {"type": 5}, "voice": {}},
        },
        {"input": {"turn_detection": {"type": "server_vad", "threshold": "high"}}},
    ],
)
def test_a_session_that_does_not_say(audio):
    """What is missing or strange below `audio` reads as None, never as an exception."""
    session = Session(audio=audio)
    assert session.input_format is None
    assert session.output_format is None
    assert session.voice is None
    assert session.turn_rules is None


@pytest.mark.parametrize("detection", [ServerVad, SemanticVad])
def test_speech_interrupts_unless_told_otherwise(detection):
    """The service's default is true: only an explicit false turns it off."""
    assert detection().interrupts
    assert detection(interrupt_response=True).interrupts
    assert not detection(interrupt_response=False).interrupts


def test_the_default_model_is_one_of_the_models():
    """What is asked for without asking exists."""
    assert DEFAULT_MODEL in MODELS


def transcribing(**heard: Any) -> SessionUpdate:
    said = {"type": "transcription", "audio": {"input": heard}}
    return msgspec.convert(said, SessionUpdate)


def test_turns_of_a_transcription_session_are_not_answered():
    """There is nobody to answer, whatever the client says of responses."""
    session = default_transcription("sess_1", 0)
    update = transcribing(turn_detection={"type": "server_vad", "create_response": True, "threshold": 0.9})
    rules = merged(session, update).turn_rules
    assert rules is not None
    assert (rules.threshold, rules.create_response, rules.interrupt_response) == (0.9, False, False)


@pytest.mark.parametrize(("model", "turns"), [("gpt-live-transcribe", False), ("whisper-1", True)])
def test_a_transcription_model_that_takes_no_turns_has_none(model, turns):
    """The update need not say so: live, they are left out."""
    session = merged(default_transcription("sess_1", 0), transcribing(transcription={"model": model}))
    assert bool(session.turn_rules) is turns
    audio = written(session)["audio"]["input"]
    assert audio["transcription"] == {"model": model, "language": None, "prompt": None}
    assert bool(audio["turn_detection"]) is turns


def test_in_a_conversation_the_same_model_goes_with_turns():
    """Recorded: gpt-realtime-whisper beside server_vad."""
    update_ = update(audio={"input": {"transcription": {"model": "gpt-realtime-whisper"}}})
    assert merged(BEFORE, update_).turn_rules is not None


NULLS = {
    "tracing": ({"tracing": "auto"}, "tracing"),
    "prompt": ({"prompt": {"id": "pmpt_1", "variables": {"city": "Berlin"}}}, "prompt"),
    "include": ({"include": ["item.input_audio_transcription.logprobs"]}, "include"),
}


@pytest.mark.parametrize(("said", "name"), NULLS.values(), ids=NULLS)
def test_null_clears_and_absence_leaves(said, name):
    session = merged(BEFORE, update(**said))
    assert written(session)[name] == said[name]
    assert written(merged(session, update(instructions="x")))[name] == said[name]
    assert written(merged(session, update(**{name: None})))[name] is None
