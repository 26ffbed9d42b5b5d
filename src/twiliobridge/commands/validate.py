"""twiliobridge validate: eight checks of a bridge, ours or anyone's."""

import logging
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.metadata import version

import trio
from rich.console import Console

from twiliobridge.agents import banking_agent
from twiliobridge.call import Dial
from twiliobridge.commands.access import access
from twiliobridge.commands.call import parameter
from twiliobridge.commands.command import Command, UsageError, first_of
from twiliobridge.commands.model_flags import (
    ModelPlan,
    knobs_told,
    model_plan,
)
from twiliobridge.commands.options import (
    agent_from,
    sessions_of,
    settings_from,
    start_logging,
)
from twiliobridge.commands.stopping import until_interrupted
from twiliobridge.commands.validate_files import check_files, write_files
from twiliobridge.commands.validate_flags import PORT, add_arguments, contradiction, host_of
from twiliobridge.conversation import Agent
from twiliobridge.exit_code import ExitCode
from twiliobridge.offline import Cues, OfflineModel, load_offline_model
from twiliobridge.server import CannotListen, dial_openai, listen_for
from twiliobridge.settings import Settings
from twiliobridge.validate.baseline import Baseline, Unlike, check_alike, compare, read_baseline
from twiliobridge.validate.black_box import black_box
from twiliobridge.validate.check import Check
from twiliobridge.validate.first_call import FirstCall, Outcome, first_call
from twiliobridge.validate.material import Material, NoAudio, find_material
from twiliobridge.validate.model_service import open_model_service
from twiliobridge.validate.owning import open_own_bridge
from twiliobridge.validate.rehearsal import KNOBS, rehearsal
from twiliobridge.validate.repeated import merged
from twiliobridge.validate.report import LiveProgress, print_report
from twiliobridge.validate.result import Mode, Progress, SuiteResult
from twiliobridge.validate.selection import (
    MICROPHONE,
    explain_text,
    left_out,
    list_text,
    selected,
)
from twiliobridge.validate.suite import Suite
from twiliobridge.validate.target import Target

FAR = "the model is far away: {dial:g} s to dial, {back:g} s on the way back; --model-latency 0 has it near"
NOTHING_KNOWN = FirstCall(Outcome.ANSWERS)
NO_GREETING = "the agent does not speak first: the caller begins in every check, and no greeting is judged"
OFFLINE = "no OPENAI_API_KEY: the built-in offline model answers, which needs none"


def run(options: Namespace, environ: Mapping[str, str]) -> ExitCode:
    if knobs_told(options):
        return ExitCode.PASSED
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
        self._baseline = _baseline(options)
        self._suites: list[Suite] = []
        self._cues: Cues | None = None
        self._notes: list[str] = []

    def go(self) -> ExitCode:
        interrupted = False
        try:
            trio.run(until_interrupted, self._validate)
        except* KeyboardInterrupt:
            interrupted = True
        except* NoAudio as group:
            raise UsageError(str(first_of(group))) from None
        except* (CannotListen, Unlike) as group:
            raise UsageError(str(first_of(group))) from None
        if not self._suites:
            self._console.print("INTERRUPTED: stopped before the first check, so there is no report")
            return ExitCode.INTERRUPTED
        result = self._compared(self._result(interrupted=interrupted))
        print_report(result, self._console)
        write_files(self._options, result, self._console)
        if interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.PASSED if result.acceptable else ExitCode.FAILED

    def _result(self, *, interrupted: bool) -> SuiteResult:
        *whole, last = self._suites
        return merged([*(each.result() for each in whole), last.result(interrupted=interrupted)])

    def _compared(self, result: SuiteResult) -> SuiteResult:
        if self._baseline is None or result.interrupted:
            return result
        return replace(result, comparison=compare(self._options.baseline, self._baseline, result))

    async def _validate(self) -> None:
        options = self._options
        tests = tuple(options.test or ("all",))
        checks = _chosen(options, tests)
        if not any(each.microphone for each in checks):
            self._notes.append(MICROPHONE)
        material = find_material(options.audio_dir)
        async with self._target() as opened:
            target = replace(opened, cues=self._cues)
            if self._baseline is not None:
                check_alike(self._baseline, model=target.model, audio=material.paths)
            for note in self._notes:
                self._console.print(f"note: {note}", markup=False, soft_wrap=not self._console.is_terminal)
            own = options.bridge_url is None
            for number in range(1, options.repeat + 1):
                with LiveProgress(self._console) as progress:
                    told: Progress = progress
                    first = NOTHING_KNOWN if own else await _first_call(target, material, told)
                    waits = first.waits_for_caller and target.greets
                    suite = Suite(
                        replace(target, greets=False) if waits else target,
                        material,
                        checks,
                        tests,
                        left_out(checks),
                        (*self._notes, NO_GREETING) if waits else tuple(self._notes),
                        options.output_dir if options.repeat == 1 else options.output_dir / f"run{number}",
                        told,
                        first.hindrance,
                    )
                    self._suites.append(suite)
                    await suite.run()

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
                self._notes.append(
                    f"the model for the bridge is at {url}; without the query it refuses, as the service does"
                )
                yield self._black_box(tap=tap)

    def _black_box(self, **more: object) -> Target:
        options = self._options
        way = access(options, self._environ, options.bridge_url)
        try:
            return black_box(
                options.bridge_url,
                way,
                parameters=dict(parameter(each) for each in options.parameters),
                greets=not options.no_greeting,
                keys=not options.no_keys,
                **more,  # type: ignore[arg-type]
            )
        except ValueError as error:
            raise UsageError(str(error)) from None

    @asynccontextmanager
    async def _own_bridge(self) -> AsyncIterator[Target]:
        options = self._options
        settings = settings_from(
            self._environ,
            host=host_of(options),
            port=PORT if options.port is None else options.port,
            public_url=options.public_url,
            twilio_auth_token=options.auth_token,
            grace=1.0,
        )
        agent = agent_from(options.agent, self._environ) if options.agent else banking_agent()
        if options.model:
            agent = replace(agent, model=options.model)
        try:
            listeners = await listen_for(settings)
        except ValueError as error:
            raise UsageError(str(error)) from None
        dial, model = await self._dial(settings, agent)
        async with open_own_bridge(settings, agent, dial, model, listeners) as target:
            yield target

    async def _dial(self, settings: Settings, agent: Agent) -> tuple[Dial, str]:
        """How the model is reached, and what it is."""
        options = self._options
        reachable = bool(settings.openai_api_key or settings.model_url)
        if reachable and not options.offline:
            return dial_openai(settings, agent), settings.model_url or agent.model or settings.model
        if not options.offline:
            self._notes.append(OFFLINE)
        model = await self._offline_model()
        return sessions_of(model, agent), f"offline model ({model.engines.names})"

    async def _offline_model(self) -> OfflineModel:
        knobs = self._plan.knobs
        if knobs.dial or knobs.back:
            self._notes.append(FAR.format(dial=knobs.dial, back=knobs.back))
        model = await load_offline_model(knobs, self._plan.script, say=self._notes.append)
        self._cues = model.cues
        return model


async def _first_call(target: Target, material: Material, progress: Progress) -> FirstCall:
    """What is to be known of another's bridge before the checks. UsageError if nobody is there."""
    first = await first_call(target, material, progress)
    if first.outcome is Outcome.UNREACHED:
        raise UsageError(f"{first.why}. No call came about, so nothing was judged")
    return first


def _prepare(options: Namespace, environ: Mapping[str, str]) -> None:
    """What cannot work is said before the first call."""
    if fault := contradiction(options, environ):
        raise UsageError(fault)
    check_files(options)


def _baseline(options: Namespace) -> Baseline | None:
    """UsageError before the first call, where it is known by then that the runs are not alike."""
    if options.baseline is None:
        return None
    try:
        baseline = read_baseline(options.baseline)
        check_alike(
            baseline,
            twiliobridge=version("twiliobridge"),
            tests=tuple(options.test or ("all",)),
            mode=(Mode.OWNING if options.bridge_url is None else Mode.BLACK_BOX).name.lower(),
        )
    except Unlike as unlike:
        raise UsageError(str(unlike)) from None
    return baseline


def _chosen(options: Namespace, tests: tuple[str, ...]) -> list[Check]:
    try:
        return selected(tests, options.only)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _explained(wanted: str) -> str:
    try:
        return explain_text(wanted)
    except ValueError as error:
        raise UsageError(str(error)) from None


COMMAND = Command("validate", "judge a bridge: eight checks that can fail", add_arguments, run)
