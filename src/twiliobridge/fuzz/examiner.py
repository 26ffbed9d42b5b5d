"""Plays scenarios and says which laws they broke. Every one is followed by a clean call."""

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import count
from statistics import median
from time import monotonic, sleep

import trio

from twiliobridge.fuzz.baseline import CALLS, clean_call, failure, measure, seconds, speed
from twiliobridge.fuzz.endpoint import Endpoint
from twiliobridge.fuzz.incidents import Incidents, is_excused, vanished
from twiliobridge.fuzz.laws import Breach, Law, gravest
from twiliobridge.fuzz.performance import Manners, Trace, play
from twiliobridge.fuzz.scenario import AnyStep, Cut, Deaf, Drop, Flood, Giant, Octets, Steps

BETWEEN_TRIES = 0.5
"Seconds before each of the clean calls that show whether an endpoint came back after one failed."

RETURNS_WITHIN, RESTARTED_WITHIN = 10.0, 30.0
"Seconds that it has for that: by itself, as under a supervisor that restarts it, or where `restart` did."

HTTP_ERROR = 500

MORE_PATIENCE = 4
"Times the patience, where a matter of time is looked at for the last time."

AT_LEISURE = 1.0
"Seconds without a word before such a call is hung up. Other calls end as soon as an idle machine would have"
"said all; on a busy one an endpoint may have had no turn until then."

TIMES_SLOWER, SECONDS_SLOWER = 3.0, 0.03
"What `as-fast` allows: both must be exceeded, twice in a row. A busy machine may double a median, and below"
"30 ms it is the machine's scheduler that is measured."

ROUGH = (Giant, Flood, Cut, Drop, Deaf)
"After these a connection may be gone without a goodbye: a reset discards what the peer has not read."


class Examiner:
    """`restart` brings the endpoint back when it does not recover by itself, and says whether it could.

    Every call is played in a context that `around` makes.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        restart: Callable[[], bool] | None = None,
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._endpoint, self._restart, self._around = endpoint, restart, around
        self.calls = 0
        self.examined = 0
        self.loss: Breach | None = None
        "The endpoint takes no clean call any more, and nobody restarts it."
        self.incidents = Incidents()
        self.manners, traces = measure(self._play)
        steps = clean_call(self.manners.speech)
        self.at_start = [each for trace in traces for each in breaches_of(trace, steps, self.manners)]
        "What clean calls broke before anything was done to the endpoint."
        self.speed_before = self.manners.answer
        self._recent: deque[float] = deque(maxlen=CALLS)

    def examine(self, steps: Steps, *, patiently: bool = False) -> list[Breach]:
        """The laws that one call of these steps broke, the gravest first."""
        manners = self.manners
        if patiently:
            manners = replace(manners, patience=manners.patience * MORE_PATIENCE, quiet=AT_LEISURE)
        self.examined += 1
        trace = self._play(steps, manners)
        breaches = breaches_of(trace, steps, manners)
        self.incidents.note(trace, manners)
        manners = replace(manners, quiet=self.manners.quiet)
        clean = self._play(clean_call(manners.speech), manners)
        self._recent.append(seconds(clean, manners))
        fault = failure(clean, manners)
        if fault is not None:
            breach = Breach(Law.NEXT_CALL, f"the next clean call: {fault}", by_clock="within" in fault)
            breaches.append(breach)
            self._recover(breach)
        return gravest(breaches)

    @property
    def lost(self) -> bool:
        return self.loss is not None

    def look_again(self) -> None:
        """One more clean call, with patience: afterwards it is known whether the endpoint is lost."""
        manners = replace(self.manners, patience=self.manners.patience * MORE_PATIENCE)
        fault = failure(self._play(clean_call(manners.speech), manners), manners)
        if fault is not None:
            self._recover(Breach(Law.NEXT_CALL, f"a clean call after the last scenario: {fault}"))

    def _recover(self, breach: Breach) -> None:
        """Waits until the endpoint takes clean calls again, by itself or restarted; else it is lost."""
        began, restarts = monotonic(), self._restart is not None
        if self._restart is not None and not self._restart():
            self.loss = breach
            return
        tries = self._tries_until_it_works(began + (RESTARTED_WITHIN if restarts else RETURNS_WITHIN))
        if tries is None:
            self.loss = breach
        elif tries > 1 or not breach.by_clock:
            self.incidents.came_back(self.examined, monotonic() - began, restarted=restarts)

    def seems_slower(self) -> bool:
        """By the clean calls after the last examples, which cost nothing more."""
        return len(self._recent) == CALLS and self._is_slower(median(self._recent))

    def slowdown(self) -> Breach | None:
        """Whether `as-fast` is broken now, by two measurements."""
        for _ in range(2):
            after = self.speed_now()
            if not self._is_slower(after):
                return None
        was = f"before the run after {self.speed_before * 1000:.0f} ms"
        seen = f"clean calls are answered after {after * 1000:.0f} ms, {was}"
        return Breach(Law.AS_FAST, seen, by_clock=True)

    def _is_slower(self, after: float) -> bool:
        return after > max(self.speed_before * TIMES_SLOWER, self.speed_before + SECONDS_SLOWER)

    def speed_now(self) -> float:
        return speed(self._play, self.manners)

    def call(self, steps: Steps) -> None:
        """A call that is not judged."""
        self._play(steps, self.manners)

    def _play(self, steps: Steps, manners: Manners) -> Trace:
        self.calls += 1
        with self._around():
            return trio.run(play, self._endpoint, steps, manners)

    def _tries_until_it_works(self, until: float) -> int | None:
        """Clean calls, the last of which worked; None if none did."""
        manners = replace(self.manners, patience=self.manners.patience * MORE_PATIENCE)
        for tries in count(1):
            sleep(BETWEEN_TRIES)
            if failure(self._play(clean_call(manners.speech), manners), manners) is None:
                return tries
            if monotonic() > until:
                break
        return None


def breaches_of(trace: Trace, steps: Steps, manners: Manners) -> list[Breach]:
    """The laws that the call itself broke."""
    breaches = []
    if trace.refused is not None and (trace.status or 0) < HTTP_ERROR:
        breaches.append(Breach(Law.NEXT_CALL, f"the handshake, which is that of any call: {trace.refused}"))
    if trace.unanswered:
        seen = f"neither answered nor closed within {manners.patience:.1f} s; clean calls are answered after "
        breaches.append(Breach(Law.ANSWERS, f"{seen}{manners.answer * 1000:.0f} ms", by_clock=True))
    if trace.goodbye_unanswered:
        seen = f"a WebSocket close was not answered within {manners.patience:.1f} s"
        breaches.append(Breach(Law.ANSWERS, seen, by_clock=True))
    if crash := _crash(trace, steps, manners):
        breaches.append(Breach(Law.NO_CRASH, crash))
    if trace.faults:
        breaches.append(Breach(Law.LEGAL, trace.faults[0]))
    return breaches


def _crash(trace: Trace, steps: Steps, manners: Manners) -> str | None:
    if trace.refused is not None and (trace.status or 0) >= HTTP_ERROR:
        return trace.refused
    if trace.close_code == 1011:
        return trace.ending
    tidy = not any(_is_rough(step) for step in steps)
    if vanished(trace) and tidy and not is_excused(trace, manners):
        return trace.ending
    return None


def _is_rough(step: AnyStep) -> bool:
    return isinstance(step, ROUGH) or (isinstance(step, Octets) and not step.binary)
