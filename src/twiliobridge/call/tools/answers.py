"""What an endpoint's answer says to the model. Pure."""

import codecs
from email.message import Message

import msgspec

from twiliobridge.conversation import ToolError
from twiliobridge.wires.http import Response

LONGEST_REASON = 200
"Characters of the body of a refusal."

TEXTUAL = frozenset({"application/json", "application/xml", "application/x-www-form-urlencoded", ""})
"Types that are text, besides those that begin with text/ or end in +json or +xml. Empty: none is said."


def text_of(response: Response) -> str:
    """JSON without its blanks, text as it is. ToolError for a refusal, and for what is neither."""
    if not response.succeeded:
        raise ToolError(f"HTTP {response.status}{_reason(response)}")
    if not response.body:
        return f"Done: HTTP {response.status}, without content."
    kind = _content_type(response)
    if response.headers.get("content-encoding", "identity") != "identity" or not _is_text(kind):
        raise ToolError(f"HTTP {response.status}, but the answer is neither JSON nor text")
    if kind.get_content_type().endswith("json"):
        return _compact(response.body) or _decoded(response.body, kind)
    return _decoded(response.body, kind)


def _reason(response: Response) -> str:
    """The beginning of what it says about that, on one line; a page for a browser says nothing to a model."""
    kind = _content_type(response)
    if not _is_text(kind) or kind.get_content_type() == "text/html":
        return ""
    text = " ".join(_decoded(response.body[: 4 * LONGEST_REASON], kind).split())[:LONGEST_REASON]
    return f": {text}" if text else ""


def _content_type(response: Response) -> Message:
    message = Message()
    message["content-type"] = response.headers.get("content-type", "text/plain")
    return message


def _is_text(kind: Message) -> bool:
    name = kind.get_content_type()
    return kind.get_content_maintype() == "text" or name in TEXTUAL or name.endswith(("+json", "+xml"))


def _decoded(body: bytes, kind: Message) -> str:
    charset = kind.get_content_charset("utf-8")
    try:
        codecs.lookup(charset)
    except LookupError:
        charset = "utf-8"
    return body.decode(charset, "replace")


def _compact(body: bytes) -> str:
    """Empty for what is no JSON, whatever its type says."""
    try:
        return msgspec.json.format(body, indent=-1).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
