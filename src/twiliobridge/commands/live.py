"""twiliobridge live: a call by microphone and speaker."""

import logging
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import trio
from rich.console import Console
from rich.markup import escape

from twiliobridge.caller import Access, NotConnected
from twiliobridge.caller.live.voice import VOICE_THRESHOLD, check_silence, check_threshold
from twiliobridge.commands.access import access, add_access_flags, elsewhere_flag
from twiliobridge.commands.command import Command, UsageError, first_of
from twiliobridge.commands.model_flags import (
    ModelPlan,
    add_model_flags,
    knobs_told,
    model_flags_given,
    model_plan,
)
from twiliobridge.commands.options import add_verbose, agent_or_bank, offline_dial
from twiliobridge.commands.stopping import until_interrupted
from twiliobridge.conversation import Agent
from twiliobridge.exit_code import ExitCode
from twiliobridge.live import HOW_TO, LiveOptions, Mode, check_devices, open_bridge, run_live
from twiliobridge.sound import Device, PortAudio, SoundError, Which, list_devices

BRIDGE_URL = "ws://localhost:8000/twilio-agent"
Inside = tuple[Agent, ModelPlan]
LOG_FILE = "realtime_test.log"
"In the current folder; every note of the call, as `--verbose` shows it."
WAY_OUT = "start a bridge with `twiliobridge serve --offline`, or say --offline here to have one inside"


def add_arguments(parser: ArgumentParser) -> None:
    modes = [mode.value for mode in Mode]
    parser.add_argument("--mode", choices=modes, default=modes[0], help="default %(default)s")
    parser.add_argument("--bridge-url", metavar="URL", default=BRIDGE_URL, help="default %(default)s")
    add_access_flags(parser)
    parser.add_argument("--offline", action="store_true", help="run a bridge and the built-in model inside")
    parser.add_argument(
        "--agent", metavar="FILE.toml", help="who answers, with --offline (default: the banking example)"
    )
    parser.add_argument(
        "--voice-threshold",
        type=_checked(check_threshold),
        metavar="LEVEL",
        default=VOICE_THRESHOLD,
        help="level from which a sound is a voice, 0.001 to 0.1 of full scale (default %(default)s)",
    )
    parser.add_argument(
        "--silence-timeout",
        type=_checked(check_silence),
        metavar="SECONDS",
        default=2.0,
        help="silence that ends a turn (default %(default)s)",
    )
    parser.add_argument(
        "--list-devices", action="store_true", help="show microphones and speakers, and leave"
    )
    parser.add_argument(
        "--input", type=_device, metavar="DEVICE", help="microphone: number or part of its name"
    )
    parser.add_argument("--output-device", type=_device, metavar="DEVICE", help="speaker: likewise")
    parser.add_argument("--output", type=Path, metavar="DIR", default=Path("live_output"), help="recordings")
    parser.add_argument("--no-instructions", action="store_true", help="begin without the how-to")
    add_model_flags(parser)
    add_verbose(parser)


def run(options: Namespace, environ: Mapping[str, str]) -> ExitCode:
    if knobs_told(options):
        return ExitCode.PASSED
    console = Console(highlight=False, soft_wrap=True)
    code = ExitCode.FAILED
    try:
        if options.list_devices:
            console.print(escape(_table()))
            code = ExitCode.PASSED
        else:
            inside = _inside(options, environ)
            _start_log(verbose=options.verbose)
            way = access(options, environ, options.bridge_url)
            code = trio.run(until_interrupted, place_call, options, console, way, inside)
    except* SoundError as group:
        raise UsageError(str(first_of(group))) from None
    except* NotConnected as group:
        _tell(first_of(group), console)
    except* OSError as group:
        raise UsageError(_unwritable(first_of(group))) from None
    return code


def _inside(options: Namespace, environ: Mapping[str, str]) -> Inside | None:
    """The bridge inside; None where the call goes to another. UsageError for a flag that would do nothing."""
    if options.offline and (flag := elsewhere_flag(options)):
        raise UsageError(f"{flag} is about another bridge, and --offline has one inside")
    agent = "--agent" if options.agent else ""
    if not options.offline and (flag := agent or model_flags_given(options)):
        raise UsageError(f"{flag} is about the bridge inside: say --offline")
    return (agent_or_bank(options.agent, environ), model_plan(options)) if options.offline else None


def _tell(failure: BaseException, console: Console) -> None:
    """Why there was no call. UsageError if nobody was reached."""
    if isinstance(failure, NotConnected) and not failure.reached:
        raise UsageError(f"{failure}; {WAY_OUT}")
    console.print(f"FAILED: {escape(str(failure))}")


async def place_call(options: Namespace, console: Console, way: Access, inside: Inside | None) -> ExitCode:
    headset = PortAudio(options.input, options.output_device)
    await check_devices(headset)
    mode = Mode(options.mode)
    if not options.no_instructions:
        console.print(f"{HOW_TO[mode]}\n")
    call = LiveOptions(mode, options.voice_threshold, options.silence_timeout, options.output, way)
    async with _bridge(options.bridge_url, inside) as url:
        result = await run_live(url, call, headset, console)
    return ExitCode.PASSED if result.success else ExitCode.FAILED


@asynccontextmanager
async def _bridge(url: str, inside: Inside | None) -> AsyncIterator[str]:
    if inside is None:
        yield url
        return
    agent, plan = inside
    async with open_bridge(agent, await offline_dial(plan, agent)) as ours:
        yield ours


def _start_log(*, verbose: bool) -> None:
    """Everything into the file; on stderr, what the screen does not say better."""
    form = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    seen = logging.StreamHandler(sys.stderr)
    seen.setLevel(logging.DEBUG if verbose else logging.ERROR)
    log = logging.getLogger("twiliobridge")
    log.setLevel(logging.DEBUG)
    for handler in (seen, logging.FileHandler(LOG_FILE, mode="w", encoding="utf-8")):
        handler.setFormatter(form)
        log.addHandler(handler)


def _table() -> str:
    lines = [_row(device) for device in list_devices()]
    return "\n".join(["no.  in out  name", *lines]) if lines else "This machine has no sound devices."


def _row(device: Device) -> str:
    defaults = {"microphone": device.default_input, "speaker": device.default_output}
    note = ", ".join(name for name, is_default in defaults.items() if is_default)
    return f"{device.number:3} {device.inputs:3} {device.outputs:3}  {device.name}" + (
        f"  (default {note})" if note else ""
    )


def _unwritable(error: BaseException) -> str:
    assert isinstance(error, OSError)
    return f"{error.filename}: {error.strerror}"


def _device(text: str) -> Which:
    return int(text) if text.isdecimal() else text


def _checked(check: Callable[[float], float]) -> Callable[[str], float]:
    """For argparse, in whose words ValueErrors are lost."""

    def number(text: str) -> float:
        try:
            return check(float(text))
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from None

    return number


COMMAND = Command("live", "a call by microphone and speaker", add_arguments, run)
