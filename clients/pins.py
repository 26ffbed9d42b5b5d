"""The versions of the clients, from where they are pinned: dependency groups, and npm's package.json."""

import json
import re
import tomllib
from pathlib import Path

from clients.clients import DRIVERS, NODE, Client

ROOT = Path(__file__).parents[1]
_PIN = re.compile(r"([\w-]+)(?:\[[\w,]+\])?==([\w.]+)")


def pins(environment: str) -> dict[str, str]:
    """Package -> version."""
    if environment == NODE:
        pinned: dict[str, str] = json.loads((DRIVERS / "node" / "package.json").read_text())["dependencies"]
        return pinned
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    found = (_PIN.fullmatch(requirement) for requirement in groups[f"client-{environment}"])
    return {match[1]: match[2] for match in found if match}


def versions(client: Client) -> str:
    """`livekit-agents 1.8.9, livekit-plugins-openai 1.8.9`"""
    pinned = pins(client.environment)
    return ", ".join(f"{package} {pinned[package]}" for package in client.packages)
