"""The way out of a session, where the knobs lay things in between and cut the line."""

from twiliobridge.offline.jobs import Action, Close, Foreign
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import ResponseCreated, ServerEvent

DROPPED = 1006
"Not a code that is sent: the connection just ends."


class Outlet:
    def __init__(self, knobs: Knobs) -> None:
        self._unknown = knobs.unknown
        self._left = knobs.drop_after
        self.closed = False
        "A Close has gone out, and nothing will any more."

    def passed(self, actions: list[Action]) -> list[Action]:
        return self._cut(self._mixed(actions) if self._unknown else actions)

    def _mixed(self, actions: list[Action]) -> list[Action]:
        mixed: list[Action] = []
        for action in actions:
            mixed.append(action)
            if isinstance(action, ResponseCreated):
                mixed.append(Foreign("response.mood.detected"))
        return mixed

    def _cut(self, actions: list[Action]) -> list[Action]:
        """What goes out up to the event that is the last by the knobs, or to a Close."""
        for place, action in enumerate(actions, 1):
            if self._left is not None and isinstance(action, ServerEvent):
                self._left -= 1
            if self._left == 0 or isinstance(action, Close):
                self.closed = True
                return [*actions[:place], *([] if isinstance(action, Close) else [Close(DROPPED)])]
        return actions
