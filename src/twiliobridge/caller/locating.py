"""Where a webhook leads: the first stream that its TwiML comes to."""

from twiliobridge.caller.conditions import StreamKind
from twiliobridge.caller.errors import NoStream, NotConnected
from twiliobridge.caller.instructions import Instructions
from twiliobridge.caller.journal import Journal
from twiliobridge.mediastream.errors import StreamCode
from twiliobridge.mediastream.twiml import Fork, Stream


async def find_stream(url: str, instructions: Instructions, journal: Journal) -> tuple[Stream, StreamKind]:
    """Ask the webhook at `url`, and follow its TwiML to a stream.

    WebhookFailed if there is no TwiML, NoStream if that ends without a stream.
    """
    await instructions.fetch(url)
    found = await instructions.until_stream()
    if found is None:
        names = ", ".join(f"<{type(each.verb).__name__}>" for each in journal.verbs)
        raise NoStream(f"{url}: no <Connect><Stream> in the TwiML, which was {names or 'empty'}")
    if isinstance(found, Fork):
        return found.stream, _kind(found.stream)
    return found.stream, StreamKind.BIDIRECTIONAL


def _kind(stream: Stream) -> StreamKind:
    try:
        return StreamKind(stream.track)
    except ValueError:
        raise NotConnected(f"a stream has no track {stream.track!r}", StreamCode.BAD_TRACK) from None
