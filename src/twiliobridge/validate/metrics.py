"""What is measured, each with its definition: docs/validate.md says the same at more length."""

from collections.abc import Sequence

from twiliobridge.validate.examination import Measured
from twiliobridge.validate.metric import Metric
from twiliobridge.validate.result import SelfCheck

DEFINITIONS: dict[str, tuple[str, str]] = {
    "response latency": ("ms", "from the caller's last 20 ms above -45 dBFS to the first of the agent heard"),
    "barge-in to silence": ("ms", "from the first speech of an interrupting caller to the agent's silence"),
    "time to first audio": ("ms", "from `start` to the first of the agent's audio heard, in each call"),
    "zombie audio": ("ms", "agent's audio heard after `clear` while the interrupting caller still speaks"),
    "truncate error": ("ms", "position in the item that the model was told, less what was truly heard of it"),
    "goodbye cut": ("ms", "audio still queued when the bridge closed the stream"),
    "dead air": ("s", "the longest time in a call in which nobody was heard, up to the last that was"),
    "gap within an answer": ("ms", "silence in an answer because the playback buffer had run empty"),
    "hang-up to resources gone": ("ms", "from the end of a call to the model's socket, tasks and files gone"),
    "buffer depth": ("ms", "the most audio that was queued for a call at once"),
    "clipping": ("ratio", "share of the samples heard that are at full scale"),
    "silence ratio": ("ratio", "share of the frames heard under -45 dBFS"),
}

FIRST = ("response latency", "barge-in to silence")
"What a caller notices before all else: a report begins with these."

LATENCIES = frozenset({"time to first audio", "response latency", "barge-in to silence"})
"Withheld when the suite's own clock is not to be trusted."


def metrics_of(measured: Sequence[Measured], self_check: SelfCheck) -> tuple[Metric, ...]:
    """All that was measured, in the order of DEFINITIONS."""
    found = []
    for name, (unit, definition) in DEFINITIONS.items():
        values = tuple(value for each in measured for value in each.values.get(name, ()))
        if values:
            withheld = "" if self_check.trusted or name not in LATENCIES else self_check.line
            kept = () if withheld else values
            found.append(Metric(name=name, unit=unit, definition=definition, values=kept, withheld=withheld))
    return tuple(found)
