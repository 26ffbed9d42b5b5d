"""What a client may ask of a session, event by event."""

from collections.abc import Callable
from typing import Any

import msgspec

from twiliobridge.offline import refusals
from twiliobridge.offline.item_requests import ItemRequests
from twiliobridge.offline.items import Conversation
from twiliobridge.offline.jobs import Action
from twiliobridge.offline.listening import Listening
from twiliobridge.offline.mcp.calls import Approvals
from twiliobridge.offline.mcp.listings import Listings
from twiliobridge.offline.order import Order, ordered
from twiliobridge.offline.responding import Responding
from twiliobridge.offline.settled import check_response, check_update
from twiliobridge.realtime.errors import RemoteProtocolError, error_event
from twiliobridge.realtime.events import (
    AppendAudio,
    AudioCleared,
    CancelResponse,
    ClearAudio,
    ClearOutput,
    ClientEvent,
    CommitAudio,
    CreateItem,
    CreateResponse,
    DeleteItem,
    ResponseParams,
    RetrieveItem,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TruncateItem,
    UpdateSession,
)
from twiliobridge.realtime.ids import Ids
from twiliobridge.realtime.session import Session


class Requests:
    """Each method answers one kind of event. RemoteProtocolError is a refusal: nothing has changed."""

    def __init__(
        self,
        session: Session,
        conversation: Conversation,
        listening: Listening,
        responding: Responding,
        ids: Ids,
        *,
        words_first: bool,
    ) -> None:
        self.session = session
        self._conversation = conversation
        self._listening = listening
        self._responding = responding
        self._ids = ids
        self._words_first = words_first
        self._conversation_id = ids.new("conv")
        self._postponed: Order | None = None
        self.listings = Listings(conversation, ids)
        self.approvals = Approvals(conversation, ids)
        self._items = ItemRequests(conversation, listening, self.approvals, ids)
        self._answers: dict[type[ClientEvent], Callable[[Any], list[Action]]] = {
            UpdateSession: self._update,
            AppendAudio: self._append,
            CommitAudio: self._commit,
            ClearAudio: self._clear,
            CreateItem: self._items.create,
            RetrieveItem: self._items.retrieve,
            DeleteItem: self._items.delete,
            TruncateItem: self._items.truncate,
            CreateResponse: self._create_response,
            CancelResponse: self._cancel,
            ClearOutput: self._clear_output,
        }

    def opened(self) -> list[Action]:
        return [SessionCreated(session=self.session), *self.listings.require(self.session.tools)]

    def answer(self, event: ClientEvent) -> list[Action]:
        return self._answers[type(event)](event)

    def _update(self, event: UpdateSession) -> list[Action]:
        self.session = check_update(self.session, event.session, heard=self._conversation.has_speech())
        self._listening.configure(self.session)
        return [SessionUpdated(session=self.session), *self.listings.require(self.session.tools)]

    def _append(self, event: AppendAudio) -> list[Action]:
        actions: list[Action] = []
        for turn in self._listening.append(event.audio):
            actions += [turn, *(self._begun() if isinstance(turn, SpeechStarted) else self._ended(turn))]
        return actions

    def _begun(self) -> list[Action]:
        rules = self._listening.rules
        return self._responding.interrupt() if rules and rules.interrupt_response else []

    def _ended(self, turn: SpeechStopped) -> list[Action]:
        rules = self._listening.rules
        actions = self._listening.end_turn(turn)
        return [*actions, *self.turn_answered()] if rules and rules.create_response else actions

    def noise_begins(self) -> list[Action]:
        started = self._listening.noise_begins()
        return [*started, *self._begun()] if started else []

    def noise_ends(self) -> list[Action]:
        return [action for turn in self._listening.noise_ends() for action in (turn, *self._ended(turn))]

    def turn_answered(self) -> list[Action]:
        """A response that the server begins by itself: where one runs already, an error says so."""
        try:
            return self.respond(ResponseParams())
        except RemoteProtocolError as fault:
            return [error_event(fault)]

    def _commit(self, _: CommitAudio) -> list[Action]:
        return self._listening.commit()

    def _clear(self, _: ClearAudio) -> list[Action]:
        self._listening.clear()
        return [AudioCleared()]

    def respond(self, params: ResponseParams) -> list[Action]:
        order = ordered(
            self.session,
            params,
            self._ids.new("resp"),
            self._conversation_id,
            self._conversation,
            self.listings,
        )
        self._responding.check(order)
        if self._words_first and self._listening.unheard and order.input is None:
            if self._postponed:
                raise refusals.already_responding(self._postponed.response_id)
            self._postponed = order
            return []
        return self._responding.begin(order)

    def postponed(self) -> list[Action]:
        """The response that waited for the caller's words, once they are there."""
        if self._postponed is None or self._listening.unheard:
            return []
        order, self._postponed = self._postponed, None
        return self._responding.begin(order)

    def _create_response(self, event: CreateResponse) -> list[Action]:
        params = event.response or ResponseParams()
        check_response(self.session, params)
        asked = self.listings.require(msgspec.to_builtins(params.tools) if params.tools else ())
        return [*asked, *self.respond(params)]

    def _cancel(self, event: CancelResponse) -> list[Action]:
        return self._responding.cancel(event.response_id)

    def _clear_output(self, _: ClearOutput) -> list[Action]:
        raise refusals.only_on_webrtc()
