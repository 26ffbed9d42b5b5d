"""Each key of an agent's file that says something to the service: what the service is told."""

import msgspec
import pytest
from agent_text import HOURS, agent_of

from twiliobridge.agents import read_agent
from twiliobridge.realtime import events as model
from twiliobridge.realtime.codec import encode, read_client
from twiliobridge.realtime.session import leaf


def told(agent):
    """The session as it goes over the wire."""
    return msgspec.to_builtins(agent.session({"caller": "+1"}))


ABSENT = None

RETENTION = """
[truncation]
type = "retention_ratio"
retention_ratio = 0.8
token_limits = { post_instructions = 9 }
"""

SESSION = [
    ("", "instructions", "Be brief.\n\nKnown about this call:\n- caller: +1"),
    ('voice = "cedar"', "audio.output.voice", "cedar"),
    ('voice = { id = "voice_1" }', "audio.output.voice.id", "voice_1"),
    ("", "audio.output.speed", ABSENT),
    ("speed = 1.25", "audio.output.speed", 1.25),
    ("speed = 1", "audio.output.speed", 1),
    ("", "reasoning", ABSENT),
    ('reasoning_effort = "low"', "reasoning.effort", "low"),
    ("", "max_output_tokens", ABSENT),
    ("max_output_tokens = 300", "max_output_tokens", 300),
    ('max_output_tokens = "inf"', "max_output_tokens", "inf"),
    ("", "tool_choice", "auto"),
    ('tool_choice = "required"', "tool_choice", "required"),
    ('tool_choice = { type = "function", name = "hours" }', "tool_choice.name", "hours"),
    ("", "truncation", ABSENT),
    ('truncation = "disabled"', "truncation", "disabled"),
    (
        RETENTION,
        "truncation",
        {"type": "retention_ratio", "retention_ratio": 0.8, "token_limits": {"post_instructions": 9}},
    ),
    ("", "prompt", ABSENT),
    (
        'prompt = { id = "pmpt_1", version = "2", variables = { shop = "Velo" } }',
        "prompt",
        {"id": "pmpt_1", "version": "2", "variables": {"shop": "Velo"}},
    ),
    ("", "audio.input.turn_detection.silence_duration_ms", 500),
    (
        'turn_detection = { type = "semantic_vad", eagerness = "high" }',
        "audio.input.turn_detection.eagerness",
        "high",
    ),
    (
        'turn_detection = { type = "server_vad", idle_timeout_ms = 6000 }',
        "audio.input.turn_detection.idle_timeout_ms",
        6000,
    ),
    (
        'turn_detection = { type = "server_vad", threshold = 0.6 }',
        "audio.input.turn_detection.threshold",
        0.6,
    ),
    ("", "audio.input.transcription", {"model": "gpt-4o-mini-transcribe"}),
    ("transcription = true", "audio.input.transcription.model", "gpt-4o-mini-transcribe"),
    (
        'transcription = { language = "de" }',
        "audio.input.transcription",
        {"model": "gpt-4o-mini-transcribe", "language": "de"},
    ),
    (
        'transcription = { model = "gpt-4o-transcribe", language = "de", prompt = "bicycles" }',
        "audio.input.transcription",
        {"model": "gpt-4o-transcribe", "language": "de", "prompt": "bicycles"},
    ),
    (
        'transcription = { model = "gpt-transcribe", languages = ["de", "en"], keywords = ["Velo"] }',
        "audio.input.transcription",
        {"model": "gpt-transcribe", "languages": ("de", "en"), "keywords": ("Velo",)},
    ),
    (
        'transcription = { model = "gpt-realtime-whisper", delay = "low" }',
        "audio.input.transcription.delay",
        "low",
    ),
    ("transcription = false", "audio.input.transcription", ABSENT),
    ('transcription = "off"', "audio.input.transcription", ABSENT),
    ("", "audio.input.noise_reduction.type", "near_field"),
    ("noise_reduction = true", "audio.input.noise_reduction.type", "near_field"),
    ('noise_reduction = "far_field"', "audio.input.noise_reduction.type", "far_field"),
    ('noise_reduction = "off"', "audio.input.noise_reduction", ABSENT),
    ("noise_reduction = false", "audio.input.noise_reduction", ABSENT),
    (
        'greeting = "Hello."\ngreeting_interruptible = false',
        "audio.input.turn_detection.interrupt_response",
        False,
    ),
    ('greeting = "Hello."', "audio.input.turn_detection.interrupt_response", True),
]


@pytest.mark.parametrize(("keys", "path", "value"), SESSION)
def test_a_key_is_told_to_the_service(keys, path, value):
    assert leaf(told(agent_of(keys, tools=HOURS)), *path.split(".")) == value


@pytest.mark.parametrize("key", ["transcription", "noise_reduction"])
def test_what_is_off_is_null_since_the_service_has_defaults_of_its_own(key):
    assert told(agent_of(f'{key} = "off"'))["audio"]["input"][key] is None


@pytest.mark.parametrize("keys", dict.fromkeys(keys for keys, _, _ in SESSION))
def test_what_is_told_is_what_the_service_takes(keys):
    """By the letter that the offline model holds its clients to."""
    update = model.UpdateSession(session=agent_of(keys, tools=HOURS).session({}))
    assert isinstance(read_client(encode(update)), model.UpdateSession)


def test_may_hang_up_offers_the_tool_or_not():
    for word, offered in (("true", ["end_call"]), ("false", [])):
        assert [tool["name"] for tool in told(agent_of(f"may_hang_up = {word}"))["tools"]] == offered


def test_a_prompt_may_stand_in_place_of_instructions_which_would_win_over_it():
    session = told(read_agent('prompt = { id = "pmpt_1" }', "a.toml"))
    assert session["prompt"] == {"id": "pmpt_1"}
    assert "instructions" not in session
