"""twiliobridge demo: a spoken call from beginning to end, told while it happens."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

import trio
from rich.markup import escape

from twiliobridge.agents import banking_agent
from twiliobridge.commands.command import Command, UsageError
from twiliobridge.commands.options import add_verbose, offline_dial, start_logging
from twiliobridge.commands.stopping import until_interrupted
from twiliobridge.demo import Finding, LinesMissing, Terminal, run_demo
from twiliobridge.exit_code import ExitCode


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("demo_output"),
        metavar="DIR",
        help="folder for the recording, the transcript and the events (default %(default)s)",
    )
    add_verbose(parser)


def run(options: Namespace, _environ: Mapping[str, str]) -> ExitCode:
    start_logging(verbose=options.verbose)
    if not options.verbose:
        # The narration says it better, and the door is open to this process alone.
        for told in ("twiliobridge.server", "twiliobridge.caller"):
            logging.getLogger(told).setLevel(logging.ERROR)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        findings = trio.run(until_interrupted, place_call, options.output)
    except OSError as error:
        raise UsageError(f"{error.filename or options.output}: {error.strerror}") from None
    except LinesMissing as missing:
        raise UsageError(str(missing)) from None
    return ExitCode.PASSED if all(finding.holds for finding in findings) else ExitCode.FAILED


async def place_call(output: Path) -> Sequence[Finding]:
    console = Terminal(highlight=False, soft_wrap=True)
    console.print("One spoken call, in real time: a bridge, a model that needs no key, and a caller.")
    findings = await run_demo(banking_agent(), await offline_dial(), output, console)
    console.print()
    for finding in findings:
        verdict = "[green]yes[/]" if finding.holds else "[bold red]NO [/]"
        console.print(f"{verdict}  {escape(finding.law)}: {escape(finding.seen)}")
    console.print(
        f"\ncall.wav (left the caller, right the agent), transcript.txt, events.jsonl: {escape(str(output))}"
    )
    return findings


COMMAND = Command("demo", "a spoken call, told while it happens", add_arguments, run)
