"""Function calls of the model: which are being answered, and when the model may speak on.

The model may call several functions in one response. All of them are answered, each as soon as its tool is
done; only then, and only once, is the model asked to go on. Source: OpenAI docs, Realtime > Function calling.
"""

MOST_UNANSWERED = 64
"Calls of one session that may run at a time. Further ones are answered with an error text at once."


class ToolCalls:
    def __init__(self) -> None:
        self._running: dict[str, str] = {}
        "call_id -> response_id"
        self._called_in: str | None = None
        "The latest response that called a function."
        self._generating: str | None = None
        "The response with calls that is still being generated: more calls may follow."
        self.cut_in: str | None = None
        "The latest response that broke off in the midst of a call."

    @property
    def running(self) -> bool:
        """Tools are at work."""
        return bool(self._running)

    @property
    def full(self) -> bool:
        return len(self._running) > MOST_UNANSWERED

    def called(self, response_id: str, call_id: str, *, generating: bool) -> None:
        self._running[call_id] = self._called_in = response_id
        if generating:
            self._generating = response_id

    def called_in(self, response_id: str) -> bool:
        """Whether this response, the latest, has called a function."""
        return self._called_in == response_id

    def answered(self, call_id: str) -> bool:
        """Whether this completes the set of its response, so that the model is owed a response."""
        response_id = self._running.pop(call_id, None)
        return response_id is not None and self._complete(response_id)

    def response_done(self, response_id: str) -> bool:
        """Whether every call of this response was answered before it ended."""
        if response_id != self._generating:
            return False
        self._generating = None
        return self._complete(response_id)

    def _complete(self, response_id: str) -> bool:
        return response_id != self._generating and response_id not in self._running.values()

    def awaits(self, call_id: str) -> bool:
        return call_id in self._running
