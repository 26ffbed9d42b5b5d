"""twiliobridge offline: the Realtime server without OpenAI, for any client of its protocol."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from functools import partial

import trio

from twiliobridge.commands.command import Command, UsageError
from twiliobridge.commands.options import add_verbose, offline_model, port, start_logging
from twiliobridge.commands.stopping import stop_at_signals
from twiliobridge.exit_code import ExitCode
from twiliobridge.offline import PATH, serve_offline
from twiliobridge.wires.hypercorn import CannotListen, base_url

log = logging.getLogger(__name__)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=port, default=8765, help="port, 0 for any (default %(default)s)")
    add_verbose(parser)


def run(options: Namespace, _environ: Mapping[str, str]) -> ExitCode:
    start_logging(verbose=options.verbose)
    return trio.run(answer_clients, options.host, options.port)


async def answer_clients(host: str, port: int) -> ExitCode:
    model = await offline_model()
    stop = trio.Event()
    async with trio.open_nursery() as nursery:
        await nursery.start(stop_at_signals, stop, nursery.cancel_scope)
        try:
            listeners = await nursery.start(partial(serve_offline, model, host, port))
        except CannotListen as error:
            raise UsageError(str(error)) from None
        url = "ws" + base_url(listeners[0]).removeprefix("http")
        log.info("listening on %s%s (%s)", url, PATH, model.engines.names)
        await stop.wait()
        nursery.cancel_scope.cancel()
    return ExitCode.PASSED


COMMAND = Command("offline", "be the Realtime server, without OpenAI", add_arguments, run)
