"""A whole call over real sockets and in real time: the phone, the bridge and the offline model, each of which
dials the next on a port of its own.

Everybody speaks in numbers, as in `whole_call`. What the model was told is on record, session by session.
"""

import json
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import trio
from numbered_speech import numbers_in, speech
from served import bridge
from whole_call import AGENT, USUAL, orator_of_a_call

from twiliobridge.caller import MockTwilioClient
from twiliobridge.offline import serve_offline
from twiliobridge.server import dial_openai
from twiliobridge.settings import Settings
from twiliobridge.wires import Wire
from twiliobridge.wires.hypercorn import base_url

TICK, LATE = 0.05, 0.01
GONE = (trio.EndOfChannel, trio.BrokenResourceError, trio.ClosedResourceError)


class Session(Wire):
    """The model's end of one session: remembers what came, and can be ended whatever is being said."""

    def __init__(self, wire):
        self._wire = wire
        self.heard = []

    async def receive(self):
        try:
            text = await self._wire.receive()
        except trio.ClosedResourceError:
            raise trio.EndOfChannel from None
        self.heard.append(json.loads(text))
        return text

    def send(self, text):
        with suppress(*GONE):
            self._wire.send(text)

    async def aclose(self, code=1000, reason=""):
        await self._wire.aclose(code, reason)

    async def end(self, code):
        """1006: the connection breaks without a goodbye."""
        if code == 1006:
            self._wire._transport.socket.close()
        else:
            await self._wire.aclose(code, "")

    def said(self, kind):
        """The client's events of that type."""
        return [event for event in self.heard if event["type"] == kind]

    @property
    def told(self):
        """The items that the session was told: role or kind, and words."""
        items = [event["item"] for event in self.said("conversation.item.create")]
        return [(item.get("role") or item["type"], words_of(item)) for item in items]


def words_of(item):
    said = "".join(part["text"] for part in item.get("content", []))
    return said or item.get("output") or item.get("name")


class RealCall:
    def __init__(self, client, sessions, ended):
        self.client, self.sessions = client, sessions
        self.stood_still = 0.0
        "Seconds of the call in which nobody here came to run, because of what else this machine does."
        self._ended = ended

    @property
    def line(self):
        return self.client.line

    @property
    def stretches(self):
        return self.line.heard.stretches

    @property
    def heard(self):
        """The speeches of which something was heard, in order."""
        return numbers_in(self.audio)

    @property
    def audio(self):
        """All that was heard, without the silence between."""
        return b"".join(bytes(each.audio) for each in self.stretches)

    async def ask(self, number=50, ms=400):
        """The caller says something; when its last word was over."""
        await self.line.say_all(speech(number, ms))
        return trio.current_time()

    def silence_after(self, moment):
        """Seconds without a sound on the line from then on; the longest of several pauses in what follows."""
        ends = [(each.began, each.ended) for each in self.stretches if each.ended > moment]
        spans = [(moment, moment), *((max(began, moment), ended) for began, ended in ends)]
        return max(then - ended for (_, ended), (then, _) in pairwise(spans))

    async def until_heard(self, count, beyond=1.0):
        """So many speeches have begun to be heard, and then some seconds have passed for more."""
        with trio.fail_after(20):
            while len(self.heard) < count:  # noqa: ASYNC110 -- what is heard tells nobody
                await trio.sleep(TICK)
        await trio.sleep(beyond)

    async def watch_the_clock(self):
        while True:
            due = trio.current_time() + TICK
            await trio.sleep_until(due)
            late = trio.current_time() - due
            self.stood_still += late if late > LATE else 0.0

    async def summary(self):
        with trio.fail_after(5):
            while not self._ended:  # noqa: ASYNC110 -- the server's list
                await trio.sleep(0.005)
        return self._ended[0]


@asynccontextmanager
async def real_call(*replies, knobs=USUAL, agent=AGENT, parameters=None, **settings):
    """A call in progress. `settings`: fields of `Settings`. At the end of the block the caller hangs up."""
    sessions = []

    @asynccontextmanager
    async def overheard(wire):
        sessions.append(Session(wire))
        yield sessions[-1]

    async with trio.open_nursery() as nursery:
        model = orator_of_a_call(*replies, knobs=knobs)
        (listener,) = await nursery.start(serve_offline, model, "127.0.0.1", 0, None, overheard)
        url = base_url(listener).replace("http", "ws") + "/v1/realtime"
        told = Settings(port=0, model_url=url, **settings)
        async with bridge(told, agent, dial=dial_openai(told)) as served:
            stream = served.url.replace("http", "ws") + "/twilio-agent"
            async with MockTwilioClient(stream, custom_parameters=parameters) as client:
                await client.initiate_call_flow()
                call = RealCall(client, sessions, served.ended)
                nursery.start_soon(call.watch_the_clock)
                yield call
        nursery.cancel_scope.cancel()


async def side_by_side(play, rows):
    """What `play` returned for each row."""
    played = {}

    async def run(row):
        played[row] = await play(row)

    async with trio.open_nursery() as nursery:
        for row in rows:
            nursery.start_soon(run, row)
    return [played[row] for row in rows]
