"""twiliobridge demo: a spoken call from beginning to end, told while it happens."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

import trio
from rich.markup import escape

from twiliobridge.caller import AudioFileError
from twiliobridge.commands.command import Command, UsageError, first_of
from twiliobridge.commands.model_flags import ModelPlan, add_model_flags, knobs_told, model_plan
from twiliobridge.commands.options import (
    add_verbose,
    agent_or_bank,
    offline_model,
    sessions_of,
    start_logging,
)
from twiliobridge.commands.stopping import until_interrupted
from twiliobridge.conversation import Agent
from twiliobridge.demo import Asked, Finding, LinesMissing, Recited, Tale, Terminal, bank, recorded, run_demo
from twiliobridge.exit_code import ExitCode
from twiliobridge.offline import Engines, Script, banking


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("demo_output"),
        metavar="DIR",
        help="folder for the recording, the transcript and the events (default %(default)s)",
    )
    parser.add_argument(
        "--agent",
        metavar="FILE.toml",
        help="who answers (default: the banking example); the caller asks for what its tools do",
    )
    parser.add_argument(
        "--audio",
        action="append",
        type=Path,
        metavar="FILE.wav",
        help="with --agent: what the caller says instead, turn by turn; repeatable",
    )
    add_model_flags(parser)
    add_verbose(parser)


def run(options: Namespace, environ: Mapping[str, str]) -> ExitCode:
    if knobs_told(options):
        return ExitCode.PASSED
    if options.audio and not options.agent:
        raise UsageError("--audio is for an agent of your own: say --agent FILE.toml")
    start_logging(verbose=options.verbose)
    if not options.verbose:
        # The narration says it better, and the door is open to this process alone.
        for told in ("twiliobridge.server", "twiliobridge.caller"):
            logging.getLogger(told).setLevel(logging.ERROR)
    agent = agent_or_bank(options.agent, environ)
    plan = model_plan(options, ModelPlan(script=_script(options.agent)))
    findings: Sequence[Finding] = ()
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        findings = trio.run(until_interrupted, place_call, options, agent, plan)
    except* OSError as group:
        raise UsageError(_unwritable(first_of(group), options.output)) from None
    except* (LinesMissing, AudioFileError) as group:
        raise UsageError(str(first_of(group))) from None
    return ExitCode.PASSED if all(finding.holds for finding in findings) else ExitCode.FAILED


def _unwritable(error: BaseException, output: Path) -> str:
    assert isinstance(error, OSError)
    return f"{error.filename or output}: {error.strerror}"


def _script(agent: str | None) -> Script | None:
    """The example bank is answered by its script; an agent of one's own by what it says of itself."""
    return None if agent else banking()


async def place_call(options: Namespace, agent: Agent, plan: ModelPlan) -> Sequence[Finding]:
    output: Path = options.output
    console = Terminal(highlight=False, soft_wrap=True)
    console.print("One spoken call, in real time: a bridge, a model that needs no key, and a caller.")
    model = await offline_model(plan, agent)
    tale = _tale(options, agent, model.engines)
    findings = await run_demo(agent, sessions_of(model, agent), output, console, tale)
    console.print()
    for finding in findings:
        verdict = "[green]yes[/]" if finding.holds else "[bold red]NO [/]"
        console.print(f"{verdict}  {escape(finding.law)}: {escape(finding.seen)}")
    console.print(
        f"\ncall.wav (left the caller, right the agent), transcript.txt, events.jsonl: {escape(str(output))}"
    )
    return findings


def _tale(options: Namespace, agent: Agent, engines: Engines) -> Tale:
    """What the caller says. UsageError where it has no voice for it, or the model no ears."""
    if not options.agent:
        return bank
    if engines.recogniser is None:
        raise UsageError(
            "an agent of your own is spoken to with engines: pip install 'twiliobridge[offline]'"
        )
    if options.audio:
        lines = recorded(options.audio)
        return lambda _evidence: Recited(agent, lines)
    return lambda evidence: Asked(agent, engines.voice, evidence)


COMMAND = Command("demo", "a spoken call, told while it happens", add_arguments, run)
