"""What the server says of a response: how it begins, grows and ends.

Source: OpenAI API reference, Realtime > Server events. Deltas carry `obfuscation`, text of random length that
hides theirs: seen live, not documented.
"""

from msgspec import UNSET, UnsetType

from twiliobridge.realtime.items import Content, Item
from twiliobridge.realtime.responses import Response
from twiliobridge.realtime.server_event import ServerEvent


class ResponseCreated(ServerEvent, frozen=True, kw_only=True, tag="response.created"):
    response: Response


class ResponseDone(ServerEvent, frozen=True, kw_only=True, tag="response.done"):
    response: Response


class OutputItemEvent(ServerEvent, frozen=True, kw_only=True):
    response_id: str
    output_index: int = 0
    item: Item


class OutputItemAdded(OutputItemEvent, frozen=True, kw_only=True, tag="response.output_item.added"):
    pass


class OutputItemDone(OutputItemEvent, frozen=True, kw_only=True, tag="response.output_item.done"):
    pass


class PartEvent(ServerEvent, frozen=True, kw_only=True):
    """Common to all that concerns one content part of one item of one response."""

    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0


class ContentPartAdded(PartEvent, frozen=True, kw_only=True, tag="response.content_part.added"):
    part: Content


class ContentPartDone(PartEvent, frozen=True, kw_only=True, tag="response.content_part.done"):
    part: Content


class OutputAudioDelta(PartEvent, frozen=True, kw_only=True, tag="response.output_audio.delta"):
    delta: str
    "Base64 in the session's output format."


class OutputAudioDone(PartEvent, frozen=True, kw_only=True, tag="response.output_audio.done"):
    pass


class OutputTranscriptDelta(
    PartEvent, frozen=True, kw_only=True, tag="response.output_audio_transcript.delta"
):
    delta: str
    obfuscation: str | UnsetType | None = UNSET


class OutputTranscriptDone(PartEvent, frozen=True, kw_only=True, tag="response.output_audio_transcript.done"):
    transcript: str


class OutputTextDelta(PartEvent, frozen=True, kw_only=True, tag="response.output_text.delta"):
    delta: str
    obfuscation: str | UnsetType | None = UNSET


class OutputTextDone(PartEvent, frozen=True, kw_only=True, tag="response.output_text.done"):
    text: str


class ArgumentsDelta(ServerEvent, frozen=True, kw_only=True, tag="response.function_call_arguments.delta"):
    response_id: str
    item_id: str
    output_index: int = 0
    call_id: str
    delta: str
    obfuscation: str | UnsetType | None = UNSET


class ArgumentsDone(ServerEvent, frozen=True, kw_only=True, tag="response.function_call_arguments.done"):
    response_id: str
    item_id: str
    output_index: int = 0
    call_id: str
    name: str = ""
    arguments: str
