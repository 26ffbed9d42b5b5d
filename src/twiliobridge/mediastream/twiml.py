"""TwiML, as far as a stream needs it: <Connect><Stream> written, and the verbs of a document read.

Source: Twilio docs, Voice > TwiML > <Stream> and <Connect>; "TwiML for Programmable Voice" for the 64 kB.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from twiliobridge.mediastream.errors import clip

_DOCUMENT_LIMIT = 64 * 1024  # bytes; Twilio refuses a longer document
_PARAMETER_LIMIT = 500  # characters of a name, and of a value; a figure that goes round, not in the reference
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


class TwimlError(ValueError):
    """Not TwiML that Twilio would run; one line says why."""


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    "As written: perhaps relative, perhaps with a query that Twilio drops."
    name: str | None = None
    track: str = "inbound_track"
    status_callback: str | None = None
    status_callback_method: str = "POST"
    parameters: dict[str, str] = {}


class Say(msgspec.Struct, frozen=True):
    text: str


class Play(msgspec.Struct, frozen=True):
    url: str


class Pause(msgspec.Struct, frozen=True):
    seconds: float = 1.0


class Connect(msgspec.Struct, frozen=True):
    """Hand the call to a stream; the verbs after it run when the server closes the socket."""

    stream: Stream
    action: str | None = None
    "Asked for TwiML when the stream has ended; the verbs after it then never run."


class Fork(msgspec.Struct, frozen=True):
    """<Start><Stream>: the verbs after it run at once, and the stream, which only listens, ends with them."""

    stream: Stream


class Redirect(msgspec.Struct, frozen=True):
    url: str
    method: str = "POST"


class Hangup(msgspec.Struct, frozen=True):
    pass


class Dial(msgspec.Struct, frozen=True):
    number: str


class UnknownVerb(msgspec.Struct, frozen=True):
    """A verb that this reader does not act on, or a <Connect> or <Start> of something other than a stream."""

    name: str


Verb = Say | Play | Pause | Connect | Fork | Redirect | Hangup | Dial | UnknownVerb


# ---- Writing ----


def connect_stream(
    url: str, parameters: Mapping[str, str], fallback_say: str, *, allow_insecure: bool = False
) -> str:
    """A document that connects the call to the WebSocket at `url`.

    `fallback_say` is spoken, and the call ended, when the stream ends before the call does; an empty one goes
    straight to the hang-up. TwimlError for a URL that Twilio would not connect to (`ws` passes to a loopback
    address, or with `allow_insecure`), for a query, which Twilio would drop, and for what XML cannot hold.
    """
    _check_url(url, allow_insecure=allow_insecure)
    response = ET.Element("Response")
    stream = ET.SubElement(ET.SubElement(response, "Connect"), "Stream", url=_text(url))
    for name, value in parameters.items():
        ET.SubElement(stream, "Parameter", name=_parameter(name), value=_parameter(value))
    if fallback_say:
        ET.SubElement(response, "Say").text = _text(fallback_say)
    ET.SubElement(response, "Hangup")
    document = _DECLARATION + ET.tostring(response, encoding="unicode")
    _check_size(document)
    return document


def _check_url(url: str, *, allow_insecure: bool) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise TwimlError(f"the stream URL {clip(repr(url))} cannot be parsed: {clip(error)}") from None
    if not host:
        raise TwimlError(f"the stream URL must be absolute, wss://host/path, was {clip(repr(url))}")
    if parts.scheme != "wss" and not (parts.scheme == "ws" and (allow_insecure or _is_loopback(host))):
        raise TwimlError(f"the stream URL must begin with wss://, was {clip(repr(url))}")
    if "?" in url or "#" in url:
        raise TwimlError(f"Twilio drops a stream URL's query; use the path or a parameter: {clip(repr(url))}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parameter(text: str) -> str:
    if len(text) > _PARAMETER_LIMIT:
        raise TwimlError(
            f"a stream parameter's name and value may have {_PARAMETER_LIMIT} characters each, "
            f"was {len(text)}: {clip(repr(text[:40]))}"
        )
    return _text(text)


def _text(text: str) -> str:
    if found := _NOT_XML.search(text):
        raise TwimlError(f"XML cannot hold the character {found.group()!a}: {clip(ascii(text[:40]))}")
    return text


def _check_size(document: str) -> None:
    size = len(document.encode("utf-8", "replace"))
    if size > _DOCUMENT_LIMIT:
        raise TwimlError(f"a TwiML document may have {_DOCUMENT_LIMIT} bytes, was {size}")


# ---- Reading ----


class _Builder(ET.TreeBuilder):
    """Refuses a document type, and with it every entity one could declare: nothing is expanded or fetched."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise TwimlError(f"TwiML has no document type, found <!DOCTYPE {clip(name)}>")


def parse_twiml(text: str) -> tuple[Verb, ...]:
    """The verbs of a document, in order. TwimlError if it is none."""
    _check_size(text)
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 (no document type passes the builder)
    try:
        parser.feed(text)
        root = parser.close()
    except (ET.ParseError, ValueError) as error:
        if isinstance(error, TwimlError):
            raise
        raise TwimlError(f"not XML: {clip(error)}") from None
    if root.tag != "Response":
        raise TwimlError(f"the root of TwiML is <Response>, was <{clip(root.tag)}>")
    return tuple(_verb(element) for element in root)


def _verb(element: ET.Element) -> Verb:
    match element.tag, element.find("Stream"):
        case "Connect", ET.Element() as stream:
            return Connect(_stream(stream), element.get("action") or None)
        case "Start", ET.Element() as stream:
            return Fork(_stream(stream))
        case name, _ if name in _SIMPLE:
            return _SIMPLE[name](element)
        case _:
            return UnknownVerb(element.tag)


def _content(element: ET.Element) -> str:
    return "".join(element.itertext()).strip()


def _pause(element: ET.Element) -> Pause:
    length = element.get("length", "1")
    if not re.fullmatch("[0-9]{1,6}", length):
        raise TwimlError(f"<Pause length> must be whole seconds, was {clip(repr(length))}")
    return Pause(float(length))


def _stream(element: ET.Element) -> Stream:
    return Stream(
        url=_required(element, "url"),
        name=element.get("name"),
        track=element.get("track", "inbound_track"),
        status_callback=element.get("statusCallback"),
        status_callback_method=element.get("statusCallbackMethod", "POST").upper(),
        parameters={_required(each, "name"): each.get("value", "") for each in element.findall("Parameter")},
    )


def _required(element: ET.Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise TwimlError(f"<{element.tag}> needs the attribute {name}")
    return value


_SIMPLE: dict[str, Callable[[ET.Element], Verb]] = {
    "Say": lambda element: Say(_content(element)),
    "Play": lambda element: Play(_content(element)),
    "Dial": lambda element: Dial(_content(element)),
    "Redirect": lambda element: Redirect(_content(element), element.get("method", "POST").upper()),
    "Pause": _pause,
    "Hangup": lambda _: Hangup(),
}
