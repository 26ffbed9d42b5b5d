"""twiliobridge serve --check: whether a call would be answered, before there is one."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import trio
from rich.console import Console

from twiliobridge.call import Dial
from twiliobridge.commands.stopping import until_interrupted
from twiliobridge.conversation import Agent
from twiliobridge.exit_code import ExitCode
from twiliobridge.readiness import (
    Failing,
    Fault,
    Imports,
    Readiness,
    Service,
    print_rows,
    redacted,
    secrets_of,
)
from twiliobridge.server import dial_openai
from twiliobridge.settings import Settings
from twiliobridge.wires.websocket import Address

OPENAI = "api.openai.com"
"Whose names of voices and models are known here; other services have their own."

NO_KEY = Fault("there is no OPENAI_API_KEY", "set it, or say --offline for the built-in model")


def service_of(settings: Settings, agent: Agent) -> Service:
    """The model that the settings name."""

    async def open_dial() -> Dial:
        if not (settings.openai_api_key or settings.model_url):
            raise Failing(NO_KEY)
        try:
            return dial_openai(settings, agent)
        except ValueError as error:
            raise Failing(Fault(str(error), "see docs/settings.md, The model")) from None

    there = Address.of(settings.model_endpoint)
    return Service(there.authority, there.host == OPENAI, open_dial)


def built_in(open_dial: Callable[[], Awaitable[Dial]]) -> Service:
    return Service("the built-in model", is_openai=True, open_dial=open_dial)


def check_readiness(
    settings: Settings, agent: Agent, named: str, service: Service, imports: Imports, *, verbose: bool
) -> ExitCode:
    """Prints a table; what was known by then, if it is interrupted."""
    if not verbose:
        logging.getLogger("twiliobridge").setLevel(logging.CRITICAL)  # the table says it better
    console = Console(highlight=False)
    readiness = Readiness(settings, agent, named, service, imports)
    interrupted = False
    try:
        with console.status(f"asking {service.where}, Twilio, and the public URL"):
            trio.run(until_interrupted, readiness.run)
    except* KeyboardInterrupt:
        interrupted = True
    secrets = secrets_of(settings, agent)
    rows = [
        replace(row, told=redacted(row.told, secrets), mend=redacted(row.mend, secrets))
        for row in readiness.rows
    ]
    print_rows(rows, console)
    if interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.PASSED if readiness.ready else ExitCode.FAILED
