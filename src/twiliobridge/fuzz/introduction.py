"""Who calls, in the messages of a scenario: the identifiers of this call, and the parameters of its TwiML."""

from collections.abc import Mapping
from dataclasses import dataclass

from twiliobridge.caller import CallIdentity
from twiliobridge.fuzz.phone import Json
from twiliobridge.fuzz.scenario import ACCOUNT_SID, CALL_SID, STREAM_SID


@dataclass(frozen=True)
class Introduction:
    identity: CallIdentity
    parameters: Mapping[str, str]
    "Of the <Stream>."

    def introducing(self, message: Json) -> Json:
        """A `start` with an object of parameters says those of the TwiML beside its own; all else is as it
        was.
        """
        start = message.get("start")
        if message.get("event") != "start" or not isinstance(start, dict):
            return message
        own = start.get("customParameters")
        if not isinstance(own, dict):
            return message
        return {**message, "start": {**start, "customParameters": {**self.parameters, **own}}}

    def by(self, data: bytes) -> bytes:
        """With the identifiers of this call for their placeholders."""
        who = self.identity
        sids = {STREAM_SID: who.stream_sid, CALL_SID: who.call_sid, ACCOUNT_SID: who.account_sid}
        for placeholder, sid in sids.items():
            data = data.replace(placeholder.encode(), sid.encode())
        return data
