"""Twilio's requests to a server about one call: for TwiML, and to tell how the stream goes."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urljoin
from uuid import uuid4

import anyio

from twiliobridge.caller.errors import WebhookFailed
from twiliobridge.caller.identity import CallIdentity
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import Warned, WebhookAsked
from twiliobridge.caller.route import Route
from twiliobridge.mediastream import TwimlError, parse_twiml, sign
from twiliobridge.mediastream.errors import WebhookCode
from twiliobridge.mediastream.twiml import Stream, Verb
from twiliobridge.wires.http import BadAnswer, Form, Response, Url, get, post_form
from twiliobridge.wires.wire import Unreachable

CONNECT_WITHIN, WITHIN = 5.0, 15.0
"Seconds for the connection, and to the end of the answer (Twilio docs, Usage > Webhooks > Connection"
"Overrides, ct and tt)."

MOST_HOPS = 10
"HTTP redirects of one request: our bound."
_AS_GET = {301, 302, 303}
_AS_BEFORE = {307, 308}

_PLACES = {"City": "", "State": "", "Zip": "", "Country": "US"}


def call_form(identity: CallIdentity, status: str) -> dict[str, str]:
    """The fields of a voice webhook (Twilio docs, TwiML for Programmable Voice, "Twilio's request"). The
    cities are empty, as for a number that Twilio knows no place of.
    """
    ends = {"From": identity.from_, "To": identity.to, "Caller": identity.from_, "Called": identity.to}
    return {
        "AccountSid": identity.account_sid,
        "ApiVersion": "2010-04-01",
        "CallSid": identity.call_sid,
        "CallStatus": status,
        "Direction": "inbound",
        **ends,
        **{end + place: value for end in ends for place, value in _PLACES.items()},
    }


@dataclass(frozen=True)
class Document:
    """TwiML, and where it was found: relative URLs in it begin there."""

    url: str
    verbs: tuple[Verb, ...]


class Webhooks:
    """Signed with `auth_token`, if there is one."""

    def __init__(
        self,
        identity: CallIdentity,
        journal: Journal,
        route: Route,
        auth_token: str | None,
        ssl_context: ssl.SSLContext | None,
    ) -> None:
        self._identity = identity
        self._journal = journal
        self._route = route
        self._token = auth_token
        self._tls = ssl_context

    async def document(self, url: str, call_status: str, method: str = "POST") -> Document:
        """What the server wants done with the call. WebhookFailed if it does not say so in TwiML.

        `ringing` is the status of the first request, `in-progress` of those that a <Redirect> leads to. HTTP
        redirects are followed: 301, 302 and 303 by a GET, 307 and 308 as before; the form goes with each.
        """
        form = call_form(self._identity, call_status)
        response = await self._ask(url, form, method)
        for _ in range(MOST_HOPS):
            if response.status not in _AS_GET | _AS_BEFORE or "location" not in response.headers:
                break
            url = urljoin(url, response.headers["location"])
            method = "GET" if response.status in _AS_GET else method
            response = await self._ask(url, form, method)
        if not response.succeeded:
            text = f"{url} answered with HTTP {response.status}"
            raise WebhookFailed(text, WebhookCode.RETRIEVAL, response.status)
        try:
            return Document(url, parse_twiml(response.text))
        except TwimlError as error:
            raise WebhookFailed(f"{url}: {error}", WebhookCode.NOT_TWIML, response.status) from None

    async def tell(self, base: str, stream: Stream, event: str, error: str = "") -> None:
        """The status callback of `stream`, if it has one: stream-started, stream-stopped or stream-error. A
        server that does not take it is warned.
        """
        if not stream.status_callback:
            return
        sids = self._identity
        form = {
            "AccountSid": sids.account_sid,
            "CallSid": sids.call_sid,
            "StreamSid": sids.stream_sid,
            "StreamName": stream.name or sids.stream_sid,
            "StreamEvent": event,
            "Timestamp": _now(),
        }
        if error:
            form["StreamError"] = error
        url = urljoin(base, stream.status_callback)
        try:
            response = await self._ask(url, form, stream.status_callback_method, event)
        except WebhookFailed as failure:
            self._warn(WebhookCode.CONNECTION, str(failure))
            return
        if not response.succeeded:
            self._warn(WebhookCode.RETRIEVAL, f"{event}: {url} answered with HTTP {response.status}")

    async def _ask(
        self, url: str, form: Mapping[str, str], method: str = "POST", about: str = ""
    ) -> Response:
        try:
            with anyio.fail_after(WITHIN):
                response = await self._request(url, list(form.items()), method)
        except (Unreachable, TimeoutError) as error:
            reason = str(error) or f"no answer within {WITHIN:g} s"
            reached = isinstance(error, TimeoutError | BadAnswer)
            raise WebhookFailed(f"{url}: {reason}", WebhookCode.CONNECTION, reached=reached) from None
        except ValueError as error:
            raise WebhookFailed(str(error), WebhookCode.CONNECTION, reached=False) from None
        self._journal.note(anyio.current_time(), WebhookAsked(url, response.status, about, method))
        return response

    async def _request(self, url: str, form: Form, method: str) -> Response:
        if method == "GET":
            url += ("&" if "?" in url else "?") + urlencode(form)
            form = []
        where = self._route.local(url)
        headers = {**self._headers(url, form), **self._route.fields_for(where)}
        if method == "GET":
            return await get(where, headers, self._tls, CONNECT_WITHIN)
        return await post_form(where, form, headers, self._tls, CONNECT_WITHIN)

    def _headers(self, url: str, form: Form) -> dict[str, str]:
        # As public captures of Twilio's requests have them.
        headers = {
            "Host": Url.of(url).authority,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "I-Twilio-Idempotency-Token": str(uuid4()),
        }
        if self._token is not None:
            headers["X-Twilio-Signature"] = sign(url, self._token, form)
        return headers

    def _warn(self, code: WebhookCode, text: str) -> None:
        self._journal.note(anyio.current_time(), Warned(code, text))


def _now() -> str:
    """RFC 3339, to the nanosecond, as status callbacks have it."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}Z"
