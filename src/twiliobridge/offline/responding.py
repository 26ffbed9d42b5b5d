"""The responses of a session: at most one in the conversation, a few beside it, each decided by the brain."""

from collections.abc import Iterable
from random import Random

from twiliobridge.offline import refusals
from twiliobridge.offline.brain import Brain, CallTool, Fail, Reply
from twiliobridge.offline.faults import BEFORE_IT_BEGINS, Odd
from twiliobridge.offline.incidents import Draws
from twiliobridge.offline.items import Conversation
from twiliobridge.offline.jobs import Action, McpOutcome
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.order import Order
from twiliobridge.offline.pacing import Pace
from twiliobridge.offline.reasoning import reasoning_tokens
from twiliobridge.offline.response import OutputResponse, Phase
from twiliobridge.offline.usage import PromptCache, Read, read_entry, read_first, read_item
from twiliobridge.offline.whims import rate_limited
from twiliobridge.realtime.events import Error, ErrorDetail
from twiliobridge.realtime.ids import Ids

MOST_ASIDE = 8
"Out-of-band responses at once."


class Responding:
    def __init__(self, conversation: Conversation, brain: Brain, knobs: Knobs, ids: Ids, seed: str) -> None:
        self._conversation = conversation
        self._brain = brain
        self._knobs = knobs
        self._ids = ids
        self._rng = Random(knobs.seed)  # noqa: S311 -- sizes of deltas, nothing secret
        unborn = [incident for incident in knobs.respond if incident.what in BEFORE_IT_BEGINS]
        self._unborn = Draws(unborn, f"{seed}/unborn")
        self._cache = PromptCache()
        self._running: dict[str, OutputResponse] = {}

    @property
    def active(self) -> OutputResponse | None:
        """The conversation's own response."""
        return next((response for response in self._running.values() if response.order.in_band), None)

    def check(self, order: Order) -> None:
        """Raises RemoteProtocolError if such a response cannot begin now."""
        active = self.active
        if order.in_band and active:
            raise refusals.already_responding(active.order.response_id)
        if not order.in_band and len(self._running) - bool(active) >= MOST_ASIDE:
            raise refusals.too_many_responses(MOST_ASIDE)

    def begin(self, order: Order) -> list[Action]:
        """The response; or, as reported of a service under load, an error that names no event, or nothing."""
        if (unborn := self._unborn.next()) is not None:
            return [_limited(unborn.amount)] if unborn.what is Odd.ERROR else []
        response = OutputResponse(
            order=order,
            pace=Pace(self._knobs, self._rng),
            ids=self._ids,
            conversation=self._conversation if order.in_band else Conversation(),
        )
        self._running[order.response_id] = response
        return response.created()

    def compose(self, unheard: set[str], now: float) -> list[Action]:
        """Decides what the waiting responses say, once everything that they read has been understood."""
        actions: list[Action] = []
        for response in self._running.values():
            if response.phase is Phase.COMPOSING and (response.order.input is not None or not unheard):
                actions += self._composed(response, now)
        return actions

    def _composed(self, response: OutputResponse, now: float) -> list[Action]:
        order = response.order
        memory = self._conversation.memory() if order.input is None else order.input
        reply = _lawful(self._brain.decide(memory, order.request), order.request.tools)
        prompt = self._cache.prompt((read_first(order.request), *self._reads(order)))
        thought = reasoning_tokens(order.effort, memory, reply) if order.effort else 0
        return response.compose(reply, prompt, thought, now)

    def _reads(self, order: Order) -> Iterable[Read]:
        if order.input is not None:
            return map(read_item, order.input)
        return map(read_entry, self._conversation.entries)

    def cancel(self, response_id: str | None) -> list[Action]:
        """The client's wish. Raises RemoteProtocolError if nothing of that name runs."""
        response = self.active if response_id is None else self._running.get(response_id)
        if response is None:
            raise refusals.nothing_to_cancel()
        return response.cancel("client_cancelled")

    def interrupt(self) -> list[Action]:
        """The caller speaks. Where nothing runs, nothing: the service cannot know what is still playing."""
        return self.active.cancel("turn_detected", self._knobs.stragglers) if self.active else []

    def awaits(self, item_id: str) -> bool:
        return any(response.awaits(item_id) for response in self._running.values())

    def spoken(self, item_id: str, audio: bytes, *, last: bool, now: float) -> list[Action]:
        for response in self._running.values():
            if response.awaits(item_id):
                return response.spoken(item_id, audio, last=last, now=now)
        return []

    def called(self, item_id: str, outcome: McpOutcome, now: float) -> list[Action]:
        """What an MCP server answered; nothing where the response has ended meanwhile."""
        running = self._running.values()
        return [action for response in running for action in response.called(item_id, outcome, now)]

    def voice_failed(self, item_id: str, reason: str) -> list[Action]:
        failure = Fail(code="server_error", message=reason)
        for response in self._running.values():
            if response.awaits(item_id):
                return response.fail(failure)
        return []

    def deadline(self) -> float | None:
        due = [response.deadline() for response in self._running.values()]
        return min((moment for moment in due if moment is not None), default=None)

    def wake(self, now: float) -> list[Action]:
        return [action for response in self._running.values() for action in response.wake(now)]

    def sweep(self) -> list[OutputResponse]:
        """Those that have ended since the last sweep."""
        over = [response for response in self._running.values() if response.phase is Phase.OVER]
        for response in over:
            del self._running[response.order.response_id]
            if response.order.input is None:
                self._cache.keep(response.reads)
        return over


def _limited(seconds: float) -> Error:
    said = rate_limited(seconds)
    return Error(error=ErrorDetail(type=said.type, code=said.code, message=said.message))


def _lawful(reply: Reply, tools: tuple[str, ...]) -> Reply:
    """A model can only call what it was offered, unless it invents."""
    return tuple(
        part for part in reply if not isinstance(part, CallTool) or part.invented or part.name in tools
    )
