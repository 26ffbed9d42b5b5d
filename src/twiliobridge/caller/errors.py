"""What can go wrong for a caller.

CallerError
├── NotConnected       there is no stream; `code` is what Twilio would log
│   ├── HandshakeFailed    a server answered, with something other than a plain 101
│   ├── WebhookFailed      there is no TwiML
│   └── NoStream           the TwiML came to its end without a stream
├── CallEnded          the line went down while something was awaited or about to be said
├── TooSlow            what was awaited was not heard in time; also a TimeoutError
└── AudioFileError     a recording to be played is missing or cannot be read; also a ValueError
"""

from twiliobridge.mediastream.errors import StreamCode, WebhookCode


class CallerError(Exception):
    """A call could not be placed or did not go as awaited."""


class NotConnected(CallerError):  # noqa: N818 -- the state of the phone, as one says it
    """No stream came about."""

    def __init__(self, message: str, code: StreamCode | WebhookCode | None, *, reached: bool = True) -> None:
        super().__init__(
            message if code is None else f"{message} (Twilio error {code.value}: {code.meaning})"
        )
        self.code = code
        self.reached = reached
        "False if no server took the connection: a wrong name, nobody listening, no TLS."

    def advise(self, advice: str) -> None:
        """Let the message begin with what to do, if that is known."""
        if advice:
            self.args = (f"{advice}; {self}",)


class HandshakeFailed(NotConnected):
    """The server is there and refused the WebSocket."""

    def __init__(self, url: str, reason: str, status: int | None = None) -> None:
        super().__init__(f"{url}: {reason}", StreamCode.HANDSHAKE)
        self.status = status
        "HTTP status of the answer; None if it was no HTTP."


class WebhookFailed(NotConnected):
    """The webhook cannot be reached, refuses, or answers with something other than TwiML."""

    def __init__(
        self, message: str, code: WebhookCode, status: int | None = None, *, reached: bool = True
    ) -> None:
        super().__init__(message, code, reached=reached)
        self.code: WebhookCode = code
        self.status = status
        "HTTP status of the answer, if there was one."


class NoStream(NotConnected):
    """A lawful call that had no <Connect><Stream>: a busy signal in words, for example."""

    def __init__(self, message: str) -> None:
        super().__init__(message, None)


class CallEnded(CallerError):  # noqa: N818 -- what happened, not that it is an error: a goodbye ends calls too
    """The line is down."""

    def __init__(
        self, message: str, close_code: int | None = None, code: StreamCode = StreamCode.SERVER_CLOSED
    ) -> None:
        super().__init__(message)
        self.close_code = close_code
        "The server's WebSocket close code; 1006 if it vanished, 1002 if it broke the WebSocket protocol, "
        "None if the caller ended the call."
        self.code = code
        "What Twilio would log about it, unless the caller ended the call."


class TooSlow(CallerError, TimeoutError):  # noqa: N818 -- a verdict on the bridge
    """Nothing, or not all of it, was heard within the timeout."""


class AudioFileError(CallerError, ValueError):
    """The text names the file and says what is wrong with it."""
