"""Who asked the model for something and was refused: what was asked, why, and what to do about it."""

from dataclasses import dataclass

from twiliobridge.offline.handshake import Refusal
from twiliobridge.offline.knock import Knock
from twiliobridge.realtime.session import DEFAULT_MODEL

BY_CODE = {
    "missing_model": f"Name the model in the URL, ?model={DEFAULT_MODEL}: the service does not do without.",
    "invalid_model": f"Name a model of the Realtime API in the URL, ?model={DEFAULT_MODEL}.",
    "beta_api_shape_disabled": "Leave out the OpenAI-Beta header and subprotocol: the beta is over.",
    "invalid_value": "Dial without call_id: it is for calls by WebRTC and SIP.",
    "invalid_api_key": "Let the key be any, but for a client secret that the model has not made.",
}
BY_STATUS = {
    400: "Dial the path /v1/realtime.",
    404: "Dial the path /v1/realtime.",
    410: "Dial the path /v1/realtime: this one is of the beta, which is gone.",
    426: "Open a WebSocket at this path: the model was asked for it by plain HTTP.",
    503: "Close the sessions of calls that are over: the model has no place for another.",
}
OTHERWISE = "Ask the model as its API reference says: the reason is the service's."


@dataclass(frozen=True)
class TurnedAway:
    knock: Knock
    why: Refusal

    @property
    def remedy(self) -> str:
        """What to do about it, in one sentence."""
        return BY_CODE.get(self.why.code or "") or BY_STATUS.get(self.why.status, OTHERWISE)

    def __str__(self) -> str:
        """In one line: what was asked, and the refusal."""
        what = self.why.code or f"HTTP {self.why.status}"
        return f"the model refused {self.knock.asked}: {what}: {' '.join(self.why.message.split())}"
