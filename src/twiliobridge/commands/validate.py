"""twiliobridge validate: eight checks of a bridge, ours or anyone's."""

import logging
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import trio
from rich.console import Console

from twiliobridge.agents import banking_agent
from twiliobridge.call import Dial
from twiliobridge.commands.call import parameter
from twiliobridge.commands.command import Command, UsageError, first_of
from twiliobridge.commands.model_flags import ModelPlan, add_model_flags, model_flags_given, model_plan
from twiliobridge.commands.options import add_verbose, agent_from, port, settings_from, start_logging
from twiliobridge.commands.stopping import until_interrupted
from twiliobridge.commands.validate_files import check_files, write_files
from twiliobridge.exit_code import ExitCode
from twiliobridge.offline import OfflineModel, load_offline_model, open_offline_model
from twiliobridge.server import CannotListen, dial_openai, listen_for
from twiliobridge.server.door import is_loopback
from twiliobridge.settings import Settings
from twiliobridge.validate.black_box import black_box
from twiliobridge.validate.check import Check
from twiliobridge.validate.material import NoAudio, find_material
from twiliobridge.validate.model_service import open_model_service
from twiliobridge.validate.owning import open_own_bridge
from twiliobridge.validate.rehearsal import KNOBS, rehearsal
from twiliobridge.validate.report import LiveProgress, print_report
from twiliobridge.validate.result import Progress
from twiliobridge.validate.selection import (
    MICROPHONE,
    TESTS,
    by_id,
    explain_text,
    left_out,
    list_text,
    selected,
)
from twiliobridge.validate.suite import Suite
from twiliobridge.validate.target import Target

HOST, PORT = "localhost", 6060
OFFLINE = "no OPENAI_API_KEY: the built-in offline model answers, which needs none"


def add_arguments(parser: ArgumentParser) -> None:
    which = parser.add_argument_group("which checks")
    which.add_argument(
        "--test",
        action="append",
        choices=list(TESTS),
        help="repeatable; default all, which needs no microphone",
    )
    which.add_argument(
        "--only", action="append", default=[], metavar="ID", help="just this check; repeatable"
    )
    which.add_argument("--list", action="store_true", help="show every check and its laws, and leave")
    which.add_argument("--explain", metavar="ID", help="show one check with sources and advice, and leave")
    whom = parser.add_argument_group("which bridge")
    whom.add_argument(
        "--bridge-url", metavar="URL", help="ws(s):// the stream itself; http(s):// its webhook"
    )
    whom.add_argument("--host", help=f"where our own bridge listens (default {HOST})")
    whom.add_argument("--port", type=port, help=f"port of it, 0 for any (default {PORT})")
    whom.add_argument("--agent", metavar="FILE.toml", help="who answers on our own bridge")
    whom.add_argument("--openai", action="store_true", help="insist on the OpenAI API; needs OPENAI_API_KEY")
    whom.add_argument("--offline", action="store_true", help="use the built-in model even if there is a key")
    whom.add_argument("--model", metavar="NAME", help=f"of the OpenAI API (default {Settings.model})")
    whom.add_argument(
        "--listen-model",
        type=port,
        metavar="PORT",
        help="be the model there, visibly, for a bridge of another make that is told to use it",
    )
    whom.add_argument("--auth-token", metavar="TOKEN", help="signs, as TWILIO_AUTH_TOKEN does")
    whom.add_argument("--public-url", metavar="HTTPS", help="the address by which the bridge knows itself")
    whom.add_argument(
        "--parameter", dest="parameters", action="append", default=[], metavar="K=V", help="of the stream"
    )
    whom.add_argument("--no-greeting", action="store_true", help="the agent waits for the caller to speak")
    add_model_flags(parser)
    files = parser.add_argument_group("files")
    files.add_argument("--audio-dir", type=Path, metavar="DIR", help="what the caller says, as WAV files")
    files.add_argument("--output", type=Path, metavar="FILE.json", help="write the report as JSON")
    files.add_argument("--junit", type=Path, metavar="FILE.xml", help="write the report as JUnit XML")
    files.add_argument("--html", type=Path, metavar="FILE.html", help="write the report as one HTML page")
    files.add_argument(
        "--output-dir",
        type=Path,
        default=Path("validation_output"),
        metavar="DIR",
        help="recordings of every call (default %(default)s)",
    )
    add_verbose(parser)


def run(options: Namespace, environ: Mapping[str, str]) -> ExitCode:
    if options.list or options.explain is not None:
        sys.stdout.write(f"{list_text() if options.list else _explained(options.explain)}\n")
        return ExitCode.PASSED
    start_logging(verbose=options.verbose)
    if not options.verbose:
        logging.getLogger("twiliobridge").setLevel(logging.CRITICAL)  # the report says it better
    plan = model_plan(options, ModelPlan(KNOBS, rehearsal()))
    _prepare(options, environ)
    return Run(options, environ, plan, Console(highlight=False)).go()


class Run:
    """One run of the command, of which something is to be reported even if it is interrupted."""

    def __init__(
        self, options: Namespace, environ: Mapping[str, str], plan: ModelPlan, console: Console
    ) -> None:
        self._options = options
        self._environ = environ
        self._plan = plan
        self._console = console
        self._suite: Suite | None = None
        self._notes: list[str] = []

    def go(self) -> ExitCode:
        interrupted = False
        try:
            trio.run(until_interrupted, self._validate)
        except* KeyboardInterrupt:
            interrupted = True
        except* NoAudio as group:
            raise UsageError(str(first_of(group))) from None
        except* CannotListen as group:
            raise UsageError(str(first_of(group))) from None
        if self._suite is None:
            self._console.print("INTERRUPTED: stopped before the first check, so there is no report")
            return ExitCode.INTERRUPTED
        result = self._suite.result(interrupted=interrupted)
        print_report(result, self._console)
        write_files(self._options, result, self._console)
        if interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.PASSED if result.acceptable else ExitCode.FAILED

    async def _validate(self) -> None:
        options = self._options
        tests = tuple(options.test or ("all",))
        checks = _chosen(options, tests)
        if not any(each.microphone for each in checks):
            self._notes.append(MICROPHONE)
        material = find_material(options.audio_dir)
        async with self._target() as target:
            for note in self._notes:
                self._console.print(f"note: {note}", markup=False, soft_wrap=not self._console.is_terminal)
            with LiveProgress(self._console) as progress:
                told: Progress = progress
                self._suite = Suite(
                    target,
                    material,
                    checks,
                    tests,
                    left_out(checks),
                    tuple(self._notes),
                    options.output_dir,
                    told,
                )
                await self._suite.run()

    @asynccontextmanager
    async def _target(self) -> AsyncIterator[Target]:
        options = self._options
        if options.bridge_url is None:
            async with self._own_bridge() as target:
                yield target
        elif options.listen_model is None:
            yield self._black_box()
        else:
            model = await self._offline_model()
            async with open_model_service(model, "127.0.0.1", options.listen_model) as (tap, url):
                self._notes.append(f"the model for the bridge is at {url}")
                yield self._black_box(tap=tap)

    def _black_box(self, **more: object) -> Target:
        options = self._options
        try:
            return black_box(
                options.bridge_url,
                auth_token=options.auth_token or self._environ.get("TWILIO_AUTH_TOKEN") or None,
                public_url=options.public_url,
                parameters=dict(parameter(each) for each in options.parameters),
                greets=not options.no_greeting,
                **more,  # type: ignore[arg-type]
            )
        except ValueError as error:
            raise UsageError(str(error)) from None

    @asynccontextmanager
    async def _own_bridge(self) -> AsyncIterator[Target]:
        options = self._options
        settings = settings_from(
            self._environ,
            host=_host(options),
            port=PORT if options.port is None else options.port,
            model=options.model,
            public_url=options.public_url,
            twilio_auth_token=options.auth_token,
            grace=1.0,
        )
        agent = agent_from(options.agent, self._environ) if options.agent else banking_agent()
        try:
            listeners = await listen_for(settings)
        except ValueError as error:
            raise UsageError(str(error)) from None
        dial, model = await self._dial(settings)
        async with open_own_bridge(settings, agent, dial, model, listeners) as target:
            yield target

    async def _dial(self, settings: Settings) -> tuple[Dial, str]:
        """How the model is reached, and what it is."""
        options = self._options
        reachable = bool(settings.openai_api_key or settings.model_url)
        if reachable and not options.offline:
            return dial_openai(settings), settings.model_url or settings.model
        if not options.offline:
            self._notes.append(OFFLINE)
        model = await self._offline_model()
        return partial(open_offline_model, model), f"offline model ({model.engines.names})"

    async def _offline_model(self) -> OfflineModel:
        return await load_offline_model(self._plan.knobs, self._plan.script, say=self._notes.append)


def _prepare(options: Namespace, environ: Mapping[str, str]) -> None:
    """What cannot work is said before the first call."""
    if fault := _contradiction(options, environ):
        raise UsageError(fault)
    check_files(options)


def _contradiction(options: Namespace, environ: Mapping[str, str]) -> str:
    """Why these flags cannot be followed; empty if they can."""
    own = [name for name in ("host", "port", "agent", "model") if getattr(options, name) is not None]
    own += ["openai"] if options.openai else []
    if options.bridge_url is not None and own:
        return f"--{own[0]} is about our own bridge, and --bridge-url names another"
    if options.bridge_url is None and options.listen_model is not None:
        return "--listen-model is for a bridge of another make: name it with --bridge-url"
    if options.openai and options.offline:
        return "--openai and --offline exclude each other"
    if options.openai and not environ.get("OPENAI_API_KEY"):
        return "--openai needs OPENAI_API_KEY: set it, or leave --openai out for the built-in model"
    signed = options.auth_token or environ.get("TWILIO_AUTH_TOKEN")
    if options.bridge_url is None and not signed and not is_loopback(_host(options)):
        return f"anybody who reaches {options.host} could place calls: give --auth-token, or leave --host out"
    return _idle_flag(options, environ)


def _idle_flag(options: Namespace, environ: Mapping[str, str]) -> str:
    """Of the built-in model, where that does not answer."""
    flag = model_flags_given(options)
    if not flag or _has_built_in_model(options, environ):
        return ""
    way_in = "--offline" if options.bridge_url is None else "--listen-model PORT"
    return f"{flag} is about the built-in model, which does not answer here: say {way_in}"


def _has_built_in_model(options: Namespace, environ: Mapping[str, str]) -> bool:
    if options.bridge_url is not None:
        return options.listen_model is not None
    elsewhere = environ.get("OPENAI_API_KEY") or environ.get("TWILIOBRIDGE_MODEL_URL")
    return options.offline or not (options.openai or elsewhere)


def _host(options: Namespace) -> str:
    return HOST if options.host is None else options.host


def _chosen(options: Namespace, tests: tuple[str, ...]) -> list[Check]:
    try:
        return selected(tests, options.only)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _explained(check_id: str) -> str:
    try:
        return explain_text(by_id(check_id))
    except ValueError as error:
        raise UsageError(str(error)) from None


COMMAND = Command("validate", "judge a bridge: eight checks that can fail", add_arguments, run)
