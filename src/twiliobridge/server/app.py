"""The Quart-Trio app: Twilio's webhook, the media socket, health and status."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from secrets import token_hex
from typing import Any

import trio
from quart import request, websocket
from quart_trio import QuartTrio

from twiliobridge.call import CallSummary, Dial, ToolResources, Watch, run_call
from twiliobridge.call.faults import apart
from twiliobridge.conversation import Agent
from twiliobridge.mediastream import TwimlError, connect_stream
from twiliobridge.server.door import Door
from twiliobridge.server.exchange import Exchange, Phase
from twiliobridge.server.origin import Asked
from twiliobridge.server.parameters import parameters_of
from twiliobridge.server.rest import complete_by_rest
from twiliobridge.settings import Settings
from twiliobridge.wires import Wire
from twiliobridge.wires.asgi import EndIsKept, EndIsTold, open_asgi_wire
from twiliobridge.wires.upgrade import open_upgraded_wire, peek_upgrade

log = logging.getLogger(__name__)

STREAM_PATHS = ("/twilio-agent", "/twilio-ws")

AFTERWARDS = "Thank you for calling. Goodbye."
"Spoken whenever this server closes first, after a good call as after a bad one; so it takes no side."

BUSY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Say>'
    "All our lines are busy. Please call again in a few minutes."
    "</Say><Hangup/></Response>"
)

INSTANCE = "twiliobridge-instance"
"A header of /health: which run of a server answers. What a public URL leads to is told by it."

FORM_LIMIT = 64 * 1024
"Bytes of a webhook's body. Twilio's have one or two thousand."

Answer = tuple[str, int, dict[str, str]]
"Body, status and headers. Quart makes it the response class that works on trio, which its own does not."

WatchCall = Callable[[], Watch]
"Makes the watch of one call."

Ended = Callable[[CallSummary], None]
"Is told of each call that is over, though not of one that was cut short."


class BridgeApp(QuartTrio):
    asgi_http_class = EndIsKept
    asgi_websocket_class = EndIsTold


def create_app(
    settings: Settings,
    agent: Agent,
    dial: Dial,
    exchange: Exchange | None = None,
    watch: WatchCall | None = None,
    ended: Ended | None = None,
    tools: ToolResources | None = None,
) -> QuartTrio:
    """An app that lets `agent` answer every stream, over a model that `dial` opens for each call.

    `exchange` counts the calls and can end them; `serve` drains it. `ended` is told of each call that is
    over; None: a log line. `tools` is what the calls' tools share; without, each call has its own. Runs under
    any ASGI server on trio.
    """
    exchange = exchange or Exchange(settings.calls_at_once)
    return app_of(Desk(settings, agent, dial, exchange, watch, ended, tools))


def app_of(desk: "Desk") -> QuartTrio:
    app = BridgeApp("twiliobridge")
    app.config["MAX_CONTENT_LENGTH"] = FORM_LIMIT
    for path in STREAM_PATHS:
        app.add_websocket(path, path.strip("/"), desk.media_stream)
    app.add_url_rule("/incoming-call", "incoming_call", desk.incoming_call, methods=["POST"])
    app.add_url_rule("/health", "health", desk.health)
    app.add_url_rule("/status", "status", desk.status)
    return app


class Desk:
    """What happens to each request."""

    def __init__(
        self,
        settings: Settings,
        agent: Agent,
        dial: Dial,
        exchange: Exchange,
        watch: WatchCall | None,
        ended: Ended | None,
        tools: ToolResources | None,
    ) -> None:
        self._tools = tools
        self._settings, self._agent, self._dial = settings, agent, dial
        self._exchange, self._watch, self._ended = exchange, watch, ended or report
        self._carried = {"direct": 0, "quart": 0}
        self._door = Door(settings)
        self._complete = complete_by_rest(settings)
        self._instance = token_hex(8)

    async def media_stream(self) -> Answer | None:
        """One call: hosted by the task that Quart-Trio runs for its socket, and over when that returns."""
        if reason := self._reason_to_refuse(websocket):
            return refusal(reason[0], websocket.remote_addr, reason[1])
        await self._host(open_asgi_wire(websocket, self._settings.phone_backlog), "quart")
        return None

    async def media_lane(self, stream: trio.SocketStream) -> bool:
        """Likewise, by the task that the listener runs for a connection. What it refuses is left to Quart."""
        upgrade = await peek_upgrade(stream, STREAM_PATHS)
        if upgrade is None or self._reason_to_refuse(upgrade):
            return False
        most = self._settings
        wire = open_upgraded_wire(upgrade, backlog=most.phone_backlog, max_message_size=most.phone_message)
        await self._host(wire, "direct")
        return True

    def _reason_to_refuse(self, asked: Asked) -> tuple[str, int] | None:
        if objection := self._door.objection_to_stream(asked):
            return f"a media stream ({objection})", 403
        if not self._exchange.takes_calls:
            return "a media stream, for no more calls are taken", 503
        return None

    async def _host(self, opening: AbstractAsyncContextManager[Wire], lane: str) -> None:
        """The fault of a call, or of what is told of it, is that call's: it is reported, and others live."""
        self._carried[lane] += 1
        try:
            self._ended(await self._exchange.carry(self._talk(opening)))
        except BaseException as error:
            passing, fault = apart(error)
            if fault is not None:
                log.exception("a call was cut short by a fault of this server", exc_info=fault)
            if passing is not None:
                raise passing from None

    async def _talk(self, opening: AbstractAsyncContextManager[Wire]) -> CallSummary:
        watch = self._watch() if self._watch else None
        async with opening as phone:
            return await run_call(
                phone,
                self._dial,
                self._agent,
                self._settings.limits,
                watch,
                shutdown=self._exchange.closing,
                complete=self._complete,
                tools=self._tools,
            )

    async def incoming_call(self) -> Answer:
        form = list((await request.form).items(multi=True))
        if objection := self._door.objection_to_webhook(request, form):
            return refusal(f"a webhook ({objection})", request.remote_addr, 403)
        if not self._exchange.takes_calls:
            return answer(BUSY, "text/xml")
        url = self._door.stream_url(request, STREAM_PATHS[0])
        try:
            twiml = connect_stream(url, parameters_of(form), AFTERWARDS)
        except TwimlError as error:
            return refusal(f"a webhook ({error})", request.remote_addr, 400)
        return answer(twiml, "text/xml")

    async def health(self) -> Answer:
        phase = self._exchange.phase
        return answer(f"{phase.value}\n", "text/plain", 200 if phase is Phase.OPEN else 503, self._instance)

    async def status(self) -> dict[str, Any]:
        told = {"version": version("twiliobridge"), "media_lane": self._settings.media_lane}
        return told | self._exchange.status() | {"calls_by_lane": dict(self._carried)}


def refusal(what: str, who: str | None, status: int) -> Answer:
    log.warning("refused %s from %s with %d", what, who, status)
    return answer("", "text/plain", status)


def answer(body: str, content_type: str, status: int = 200, instance: str = "") -> Answer:
    return body, status, {"Content-Type": content_type} | ({INSTANCE: instance} if instance else {})


def report(summary: CallSummary) -> None:
    log.info(
        "%s %s after %.1f s%s",
        summary.call_sid or "(a call without start)",
        summary.ending.value,
        summary.duration,
        f": {summary.detail}" if summary.detail else "",
    )
