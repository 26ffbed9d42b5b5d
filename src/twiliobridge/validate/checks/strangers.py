"""Strangers: whoever does not sign as Twilio does gets no TwiML, no stream and no model."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urlsplit

import trio

from twiliobridge.caller import NotConnected
from twiliobridge.caller.errors import WebhookFailed
from twiliobridge.mediastream.twiml import Connect, Fork
from twiliobridge.validate.attribution import SETTLED, sessions_told
from twiliobridge.validate.examination import Examination, Silent
from twiliobridge.validate.law import Law
from twiliobridge.validate.target import Target
from twiliobridge.validate.trunk import Door
from twiliobridge.validate.waiting import until

STAYS = 2.0
"Seconds. Some servers answer with 101 first, and close then."
DIALS_WITHIN = 1.0
"Seconds after a refusal in which the model is dialled, if it is."
SECURITY = "Twilio docs, Usage > Security > Validating requests are coming from Twilio: X-Twilio-Signature"
NO_TOKEN = "no auth token was given (--auth-token), so nothing is signed"  # noqa: S105 -- a reason, no secret
BY_STREAM = "the bridge is judged by its stream, and not by its webhook"

HANDSHAKE = Law(
    "C1.5",
    "A handshake that is not signed, or signed with another token, gets no stream.",
    f"{SECURITY}; Voice > Media Streams: the handshake is signed, too",
    "Compare X-Twilio-Signature of the handshake with the signature of the wss:// URL, and answer 403.",
    done="A call is placed without X-Twilio-Signature, and another one signed with another token. Each waits"
    " 2 s for the close that may follow a 101.",
)
REQUEST = Law(
    "C1.6",
    "A request of the webhook that is not signed, or signed with another token, gets no stream's URL.",
    SECURITY,
    "Compare X-Twilio-Signature with the signature of the URL and the sorted form fields, and answer 403.",
    done="The webhook is asked without X-Twilio-Signature, and signed with another token.",
)
UNSPENT = Law(
    "C1.7",
    "For whoever does not sign as Twilio does, the model is not dialled.",
    f"{SECURITY}; OpenAI docs, Realtime > Session lifecycle: an open session is billed",
    "Check the signature before anything else: before the handshake is answered, and the model is dialled.",
    done="A handshake and a request are made unsigned, and signed with another token. The handshakes with"
    " the model are counted until 1 s after them.",
)
LAWS = (HANDSHAKE, REQUEST, UNSPENT)
SIGNED_WITH: Mapping[str, str | None] = MappingProxyType({"not signed": None, "signed wrongly": "0" * 32})


async def judge_strangers(exam: Examination, door: Door | None) -> None:
    """`door`: where the stream of a call was dialled."""
    if exam.target.access.auth_token is None:
        for law in LAWS:
            exam.not_applicable(law.id, NO_TOKEN)
        return
    before, waiting = await _settled(exam)
    await _judge_handshakes(exam, door)
    await _judge_requests(exam)
    await trio.sleep(DIALS_WITHIN)
    _judge_dialled(exam, before, waiting)


async def _settled(exam: Examination) -> tuple[int, int]:
    """How many sessions there are, and how many calls are over that may still get one."""
    if exam.target.tap is None:
        return 0, 0
    attribution = exam.target.tap.attribution
    await until(lambda: attribution.settled(trio.current_time()), SETTLED)
    lately = [each for each in attribution.calls if each.lately_ended(trio.current_time())]
    return len(attribution.sessions), len([each for each in lately if not attribution.of(each)])


def _judge_dialled(exam: Examination, before: int, waiting: int) -> None:
    """`waiting`: so many sessions may have been dialled late, for calls that were signed."""
    if exam.target.tap is None:
        exam.not_applicable(UNSPENT.id, "the model is not visible: see --listen-model")
        return
    count = len(exam.target.tap.sessions) - before
    if 0 < count <= waiting:
        exam.not_applicable(UNSPENT.id, f"{sessions_told(count)} dialled, perhaps for calls that had ended")
        return
    exam.found(UNSPENT.id, holds=not count, seen=f"the model was dialled {count} times for two strangers")


# ------------------------------------------------------------ the stream


async def _judge_handshakes(exam: Examination, door: Door | None) -> None:
    if door is None:
        exam.not_applicable(HANDSHAKE.id, "no stream was dialled (see C1.3)")
        return
    let_in = [name for name, token in SIGNED_WITH.items() if await _is_let_in(exam, door, token, name)]
    seen = f"the handshake was accepted: {', '.join(let_in)}" if let_in else "both handshakes were refused"
    exam.found(HANDSHAKE.id, holds=not let_in, seen=seen)


async def _is_let_in(exam: Examination, door: Door, token: str | None, name: str) -> bool:
    """Whether a call of a stranger's is still up after a while."""
    stranger = _as_stranger(exam.target, door, token)
    calls = Examination("C1", (), stranger, exam.material, Silent(), _forget, [])
    try:
        async with calls.call(name.replace(" ", "-")) as call:
            return not await until(lambda: not call.up, STAYS)
    except NotConnected:
        return False


def _as_stranger(target: Target, door: Door, token: str | None) -> Target:
    """The stream itself, without what the webhook adds. No session with the model is taken for a stranger's
    call: those that are refused would be in question for what later calls have dialled.
    """
    known_as = urlsplit(door.known_as)
    access = replace(
        target.access,
        auth_token=token,
        public_url=f"{known_as.scheme}://{known_as.netloc}",
        stream_origin=None,
    )
    return replace(target, url=door.url, access=access, tap=None)


def _forget(_call: object) -> None:
    """Nothing of it is kept."""


# ------------------------------------------------------------ the webhook


async def _judge_requests(exam: Examination) -> None:
    if exam.target.webhook is None:
        exam.not_applicable(REQUEST.id, BY_STREAM)
        return
    served = [name for name, token in SIGNED_WITH.items() if await _is_served(exam.target, token)]
    seen = f"the request got a stream's URL: {', '.join(served)}" if served else "both requests were refused"
    exam.found(REQUEST.id, holds=not served, seen=seen)


async def _is_served(target: Target, token: str | None) -> bool:
    assert target.webhook is not None
    try:
        document = await target.webhook(target.asked_as, token)
    except WebhookFailed:
        return False
    return any(isinstance(verb, Connect | Fork) for verb in document.verbs)
