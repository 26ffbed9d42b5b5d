"""Responses of the model: which one is being generated, and whether one is owed.

The service allows one response at a time and starts one by itself when the caller's turn ends. So the bridge
never asks while one runs or while the caller has the floor; it notes that a response is owed, and asks when
the way is free. Nothing but a response that takes the owed matter into account clears the debt.
"""

from dataclasses import dataclass, replace

from twiliobridge.realtime.events import CreateResponse, Response, ResponseParams

AUTOMATIC_WITHIN = 1.0
"Seconds after the caller's turn in which the service is left to respond by itself."


@dataclass(frozen=True, slots=True)
class _Request:
    """Our last `response.create`. The service may refuse it long after it has created other responses."""

    event_id: str
    params: ResponseParams
    pending: bool = True
    "No response was created since."
    covered: bool = False
    "The last one that was created since had every item before it."


class Responses:
    def __init__(self) -> None:
        self.active: str | None = None
        "The response being generated."
        self._owed: ResponseParams | None = None
        self._request: _Request | None = None
        self._params = ResponseParams()
        "Of the response that was asked for, or created, last."
        self._asks = 0
        self._automatic_until = 0.0
        "Until then the service is left to respond by itself."
        self._refused_until = 0.0
        "Until then the service would refuse a request."
        self._under_way: str | None = None
        "The newest item of ours that has not arrived; the service deals with them in order."

    @property
    def awaited(self) -> bool:
        """The model has something to deliver."""
        return self.active is not None or self.asked

    @property
    def asked(self) -> bool:
        """A response was asked for, and the service has said nothing of it."""
        return self._request is not None and self._request.pending

    @property
    def owed(self) -> bool:
        """One is to be asked for when the way is free."""
        return self._owed is not None

    @property
    def params(self) -> ResponseParams:
        """Of the response that was asked for, or created, last."""
        return self._params

    def owe(self, params: ResponseParams | None = None) -> None:
        """The model must speak next, as soon as it may."""
        self._owed = params or self._owed or ResponseParams()

    def owe_again(self) -> None:
        """What was asked for last did not come to be heard."""
        self.owe(self._params)

    def item_sent(self, item_id: str) -> None:
        """An item that the owed response must take into account is on its way."""
        self._under_way = item_id

    def item_arrived(self, item_id: str | None) -> None:
        """Or was refused: then no response will take it into account."""
        if item_id == self._under_way:
            self._under_way = None

    def turn_ended(self, now: float) -> None:
        """The service is about to respond by itself."""
        self._automatic_until = now + AUTOMATIC_WITHIN

    def wait_until(self, moment: float) -> None:
        """The service would refuse an earlier request."""
        self._refused_until = max(self._refused_until, moment)

    def created(self, response: Response) -> bool:
        """Whether it may be the one that was asked for.

        One that was not, but was created after every item had arrived, answers them all: nothing is owed.
        """
        if response.conversation_id is None and self.active is not None:
            return False  # out of band: it runs beside the conversation's own
        self.active = response.id
        self._automatic_until = 0.0
        request, covered = self._request, self._under_way is None
        if request is not None:
            self._request = replace(request, pending=False, covered=covered)
            if request.pending:
                return True
        self._params = ResponseParams()
        if covered:
            self._owed = None
        return False

    def done(self, response_id: str) -> None:
        if self.active == response_id:
            self.active = None

    def refused(self, event_id: str | None, now: float) -> ResponseParams | None:
        """What we asked for last, if an error is about that (None: it must be). Then it is owed again,
        unless another response has covered it.
        """
        request = self._request
        if request is None or event_id not in {None, request.event_id}:
            return None
        self._request = None
        if not request.covered:
            self.owe(request.params)
        if self.active is None:
            self.turn_ended(now)  # the service was faster, and will say so
        return request.params

    def session_lost(self, *, wanted: bool) -> None:
        """What was asked for or being generated is owed again if it is still wanted; nothing is under way."""
        if wanted:
            self.owe_again()
        self.active = self._request = self._under_way = None
        self._automatic_until = 0.0

    @property
    def _not_before(self) -> float:
        return max(self._automatic_until, self._refused_until)

    def deadline(self) -> float | None:
        """When an owed response that was left to the service, or that it refused, must be asked for."""
        return self._not_before if self._owed is not None and not self.awaited else None

    def ask(self, now: float) -> CreateResponse | None:
        """The `response.create` to send now, if one is owed and the way is free."""
        if self._owed is None or self.awaited or now < self._not_before:
            return None
        self._params, self._owed = self._owed, None
        self._asks += 1
        event_id = f"bridge_response_{self._asks}"
        self._request = _Request(event_id, self._params)
        plain = self._params == ResponseParams()
        return CreateResponse(event_id=event_id, response=None if plain else self._params)
