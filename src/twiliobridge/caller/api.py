"""Twilio's REST API, as far as a server uses it: the account and its numbers are read, and a call that is up
is ended, or given other TwiML.

`POST /2010-04-01/Accounts/{AC}/Calls/{CA}.json` with basic auth and one of `Status=completed`, `Twiml=`,
`Url=`; `GET Accounts/{AC}.json`, `GET Accounts/{AC}/IncomingPhoneNumbers.json`. Source: Twilio docs, Voice >
API > Call resource, "Update a Call resource"; Account and IncomingPhoneNumber resource; Error Dictionary.
"""

import base64
import hmac
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from secrets import token_hex
from urllib.parse import urlsplit

import anyio
import msgspec
from anyio.abc import SocketAttribute, SocketStream

from twiliobridge.caller.attendant import LiveCall
from twiliobridge.caller.identity import new_sid
from twiliobridge.caller.line import alone
from twiliobridge.mediastream import TwimlError, parse_twiml
from twiliobridge.wires.http import Request, Service

WITHIN = 10.0
"Seconds for one request, from the connection to its end."
LONGEST_TWIML = 4000
"Characters of `Twiml=` (Twilio docs, Call resource; error 32018)."
_CALL = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Calls/(CA[0-9a-f]{32})\.json")
_PAGE_SIZE = 50
"Numbers on a page where nothing is said (Twilio docs, Usage > Twilio's Response, Paging)."


@dataclass(frozen=True)
class ApiNumber:
    """One of the account's numbers, and where its calls go."""

    phone_number: str
    voice_url: str = ""
    voice_method: str = "POST"
    voice_application_sid: str = ""
    "Of a TwiML App, which wins over `voice_url`."
    trunk_sid: str = ""
    "Of a SIP trunk, which wins over both."


class Refusal(Exception):  # noqa: N818 -- an answer
    """What the API answers in place of a call: an HTTP status and an error of Twilio's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "more_info": _more(code), "status": status}


class TwilioApi:
    """One account's API; opened by `open_twilio_api`, and told of calls by `MockTwilioClient(api=...)`."""

    def __init__(self, url: str, account_sid: str, auth_token: str) -> None:
        self.url = url
        "`http://127.0.0.1:port`: in place of https://api.twilio.com."
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.status = "active"
        "`suspended` and `closed` are the others."
        self.type = "Full"
        "Or `Trial`."
        self.numbers: list[ApiNumber] = []
        self._calls: dict[str, LiveCall] = {}

    @contextmanager
    def knows(self, call: LiveCall) -> Iterator[None]:
        """Meanwhile `call` can be updated."""
        sid = call.line.identity.call_sid
        self._calls[sid] = call
        try:
            yield
        finally:
            del self._calls[sid]

    async def serve(self, stream: SocketStream) -> None:
        """Answer one request."""
        async with stream:
            with anyio.move_on_after(WITHIN):
                service = Service(stream)
                request = await service.request()
                if request is None:
                    return
                try:
                    status, body = 200, await self._answer(request)
                except Refusal as refusal:
                    status, body = refusal.status, refusal.body
                await service.answer(status, "application/json", msgspec.json.encode(body))

    async def _answer(self, request: Request) -> dict[str, object]:
        self._check_login(request.headers.get("authorization", ""))
        own = f"/2010-04-01/Accounts/{self.account_sid}"
        if request.method == "GET" and request.path == f"{own}.json":
            return self._account(request.path)
        if request.method == "GET" and request.path == f"{own}/IncomingPhoneNumbers.json":
            return self._page(request)
        return await self._update(request)

    def _account(self, path: str) -> dict[str, object]:
        return {
            "sid": self.account_sid,
            "auth_token": self.auth_token,
            "friendly_name": "A double of Twilio",
            "status": self.status,
            "type": self.type,
            "uri": path,
        }

    def _page(self, request: Request) -> dict[str, object]:
        size, page = int(request.query.get("PageSize", _PAGE_SIZE)), int(request.query.get("Page", 0))
        numbers = self.numbers[page * size : (page + 1) * size]
        more = (page + 1) * size < len(self.numbers)
        following = f"{request.path}?PageSize={size}&Page={page + 1}"
        return {
            "incoming_phone_numbers": [asdict(each) for each in numbers],
            "next_page_uri": following if more else None,
            "page": page,
            "page_size": size,
            "uri": request.target,
        }

    async def _update(self, request: Request) -> dict[str, object]:
        call = self._find(request)
        form = request.form
        if call.status == "completed":
            raise Refusal(400, 21220, "Call is not in-progress. Cannot redirect.")
        if "Status" in form:
            if form["Status"] != "completed":
                raise Refusal(400, 20001, f"Status {form['Status']!r} cannot follow in-progress")
            await call.complete()
        else:
            await self._redirect(call, form)
        return _resource(call, request.path)

    def _find(self, request: Request) -> LiveCall:
        match = _CALL.fullmatch(request.path)
        call = self._calls.get(match[2]) if match and match[1] == self.account_sid else None
        if call is None:
            raise Refusal(404, 20404, f"The requested resource {request.path} was not found")
        if request.method != "POST":
            raise Refusal(405, 20004, "Method not allowed")
        return call

    def _check_login(self, given: str) -> None:
        if not hmac.compare_digest(given.encode(), basic_auth(self.account_sid, self.auth_token).encode()):
            raise Refusal(401, 20003, "Authenticate")

    async def _redirect(self, call: LiveCall, form: Mapping[str, str]) -> None:
        if twiml := form.get("Twiml"):
            if len(twiml) > LONGEST_TWIML:
                raise Refusal(400, 32018, f"Twiml may have {LONGEST_TWIML} characters, had {len(twiml)}")
            try:
                await call.run(parse_twiml(twiml), f"Twiml={twiml}")
            except TwimlError as error:
                raise Refusal(400, 12100, f"Document parse failure: {error}") from None
        elif url := form.get("Url"):
            if urlsplit(url).scheme not in {"http", "https"}:
                raise Refusal(400, 21205, f"Url is not a valid URL: {url}")
            await call.go_to(url)
        else:
            raise Refusal(400, 20001, "one of Status, Twiml and Url is needed")


def basic_auth(user: str, password: str) -> str:
    """The value of `Authorization` (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@asynccontextmanager
async def open_twilio_api(
    account_sid: str | None = None, auth_token: str | None = None, *, port: int = 0
) -> AsyncIterator[TwilioApi]:
    """The API on a loopback port, 0 for any; it is closed with the block.

    A server under test gets `url`, `account_sid` and `auth_token` in place of Twilio's. An exception of the
    block comes out as itself.
    """
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=port)
    bound = listener.extra(SocketAttribute.local_port)  # noqa: S610 -- anyio, not Django
    api = TwilioApi(f"http://127.0.0.1:{bound}", account_sid or new_sid("AC"), auth_token or token_hex(16))
    with alone():
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, api.serve)
            yield api
            tasks.cancel_scope.cancel()


def _resource(call: LiveCall, path: str) -> dict[str, object]:
    sids = call.line.identity
    return {
        "sid": sids.call_sid,
        "account_sid": sids.account_sid,
        "api_version": "2010-04-01",
        "direction": "inbound",
        "from": sids.from_,
        "to": sids.to,
        "status": call.status,
        "uri": path,
    }


def _more(code: int) -> str:
    return f"https://www.twilio.com/docs/errors/{code}"
