"""TwiML, followed verb by verb, as Twilio does with a call."""

import math
from collections import deque
from collections.abc import Sequence
from urllib.parse import urljoin

import anyio

from twiliobridge.caller.errors import WebhookFailed
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import VerbRun, Warned
from twiliobridge.caller.webhooks import Webhooks
from twiliobridge.mediastream.errors import StreamCode, WebhookCode
from twiliobridge.mediastream.twiml import (
    Connect,
    Dial,
    Fork,
    Hangup,
    Pause,
    Redirect,
    Stream,
    UnknownVerb,
    Verb,
)

MOST_DOCUMENTS = 20
"Bound on a <Redirect> that leads to itself."


class Instructions:
    """What is still to be done with a call.

    <Say> and <Play> take no time: nothing of them is heard here. <Pause> takes its own. <Dial> hands the
    caller to somebody else, with whom they talk until they hang up; before the stream, nobody answers it.
    """

    def __init__(self, webhooks: Webhooks, journal: Journal, longest_pause: float = math.inf) -> None:
        """`longest_pause`: seconds that a <Pause> is waited for, at most."""
        self.base = ""
        "The URL of the document that is being followed."
        self._webhooks = webhooks
        self._journal = journal
        self._pending: deque[Verb] = deque()
        self._documents = 0
        self._cut = anyio.Event()
        self._hurried = False
        self._longest_pause = longest_pause

    @property
    def pending(self) -> Sequence[Verb]:
        return tuple(self._pending)

    async def fetch(self, url: str, method: str = "POST") -> None:
        """Replace what is pending by the document at `url`. WebhookFailed if there is none."""
        self._pending.clear()
        if self._documents >= MOST_DOCUMENTS:
            text = f"{url}: more than {MOST_DOCUMENTS} documents, one leading to the next"
            raise WebhookFailed(text, WebhookCode.RETRIEVAL)
        status = "in-progress" if self._documents else "ringing"
        self._documents += 1
        document = await self._webhooks.document(url, status, method)
        self.replace(document.verbs, document.url)

    def replace(self, verbs: Sequence[Verb], base: str = "") -> None:
        """From now on these; what was going on is cut."""
        self._pending = deque(verbs)
        self.base = base or self.base
        self._cut.set()
        self._cut = anyio.Event()
        if self._hurried:
            self._cut.set()

    def hurry(self) -> None:
        """The caller leaves: whatever takes time ends the call."""
        self._hurried = True
        self._cut.set()

    def end(self) -> None:
        """The caller is gone, or the call was completed: nothing more is done."""
        self.replace(())

    async def until_stream(self) -> Connect | Fork | None:
        """Follow the verbs up to and including a <Connect><Stream> or <Start><Stream>; None if the call ended
        without.
        """
        while self._pending:
            verb = self._pending.popleft()
            self._note(VerbRun(verb, followed=not isinstance(verb, UnknownVerb)))
            match verb:
                case Connect(stream) if self._lawful(stream):
                    return verb
                case Fork():
                    return verb
                case Dial():
                    continue  # not answered: else a phone that waits for its stream would wait for ever
                case _:
                    await self._follow(verb)
        return None

    async def follow(self) -> None:
        """Follow the verbs to the end, when the stream was had: a further one is reported and left out."""
        while self._pending:
            verb = self._pending.popleft()
            self._note(VerbRun(verb, followed=not isinstance(verb, UnknownVerb | Connect | Fork)))
            await self._follow(verb)

    async def _follow(self, verb: Verb) -> None:
        match verb:
            case Pause(seconds):
                await self._take(min(seconds, self._longest_pause))
            case Dial():
                await self._take(math.inf)
            case Hangup():
                self._pending.clear()
            case Redirect(url, method):
                await self._redirect(urljoin(self.base, url), method)

    async def _take(self, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await self._cut.wait()
        if self._hurried:
            self._pending.clear()

    async def _redirect(self, url: str, method: str) -> None:
        try:
            await self.fetch(url, method)
        except WebhookFailed as failure:
            self._note(Warned(failure.code, str(failure)))

    def _lawful(self, stream: Stream) -> bool:
        if stream.track == "inbound_track":
            return True
        self._note(Warned(StreamCode.BAD_TRACK, f"<Connect><Stream> has no {stream.track}"))
        return False

    def _note(self, note: VerbRun | Warned) -> None:
        self._journal.note(anyio.current_time(), note)
