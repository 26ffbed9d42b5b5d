"""A call from its first request to its last verb."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urljoin

import anyio

from twiliobridge.caller.api import TwilioApi
from twiliobridge.caller.attendant import Attendant, LiveCall
from twiliobridge.caller.carrier import Connect
from twiliobridge.caller.conditions import LineConditions, StreamKind
from twiliobridge.caller.dial import bare
from twiliobridge.caller.errors import NotConnected
from twiliobridge.caller.identity import CallIdentity
from twiliobridge.caller.instructions import Instructions
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.line import PhoneLine, alone, open_phone_line
from twiliobridge.caller.locating import find_stream
from twiliobridge.caller.notes import StreamDialled, Warned
from twiliobridge.caller.route import Route, stream_url
from twiliobridge.caller.webhooks import Webhooks
from twiliobridge.mediastream.errors import StreamCode
from twiliobridge.mediastream.twiml import Stream


@dataclass(frozen=True, kw_only=True)
class Order:
    """A call to be placed."""

    url: str
    "ws(s): the stream itself. http(s): a voice webhook, whose TwiML leads to one."
    identity: CallIdentity
    journal: Journal
    kind: StreamKind
    conditions: LineConditions
    auth_token: str | None
    ssl_context: ssl.SSLContext | None
    connect: Connect
    route: Route
    api: TwilioApi | None

    @property
    def begins_with_webhook(self) -> bool:
        return self.url.partition("://")[0].lower() in {"http", "https"}


@asynccontextmanager
async def place_call(order: Order) -> AsyncIterator[LiveCall]:
    """A call whose stream is connected.

    Resource handling: on leaving the block the call is hung up, if it is still up; what the TwiML does then
    is followed, and told, as far as that takes no time. No task and no socket outlives the block.

    Error handling: NotConnected if there is no stream; an exception of the block comes out as itself.
    """
    webhooks = Webhooks(order.identity, order.journal, order.route, order.auth_token, order.ssl_context)
    instructions = Instructions(webhooks, order.journal)
    stream, kind = await _find_stream(order, instructions)
    async with AsyncExitStack() as opened:
        try:
            line = await opened.enter_async_context(_open_stream(order, stream, kind, instructions.base))
        except NotConnected as failure:
            if order.begins_with_webhook:
                order.route.advise(failure, urljoin(instructions.base, stream.url))
            await webhooks.tell(instructions.base, stream, "stream-error", str(failure))
            instructions.hurry()  # nobody stays on this call: a <Pause> or <Dial> ends it
            await instructions.follow()
            raise
        forked = order.begins_with_webhook and not kind.bidirectional
        attendant = Attendant(line, instructions, webhooks, stream, goes_on=forked)
        call = LiveCall(line, instructions, attendant.over)
        if order.api is not None:
            opened.enter_context(order.api.knows(call))
        with alone():
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(attendant.attend)
                try:
                    yield call
                finally:
                    with anyio.CancelScope(shield=True):  # both are bounded
                        await line.hang_up()
                        await attendant.leave()


async def _find_stream(order: Order, instructions: Instructions) -> tuple[Stream, StreamKind]:
    if not order.begins_with_webhook:
        parameters = dict(order.identity.custom_parameters)
        return Stream(url=order.route.public(order.url), parameters=parameters), order.kind
    return await find_stream(order.route.public(order.url), instructions, order.journal)


@asynccontextmanager
async def _open_stream(order: Order, stream: Stream, kind: StreamKind, base: str) -> AsyncIterator[PhoneLine]:
    route = order.route
    url = stream_url(base, stream.url) if order.begins_with_webhook else stream.url
    if bare(url) != url:
        text = f"the query of {bare(url)!r} was dropped: Twilio connects without it"
        order.journal.note(anyio.current_time(), Warned(StreamCode.HANDSHAKE, text))
    identity = replace(order.identity, custom_parameters=stream.parameters)
    where = route.local_stream(url) if order.begins_with_webhook else route.local(url)
    if where != url and order.begins_with_webhook:
        order.journal.note(anyio.current_time(), StreamDialled(url, where))
    connection = order.connect(where, order.auth_token, order.ssl_context, url)
    async with (
        connection as carrier,
        open_phone_line(carrier, identity, order.journal, kind, order.conditions) as line,
    ):
        yield line
