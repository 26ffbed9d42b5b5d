"""twiliobridge call: one call to any bridge, narrated, from the shell."""

import logging
import math
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import trio
from rich.console import Console

from twiliobridge.caller import (
    Access,
    AudioFileError,
    CallerError,
    MockTwilioClient,
    TwilioApi,
    open_twilio_api,
)
from twiliobridge.caller.line import DIGITS
from twiliobridge.caller.recordings import read_audio
from twiliobridge.commands.access import access, add_access_flags
from twiliobridge.commands.call_narration import CallNarration
from twiliobridge.commands.call_report import CallReport, Step, converse
from twiliobridge.commands.command import Command, UsageError
from twiliobridge.commands.options import add_verbose, port, start_logging
from twiliobridge.commands.stopping import stop_at_signals
from twiliobridge.exit_code import ExitCode

SCHEMES = ("ws", "wss", "http", "https")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="ws(s):// the stream itself; http(s):// a voice webhook")
    parser.add_argument(
        "--audio",
        dest="steps",
        action="append",
        type=lambda text: ("audio", text),
        metavar="FILE.wav",
        help="say this and wait for the answer; repeatable, and in order with --dtmf",
    )
    parser.add_argument(
        "--dtmf",
        dest="steps",
        action="append",
        type=lambda text: ("keys", text),
        metavar="123#",
        help="press these keys and wait for the answer",
    )
    parser.add_argument(
        "--parameter",
        dest="parameters",
        action="append",
        default=[],
        metavar="K=V",
        help="a custom parameter of the stream (ws:// only: TwiML has its own)",
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help="write recordings of both sides there")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=30.0,
        metavar="S",
        help="seconds for each answer (default %(default)g)",
    )
    add_access_flags(parser)
    parser.add_argument(
        "--api-port",
        type=port,
        metavar="N",
        help="be Twilio's REST API there, so that the bridge can end the call",
    )
    add_verbose(parser)


def seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < math.inf:
        raise ArgumentTypeError(f"must be a positive number of seconds, not {text}")
    return number


def run(options: Namespace, environ: Mapping[str, str]) -> ExitCode:
    start_logging(verbose=options.verbose)
    if not options.verbose:
        logging.getLogger("twiliobridge.caller").setLevel(logging.ERROR)  # the narration says it better
    steps = [read_step(*each) for each in options.steps or ()]
    prepare(options.output)
    way = access(options, environ, options.url)
    return trio.run(place, options, steps, way, environ.get("TWILIO_ACCOUNT_SID") or None)


async def place(options: Namespace, steps: Sequence[Step], way: Access, account_sid: str | None) -> ExitCode:
    """The call, and what is printed and written of it."""
    stop, scope = trio.Event(), trio.CancelScope()
    console = Console(stderr=options.json, quiet=options.json, highlight=False, soft_wrap=True)
    narration = CallNarration(console)
    async with AsyncExitStack() as opened:
        api = await open_api(opened, options.api_port, account_sid, way.auth_token)
        phone = make_phone(options, narration, way, account_sid, api)
        report = CallReport(phone, options.url, narration)
        nursery = await opened.enter_async_context(trio.open_nursery())
        await nursery.start(stop_at_signals, stop, nursery.cancel_scope)
        nursery.start_soon(cancel_at, stop, scope)
        with narration.live(), scope:
            await call(phone, report, steps, options.timeout)
        nursery.cancel_scope.cancel()
    if report.connected:
        save(report, options.output)
    tell(report, console, as_json=options.json)
    if stop.is_set():
        return ExitCode.INTERRUPTED
    return ExitCode.PASSED if report.success else ExitCode.FAILED


async def call(phone: MockTwilioClient, report: CallReport, steps: Sequence[Step], timeout: float) -> None:  # noqa: ASYNC109
    try:
        async with phone:
            report.connected = True
            await phone.initiate_call_flow()
            await converse(phone, report, steps, timeout)
    except CallerError as error:
        report.error = str(error)


async def cancel_at(stop: trio.Event, scope: trio.CancelScope) -> None:
    await stop.wait()
    scope.cancel()


async def open_api(
    opened: AsyncExitStack, api_port: int | None, account_sid: str | None, token: str | None
) -> TwilioApi | None:
    if api_port is None:
        return None
    try:
        return await opened.enter_async_context(open_twilio_api(account_sid, token, port=api_port))
    except OSError as error:
        raise UsageError(f"cannot listen on 127.0.0.1:{api_port}: {error.strerror}") from None


def make_phone(
    options: Namespace,
    narration: CallNarration,
    way: Access,
    account_sid: str | None,
    api: TwilioApi | None,
) -> MockTwilioClient:
    if options.url.partition("://")[0].lower() not in SCHEMES:
        raise UsageError(
            f"a bridge's URL begins with ws://, wss://, http:// or https://, not {options.url!r}"
        )
    try:
        return MockTwilioClient(
            options.url,
            account_sid=account_sid,
            custom_parameters=dict(parameter(each) for each in options.parameters),
            auth_token=way.auth_token,
            ssl_context=way.ssl_context,
            public_url=way.public_url,
            stream_origin=way.stream_origin,
            headers=way.headers,
            observe=narration.noted,
            api=api,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def read_step(kind: str, text: str) -> Step:
    if kind == "audio":
        try:
            return Step(text, audio=read_audio(text))
        except AudioFileError as error:
            raise UsageError(str(error)) from None
    if not text or set(text) - set(DIGITS):
        raise UsageError(f"a phone has the keys 0-9 * # A-D: --dtmf {text!r}")
    return Step(text)


def parameter(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (name and separator):
        raise UsageError(f"a parameter is name=value, not {text!r}")
    return name, value


def prepare(output: Path | None) -> None:
    """A folder that cannot be written is said before the call, not after it."""
    try:
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror}") from None


def save(report: CallReport, output: Path | None) -> None:
    if output is None:
        return
    try:
        report.files = report.phone.save_collected_audio(output)
    except OSError as error:
        raise UsageError(f"{error.filename or output}: {error.strerror}") from None


def tell(report: CallReport, console: Console, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(report.summary()).decode() + "\n")
        return
    for line in report.lines():
        console.print(line, markup=False)


COMMAND = Command("call", "one call to any bridge, narrated", add_arguments, run)
