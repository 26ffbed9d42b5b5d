"""Where everything that happens on a call is told."""

import logging

from twiliobridge.caller.notes import Note, Observe, VerbRun, Warned
from twiliobridge.caller.tally import Tally

KEPT_WARNINGS = 1000
"Bound on the warnings that are remembered; each one is still told."


class Journal:
    """Tells an observer and a log; remembers warnings, and which verbs ran; counts."""

    def __init__(
        self, call_sid: str, observe: Observe | None = None, logger: logging.Logger | None = None
    ) -> None:
        self.warnings: list[Warned] = []
        self.verbs: list[VerbRun] = []
        self.tally = Tally()
        self._call_sid = call_sid
        self._observe = observe
        self._logger = logger or logging.getLogger("twiliobridge.caller")

    def note(self, now: float, note: Note) -> None:
        """`now` in seconds on the clock of the event loop."""
        self.tally.noted(now, note)
        is_warning = isinstance(note, Warned)
        if isinstance(note, Warned) and len(self.warnings) < KEPT_WARNINGS:
            self.warnings.append(note)
        if isinstance(note, VerbRun):  # bounded by what an Instructions follows
            self.verbs.append(note)
        self._logger.log(
            logging.WARNING if is_warning else logging.DEBUG, "%s %.3f %s", self._call_sid, now, note
        )
        if self._observe is not None:
            self._tell(self._observe, now, note)

    def _tell(self, observe: Observe, now: float, note: Note) -> None:
        try:
            observe(now, note)
        except BaseException:  # not caught, only noticed
            self._observe = None  # it ends the call, and what happens then would fail again
            raise
