"""What truly happened on the demo's call, and whether that is what was promised."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from twiliobridge.call import Leg
from twiliobridge.caller import (
    AgentStartsBeingHeard,
    AgentStopsBeingHeard,
    CallerStartsSpeaking,
    Cleared,
    KeyPressed,
    Note,
)
from twiliobridge.conversation import Ending
from twiliobridge.demo.story import Said
from twiliobridge.realtime import events as model

TRUNCATION_TOLERANCE_MS = 60.0
BYTES_PER_MS = 8
LEAST_TURNS = 4
KEYS = "4271"
TOOLS = ("get_balance", "replace_card")


@dataclass(frozen=True)
class Finding:
    """One thing that the call had to show."""

    law: str
    holds: bool
    seen: str


@dataclass
class Spoken:
    """How long the items of each response are, in milliseconds of mu-law."""

    _items: dict[str, dict[str, float]] = field(default_factory=dict)
    _cut: set[str] = field(default_factory=set)

    def add(self, response_id: str, item_id: str, ms: float) -> None:
        items = self._items.setdefault(response_id, {})
        items[item_id] = items.get(item_id, 0.0) + ms

    def cut(self, item_id: str, end_ms: float) -> list[float]:
        """How much of its response that comes to; nothing for a further item of one that was cut before."""
        response_id = next((name for name, items in self._items.items() if item_id in items), item_id)
        if response_id in self._cut:
            return []
        self._cut.add(response_id)
        before = takewhile(lambda each: each[0] != item_id, self._items.get(response_id, {}).items())
        return [sum(ms for _, ms in before) + end_ms]


@dataclass
class Evidence:
    """Collects from both ends: the phone's notes, and what passed the bridge."""

    latencies: list[float] = field(default_factory=list)
    "Milliseconds from the end of the caller's speech, or the last key, to the first audio heard."
    recognised: list[str] = field(default_factory=list)
    tools: dict[str, str] = field(default_factory=dict)
    "Name -> output."
    keyed: str = ""
    cut_ms: list[float] = field(default_factory=list)
    heard_when_cut: list[float] = field(default_factory=list)
    truncations: list[float] = field(default_factory=list)
    "Milliseconds that the model was told were heard of a response, whatever number of items it has."
    refusals: list[str] = field(default_factory=list)
    ending: Ending | None = None
    _said: Said | None = None
    _asked_at: float | None = None
    _cut: bool = False
    _spoken: Spoken = field(default_factory=Spoken)
    _calls: dict[str, str] = field(default_factory=dict)

    def said(self, line: Said) -> None:
        self._said = line

    def noted(self, now: float, note: Note) -> float | None:
        """What happened at the phone; returns the latency in ms if this is an answer's first sound."""
        match note:
            case CallerStartsSpeaking() if self._said is not None:
                self._asked_at = now + self._said.speech_ms / 1000.0
            case KeyPressed():
                self._asked_at = now
            case AgentStartsBeingHeard() if self._asked_at is not None and now > self._asked_at:
                self.latencies.append((now - self._asked_at) * 1000.0)
                self._asked_at = None
                return self.latencies[-1]
            case Cleared(cut_ms) if cut_ms:
                self.cut_ms.append(cut_ms)
                self._cut = True
            case AgentStopsBeingHeard(heard_ms) if self._cut:
                self.heard_when_cut.append(heard_ms)
                self._cut = False
        return None

    def passed(self, leg: Leg, direction: str, event: object, now: float) -> None:
        """What passed the bridge."""
        match event:
            case model.InputTranscriptCompleted(transcript=transcript):
                self.recognised.append(transcript)
            case model.OutputAudioDelta():
                self._spoken.add(event.response_id, event.item_id, len(b64decode(event.delta)) / BYTES_PER_MS)
            case model.TruncateItem(item_id=item_id, audio_end_ms=end_ms):
                self.truncations += self._spoken.cut(item_id, end_ms)
            case model.Error(error=error):
                self.refusals.append(f"{error.code}: {error.message}")
            case model.OutputItemDone(
                item=model.Item(type="function_call", call_id=str(call_id), name=str(name))
            ):
                self._calls[call_id] = name
            case model.CreateItem(item=item):
                self._item(item)

    def _item(self, item: model.Item) -> None:
        if item.type == "function_call_output":
            self.tools[self._calls.get(item.call_id or "", "")] = item.output or ""
        elif item.content and KEYS in item.content[0].words:
            self.keyed = KEYS

    def findings(self) -> Sequence[Finding]:
        tools = {name: self.tools.get(name, "") for name in TOOLS}
        ran = all(output and not output.startswith("error") for output in tools.values())
        ending = self.ending.value if self.ending else "no end"
        return (
            Finding(
                f"{LEAST_TURNS} turns or more were answered",
                len(self.latencies) >= LEAST_TURNS,
                f"{len(self.latencies)} answers",
            ),
            *interrupted(self),
            Finding("keys became a turn", self.keyed == KEYS, self.keyed or "no keys"),
            Finding("tools ran", ran, "; ".join(f"{name}: {output}" for name, output in tools.items())),
            Finding("the agent hung up after its goodbye", self.ending is Ending.AGENT_HUNG_UP, ending),
        )


def interrupted(evidence: Evidence) -> tuple[Finding, Finding]:
    """What an interruption has to show at both ends."""
    cuts = zip(evidence.truncations, evidence.heard_when_cut, strict=False)
    worst = max((abs(told - heard) for told, heard in cuts), default=None)
    told = worst is not None and worst <= TRUNCATION_TOLERANCE_MS and not evidence.refusals
    return (
        Finding(
            "an interruption silenced the agent",
            bool(evidence.cut_ms),
            f"{sum(evidence.cut_ms) / 1000:.1f} s of speech never played",
        ),
        Finding(
            f"the model was told what was heard of it, within {TRUNCATION_TOLERANCE_MS:.0f} ms",
            told,
            "no truncation" if worst is None else f"off by {worst:.0f} ms; {len(evidence.refusals)} refusals",
        ),
    )
