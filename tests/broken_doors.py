"""Bridges that let strangers in, or whose TwiML is less than it should be."""

import trio
from judged import TOKEN, document


async def anybody(_token, _dial):
    return True


async def any_signature(token, _dial):
    return token is not None


async def dials_first(token, dial):
    """The model is there before the signature is looked at."""
    if token != TOKEN:
        async with dial():
            await trio.lowlevel.checkpoint()
    return token == TOKEN


async def tells_anybody(host, token):
    return document(token, f"wss://{host}/media-stream", shut=False)


async def loses_the_port(host, token):
    """As `request.url.hostname` has it."""
    return document(token, f"wss://{host.partition(':')[0]}/media-stream")


async def says_no_more(host, token):
    return document(token, f"wss://{host}/media-stream", rest=())
