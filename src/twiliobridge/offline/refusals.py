"""What the service refuses, each with its code. Clients that match on text match on the words used here.

Source: error codes seen live; OpenAI API reference, Realtime > error.
"""

from twiliobridge.realtime.errors import RemoteProtocolError


def refusal(code: str, message: str, param: str | None = None) -> RemoteProtocolError:
    return RemoteProtocolError(message, code=code, param=param)


def bad_audio(reason: str) -> RemoteProtocolError:
    return refusal("invalid_value", f"Invalid 'audio': {reason}.", "audio")


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


def unusable(reason: str, param: str) -> RemoteProtocolError:
    return refusal("invalid_value", reason, param)


def voice_in_use() -> RemoteProtocolError:
    return refusal(
        "cannot_update_voice",
        "Cannot update a conversation's voice if assistant audio is present.",
        "session.audio.output.voice",
    )


def only_on_webrtc() -> RemoteProtocolError:
    return refusal("invalid_value", "output_audio_buffer.clear is for WebRTC and SIP sessions only.", "type")


def too_many_responses(most: int) -> RemoteProtocolError:
    return refusal("rate_limit_exceeded", f"At most {most} out-of-band responses run at once.")


def expired() -> RemoteProtocolError:
    return refusal("session_expired", "Your session hit the maximum duration of 60 minutes.")
