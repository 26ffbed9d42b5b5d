"""twiliobridge serve: the bridge."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import trio

from twiliobridge.agents import doubts
from twiliobridge.agents.tool_entry import function_at
from twiliobridge.call import Dial
from twiliobridge.commands.command import Command, UsageError
from twiliobridge.commands.model_flags import (
    ModelPlan,
    add_model_flags,
    knobs_told,
    model_flags_given,
    model_plan,
)
from twiliobridge.commands.options import (
    add_verbose,
    agent_or_bank,
    offline_dial,
    port,
    settings_from,
    start_logging,
)
from twiliobridge.commands.serve_check import built_in, check_readiness, service_of
from twiliobridge.commands.stopping import stop_at_signals
from twiliobridge.conversation import Agent
from twiliobridge.exit_code import ExitCode
from twiliobridge.readiness import Imports, model_fault, redacted, secrets_of
from twiliobridge.server import CannotListen, MessageLog, base_url, check_ways, dial_openai, listen_for, serve
from twiliobridge.settings import MEDIA_LANES, Settings

log = logging.getLogger(__name__)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", help=f"address to listen on (default {Settings.host})")
    parser.add_argument("--port", type=port, help=f"port to listen on, 0 for any (default {Settings.port})")
    parser.add_argument(
        "--offline", action="store_true", help="answer with the built-in model, without a key"
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="which model answers; it wins over the agent's file, and that over TWILIOBRIDGE_MODEL "
        f"(default {Settings.model})",
    )
    parser.add_argument("--model-url", metavar="WSS", help="Realtime WebSocket to use in place of OpenAI's")
    parser.add_argument("--public-url", metavar="HTTPS", help="the URL by which Twilio reaches this server")
    parser.add_argument("--agent", metavar="FILE.toml", help="who answers (default: the banking example)")
    parser.add_argument(
        "--allow-unsigned",
        action="store_true",
        default=None,
        help="listen beyond loopback even without TWILIO_AUTH_TOKEN, that is to anybody",
    )
    parser.add_argument(
        "--media-lane",
        choices=MEDIA_LANES,
        help="auto: media streams straight from their sockets where possible; quart: all through Quart "
        f"(default {Settings.media_lane})",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="say whether a call would be answered, and leave: the model speaks the greeting, which costs as "
        "in a call; Twilio, the public URL and the tools are asked, too",
    )
    add_model_flags(parser)
    add_verbose(parser)


def run(options: Namespace, environ: Mapping[str, str]) -> ExitCode:
    if knobs_told(options):
        return ExitCode.PASSED
    settings = settings_from(
        environ,
        host=options.host,
        port=options.port,
        model_url=options.model_url,
        public_url=options.public_url,
        allow_unsigned=options.allow_unsigned,
        media_lane=options.media_lane,
    )
    imports = Imports()
    agent = agent_or_bank(options.agent, environ, imports.find if options.check else function_at)
    if options.model:
        agent = replace(agent, model=options.model)
    if not options.offline and (flag := model_flags_given(options)):
        raise UsageError(f"{flag} is about the built-in model: say --offline")
    plan = model_plan(options)
    offline = partial(offline_dial, plan, agent)
    service = built_in(offline) if options.offline else service_of(settings, agent)
    if options.check:
        start_logging(verbose=options.verbose)
        named = options.agent or "the banking example"
        return check_readiness(settings, agent, named, service, imports, verbose=options.verbose)
    if not (options.offline or settings.openai_api_key or settings.model_url):
        raise UsageError("no OPENAI_API_KEY: set it, or say --offline for the built-in model")
    start_logging(verbose=options.verbose)
    if service.is_openai:
        for doubt in doubts(agent):
            log.warning("%s", doubt)
    return trio.run(answer_calls, settings, agent, plan if options.offline else None)


async def answer_calls(settings: Settings, agent: Agent, built_in: ModelPlan | None) -> ExitCode:
    """By the built-in model; by the one that the settings name, if that is None."""
    try:
        online = None if built_in else dial_openai(settings, agent)
        check_ways(settings, agent)
        listeners = await listen_for(settings)
    except (CannotListen, ValueError) as error:
        raise UsageError(str(error)) from None
    dial: Dial = online or await offline_dial(built_in or ModelPlan(), agent)
    stop = trio.Event()
    watch = MessageLog if log.isEnabledFor(logging.DEBUG) else None
    code = ExitCode.INTERRUPTED
    async with trio.open_nursery() as nursery:
        await nursery.start(stop_at_signals, stop, nursery.cancel_scope)
        log.info("listening on %s, streams at /twilio-agent", base_url(listeners[0]))
        if online and settings.check_model:
            nursery.start_soon(tell_of_model, online, settings, agent)
        await serve(settings, agent, dial, stop=stop, listeners=listeners, watch=watch)
        code = ExitCode.PASSED
        nursery.cancel_scope.cancel()
    return code


async def tell_of_model(dial: Dial, settings: Settings, agent: Agent) -> None:
    """A session is opened, described and closed; one line says what became of it. Calls do not wait."""
    fault = await model_fault(dial, agent, settings.limits)
    if fault is None:
        log.info("the model takes the agent's session")
        return
    told = redacted(f"{fault.told.rstrip('.')}. To mend it, {fault.mend}", secrets_of(settings, agent))
    log.warning("a call would not be answered now: %s", told)


COMMAND = Command("serve", "answer Twilio's calls with a Realtime model", add_arguments, run)
