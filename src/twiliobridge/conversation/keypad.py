"""Keys pressed one by one become a turn: `#` or a pause ends it."""

from twiliobridge.conversation.limits import Limits


class Keypad:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._digits = ""
        self._last = 0.0

    def press(self, digit: str, now: float) -> str | None:
        """The digits of a turn that this key completes. A lone `#` is a turn of its own."""
        if digit == "#" and self._digits:
            return self._take()
        self._digits += digit
        self._last = now
        if digit == "#" or len(self._digits) >= self._limits.most_digits:
            return self._take()
        return None

    def keep(self, digit: str, now: float) -> None:
        """A key from before there is anybody to tell: only a pause completes the turn."""
        if len(self._digits) < self._limits.most_digits:
            self._digits += digit
            self._last = now

    def deadline(self) -> float | None:
        return self._last + self._limits.digits_pause if self._digits else None

    def wake(self, now: float) -> str | None:
        """The digits of a turn that a pause has completed."""
        due = self.deadline()
        return self._take() if due is not None and now >= due else None

    def _take(self) -> str:
        digits, self._digits = self._digits, ""
        return digits
