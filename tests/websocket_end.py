"""The far end of a wire, as `twiliobridge.wires.check` asks for it: trio-websocket."""

import trio


class WebSocketEnd:
    def __init__(self, connection):
        self.connection = connection

    async def say(self, message):
        await self.connection.send_message(message)

    async def hear(self):
        return await self.connection.get_message()

    async def close(self):
        await self.connection.aclose()

    async def vanish(self):
        stream = self.connection._stream
        await trio.aclose_forcefully(getattr(stream, "transport_stream", stream))  # what TLS is on
