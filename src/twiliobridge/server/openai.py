"""The model at OpenAI, or at any URL that speaks its protocol."""

from contextlib import AbstractAsyncContextManager

from twiliobridge.call import Dial
from twiliobridge.settings import Settings
from twiliobridge.wires import Wire
from twiliobridge.wires.websocket import open_websocket_wire


def dial_openai(settings: Settings) -> Dial:
    """Opens a session's wire for each call, with the key if there is one."""
    key = settings.openai_api_key
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    def dial() -> AbstractAsyncContextManager[Wire]:
        return open_websocket_wire(
            settings.model_endpoint,
            headers,
            backlog=settings.model_backlog,
            max_message_size=settings.model_message,
        )

    return dial
