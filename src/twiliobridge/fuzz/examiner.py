"""Plays scenarios and says which laws they broke. Every one is followed by a clean call."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic, sleep

import trio

from twiliobridge.fuzz.baseline import clean_call, failure, measure, speed
from twiliobridge.fuzz.endpoint import Endpoint
from twiliobridge.fuzz.laws import Breach, Law, gravest
from twiliobridge.fuzz.performance import Manners, Trace, play
from twiliobridge.fuzz.scenario import AnyStep, Cut, Deaf, Drop, Flood, Giant, Octets, Steps

RECOVERY = 3.0
"Seconds that an endpoint has to come back by itself after a clean call failed."

RESTART = 30.0
"Seconds until an endpoint that was restarted must take a clean call."

MORE_PATIENCE = 4
"Times the patience, where a matter of time is looked at for the last time."

TIMES_SLOWER, SECONDS_SLOWER = 3.0, 0.03
"What `as-fast` allows: both must be exceeded, twice in a row. A busy machine may double a median, and below"
"30 ms it is the machine's scheduler that is measured."

ROUGH = (Giant, Flood, Cut, Drop, Deaf)
"After these a connection may be gone without a goodbye: a reset discards what the peer has not read."


class Examiner:
    """`restart` brings the endpoint back when it does not recover by itself."""

    def __init__(self, endpoint: Endpoint, restart: Callable[[], None] | None = None) -> None:
        self._endpoint, self._restart = endpoint, restart
        self.calls = 0
        self.lost = False
        "The endpoint takes no clean call any more, and nobody restarts it."
        self.manners = measure(self._play)
        self.speed_before = self.manners.answer

    @property
    def can_restart(self) -> bool:
        return self._restart is not None

    def examine(self, steps: Steps, *, patiently: bool = False) -> list[Breach]:
        """The laws that one call of these steps broke, the gravest first."""
        manners = self.manners
        if patiently:
            manners = replace(manners, patience=manners.patience * MORE_PATIENCE)
        breaches = list(breaches_of(self._play(steps, manners), steps, manners))
        fault = failure(self._play(clean_call(manners.speech), manners), manners)
        if fault is not None:
            breaches.append(
                Breach(Law.NEXT_CALL, f"the next clean call: {fault}", by_clock="within" in fault)
            )
            self.lost = not self.recover()
        return gravest(breaches)

    def recover(self) -> bool:
        """Whether the endpoint takes clean calls again, by itself or restarted."""
        if self._works_within(RECOVERY):
            return True
        return self.restart()

    def restart(self) -> bool:
        if self._restart is None:
            return False
        self._restart()
        return self._works_within(RESTART)

    def slowdown(self) -> Breach | None:
        """Whether `as-fast` is broken now, by two measurements."""
        before = self.speed_before
        for _ in range(2):
            after = speed(self._play, self.manners)
            if after < before * TIMES_SLOWER or after < before + SECONDS_SLOWER:
                return None
        was = f"before the run after {before * 1000:.0f} ms"
        seen = f"clean calls are answered after {after * 1000:.0f} ms, {was}"
        return Breach(Law.AS_FAST, seen, by_clock=True)

    def speed_now(self) -> float:
        return speed(self._play, self.manners)

    def call(self, steps: Steps) -> None:
        """A call that is not judged."""
        self._play(steps, self.manners)

    def _play(self, steps: Steps, manners: Manners) -> Trace:
        self.calls += 1
        return trio.run(play, self._endpoint, steps, manners)

    def _works_within(self, seconds: float) -> bool:
        until = monotonic() + seconds
        while monotonic() < until:
            sleep(seconds / 20)
            if failure(self._play(clean_call(self.manners.speech), self.manners), self.manners) is None:
                return True
        return False


def breaches_of(trace: Trace, steps: Steps, manners: Manners) -> list[Breach]:
    """The laws that the call itself broke."""
    breaches = []
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
    if trace.refused is not None:
        return trace.refused
    if trace.close_code == 1011:
        return trace.ending
    tidy = not any(_is_rough(step) for step in steps)
    if trace.hung_up and trace.close_code == 1006 and tidy and not manners.vanishes:
        return trace.ending
    return None


def _is_rough(step: AnyStep) -> bool:
    return isinstance(step, ROUGH) or (isinstance(step, Octets) and not step.binary)
