"""Header fields that a user adds to the requests of the phone: a tunnel or a proxy asks for them."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t -~]*")
"Tokens, and visible ASCII (RFC 9110, 5.1 and 5.5)."

_OWN = re.compile(
    "connection|content-length|content-type|transfer-encoding|upgrade|user-agent|x-twilio-signature|sec-websocket-.*"
)
"Twilio says these itself."


def check_fields(headers: Mapping[str, str]) -> None:
    """ValueError, one line, for a field that no request can carry, or that the phone writes itself."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"a header field is NAME: VALUE, not {name + ': ' + value!r}")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"the value of header field {name} is not visible ASCII: {value!r}")
        if name.lower() == "host":
            raise ValueError(f"the Host of a request is that of the public URL: give https://{value} as that")
        if _OWN.fullmatch(name.lower()):
            raise ValueError(f"header field {name} is Twilio's own, and is written by the phone")
