"""Calls of MCP tools, which the service makes itself: as an output item of a response, or after an approval.

The order of events is that of OpenAI's guide, Realtime with tools. Not seen live, and so guesses: that the
response goes on until the tool has answered; that one which needs an approval ends with the request for it;
that the call is then made beside any response.
"""

import json
import math
from typing import Any

from msgspec.structs import replace

from twiliobridge.offline import refusals
from twiliobridge.offline.brain import CallTool, Offer
from twiliobridge.offline.deltas import arguments_text
from twiliobridge.offline.items import Conversation, Entry
from twiliobridge.offline.jobs import Action, CallMcp, McpOutcome
from twiliobridge.offline.pacing import Pace
from twiliobridge.offline.parts import Events, Place
from twiliobridge.offline.usage import text_tokens
from twiliobridge.offline.written_parts import PartInWriting
from twiliobridge.realtime.events import (
    Item,
    ItemAdded,
    ItemDone,
    McpArgumentsDelta,
    McpArgumentsDone,
    McpCallCompleted,
    McpCallFailed,
    McpCallInProgress,
    Status,
)
from twiliobridge.realtime.ids import Ids


class McpCallPart(PartInWriting):
    """A call that needs no approval: it is over when the server has answered."""

    def __init__(self, place: Place, name: str, arguments: str, label: str, pace: Pace) -> None:
        super().__init__(place, called(place.item_id, label, name, ""), pace.shreds(arguments), pace)
        self._outcome: McpOutcome | None = None

    @property
    def finished(self) -> bool:
        return self.whole or (self._cut and not self.ready)

    @property
    def whole(self) -> bool:
        return self._outcome is not None

    def _grown(self, piece: str, obfuscation: str) -> Events:
        where = {"response_id": self._place.response_id, **self._where}
        delta = McpArgumentsDelta(**where, delta=piece, obfuscation=obfuscation)
        if self.ready or self._cut:
            return [delta]
        self.entry.item = replace(self.entry.item, arguments=self._written)
        done = McpArgumentsDone(**where, arguments=self._written)
        return [delta, done, McpCallInProgress(**self._where), job_of(self.entry.item)]

    @property
    def _where(self) -> dict[str, Any]:
        return {"item_id": self._place.item_id, "output_index": self._place.output_index}

    def answered(self, outcome: McpOutcome) -> None:
        self._outcome = outcome

    def close(self, status: Status) -> Events:
        """Cut short, it has no outcome: what the server answers later is lost."""
        if self._outcome is None:
            self.entry.item = replace(self.entry.item, arguments=self._written)
            return self._place.close(self.entry)
        self.entry.item = ended(self.entry.item, self._outcome)
        return [told(self._outcome, **self._where), *self._place.close(self.entry)]


class ApprovalPart:
    """The request for an approval: an item that is whole at once."""

    overdrawn = False
    ready = False
    finished = True
    whole = True

    def __init__(self, place: Place, name: str, arguments: str, label: str) -> None:
        self._place = place
        self.entry = Entry(
            Item(
                id=place.item_id,
                type="mcp_approval_request",
                server_label=label,
                name=name,
                arguments=arguments,
            )
        )

    def cut_at(self, ms: float, *, last: bool) -> None:
        """It has no length."""

    def open(self) -> Events:
        return self._place.open(self.entry)

    @property
    def tokens(self) -> int:
        return text_tokens(self.entry.item.arguments or "")

    def grow(self, left: float = math.inf) -> tuple[Events, float]:
        raise AssertionError("it is whole from the beginning")

    def close(self, status: Status) -> Events:
        return self._place.close(self.entry)


def mcp_part(
    place: Place, call: CallTool, offer: Offer, pace: Pace, *, compact: bool
) -> McpCallPart | ApprovalPart:
    arguments = arguments_text(call.arguments, compact=compact)
    if offer.asks_first:
        return ApprovalPart(place, call.name, arguments, offer.server)
    return McpCallPart(place, call.name, arguments, offer.server, pace)


class Approvals:
    """The client's answers to requests, and the calls that follow from them."""

    def __init__(self, conversation: Conversation, ids: Ids) -> None:
        self._conversation = conversation
        self._ids = ids
        self._under_way: dict[str, Entry] = {}

    def check(self, item: Item) -> Entry:
        """The request that is answered. Raises RemoteProtocolError where none waits for that."""
        asked = self._conversation.find(item.approval_request_id or "")
        if asked is None or asked.item.type != "mcp_approval_request" or asked.item.approve is not None:
            raise refusals.nothing_to_approve(item.approval_request_id)
        return asked

    def answer(self, item: Item) -> list[Action]:
        """What follows from an `mcp_approval_response`, beside its being in the conversation."""
        asked = self.check(item)
        asked.item = replace(asked.item, approve=item.approve, reason=item.reason)
        return self._begun(asked.item) if item.approve else []

    def _begun(self, asked: Item) -> list[Action]:
        name, label = asked.name or "", asked.server_label or ""
        item = called(self._ids.new("item"), label, name, asked.arguments or "{}")
        entry = Entry(replace(item, approval_request_id=asked.id))
        previous = self._conversation.add(entry)
        self._under_way[entry.item_id] = entry
        return [
            ItemAdded(item=entry.item, previous_item_id=previous),
            McpCallInProgress(item_id=entry.item_id),
            job_of(entry.item),
        ]

    def called(self, item_id: str, outcome: McpOutcome) -> list[Action]:
        """Nothing for a call that was not approved here."""
        entry = self._under_way.pop(item_id, None)
        if entry is None:
            return []
        entry.item = ended(entry.item, outcome)
        return [
            told(outcome, item_id=item_id),
            ItemDone(item=entry.item, previous_item_id=self._conversation.before(item_id)),
        ]


def called(item_id: str, label: str, name: str, arguments: str) -> Item:
    """A call that has no answer yet, which is said as null."""
    return Item(id=item_id, type="mcp_call", server_label=label, name=name, arguments=arguments, output=None)


def told(outcome: McpOutcome, item_id: str, output_index: int = 0) -> McpCallCompleted | McpCallFailed:
    if outcome.error:
        return McpCallFailed(item_id=item_id, output_index=output_index)
    return McpCallCompleted(item_id=item_id, output_index=output_index)


def ended(item: Item, outcome: McpOutcome) -> Item:
    return replace(item, output=outcome.output, error=outcome.error)


def job_of(item: Item) -> CallMcp:
    arguments = json.loads(item.arguments or "{}")
    return CallMcp(item.id or "", item.server_label or "", item.name or "", arguments)
