"""Who calls: the identifiers of one call, as Twilio forms them."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from twiliobridge.mediastream.events import Start, Track

_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


def new_sid(prefix: str) -> str:
    """`prefix` and 32 random hex digits."""
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True, kw_only=True)
class CallIdentity:
    """ValueError if a SID is not its two letters and 32 lower-case hex digits (Twilio docs, Glossary, "String
    Identifier"), or a parameter is not text.
    """

    stream_sid: str = field(default_factory=lambda: new_sid("MZ"))
    account_sid: str = field(default_factory=lambda: new_sid("AC"))
    call_sid: str = field(default_factory=lambda: new_sid("CA"))
    custom_parameters: Mapping[str, str] = field(default_factory=dict)
    from_: str = "+12025550123"
    "E.164; not said on the stream, but by the webhook before it. Like `to`, a number reserved for fiction."
    to: str = "+12025550199"

    def __post_init__(self) -> None:
        sids = {"stream_sid": self.stream_sid, "account_sid": self.account_sid, "call_sid": self.call_sid}
        for (name, sid), prefix in zip(sids.items(), ("MZ", "AC", "CA"), strict=True):
            if not (_SID.fullmatch(sid) and sid.startswith(prefix)):
                raise ValueError(f"{name} must be {prefix} and 32 hex digits, not {sid!r}")
        for name, value in self.custom_parameters.items():
            if type(name) is not str or type(value) is not str:
                raise ValueError(f"custom parameters are text, not {name!r}: {value!r}")

    def start(self, tracks: tuple[Track, ...] = ("inbound",)) -> Start:
        """The `start` message of the call."""
        return Start(
            stream_sid=self.stream_sid,
            account_sid=self.account_sid,
            call_sid=self.call_sid,
            tracks=tracks,
            custom_parameters=dict(self.custom_parameters),
        )
