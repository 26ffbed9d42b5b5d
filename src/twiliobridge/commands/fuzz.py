"""twiliobridge fuzz: Hypothesis plays Twilio against any endpoint."""

import logging
import subprocess
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING

from twiliobridge.commands.access import access, add_access_flags
from twiliobridge.commands.command import Command, UsageError
from twiliobridge.commands.stopping import sigterm_as_sigint
from twiliobridge.exit_code import ExitCode

if TYPE_CHECKING:
    from twiliobridge.fuzz import Endpoint

log = logging.getLogger(__name__)

RESTART_SECONDS = 60.0
"For the command of --restart, which starts an endpoint and returns."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "url", metavar="URL", nargs="?", help="ws(s):// the stream itself; http(s):// its webhook"
    )
    parser.add_argument("--list", action="store_true", help="show the classes of mutation and the laws")
    parser.add_argument("--replay", type=Path, metavar="FILE.jsonl", help="play this scenario, nothing else")
    parser.add_argument(
        "--class",
        dest="classes",
        action="append",
        default=[],
        metavar="NAME",
        help="only this class; repeatable (default: all)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default %(default)s")
    parser.add_argument(
        "--examples", type=_count, default=50, metavar="N", help="of each class (default %(default)s)"
    )
    parser.add_argument(
        "--max-seconds",
        type=_seconds,
        default=60.0,
        metavar="S",
        help="for the search (default %(default)g); making a finding short takes up to 20 more",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("fuzz_output"),
        metavar="DIR",
        help="for what is found (default %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    add_access_flags(parser)
    parser.add_argument(
        "--restart", metavar="COMMAND", help="a shell command that brings the endpoint back when it is lost"
    )
    parser.add_argument(
        "--i-own-this-endpoint",
        action="store_true",
        help="try the hostile classes though the endpoint is not on loopback",
    )


def _count(text: str) -> int:
    """For argparse, which says "invalid count value" where this raises."""
    number = int(text)
    if number < 1:
        raise ArgumentTypeError(f"must be at least 1, not {text}")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ArgumentTypeError(f"must be a positive number of seconds, not {text}")
    return number


def run(options: Namespace, environ: Mapping[str, str]) -> ExitCode:
    # Hypothesis takes half a second to import, which no other command should wait for.
    from twiliobridge import fuzz  # noqa: PLC0415
    from twiliobridge.commands import fuzz_report  # noqa: PLC0415

    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    if options.list:
        return fuzz_report.listing()
    unknown = [name for name in options.classes if name not in fuzz.CATEGORIES]
    if unknown:
        raise UsageError(f"no class {unknown[0]!r}; there are: {', '.join(fuzz.CATEGORIES)}")
    try:
        endpoint = _endpoint(options, environ)
        if options.replay is not None:
            return fuzz_report.replayed(endpoint, fuzz.read_scenario(options.replay))
        plan = fuzz.Plan(
            seed=options.seed,
            examples=options.examples,
            max_seconds=options.max_seconds,
            classes=tuple(options.classes),
            own=options.i_own_this_endpoint,
            output=options.output,
        )
        with sigterm_as_sigint():
            return fuzz_report.told(endpoint, plan, _restart(options.restart), as_json=options.json)
    except (fuzz.Unusable, fuzz.ScenarioError) as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{error.filename or options.output}: {error.strerror}") from None


def _endpoint(options: Namespace, environ: Mapping[str, str]) -> "Endpoint":
    from twiliobridge.fuzz import Endpoint  # noqa: PLC0415 -- as above

    if options.url is None:
        raise UsageError("which endpoint? give its URL, that of its stream or of its webhook")
    return Endpoint(options.url, access(options, environ, options.url))


def _restart(command: str | None) -> Callable[[], bool] | None:
    if command is None:
        return None

    def restart() -> bool:
        try:
            done = subprocess.run(command, shell=True, check=False, timeout=RESTART_SECONDS, stdin=DEVNULL)  # noqa: S602 -- the user's own command line
        except subprocess.TimeoutExpired:
            log.error("--restart %r did not return within %g s", command, RESTART_SECONDS)  # noqa: TRY400 -- one line
            return False
        if done.returncode:
            log.error("--restart %r ended with exit code %d", command, done.returncode)
        return not done.returncode

    return restart


COMMAND = Command("fuzz", "play Twilio against an endpoint, lawfully and not", add_arguments, run)
