"""The faults that the offline server can be told to have: of a response, of the socket, of the handshake.

Each is one that was seen live with OpenAI's service, or reported of it by those who build on it.
"""

from twiliobridge.offline.incidents import Kind, Moment


class Odd(Kind):
    """What a response may be instead of speech and calls. The detail is milliseconds of audio, or seconds."""

    TEXT = ("text", None, "its messages are text only: nothing is heard")
    EMPTY = ("empty", None, "it is completed without any output")
    FILTERED = ("filtered", 0.0, "it is incomplete (content_filter) after so many ms of audio")
    CUT = ("cut", 400.0, "it is incomplete (max_output_tokens) after so many ms of audio")
    CUT_CALL = ("cut_call", None, "it is incomplete (max_output_tokens) in the midst of a call's arguments")
    CANCELLED = ("cancelled", 400.0, "it is cancelled, by nobody, after so many ms of audio")
    STALLED = ("stalled", 400.0, "it stops after so many ms of audio, and never ends")
    RATE_LIMITED = ("rate_limited", 1.2, "it fails (rate_limit_exceeded); the message names so many seconds")
    SERVER_ERROR = ("server_error", None, "it fails (server_error)")
    QUOTA = ("quota", None, "it fails (insufficient_quota)")
    ERROR = ("error", 1.2, "instead of it comes an `error` (rate_limit_exceeded) that names so many seconds")
    MISSING = ("missing", None, "it never begins, and nothing is said about it")


BEFORE_IT_BEGINS = frozenset({Odd.ERROR, Odd.MISSING})
"The response is not even created."


class Noise(Kind):
    """Where noise is taken for the caller's speech. The detail is how long it lasts, ms."""

    GREETING = ("greeting", 600.0, "speech_started while the greeting is generated, or up to 1 s later")
    ANSWER = ("answer", 600.0, "speech_started while an answer is generated, or up to 1 s later")
    TOOL = ("tool", 600.0, "speech_started while a tool runs")
    SILENCE = ("silence", 600.0, "speech_started while nobody speaks")

    @property
    def moment(self) -> Moment:
        return Moment[self.name]


class Loss(Kind):
    """How the socket of a session may be lost, or be of no more use."""

    DROPPED = ("1006", None, "the connection is cut without a closing handshake")
    EXPIRED = ("1001", None, "an error (session_expired), and the socket is closed")
    FAILED = ("1011", None, "the socket is closed with an internal error")
    RESTARTED = ("1012", None, "the socket is closed because the service restarts")
    QUIET = ("quiet", None, "the socket stays open, and nothing comes any more")

    @property
    def placed(self) -> bool:
        return True


class Answer(Kind):
    """How a handshake may be answered instead of 101. The detail: seconds of Retry-After, or Location."""

    UNAUTHORIZED = ("401", None, "the key is refused")
    FORBIDDEN = ("403", None, "the region or the project is refused")
    NOT_FOUND = ("404", None, "there is no such path or model")
    TOO_MANY = ("429", 1.0, "too many requests; Retry-After says so many seconds")
    BROKEN = ("500", None, "the service is broken")
    BAD_GATEWAY = ("502", None, "a gateway does not reach it")
    UNAVAILABLE = ("503", 1.0, "the service is overloaded; Retry-After says so many seconds")
    FOUND = ("302", "/login", "it is elsewhere, as Location says: what a login page looks like to a socket")
    MOVED = ("307", "/v1/realtime", "it is elsewhere, as Location says")

    @property
    def status(self) -> int:
        return int(self.word)
