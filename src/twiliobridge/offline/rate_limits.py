"""The tokens that may be spent in a minute: they fall by what responses cost, and come back by the second."""

from twiliobridge.realtime.events import RateLimitsUpdated

TOKENS_PER_MINUTE = 40_000
"A precedent for a default: an account's smallest limit. Each session has it for itself, and may overdraw it."
SECONDS = 60


class RateLimits:
    """`now` is in seconds of the session's clock."""

    def __init__(self, now: float) -> None:
        self._spent = 0.0
        self._at = now

    def spend(self, tokens: int, now: float) -> None:
        self._recover(now)
        self._spent += tokens

    def told(self, now: float) -> RateLimitsUpdated:
        """`reset_seconds` is until all of it is back, in whole milliseconds. Source: recorded sessions."""
        self._recover(now)
        reset = int(1000 * self._spent * SECONDS / TOKENS_PER_MINUTE) / 1000
        remaining = max(0, round(TOKENS_PER_MINUTE - self._spent))
        limit = {
            "name": "tokens",
            "limit": TOKENS_PER_MINUTE,
            "remaining": remaining,
            "reset_seconds": reset,
        }
        return RateLimitsUpdated(rate_limits=(limit,))

    def _recover(self, now: float) -> None:
        back = (now - self._at) * TOKENS_PER_MINUTE / SECONDS
        self._spent, self._at = max(0.0, self._spent - back), now
