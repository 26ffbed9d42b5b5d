"""Responses of the model: which one is being generated, which are not to be heard, and whether one is owed.

The service allows one response at a time and starts one by itself when the caller's turn ends. So the bridge
never asks while one runs or while the caller speaks; it notes that a response is owed, and asks when the way
is free.
"""

from collections import OrderedDict

from twiliobridge.realtime.events import CreateResponse, ResponseParams

MOST_DISCARDED = 256
"Responses whose late events are still recognised. A response's last events come within seconds."

AUTOMATIC_WITHIN = 1.0
"Seconds after the caller's turn in which the service is left to respond by itself."


class Responses:
    def __init__(self) -> None:
        self.active: str | None = None
        "The response being generated."
        self.failures = 0
        "Failed responses in a row."
        self._discarded: OrderedDict[str, None] = OrderedDict()
        self._owed: ResponseParams | None = None
        self._asked: str | None = None
        self._asks = 0
        self._automatic_until = 0.0
        self._unconfirmed: set[str] = set()

    @property
    def awaited(self) -> bool:
        """The model has something to deliver."""
        return self.active is not None or self._asked is not None

    def is_discarded(self, response_id: str) -> bool:
        return response_id in self._discarded

    def discard(self, response_id: str) -> None:
        """Nothing more of this response is to be heard."""
        self._discarded[response_id] = None
        if len(self._discarded) > MOST_DISCARDED:
            self._discarded.popitem(last=False)

    def owe(self, params: ResponseParams | None = None) -> None:
        """The model must speak next, as soon as it may."""
        self._owed = params or ResponseParams()

    def item_sent(self, item_id: str) -> None:
        """An item that the owed response must take into account is on its way."""
        self._unconfirmed.add(item_id)

    def item_confirmed(self, item_id: str | None) -> None:
        self._unconfirmed.discard(item_id or "")

    def turn_ended(self, now: float) -> None:
        """The service is about to respond by itself."""
        self._automatic_until = now + AUTOMATIC_WITHIN

    def created(self, response_id: str) -> None:
        """A response that was created after every item had arrived answers them all: nothing is owed then."""
        self.active = response_id
        self._automatic_until = 0.0
        if self._asked is not None:
            self._asked = None
        elif not self._unconfirmed:
            self._owed = None

    def done(self, response_id: str) -> None:
        if self.active == response_id:
            self.active = None

    def refused(self, event_id: str | None) -> bool:
        """Whether this error was about our own `response.create`."""
        if event_id is None or event_id != self._asked:
            return False
        self._asked = None
        return True

    def deadline(self) -> float | None:
        """When an owed response that was left to the service must be asked for."""
        return self._automatic_until if self._owed is not None and self._free else None

    def ask(self, now: float) -> CreateResponse | None:
        """The `response.create` to send now, if one is owed and the way is free."""
        if self._owed is None or not self._free or now < self._automatic_until:
            return None
        params, self._owed = self._owed, None
        self._asks += 1
        self._asked = f"bridge_response_{self._asks}"
        return CreateResponse(event_id=self._asked, response=params if params != ResponseParams() else None)

    @property
    def _free(self) -> bool:
        return not self.awaited
