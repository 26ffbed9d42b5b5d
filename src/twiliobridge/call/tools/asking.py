"""Asking a tool's endpoint over HTTP."""

from collections.abc import Mapping
from typing import Any

from twiliobridge.call.tools.answers import text_of
from twiliobridge.call.tools.questions import Question, followed, question
from twiliobridge.conversation import CallInfo, Endpoint, ToolError
from twiliobridge.wires.http import Response, Url, send_request
from twiliobridge.wires.proxy import Proxies
from twiliobridge.wires.tls import public_authorities

MOST_REDIRECTS = 3

REDIRECTS = frozenset({301, 302, 303, 307, 308})


async def ask(endpoint: Endpoint, arguments: Mapping[str, Any], call: CallInfo, proxies: Proxies) -> str:
    """The text of its answer. ToolError for an answer that is a refusal, Unreachable where there is none.

    Unbounded in time. Cancellation closes the connection; what was asked may be done all the same.
    """
    asked = question(endpoint, arguments, call)
    for _ in range(1 + MOST_REDIRECTS):
        response = await _send(asked, proxies)
        if response.status not in REDIRECTS:
            return text_of(response)
        asked = followed(asked, response)
    raise ToolError(f"HTTP {response.status}: more than {MOST_REDIRECTS} redirects")


async def _send(asked: Question, proxies: Proxies) -> Response:
    there = Url.of(asked.url)
    return await send_request(
        asked.method,
        asked.url,
        asked.headers,
        asked.body,
        ssl_context=public_authorities() if there.secure else None,
        proxy=proxies.to(there.host, there.port, secure=there.secure),
    )
