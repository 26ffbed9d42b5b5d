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


NO_HANDOFF = "it has no agents that hand over"

CLIENTS = (
    Client("openai-python", ("openai",), "openai", "openai_python.py", {"handoff": NO_HANDOFF}),
    Client("openai-node", ("openai",), NODE, "node/openai.mjs", {"handoff": NO_HANDOFF}, secure=True),
    Client("agents-python", ("openai-agents",), "agents", "agents_python.py"),
)
