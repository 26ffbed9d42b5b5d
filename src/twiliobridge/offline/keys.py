"""Client secrets: the `ek_` keys that a server of one's own hands to a browser, with the session in them.

`now` is in seconds of any clock that does not go back, `epoch` in seconds since 1970.
Source: OpenAI API reference, Realtime > Client secrets.
"""

import math
import secrets
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from twiliobridge.offline.refusals import refusal as refused
from twiliobridge.offline.settled import check_update
from twiliobridge.realtime.codec import read_body, read_client
from twiliobridge.realtime.events import UpdateSession
from twiliobridge.realtime.ids import Ids
from twiliobridge.realtime.merge import default_session, new_session
from twiliobridge.realtime.session import DEFAULT_MODEL, Session, SessionUpdate

PREFIX = "ek_"
MOST_SECRETS = 10_000
"Kept at once; one more ends the oldest."


class ExpiresAfter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    anchor: Literal["created_at"] = "created_at"
    seconds: Annotated[int, Meta(ge=10, le=7200)] = 600


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of the request for a secret."""

    expires_after: ExpiresAfter = ExpiresAfter()
    session: msgspec.Raw | UnsetType = UNSET


class ClientSecret(msgspec.Struct, frozen=True):
    """The answer to that."""

    value: str
    expires_at: int
    "Seconds since the epoch."
    session: Session
    "As the socket will report it, but with an id of its own, and 0 in `expires_at`: as recorded."


@dataclass(frozen=True)
class Kept:
    until: float
    "On the clock of `now`."
    update: SessionUpdate | None
    "What the secret says of the session; None: nothing."


class ClientSecrets:
    """Those of one server. A secret opens any number of sessions until it expires."""

    def __init__(self, seed: str = "secrets") -> None:
        self._ids = Ids(seed)
        self._kept: dict[str, Kept] = {}
        self._next_end = math.inf
        "When the first of those expires."

    def make(self, body: bytes, now: float, epoch: float) -> ClientSecret:
        """Raises RemoteProtocolError for a body that the service would refuse."""
        asked = read_body(Asked, body or b"{}")
        update = None if asked.session is UNSET else _update(bytes(asked.session))
        session = self._session(update)
        value = PREFIX + secrets.token_hex(16)
        seconds = asked.expires_after.seconds
        self._forget(now)
        self._keep(value, Kept(now + seconds, update))
        return ClientSecret(value, int(epoch) + seconds, session)

    def find(self, key: str, now: float) -> Kept | None:
        """What an `ek_` key stands for; None if it is none of ours, or has expired."""
        kept = self._kept.get(key)
        return kept if kept is not None and now < kept.until else None

    def _session(self, update: SessionUpdate | None) -> Session:
        model, session_id = model_of(update) or DEFAULT_MODEL, self._ids.new("sess")
        if update is None:
            return default_session(model, session_id, 0)
        return check_update(new_session(update.type, model, session_id, 0), update, heard=False)

    def _keep(self, value: str, kept: Kept) -> None:
        while len(self._kept) >= MOST_SECRETS:
            del self._kept[next(iter(self._kept))]
        self._kept[value] = kept
        self._next_end = min(self._next_end, kept.until)

    def _forget(self, now: float) -> None:
        """Those that have expired."""
        if now >= self._next_end:
            self._kept = {key: kept for key, kept in self._kept.items() if now < kept.until}
            self._next_end = min((kept.until for kept in self._kept.values()), default=math.inf)


def model_of(update: SessionUpdate | None) -> str | None:
    return None if update is None or update.model is UNSET else update.model


def _update(session: bytes) -> SessionUpdate:
    """By the same letter as a `session.update`, with the same words where it is refused."""
    try:
        text = b'{"type":"session.update","session":%b}' % session
        event = read_client(text.decode())
    except UnicodeError:
        raise refused("invalid_json", "The body is not UTF-8.") from None
    assert isinstance(event, UpdateSession)
    return event.session
