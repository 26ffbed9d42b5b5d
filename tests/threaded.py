"""A bridge with a model that needs no key, in a thread of its own: for tests that do not run on Trio."""

from contextlib import contextmanager
from functools import partial

import trio
from anyio.from_thread import start_blocking_portal
from numbered_speech import say
from whole_call import AGENT, GREETING, orator

from twiliobridge.offline.server import open_offline_model
from twiliobridge.server import serve
from twiliobridge.settings import Settings

REPLIES = ((say(GREETING, 300),), (say(2, 400),), (say(3, 300),))


@contextmanager
def bridge_in_thread(*replies, agent=AGENT, answered_by=orator, **settings):
    """Its base URL. Each call hears `replies`, which are short. `answered_by` makes the model."""
    model = answered_by(*(replies or REPLIES))
    with start_blocking_portal("trio") as portal:
        stop = portal.call(make_event)
        _, (url,) = portal.start_task(
            partial(serve, Settings(port=0, **settings), agent, lambda: open_offline_model(model), stop=stop)
        )
        try:
            yield url
        finally:
            portal.call(stop.set)


async def make_event():
    return trio.Event()
