"""Updates of a Realtime session, as plain JSON without their `type`: lawful each, in any combination."""

from typing import Any

from hypothesis import strategies as st


def some(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


flags = st.booleans()
formats = st.sampled_from(
    [
        {"type": "audio/pcm", "rate": 24000},
        {"type": "audio/pcmu"},
        {"type": "audio/pcma"},
    ]
)
server_vad = some(
    threshold=st.floats(0, 1),
    silence_duration_ms=st.integers(0, 1000),
    idle_timeout_ms=st.none() | st.integers(5000, 30000),
    create_response=flags,
    interrupt_response=flags,
).map(lambda fields: {"type": "server_vad"} | fields)
semantic_vad = some(eagerness=st.sampled_from(["auto", "low", "high"]), create_response=flags).map(
    lambda fields: {"type": "semantic_vad"} | fields
)
transcription = st.fixed_dictionaries(
    {"model": st.sampled_from(["whisper-1", "gpt-transcribe"])},
    optional={"language": st.sampled_from(["en", "de"])},
)
noise = some(type=st.sampled_from(["near_field", "far_field"]), strength=st.floats(0, 1))
heard = some(
    format=formats,
    turn_detection=st.none() | server_vad | semantic_vad,
    transcription=st.none() | transcription,
    noise_reduction=st.none() | noise,
)
spoken = some(
    format=formats, voice=st.sampled_from(["marin", "cedar", {"id": "v"}]), speed=st.floats(0.25, 1.5)
)
tools = st.lists(
    st.sampled_from([{"type": "function", "name": name} for name in "abc"]),
    max_size=3,
    unique_by=lambda tool: tool["name"],
)
raw_updates = some(
    instructions=st.text(max_size=5),
    output_modalities=st.sampled_from([["audio"], ["text"]]),
    audio=some(input=heard, output=spoken),
    tools=tools,
    tool_choice=st.sampled_from(["auto", "none", {"type": "function", "name": "a"}]),
    max_output_tokens=st.integers(1, 4096) | st.just("inf"),
    tracing=st.none() | st.just("auto"),
    reasoning=st.just({"effort": "low"}),
)
