"""What a response is to be: the session as it stands, and over it what `response.create` overrides."""

from dataclasses import dataclass
from typing import Any

import msgspec

from twiliobridge.audio import AudioFormat
from twiliobridge.offline import refusals
from twiliobridge.offline.brain import Offer, Request
from twiliobridge.offline.items import Conversation
from twiliobridge.offline.mcp.listings import Listings
from twiliobridge.offline.reasoning import effort
from twiliobridge.realtime.events import Item, ResponseParams
from twiliobridge.realtime.generations import generation
from twiliobridge.realtime.merge import default_session
from twiliobridge.realtime.session import Session, as_text, leaf, voice_name

_UNTOLD = default_session("", "", 0).instructions


@dataclass(frozen=True)
class Order:
    response_id: str
    conversation_id: str | None
    "None: out of band."
    written: bool
    "Text instead of speech."
    format: AudioFormat
    request: Request
    speed: float = 1.0
    "Of speech; 1.5 is half as fast again."
    effort: str | None = None
    "With which the model reasons, and tells what its messages are for; None: it is of the older generation."
    max_output_tokens: int | str = "inf"
    metadata: dict[str, Any] | None = None
    audio: dict[str, Any] | None = None
    input: tuple[Item, ...] | None = None
    "What the model reads instead of the conversation."

    @property
    def in_band(self) -> bool:
        return self.conversation_id is not None


def ordered(
    session: Session,
    params: ResponseParams,
    response_id: str,
    conversation_id: str,
    conversation: Conversation,
    listings: Listings,
) -> Order:
    """Raises RemoteProtocolError for `input` that is no list of items or refers to what is not there."""
    said = (session.audio or {}).get("output") or {}
    output = said | (msgspec.to_builtins(params.audio or {}).get("output") or {})
    return Order(
        response_id=response_id,
        conversation_id=None if params.conversation == "none" else conversation_id,
        written=_written(session, params),
        format=_format(output),
        request=_request(session, params, listings),
        speed=output.get("speed") or 1.0,
        effort=effort(params.reasoning, session.reasoning) if generation(session.model).reasons else None,
        max_output_tokens=params.max_output_tokens or session.max_output_tokens or "inf",
        metadata=params.metadata,
        audio={"output": {"format": output.get("format"), "voice": voice_name(output.get("voice"))}},
        input=None if params.input is None else tuple(_item(item, conversation) for item in params.input),
    )


def _written(session: Session, params: ResponseParams) -> bool:
    return tuple(params.output_modalities or session.output_modalities or ("audio",)) == ("text",)


def _format(output: dict[str, Any]) -> AudioFormat:
    try:
        return AudioFormat(as_text(leaf(output, "format", "type")))
    except ValueError:
        raise refusals.unusable(
            "The format is none of audio/pcm, audio/pcmu, audio/pcma.", "response.audio"
        ) from None


def _request(session: Session, params: ResponseParams, listings: Listings) -> Request:
    choice = session.tool_choice if params.tool_choice is None else msgspec.to_builtins(params.tool_choice)
    tools = session.tools if params.tools is None else msgspec.to_builtins(params.tools)
    functions = tuple(_offer(tool) for tool in tools or () if tool.get("type") == "function")
    offers = functions + listings.offers(tools)
    wish = params.instructions or ""
    return Request(
        instructions=session.instructions if params.instructions is None else wish,
        wish=wish,
        standing=session.instructions,
        offers=_choosable(offers, choice),
        tool_choice=_chosen(choice),
        described=bool(session.tools) or session.instructions != _UNTOLD,
        parallel=_parallel(session, params),
        written=_written(session, params),
    )


def _offer(tool: dict[str, Any]) -> Offer:
    name, description = as_text(tool.get("name")), as_text(tool.get("description"))
    return Offer(name or "", description or "", tool.get("parameters") or {})


def _choosable(offers: tuple[Offer, ...], choice: object) -> tuple[Offer, ...]:
    """The choice of an MCP server leaves its tools only."""
    if choice == "none":
        return ()
    server = as_text(leaf(choice, "server_label"))
    return tuple(offer for offer in offers if not server or offer.server == server)


def _chosen(choice: object) -> str:
    """The name of a function, where one is demanded; of an MCP server's tools, any is."""
    if not isinstance(choice, dict):
        return as_text(choice) or "auto"
    return as_text(leaf(choice, "name")) or ("required" if choice.get("type") == "mcp" else "auto")


def _parallel(session: Session, params: ResponseParams) -> bool:
    """Unless the client has said no."""
    said = session.parallel_tool_calls if params.parallel_tool_calls is None else params.parallel_tool_calls
    return said is not False


def _item(raw: dict[str, Any], conversation: Conversation) -> Item:
    if raw.get("type") == "item_reference":
        return conversation.remembered(str(raw.get("id")))
    try:
        return msgspec.convert(raw, Item)
    except msgspec.ValidationError:
        raise refusals.unusable("An item of the input is none.", "response.input") from None
