"""What the service refuses because of what has been, each with its code. `realtime` refuses what is no event.

Clients that match on text match on the words used here. Source: codes and sentences seen live, as others have
reported them (`cannot_update_voice`: openai-python 2607; `invalid_parameter` and the turn detection of a
transcription model: several clients); OpenAI API reference, Realtime > error. Where only the rule is known,
the sentence is made like those: that the model and tracing are settled, that an id is in use.
"""

from twiliobridge.audio import AudioFormat
from twiliobridge.realtime.errors import RemoteProtocolError
from twiliobridge.realtime.state import ONLY_ON_WEBRTC


def refusal(code: str, message: str, param: str | None = None) -> RemoteProtocolError:
    return RemoteProtocolError(message, code=code, param=param)


def bad_audio(audio_format: AudioFormat, param: str) -> RemoteProtocolError:
    return refusal(
        "invalid_value",
        f"Invalid '{param}'. Expected base64-encoded audio bytes (mono {SPOKEN_OF[audio_format]}).",
        param,
    )


SPOKEN_OF = {
    AudioFormat.PCM: "PCM16 at 24kHz",
    AudioFormat.PCMU: "G.711 mu-law at 8kHz",
    AudioFormat.PCMA: "G.711 A-law at 8kHz",
}


def too_little_audio(ms: float) -> RemoteProtocolError:
    return refusal(
        "input_audio_buffer_commit_empty",
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer"
        f" only has {ms:.2f}ms of audio.",
    )


def already_responding(response_id: str) -> RemoteProtocolError:
    return refusal(
        "conversation_already_has_active_response",
        f"Conversation already has an active response in progress: {response_id}. Wait until the response is"
        " finished before creating a new one.",
    )


def nothing_to_cancel() -> RemoteProtocolError:
    return refusal("response_cancel_not_active", "Cancellation failed: no active response found")


def no_such_item(deed: str, item_id: str) -> RemoteProtocolError:
    """`deed`: retrieve, truncate, delete. Only the first code was seen live; the others are like it."""
    return refusal(
        f"item_{deed}_invalid_item_id",
        f"Error with item {deed}: the item with id '{item_id}' does not exist.",
        "item_id",
    )


def no_such_predecessor(item_id: str) -> RemoteProtocolError:
    return refusal(
        "invalid_value", f"The previous item with id '{item_id}' does not exist.", "previous_item_id"
    )


def id_in_use(item_id: str) -> RemoteProtocolError:
    return refusal("invalid_value", f"An item with id '{item_id}' exists already.", "item.id")


def not_the_models_audio() -> RemoteProtocolError:
    return refusal("unsupported_content_type", "Only model output audio messages can be truncated", "item_id")


def no_such_part(content_index: int) -> RemoteProtocolError:
    return refusal("invalid_value", f"There is no audio at content index {content_index}.", "content_index")


def shorter_already(length_ms: int, asked_ms: int) -> RemoteProtocolError:
    return refusal(
        "invalid_value",
        f"Audio content of {length_ms}ms is already shorter than {asked_ms}ms",
        "audio_end_ms",
    )


def no_such_call(call_id: str | None) -> RemoteProtocolError:
    return refusal(
        "invalid_tool_call_id", f"Tool call ID '{call_id}' not found in conversation.", "item.call_id"
    )


def nothing_to_approve(request_id: str | None) -> RemoteProtocolError:
    return refusal(
        "invalid_value",
        f"No approval request with id '{request_id}' waits for an answer.",
        "item.approval_request_id",
    )


def unusable(reason: str, param: str) -> RemoteProtocolError:
    return refusal("invalid_value", reason, param)


def voice_in_use() -> RemoteProtocolError:
    return refusal(
        "cannot_update_voice",
        "Cannot update a conversation's voice if assistant audio is present.",
    )


def model_is_settled() -> RemoteProtocolError:
    return refusal("cannot_update_model", "Cannot update a conversation's model.", "session.model")


def tracing_is_on() -> RemoteProtocolError:
    return refusal(
        "cannot_update_tracing",
        "Cannot update a conversation's tracing once it is enabled.",
        "session.tracing",
    )


def of_another_kind(said: str, kind: str) -> RemoteProtocolError:
    return refusal(
        "invalid_parameter",
        f"Passing a {said} session update event to a {kind} session is not allowed.",
        "session.type",
    )


def no_turns() -> RemoteProtocolError:
    return refusal(
        "invalid_value",
        "Turn detection is not supported for this transcription model.",
        "session.audio.input.turn_detection",
    )


def not_with_this_model(param: str) -> RemoteProtocolError:
    return refusal(
        "unsupported_parameter", f"Unsupported parameter: '{param}' is not supported with this model.", param
    )


def only_on_webrtc() -> RemoteProtocolError:
    return refusal("invalid_value", ONLY_ON_WEBRTC, "type")


def too_many_responses(most: int) -> RemoteProtocolError:
    return refusal("rate_limit_exceeded", f"At most {most} out-of-band responses run at once.")


def expired() -> RemoteProtocolError:
    return refusal("session_expired", "Your session hit the maximum duration of 60 minutes.")
