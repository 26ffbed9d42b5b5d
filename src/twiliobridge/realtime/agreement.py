"""What the fields of one event must agree on: each is allowed by itself, all of them together are not.

That the service refuses these is documented or was seen; its words were only seen of turn detection
("Turn detection is not supported for this transcription model."), and the others are made like that.
Source: OpenAI API reference, Realtime > session.update; the SDK's types for the models of transcription.
"""

from collections.abc import Iterator

from msgspec import UNSET

from twiliobridge.realtime.audio_settings import Transcription
from twiliobridge.realtime.client_events import ClientEvent, CreateResponse, UpdateSession
from twiliobridge.realtime.refusal import Complaint
from twiliobridge.realtime.session import SessionUpdate
from twiliobridge.realtime.tools import FunctionTool, McpTool, Tool

TELL_OF_WORDS = frozenset({"gpt-transcribe", "gpt-live-transcribe"})
"Transcription models that take `keywords` and `languages`."
WAIT = frozenset({"gpt-realtime-whisper", "gpt-live-transcribe"})
"Those that take `delay`: the SDK's types name the first, OpenAI's guide shows the second."
TAKE_NO_PROMPT = frozenset({"gpt-realtime-whisper"})


def disagreement(event: ClientEvent) -> Complaint | None:
    """The first thing that does not go together, or None."""
    return next(_disagreements(event), None)


def _disagreements(event: ClientEvent) -> Iterator[Complaint]:
    if isinstance(event, UpdateSession):
        yield from _of_tools(event.session.tools or (), "session.tools")
        yield from _of_transcription(transcription(event.session))
    if isinstance(event, CreateResponse) and event.response:
        yield from _of_tools(event.response.tools or (), "response.tools")


def _of_tools(tools: tuple[Tool, ...], path: str) -> Iterator[Complaint]:
    named: set[str] = set()
    for place, tool in enumerate(tools):
        if isinstance(tool, FunctionTool):
            if tool.name in named:
                yield Complaint.of("twice", f"{path}[{place}].name", got=tool.name)
            named.add(tool.name)
        elif not _reachable(tool):
            yield Complaint.of("missing", f"{path}[{place}].server_url")


def _reachable(tool: McpTool) -> bool:
    return any(isinstance(way, str) for way in (tool.server_url, tool.connector_id, tool.tunnel_id))


def transcription(update: SessionUpdate) -> Transcription | None:
    """What the update says of it, if it turns it on."""
    heard = update.audio.input if update.audio is not UNSET else UNSET
    said = heard.transcription if heard is not UNSET else UNSET
    return said if isinstance(said, Transcription) else None


def _of_transcription(said: Transcription | None) -> Iterator[Complaint]:
    if said is None:
        return
    path = "session.audio.input.transcription"
    if said.language and said.languages:
        yield Complaint.of("both", f"{path}.languages", other="language")
    for name, models in (("languages", TELL_OF_WORDS), ("keywords", TELL_OF_WORDS), ("delay", WAIT)):
        if getattr(said, name) and said.model not in models:
            yield Complaint.of("not of the model", f"{path}.{name}", what=name.capitalize(), verb=_are(name))
    if said.prompt and said.model in TAKE_NO_PROMPT:
        yield Complaint.of("not of the model", f"{path}.prompt", what="Prompt", verb="is")


def _are(name: str) -> str:
    return "are" if name.endswith("s") else "is"
