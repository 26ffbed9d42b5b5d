"""What this server says by HTTP: client secrets, models, and errors, each in OpenAI's shape.

Source: OpenAI API reference, Realtime > Client secrets, Models, Error codes.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

import msgspec
import trio
from quart import Request, Websocket, current_app, g, has_websocket_context, request, websocket
from quart_trio import QuartTrio
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)
from werkzeug.routing import WebsocketMismatch

from twiliobridge.offline.door import AZURE, AZURE_PATH, PATH, Door, bad_key, key_of
from twiliobridge.offline.handshake import Refusal
from twiliobridge.offline.keys import PREFIX, ClientSecrets
from twiliobridge.offline.knock import Knock
from twiliobridge.realtime.audio_settings import TRANSCRIPTION_MODELS
from twiliobridge.realtime.errors import RemoteProtocolError
from twiliobridge.realtime.session import MODELS

log = logging.getLogger(__name__)

SECRETS = f"{PATH}/client_secrets"
LONGEST_BODY = 1 << 20
"Bytes; a session's instructions and tools."
OFFERED = f"{PATH} by WebSocket, POST {SECRETS}, GET /v1/models"

ABSENT = {
    f"{PATH}/calls": (404, None, "There is no WebRTC and no SIP here"),
    f"{PATH}/calls/<path:rest>": (404, None, "There is no WebRTC and no SIP here"),
    f"{PATH}/sessions": (410, "beta_api_shape_disabled", f"This is of the beta, and gone: POST {SECRETS}"),
    f"{PATH}/transcription_sessions": (
        410,
        "beta_api_shape_disabled",
        f'This is of the beta, and gone: POST {SECRETS} with a session of the type "transcription"',
    ),
}
"What the service has, or had: status, code and reason. Statuses and codes are guesses."

DOOR = "twiliobridge.door"
"Key in the app's `extensions`."

JSON: Mapping[str, str] = {"Content-Type": "application/json"}

Answer = tuple[str, int, dict[str, str]]
"Body, status and headers. Quart makes it the response class that works on trio, which its own does not."


class HttpApi:
    def __init__(self, door: Door, secrets: ClientSecrets) -> None:
        self._door = door
        self._secrets = secrets
        self._began = int(time.time())

    def add_to(self, app: QuartTrio) -> None:
        app.extensions[DOOR] = self._door
        app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
        app.register_error_handler(HTTPException, told)
        app.register_error_handler(RemoteProtocolError, refused)
        for where in ("", AZURE):
            secrets, models = f"{where}{SECRETS}", f"{where}/v1/models"
            app.add_url_rule(secrets, secrets, self.client_secrets, methods=["POST"])
            app.add_url_rule(models, models, self.models)
            app.add_url_rule(f"{models}/<name>", f"{models}/<name>", self.model)
        for path in (PATH, AZURE_PATH):
            app.add_url_rule(path, f"plain {path}", plain)
        for path in ABSENT:
            app.add_url_rule(path, f"absent {path}", absent, methods=["GET", "POST"])

    async def client_secrets(self) -> Answer:
        self._check_key()
        if request.mimetype not in {"application/json", ""}:
            raise UnsupportedMediaType
        return answer(self._secrets.make(await request.body, trio.current_time(), time.time()))

    async def models(self) -> Answer:
        self._check_key()
        return answer({"object": "list", "data": [self._described(name) for name in self._names()]})

    async def model(self, name: str) -> Answer:
        self._check_key()
        if name not in self._names():
            message = f"The model '{name[:100]}' does not exist or you do not have access to it."
            return error(404, message, code="model_not_found", param="model")
        return answer(self._described(name))

    def _check_key(self) -> None:
        key = key_of(request.headers)
        if key in self._door.refused_keys or (key or "").startswith(PREFIX):
            raise bad_key()  # a client secret opens sessions, and nothing else

    def _names(self) -> list[str]:
        known = MODELS if self._door.models is None else self._door.models
        return sorted({*known, *TRANSCRIPTION_MODELS})

    def _described(self, name: str) -> dict[str, Any]:
        """`created` is when this server began: nothing here is older."""
        return {"id": name, "object": "model", "created": self._began, "owned_by": "twiliobridge"}


async def plain() -> Answer:
    message = f"{request.path} is a WebSocket: ask with `Upgrade: websocket`."
    return error(426, message, headers={"Upgrade": "websocket"})


async def absent(**_: str) -> Answer:
    rule = request.url_rule
    assert rule is not None  # a handler is only reached by one
    status, code, reason = ABSENT[rule.rule]
    return error(status, f"{reason}. This server has: {OFFERED}.", code=code)


async def refused(fault: RemoteProtocolError) -> Answer:
    status = 401 if fault.code == "invalid_api_key" else 400
    return error(status, str(fault), code=fault.code, param=fault.param)


async def told(fault: HTTPException) -> Answer:
    """Whatever Quart refuses, in the words of the service where those were seen."""
    asked = websocket if has_websocket_context() else request
    code, message = None, " ".join((fault.description or fault.name).split())
    match fault:
        case WebsocketMismatch():
            message = f"{asked.path[:200]} is no WebSocket. This server has: {OFFERED}."
        case NotFound():
            message = f"Invalid URL ({getattr(asked, 'method', 'GET')} {asked.path[:200]})"
        case MethodNotAllowed():
            code = "method_not_supported"
            message = f"Not allowed to {request.method} on {request.path[:200]}."
        case UnsupportedMediaType():
            code = "unsupported_content_type"
            message = (
                f"Unsupported content type: {request.mimetype[:100]!r}. "
                "This API method only accepts 'application/json' requests."
            )
        case RequestEntityTooLarge():
            message = f"The body is longer than {LONGEST_BODY} bytes."
    return error(fault.code or 500, message, code=code, headers=_allowed(fault))


def _allowed(fault: HTTPException) -> dict[str, str]:
    methods = fault.valid_methods if isinstance(fault, MethodNotAllowed) else None
    return {"Allow": ", ".join(methods)} if methods else {}


def error(
    status: int,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The shape of every refusal, and a line in the log."""
    asked = websocket if has_websocket_context() else request
    log.warning("refused %s %r with %d: %s", asked.remote_addr, asked.path, status, message)
    tell_door(Refusal(status, code, message))
    body = error_body(status, message, code=code, param=param)
    return body, status, {**JSON, **(headers or {})}


def knock_here() -> Knock:
    """What is asked for at the moment; the door hears of it with the first call."""
    if "knock" not in g:
        asked: Request | Websocket = websocket if has_websocket_context() else request
        g.knock = Knock.of(asked, trio.current_time())
        _door().knocked(g.knock)
    knock: Knock = g.knock
    return knock


def tell_door(why: Refusal) -> None:
    """What is asked for at the moment is refused."""
    _door().turned_away(knock_here(), why)


def _door() -> Door:
    door: Door = current_app.extensions[DOOR]
    return door


def error_body(status: int, message: str, *, code: str | None = None, param: str | None = None) -> str:
    kind = "server_error" if status >= 500 else "invalid_request_error"
    told = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return msgspec.json.encode(told).decode()


def answer(value: object) -> Answer:
    return msgspec.json.encode(value).decode(), 200, dict(JSON)
