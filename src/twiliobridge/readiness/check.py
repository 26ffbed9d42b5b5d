"""All that a server needs for a call, asked for at the same time; each row within its own bound."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import trio

from twiliobridge.agents import doubts
from twiliobridge.call import Dial
from twiliobridge.conversation import Agent, Tool
from twiliobridge.readiness.account import ACCOUNT, NUMBERS, account_row, numbers_row
from twiliobridge.readiness.imports import Imports, tool_names
from twiliobridge.readiness.machine import DESCRIPTORS, SIGNATURES, descriptors_row, signatures_row
from twiliobridge.readiness.model import (
    GREETING,
    MODEL,
    NO_SESSION,
    Bounds,
    greeting_row,
    session_row,
    try_model,
)
from twiliobridge.readiness.port import PORT, open_port
from twiliobridge.readiness.probe import Probe
from twiliobridge.readiness.public_url import PUBLIC, STREAMS, public_row, streams_row
from twiliobridge.readiness.row import Failing, Row, Verdict, ok, skipped, warning
from twiliobridge.server.proxies import proxies_of
from twiliobridge.settings import Settings

AGENT = "agent"


@dataclass(frozen=True)
class Service:
    """Where the model is."""

    where: str
    is_openai: bool
    "So that names are known here which it does not have."
    open_dial: Callable[[], Awaitable[Dial]]
    "May take a moment. Raises Failing where these settings lead to none."


class Readiness:
    """One check; `rows` are there from the beginning, and known one after the other."""

    def __init__(
        self,
        settings: Settings,
        agent: Agent,
        named: str,
        service: Service,
        imports: Imports,
    ) -> None:
        """`named` is the agent to whoever asks."""
        self._settings, self._agent, self._service, self._imports = settings, agent, service, imports
        self._known: dict[str, Row] = {}
        self._tell(self._agent_row(named))

    @property
    def rows(self) -> Sequence[Row]:
        stopped = "interrupted before it was known"
        names = (AGENT, *tool_names(self._agent), MODEL, GREETING, PORT, PUBLIC, STREAMS, SIGNATURES)
        names += (ACCOUNT, NUMBERS, DESCRIPTORS)
        return [self._known.get(name) or Row(name, Verdict.STOPPED, stopped) for name in names]

    @property
    def ready(self) -> bool:
        return not any(row.verdict in {Verdict.FAILED, Verdict.STOPPED} for row in self.rows)

    async def run(self) -> None:
        """Until every row is known. Cancelled, those are that were."""
        self._tell(descriptors_row(self._settings), signatures_row(self._settings))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._try_tools)
            nursery.start_soon(self._try_model)
            nursery.start_soon(self._try_way_in)
            nursery.start_soon(self._ask_twilio)

    def _tell(self, *rows: Row) -> None:
        self._known |= {row.name: row for row in rows}

    def _agent_row(self, named: str) -> Row:
        agent = self._agent
        if self._service.is_openai and (doubt := "; ".join(doubts(agent))):
            return warning(AGENT, f"{named}: {doubt}", "see docs/agents.md for the names that there are")
        count = len(agent.tools)
        return ok(AGENT, f"{named}, {count} tool{'s' * (count != 1)}")

    async def _try_tools(self) -> None:
        async with trio.open_nursery() as nursery:
            for tool in self._agent.tools:
                nursery.start_soon(self._try_tool, tool)

    async def _try_tool(self, tool: Tool) -> None:
        self._tell(await self._imports.row(tool, proxies_of(self._settings)))

    async def _try_model(self) -> None:
        limits = self._settings.limits
        try:
            dial = await self._service.open_dial()
        except Failing as failing:
            self._tell(failing.fault.row(MODEL), skipped(GREETING, NO_SESSION))
            return
        probe = Probe(self._agent, limits, trio.current_time())
        where = self._service.where
        stands = lambda: self._tell(session_row(probe, where))  # noqa: E731
        await try_model(dial, probe, Bounds.of(limits), stands, greet=True)
        self._tell(session_row(probe, where), greeting_row(probe))

    async def _try_way_in(self) -> None:
        settings = self._settings
        async with open_port(settings) as port:
            self._tell(port.row)
            public = await public_row(settings, port)
            self._tell(public)
            self._tell(await streams_row(settings, port, public))

    async def _ask_twilio(self) -> None:
        account = await account_row(self._settings)
        self._tell(account)
        self._tell(await numbers_row(self._settings, account))
