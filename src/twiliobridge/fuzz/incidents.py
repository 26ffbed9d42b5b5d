"""What a run met besides findings, and must tell: what it excused, could not try, and had to wait for."""

from dataclasses import dataclass, field

from twiliobridge.fuzz.performance import Manners, Trace

VANISHED = 1006


@dataclass(frozen=True)
class Outage:
    """The endpoint took no clean call for a while."""

    scenario: int
    "After which call of a scenario, from 1."
    seconds: float
    restarted: bool
    "By the user's command; otherwise it came back by itself."


@dataclass
class Incidents:
    excused: int = 0
    "Calls that ended without a WebSocket close after `stop`, as clean calls do at this endpoint."
    refused: list[str] = field(default_factory=list)
    "Why the handshake of a scenario was refused: nothing of it could be said."
    outages: list[Outage] = field(default_factory=list)

    def note(self, trace: Trace, manners: Manners) -> None:
        self.excused += vanished(trace) and is_excused(trace, manners)
        if trace.refused is not None:
            self.refused.append(trace.refused)

    def came_back(self, scenario: int, seconds: float, *, restarted: bool) -> None:
        self.outages.append(Outage(scenario, seconds, restarted))


def vanished(trace: Trace) -> bool:
    """The endpoint ended the call by closing the TCP connection alone."""
    return trace.hung_up and trace.close_code == VANISHED


def is_excused(trace: Trace, manners: Manners) -> bool:
    """After `stop` an endpoint may do what it does in clean calls."""
    return manners.vanishes and trace.stopped
