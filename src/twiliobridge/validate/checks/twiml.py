"""What the webhook's TwiML says: where the stream is, and what comes after it."""

from urllib.parse import urlsplit

from twiliobridge.caller.errors import NotConnected, WebhookFailed
from twiliobridge.caller.route import stream_url
from twiliobridge.caller.webhooks import Document
from twiliobridge.mediastream.twiml import Connect
from twiliobridge.validate.checks.strangers import BY_STREAM
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.result import Level
from twiliobridge.validate.target import Target

HOST, PORT = "bridge.invalid", 8443
"A host that nobody has (RFC 6761), so that a bridge that repeats it has it from the request."

WITH_PORT = Law(
    "C1.8",
    "A stream's URL that repeats the host of the request repeats its port, too.",
    "RFC 9110, 7.2: Host is a host and a port; Twilio docs, Voice > TwiML > Stream: url is absolute",
    "Take the address of the stream from a setting, or the whole of Host: `request.url.hostname` in Starlette"
    " has no port, `request.url.netloc` has.",
    Level.SHOULD,
    done="The webhook is asked as bridge.invalid:8443; where that names no stream, as the host that it is"
    " judged by. The URL of <Stream> is read.",
)
GOES_ON = Law(
    "C1.9",
    "After <Connect> the TwiML says what the caller hears when the stream ends.",
    "Twilio docs, Voice > TwiML > Connect: the verb after it runs when the stream is over",
    "Put a <Say> with an apology, a <Dial> or a <Redirect> after <Connect>, or give it an `action`: else the"
    " loss of the model is an abrupt hang-up.",
    Level.SHOULD,
    done="The webhook is asked as for a new call. The verbs after <Connect> are read.",
)
LAWS = (WITH_PORT, GOES_ON)


async def judge_twiml(exam: Examination) -> None:
    if exam.target.webhook is None:
        for law in LAWS:
            exam.not_applicable(law.id, BY_STREAM)
        return
    await _judge_port(exam)
    await _judge_end(exam)


async def _judge_port(exam: Examination) -> None:
    for host in (f"{HOST}:{PORT}", exam.target.asked_as):
        asked = urlsplit(f"//{host}")
        if asked.port and (url := await _stream_url(exam.target, host)):
            named = urlsplit(url)
            kept = named.hostname != asked.hostname or named.port == asked.port
            exam.found(WITH_PORT.id, holds=kept, seen=f"asked as {host}, the webhook named {url}")
            return
    exam.not_applicable(WITH_PORT.id, f"asked as {HOST}:{PORT}, the webhook named no stream")


async def _stream_url(target: Target, host: str) -> str:
    """Empty if there is none."""
    try:
        document = await _asked(target, host)
        connect = _connect(document)
        return stream_url(document.url, connect.stream.url) if connect else ""
    except NotConnected:
        return ""


async def _judge_end(exam: Examination) -> None:
    try:
        document = await _asked(exam.target, exam.target.asked_as)
    except WebhookFailed as failure:
        exam.not_applicable(GOES_ON.id, str(failure))
        return
    connect = _connect(document)
    if connect is None:
        exam.not_applicable(GOES_ON.id, "the webhook's first TwiML has no <Connect><Stream>")
        return
    rest = document.verbs[document.verbs.index(connect) + 1 :]
    names = ", ".join(f"<{type(verb).__name__}>" for verb in rest) or "nothing"
    seen = f"<Connect action={connect.action!r}>" if connect.action else f"after <Connect>: {names}"
    exam.found(GOES_ON.id, holds=bool(connect.action or rest), seen=seen)


async def _asked(target: Target, host: str) -> Document:
    assert target.webhook is not None
    return await target.webhook(host, target.access.auth_token)


def _connect(document: Document) -> Connect | None:
    return next((verb for verb in document.verbs if isinstance(verb, Connect)), None)
