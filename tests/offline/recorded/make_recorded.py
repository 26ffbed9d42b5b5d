"""Makes the files of this folder from recordings of the live service that are public.

    pip install pyyaml
    git clone https://github.com/pydantic/pydantic-ai
    PYTHONPATH=. python tests/offline/recorded/make_recorded.py pydantic-ai

Taken are the recordings of OpenAI and Azure OpenAI, over a WebSocket, from `session.created` on. Of a
recording only facts are kept: what the client did, with texts and names of our own; and which events came, in
their order, by shape (see `clients/field_paths.py`). Nothing that somebody wrote or said is copied.

`shapes.jsonl` has every shape once, under the name by which the sessions refer to it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from clients.field_paths import Shape, shape

HERE = Path(__file__).parent
REPOSITORY = "pydantic/pydantic-ai"
FOLDER = "tests/realtime/cassettes"
TAKEN = ("test_openai_ws/", "test_azure_ws/", "test_gateway_ws/test_gateway_openai", "test_parity_ws/")
OTHERS = ("google", "xai", "webrtc")
"In the names of recordings of other protocols, or of another transport."

QUESTION, ANSWER = "What time is it?", "Half past nine."
TOOL = {
    "name": "look_up",
    "description": "Looks it up.",
    "parameters": {
        "type": "object",
        "properties": {"what": {"type": "string"}},
        "required": ["what"],
        "additionalProperties": False,
    },
}
WORDS = {"instructions": "Be brief.", "input_text": QUESTION, "output_text": ANSWER, "output": ANSWER}

Step = dict[str, Any]


class Shapes:
    """Shapes by name: the event's type and a number."""

    def __init__(self) -> None:
        self._named: dict[str, list[Shape]] = {}

    def name(self, event: Step) -> str:
        kind = event["type"]
        known = self._named.setdefault(kind, [])
        found = shape({key: value for key, value in event.items() if key != "type"})
        if found not in known:
            known.append(found)
        return f"{kind}/{known.index(found) + 1}"

    def lines(self) -> Iterator[Step]:
        for kind, known in sorted(self._named.items()):
            for number, fields in enumerate(known, 1):
                yield {"shape": f"{kind}/{number}", "fields": fields}


class Recording:
    """One recording as steps in our own form."""

    def __init__(self, interactions: list[Step], shapes: Shapes) -> None:
        self._interactions = interactions
        self._shapes = shapes
        self._calls: list[str] = []
        self._turns = self._spoken()

    def _spoken(self) -> list[Step]:
        """When the caller spoke, on the clock of the appended audio."""
        received = [step["data"] for step in self._interactions if step["direction"] == "received"]
        starts = [data["audio_start_ms"] for data in received if data["type"].endswith("speech_started")]
        ends = [data["audio_end_ms"] for data in received if data["type"].endswith("speech_stopped")]
        return [{"speech": {"start_ms": a, "end_ms": b}} for a, b in zip(starts, ends, strict=True)]

    def steps(self) -> Iterator[Step]:
        """Of several deltas of one kind in a row, one."""
        last: Step | None = None
        for step in self._all_steps():
            if step != last or not step.get("server", "").partition("/")[0].endswith(".delta"):
                yield step
            last = step

    def _all_steps(self) -> Iterator[Step]:
        silent = True
        for interaction in self._interactions:
            data = interaction["data"]
            if interaction["direction"] == "received":
                silent = silent or data["type"] == "input_audio_buffer.speech_stopped"
                self._calls += [data["call_id"]] if data["type"].endswith("arguments.done") else []
                yield {"server": self._shapes.name(data)}
            elif data["type"] != "input_audio_buffer.append":
                yield {"client": self._reworded(data)}
            elif silent and self._turns:
                silent = False
                yield self._turns.pop(0)

    def _reworded(self, value: Any, name: str = "") -> Any:
        """The same kinds and settings, in words of our own; a call by its number."""
        if isinstance(value, list):
            return [self._reworded(element, name) for element in value]
        if not isinstance(value, dict):
            return self._calls.index(value) if name == "call_id" else WORDS.get(name, value)
        if value.get("type") == "function":
            return value | {key: TOOL[key] for key in TOOL.keys() & value.keys()}
        kind = value.get("type", "")
        return {
            key: self._reworded(below, kind if key == "text" else key)
            for key, below in value.items()
            if key != "event_id"
        }


def taken(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.yaml")):
        name = str(path.relative_to(folder))
        if name.startswith(TAKEN) and not any(other in name for other in OTHERS):
            yield path


def session_name(path: Path) -> str:
    """From the recording's folder and name, without what they all have."""
    words = f"{path.parent.name} {path.stem}".replace("test_", "").replace("[", " ").replace("]", "")
    return words.replace("_", "-").replace(" ", "-")


def write(path: Path, lines: Iterator[Step]) -> None:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def main(checkout: Path) -> None:
    git = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 -- git
    shapes = Shapes()
    for path in taken(checkout / FOLDER):
        interactions = yaml.safe_load(path.read_text())["interactions"]
        first = interactions[0]["data"]
        source = {
            "repository": REPOSITORY,
            "path": str(path.relative_to(checkout)),
            "commit": commit,
            "model": first["session"]["model"],
        }
        steps = Recording(interactions, shapes).steps()
        write(HERE / f"{session_name(path)}.jsonl", iter([{"source": source}, *steps]))
    write(HERE / "shapes.jsonl", shapes.lines())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
