"""The caller is asked to hold on while an answer or a tool takes its time.

The words are a response out of band: the answer goes on being made meanwhile, and they are no part of the
conversation. The answer's first sound takes their place.
"""

from twiliobridge.realtime.events import CreateResponse, Response, ResponseParams

METADATA = {"bridge": "hold"}
"By which the response is known again. Services echo the metadata of a response."

MOST_KNOWN = 64
"Responses of this kind that are still known when they are over."


class Hold:
    __slots__ = ("_asks", "_known", "active", "asked_in")

    def __init__(self) -> None:
        self.active: str | None = None
        "The response with these words, while it is being generated."
        self.asked_in: float | None = None
        "The silence, by its beginning, in which the caller was last asked; once in each."
        self._known: dict[str, None] = {}
        self._asks = 0

    def __contains__(self, response_id: object) -> bool:
        return response_id in self._known

    def ask(self, words: str, silence: float) -> CreateResponse:
        self.asked_in = silence
        self._asks += 1
        params = ResponseParams(
            conversation="none",
            instructions=f'Ask the caller to hold on with these words: "{words}"',
            tool_choice="none",
            metadata=METADATA,
            input=(),
        )
        return CreateResponse(event_id=f"bridge_hold_{self._asks}", response=params)

    def created(self, response: Response) -> bool:
        """Whether it is one of these."""
        if response.metadata != METADATA:
            return False
        self.active = response.id
        self._known[response.id] = None
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return True

    def done(self, response_id: str) -> bool:
        """Whether it was one of these."""
        if self.active == response_id:
            self.active = None
        return response_id in self._known
