"""The eight clients: what is installed, what drives each, and what each cannot do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DRIVERS = Path(__file__).with_name("drivers")
NODE = "node"
"The environment of the clients in JavaScript."

Cannot = Mapping[str, str]
"Feature -> why this client has no such thing."


@dataclass(frozen=True, eq=False)
class Client:
    name: str
    packages: tuple[str, ...]
    "Whose versions the table tells."
    environment: str
    driver: str
    cannot: Cannot = field(default_factory=dict)
    secure: bool = False
    "It takes no address but `wss:`."

    @property
    def path(self) -> Path:
        return DRIVERS / self.driver


ONE_KIND = "its sessions are of the type `realtime` only"
NO_HANDOFF = "it has no agents that hand over"

NO_ASIDE = "it asks for responses of the conversation only"

CLIENTS = (
    Client("openai-python", ("openai",), "openai", "openai_python.py", {"handoff": NO_HANDOFF}),
    Client("openai-node", ("openai",), NODE, "node/openai.mjs", {"handoff": NO_HANDOFF}, secure=True),
    Client("agents-python", ("openai-agents",), "agents", "agents_python.py"),
    Client("agents-node", ("@openai/agents",), NODE, "node/agents.mjs", {"transcription": ONE_KIND}),
    Client(
        "livekit-python",
        ("livekit-agents", "livekit-plugins-openai"),
        "livekit",
        "livekit_python.py",
        {"out of band": NO_ASIDE},
    ),
    Client(
        "livekit-node",
        ("@livekit/agents", "@livekit/agents-plugin-openai"),
        NODE,
        "node/livekit.mjs",
        {"out of band": NO_ASIDE},
    ),
    Client(
        "pipecat",
        ("pipecat-ai",),
        "pipecat",
        "pipecat_python.py",
        {"handoff": NO_HANDOFF, "out of band": NO_ASIDE},
    ),
    Client(
        "pydantic-ai",
        ("pydantic-ai-slim",),
        "pydantic-ai",
        "pydantic_ai_python.py",
        {
            "forced tool": "it refuses to force a tool for a whole session, and has no other way to ask",
            "handoff": NO_HANDOFF,
            "transcription": ONE_KIND,
            "out of band": NO_ASIDE,
        },
    ),
)
