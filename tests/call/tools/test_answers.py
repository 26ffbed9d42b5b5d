"""What an endpoint's answer says to the model: JSON or text, or a short reason."""

import pytest

from twiliobridge.call.tools.answers import LONGEST_REASON, text_of
from twiliobridge.conversation import ToolError
from twiliobridge.wires.http import Response

JSON = "application/json"


def response(status, body, kind=JSON, **headers):
    fields = {"content-type": kind} if kind is not None else {}
    return Response(status, fields | headers, body.encode() if isinstance(body, str) else body)


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        (JSON, '{\n  "open": [9, 18]\n}', '{"open":[9,18]}'),
        ("application/problem+json; charset=utf-8", '{"a": 1}', '{"a":1}'),
        (JSON, "from nine to six", "from nine to six"),
        (JSON, b'"\xff"', '"\ufffd"'),
        ("text/plain", "von neun bis sechs, schön", "von neun bis sechs, schön"),
        ("text/plain; charset=latin-1", "schön".encode("latin-1"), "schön"),
        ("text/plain; charset=klingon", "schön", "schön"),
        ("application/xml", "<open/>", "<open/>"),
        (None, "from nine to six", "from nine to six"),
        (JSON, "", "Done: HTTP 200, without content."),
    ],
)
def test_an_answer(kind, body, text):
    assert text_of(response(200, body, kind)) == text


@pytest.mark.parametrize(
    ("kind", "more"), [("image/png", {}), ("application/pdf", {}), (JSON, {"content-encoding": "gzip"})]
)
def test_what_is_neither_json_nor_text_is_an_error(kind, more):
    with pytest.raises(ToolError, match="HTTP 200, but the answer is neither JSON nor text"):
        text_of(response(200, b"\x89PNG", kind, **more))


@pytest.mark.parametrize(
    ("status", "kind", "body", "told"),
    [
        (404, JSON, '{"detail": "no such\n day"}', 'HTTP 404: {"detail": "no such day"}'),
        (500, "text/html", "<html>Traceback ...", "HTTP 500"),
        (503, "image/png", b"\x89PNG", "HTTP 503"),
        (400, "text/plain", "x" * 9999, "HTTP 400: " + "x" * LONGEST_REASON),
        (304, JSON, "", "HTTP 304"),
    ],
)
def test_a_refusal_is_its_status_and_a_short_reason(status, kind, body, told):
    with pytest.raises(ToolError) as raised:
        text_of(response(status, body, kind))
    assert str(raised.value) == told
