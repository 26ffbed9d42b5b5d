"""The way out of a session, where the knobs lay things in between, and lose the socket."""

from twiliobridge.offline.jobs import Action, Close, Foreign
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.losing import Losing
from twiliobridge.realtime.events import ResponseCreated


class Outlet:
    def __init__(self, knobs: Knobs, losing: Losing) -> None:
        self._unknown = knobs.unknown
        self.losing = losing
        self.closed = False
        "A Close has gone out, and nothing will any more."

    def passed(self, actions: list[Action], now: float) -> list[Action]:
        more = self._mixed(actions) if self._unknown else actions
        leaving: list[Action] = []
        for action in (*self.losing.cut(more), *self.losing.wake(now)):
            leaving.append(action)
            if isinstance(action, Close):
                self.closed = True
                break
        return leaving

    def _mixed(self, actions: list[Action]) -> list[Action]:
        mixed: list[Action] = []
        for action in actions:
            mixed.append(action)
            if isinstance(action, ResponseCreated):
                mixed.append(Foreign("response.mood.detected"))
        return mixed
