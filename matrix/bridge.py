"""A bridge of the matrix, from its file in bridges/."""

from pathlib import Path

import msgspec

HERE = Path(__file__).parent
BRIDGES = HERE / "bridges"
PROGRAMS = HERE / "programs"
REROUTE = HERE / "reroute"


class Bridge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Texts may have placeholders: {python}, {port}, {model}, {token}, {programs} and {reroute}."""

    name: str = ""
    title: str
    source: str
    "Its repository."
    start: list[str]
    url: str
    "What `validate` is given: the webhook, or the stream where there is no webhook."
    versions: list[str] = []
    "Packages whose versions are told."
    install: list[list[str]] = []
    checkout: bool = False
    "No registry has it: its files are those of --checkout."
    program: str = ""
    "A folder of programs/ that it is installed and started in."
    folder: str = ""
    "Of the checkout."
    flags: list[str] = []
    "Of `validate`."
    rerouted: bool = False
    "By PYTHONPATH. For Node, `start` says so."
    environment: dict[str, str] = {}


def read_bridge(path: Path) -> Bridge:
    bridge = msgspec.toml.decode(path.read_bytes(), type=Bridge)
    return msgspec.structs.replace(bridge, name=path.stem)


def read_bridges() -> tuple[Bridge, ...]:
    return tuple(map(read_bridge, sorted(BRIDGES.glob("*.toml"))))
