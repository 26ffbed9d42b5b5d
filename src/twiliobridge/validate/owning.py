"""Our own bridge, in this process: everything of it is visible."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import trio

from twiliobridge.call import CallSummary, Dial
from twiliobridge.caller import Access
from twiliobridge.conversation import Agent
from twiliobridge.server import base_url, serve
from twiliobridge.settings import Settings
from twiliobridge.validate.black_box import asks
from twiliobridge.validate.result import Mode
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.target import Target, census
from twiliobridge.wires.hypercorn import Listeners


@asynccontextmanager
async def open_own_bridge(
    settings: Settings, agent: Agent, dial: Dial, model: str, listeners: Listeners
) -> AsyncIterator[Target]:
    """Serves on `listeners`, which it closes, until the end of the block; `model` is what `dial` leads to."""
    tap, stop = ModelTap(), trio.Event()
    summaries: list[CallSummary] = []
    url = base_url(listeners[0])
    async with trio.open_nursery() as nursery:
        await nursery.start(
            partial(
                serve,
                settings,
                agent,
                tap.watched(dial),
                stop=stop,
                listeners=listeners,
                ended=summaries.append,
            )
        )
        try:
            yield Target(
                url="ws" + url.removeprefix("http") + "/twilio-agent",
                mode=Mode.OWNING,
                model=model,
                get=asks(url),
                tap=tap,
                census=census,
                summaries=summaries,
                access=Access(
                    auth_token=next(iter(settings.twilio_auth_tokens), None),
                    public_url=settings.public_url or None,
                ),
                greets=agent.greeting is not None,
            )
        finally:
            stop.set()
