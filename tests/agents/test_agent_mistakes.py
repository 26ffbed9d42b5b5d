"""What is wrong in an agent's file is one line at start, with the key and the way out."""

import pytest
from agent_text import HOURS, agent_of

from twiliobridge.conversation import Agent


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ('voce = "marin"', "voce is no key; there are: voice, "),
        ("silence = { ask_afer = 3.0 }", "silence.ask_afer is no key; there are: ask_after, hang_up_after"),
        ("silence = { ask_after = 3.0 }", "silence: hang_up_after is missing"),
        (
            "silence = { ask_after = 0, hang_up_after = 1 }",
            "silence: ask_after and hang_up_after must be more",
        ),
        ('transcription = { modl = "x" }', "transcription.modl is no key; there are: model, "),
        (
            'turn_detection = { type = "server_vad", eager = 1 }',
            "turn_detection.eager is no key; there are: ",
        ),
        (HOURS + "withn = 3", r"tools\[0\].withn is no key; there are: within, "),
        (
            HOURS + 'waiting = "typing"',
            r"tools\[0\].waiting is no key.*; waiting of the agent itself stands above",
        ),
        (
            'transcription_model = "x"',
            "transcription_model is no key any more: write transcription = { model",
        ),
        ('speed = "fast"', "speed: must be a number, was text"),
        ("speed = 2.0", "speed: must be a number <= 1.5"),
        ('reasoning_effort = "huge"', "reasoning_effort: must be one of: minimal, low, medium, high, xhigh"),
        ("max_output_tokens = 0", "max_output_tokens: must be a whole number >= 1"),
        ("max_output_tokens = 5000", "max_output_tokens: must be a whole number <= 4096"),
        ('max_output_tokens = "all"', "max_output_tokens: must be inf"),
        ('tool_choice = "any"', "tool_choice: must be one of: auto, none, required"),
        (
            'tool_choice = { type = "function", name = "x" }',
            "tool_choice names 'x'; the agent's tools are: end_call",
        ),
        (
            'tool_choice = "required"\nmay_hang_up = false',
            "tool_choice is 'required', and the agent has no tool",
        ),
        ('truncation = "on"', "truncation: must be one of: auto, disabled"),
        (
            'truncation = { type = "retention_ratio", retention_ratio = 2.0 }',
            "truncation.retention_ratio: .*<= 1.0",
        ),
        (
            'turn_detection = { type = "server_vad", idle_timeout_ms = 100 }',
            "turn_detection.idle_timeout_ms: .*5000",
        ),
        (
            'turn_detection = { type = "semantic_vad", eagerness = "very" }',
            "turn_detection.eagerness: Invalid .*; there are: auto, high, low, medium",
        ),
        ('transcription = { model = "gpt-4o-transcribe", keywords = ["a"] }', "keywords: "),
        (
            'turn_detection = { type = "vad" }',
            "turn_detection.type: .* are: server_vad, semantic_vad",
        ),
        ('noise_reduction = "loud"', "noise_reduction must be near_field, far_field or off, was 'loud'"),
        ('safety_identifier = "Ann Example"', "safety_identifier must be at most 64 printable ASCII"),
        ('prompt = { version = "1" }', "prompt: id is missing"),
        ("voice = 7", "voice: must be text or a table, was a whole number"),
    ],
)
def test_what_the_service_would_refuse_is_one_line_at_start(keys, complaint):
    with pytest.raises(ValueError, match=f"^a.toml: {complaint}") as caught:
        agent_of(keys)
    assert "\n" not in str(caught.value)


def test_an_agent_in_python_is_held_to_the_same():
    for wrong in ({"speed": 9.0}, {"max_output_tokens": 0}, {"reasoning_effort": "x"}, {"tool_choice": "x"}):
        with pytest.raises(ValueError, match=f"^{next(iter(wrong))}: "):
            Agent(instructions="i", **wrong)
