"""twiliobridge offline: the Realtime server without OpenAI, for any client of its protocol."""

import logging
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import trio

from twiliobridge.commands.command import Command, UsageError
from twiliobridge.commands.model_flags import ModelPlan, add_model_flags, knobs_told, model_plan
from twiliobridge.commands.options import add_verbose, offline_model, port, start_logging
from twiliobridge.commands.stopping import stop_at_signals
from twiliobridge.exit_code import ExitCode
from twiliobridge.offline import PATH, Door, McpServer, McpServers, serve_control, serve_offline
from twiliobridge.offline.certificates import Identity, NoCertificate, from_files, self_signed
from twiliobridge.offline.control import PATH as SCRIPT
from twiliobridge.realtime.session import MODELS
from twiliobridge.wires.hypercorn import CannotListen, Listeners, base_url

log = logging.getLogger(__name__)


SELF_SIGNED = "self-signed"
TWO_FILES = 2
MOST = Door().most_sessions


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=port, default=8765, help="port, 0 for any (default %(default)s)")
    parser.add_argument(
        "--tls",
        nargs="+",
        metavar=(f"{SELF_SIGNED}|CERT", "KEY"),
        help="speak wss: with a certificate made for this run, or with one in PEM files",
    )
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which it may be asked for, besides those of OpenAI's models; repeatable",
    )
    parser.add_argument(
        "--sessions", type=_several, metavar="N", help=f"at once, the next is refused (default {MOST})"
    )
    parser.add_argument(
        "--control-port",
        type=port,
        metavar="PORT",
        help="where tests post what the next responses are, on 127.0.0.1 alone, 0 for any (default: nowhere)",
    )
    parser.add_argument(
        "--mcp",
        action="append",
        type=_mcp_server,
        default=[],
        metavar="LABEL=COMMAND",
        help="an MCP server of that label, started for each session that names it; repeatable",
    )
    add_model_flags(parser)
    add_verbose(parser)


def run(options: Namespace, _environ: Mapping[str, str]) -> ExitCode:
    if knobs_told(options):
        return ExitCode.PASSED
    start_logging(verbose=options.verbose)
    plan = model_plan(options)
    try:
        with _identity(options.tls, options.host) as identity:
            return trio.run(answer_clients, options, plan, identity)
    except NoCertificate as missing:
        raise UsageError(str(missing)) from None


async def answer_clients(options: Namespace, plan: ModelPlan, identity: Identity | None) -> ExitCode:
    model = await offline_model(plan)
    model.mcp = McpServers(tuple(options.mcp))
    door = Door(models=MODELS | {*options.model}, most_sessions=options.sessions or MOST)
    tls = identity.context if identity else None
    stop = trio.Event()
    async with trio.open_nursery() as nursery:
        await nursery.start(stop_at_signals, stop, nursery.cancel_scope)
        try:
            serving = partial(serve_offline, model, options.host, options.port, door, tls=tls)
            listeners = await nursery.start(serving)
            if options.control_port is not None:
                controls = await nursery.start(partial(serve_control, model.cues, port=options.control_port))
                log.info("the next responses: %s%s", base_url(controls[0]), SCRIPT)
        except CannotListen as error:
            raise UsageError(str(error)) from None
        log.info("listening on %s (%s)", address(listeners, identity), model.engines.names)
        await stop.wait()
        nursery.cancel_scope.cancel()
    return ExitCode.PASSED


def address(listeners: Listeners, identity: Identity | None) -> str:
    """The URL for clients, and what makes them trust it."""
    scheme, advice = ("wss", identity.advice) if identity else ("ws", "")
    url = f"{scheme}{base_url(listeners[0]).removeprefix('http')}{PATH}"
    return f"{url}; {advice}" if advice else url


def _mcp_server(text: str) -> McpServer:
    """For argparse, in whose words ValueErrors are lost."""
    try:
        return McpServer.of(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


@contextmanager
def _identity(flag: list[str] | None, host: str) -> Iterator[Identity | None]:
    """Raises NoCertificate, and UsageError for a flag of another form."""
    if flag is None:
        yield None
    elif flag == [SELF_SIGNED]:
        with self_signed(host) as identity:
            yield identity
    elif len(flag) == TWO_FILES:
        yield from_files(*map(Path, flag))
    else:
        raise UsageError(f"--tls takes {SELF_SIGNED}, or two files: CERT KEY")


def _several(text: str) -> int:
    """For argparse, which names the flag."""
    if not text.isdigit() or not int(text):
        raise ArgumentTypeError(f"sessions are a whole number from 1 on, was {text!r}")
    return int(text)


COMMAND = Command("offline", "be the Realtime server, without OpenAI", add_arguments, run)
