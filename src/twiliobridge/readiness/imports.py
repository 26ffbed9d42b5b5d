"""The tools of an agent: what is imported for each, and whether its endpoint can be reached."""

import sys
from pathlib import Path

import trio

from twiliobridge.agents.tool_entry import function_at
from twiliobridge.conversation import Agent, CallInfo, Endpoint, Tool
from twiliobridge.conversation.tool import ToolFunction
from twiliobridge.readiness.row import Row, Verdict, ok
from twiliobridge.wires import Unreachable
from twiliobridge.wires.http import Url
from twiliobridge.wires.proxy import Proxies
from twiliobridge.wires.tcp import open_tcp

CONNECTED = 8.0
"Seconds to a connection, with TLS, to an endpoint's host."


class Imports:
    """Finds the functions of an agent's file, and goes on where one cannot be imported."""

    def __init__(self) -> None:
        self._faults: dict[ToolFunction, str] = {}

    def find(self, name: str, where: str) -> ToolFunction:
        """The function, or one in its place that is never run."""
        try:
            return function_at(name, where)
        except ValueError as error:
            missing = _missing(name)
            self._faults[missing] = str(error)
            return missing

    async def row(self, tool: Tool, proxies: Proxies) -> Row:
        name = f"tool {tool.name}"
        if isinstance(tool.run, Endpoint):
            return await _endpoint_row(name, tool.run, proxies)
        if fault := self._faults.get(tool.run):
            return Row(name, Verdict.FAILED, fault, "install it, or put the module beside the agent's file")
        return ok(name, _origin(tool.run))


def tool_names(agent: Agent) -> list[str]:
    return [f"tool {tool.name}" for tool in agent.tools]


def _missing(name: str) -> ToolFunction:
    def missing(_arguments: object, _call: CallInfo) -> object:
        raise AssertionError(f"{name} was not imported")  # a check runs no tool

    return missing


def _origin(function: ToolFunction) -> str:
    """Its name, and the file of its module: another of that name may have been found first."""
    module = getattr(function, "__module__", None) or type(function).__module__
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    file = getattr(sys.modules.get(module), "__file__", None)
    return f"{module}:{name}" + (f", {_from_here(Path(file))}" if file else "")


def _from_here(file: Path) -> Path:
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


async def _endpoint_row(name: str, endpoint: Endpoint, proxies: Proxies) -> Row:
    """A connection, and no request: what that would do, only its server knows."""
    there = Url.of(endpoint.url)
    told = f"{endpoint.method} {there.scheme}://{there.authority}"
    try:
        proxy = proxies.to(there.host, there.port, secure=there.secure)
        with trio.fail_after(CONNECTED):
            async with open_tcp(there.host, there.port, secure=there.secure, proxy=proxy):
                return ok(name, f"{told} takes connections (it was not asked anything)")
    except (Unreachable, ValueError) as failure:
        why = str(failure)
    except trio.TooSlowError:
        why = f"no connection within {CONNECTED:g} s"
    mend = "see that `url` is right, and that this machine reaches it (HTTPS_PROXY, NO_PROXY)"
    return Row(name, Verdict.FAILED, f"{told}: {why}", mend)
