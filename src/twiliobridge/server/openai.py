"""The model at OpenAI, or at any URL that speaks its protocol."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from urllib.parse import urlsplit

from twiliobridge.call import Dial
from twiliobridge.conversation import Agent
from twiliobridge.server.proxies import proxies_of
from twiliobridge.settings import Settings
from twiliobridge.wires import Wire
from twiliobridge.wires.websocket import Address, open_websocket_wire

SAFETY_IDENTIFIER = "OpenAI-Safety-Identifier"
"Source: OpenAI API reference, Realtime > WebSocket: the header of the handshake."


def dial_openai(settings: Settings, agent: Agent | None = None) -> Dial:
    """Opens a session's wire for each call, with the key if there is one.

    `agent` may name the model, and so wins over `settings`. ValueError, one line, if the URL names another
    already, or would have to be dialled through a proxy that is none of ours.
    """
    if agent and agent.model:
        settings = _of_model(settings, agent.model)
    endpoint, headers = settings.model_endpoint, dict(settings.model_handshake)
    if agent and agent.safety_identifier:
        headers.setdefault(SAFETY_IDENTIFIER, agent.safety_identifier)
    there = Address.of(endpoint)
    proxy = proxies_of(settings).to(there.host, there.port, secure=True)  # RFC 6455, 4.1: also for ws://

    def dial() -> AbstractAsyncContextManager[Wire]:
        return open_websocket_wire(
            endpoint,
            headers,
            backlog=settings.model_backlog,
            max_message_size=settings.model_message,
            proxy=proxy,
        )

    return dial


def _of_model(settings: Settings, model: str) -> Settings:
    if urlsplit(settings.model_url).query:
        raise ValueError(f"the query of model_url says the model, so {model!r} has no effect: leave one out")
    return replace(settings, model=model)
