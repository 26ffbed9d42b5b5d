"""The model at OpenAI, or at any URL that speaks its protocol."""

from contextlib import AbstractAsyncContextManager

from twiliobridge.call import Dial
from twiliobridge.server.proxies import proxies_of
from twiliobridge.settings import Settings
from twiliobridge.wires import Wire
from twiliobridge.wires.websocket import Address, open_websocket_wire


def dial_openai(settings: Settings) -> Dial:
    """Opens a session's wire for each call, with the key if there is one.

    ValueError, one line, if it would have to be dialled through a proxy that is none of ours.
    """
    headers = settings.model_handshake
    there = Address.of(settings.model_endpoint)
    proxy = proxies_of(settings).to(there.host, there.port, secure=True)  # RFC 6455, 4.1: also for ws://

    def dial() -> AbstractAsyncContextManager[Wire]:
        return open_websocket_wire(
            settings.model_endpoint,
            headers,
            backlog=settings.model_backlog,
            max_message_size=settings.model_message,
            proxy=proxy,
        )

    return dial
