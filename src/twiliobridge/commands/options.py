"""Flags and beginnings that several commands share."""

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from twiliobridge.agents import banking_agent, read_agent
from twiliobridge.agents.tool_entry import FindFunction, function_at
from twiliobridge.call import Dial
from twiliobridge.commands.command import UsageError
from twiliobridge.commands.files import text_of
from twiliobridge.commands.model_flags import ModelPlan
from twiliobridge.conversation import Agent
from twiliobridge.offline import OfflineModel, banking, load_offline_model, open_offline_model
from twiliobridge.offline.brain_choice import is_agent_of
from twiliobridge.realtime import DEFAULT_MODEL
from twiliobridge.settings import CLOUD_PORT, Settings, listed

log = logging.getLogger(__name__)

SCRIPTS = "--script FILE.toml, docs/offline.md#scripts"


def add_verbose(parser: ArgumentParser) -> None:
    parser.add_argument("--verbose", action="store_true", help="log every message, without audio and secrets")


def port(text: str) -> int:
    """For argparse, which says "invalid port value" where this raises."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError(text)
    return number


def count(text: str) -> int:
    """For argparse, as `port`."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def start_logging(*, verbose: bool) -> None:
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        stream=sys.stderr,
    )
    # Their debug logs are frames and bytes: nothing that says more than the messages do.
    for chatty in ("hpack", "quart"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


async def offline_model(plan: ModelPlan, agent: Agent | None = None) -> OfflineModel:
    """The built-in model with this machine's engines; what is missing is logged in one line.

    So is that a stand-in answers, if one does: for `agent`, or (None) for whoever asks.
    """
    model = await load_offline_model(plan.knobs, plan.script, say=log.warning)
    scripted = plan.script or (agent and is_agent_of(banking(), (tool.name for tool in agent.tools)))
    if not scripted:
        log.info("%s", stand_in_notice(model, "this agent" if agent else "every agent but the example bank"))
    return model


def stand_in_notice(model: OfflineModel, whom: str) -> str:
    """Who answers, what that comes to, and how to have something else said."""
    does = "it repeats what it understood, and calls the tools that fit"
    if model.engines.recogniser is None:
        does = "it hears no speech, and says little beyond that; typed turns and keys it answers"
    return f"a stand-in for a model answers {whom}: {does}. To decide what is said: {SCRIPTS}"


async def offline_dial(plan: ModelPlan, agent: Agent) -> Dial:
    """Sessions of one built-in model, in this process, under the name of the agent's."""
    return sessions_of(await offline_model(plan, agent), agent)


def sessions_of(model: OfflineModel, agent: Agent) -> Dial:
    """Each under the name of the agent's model, as at OpenAI."""
    return partial(open_offline_model, model, agent.model or DEFAULT_MODEL)


def agent_or_bank(path: str | None, environ: Mapping[str, str], find: FindFunction = function_at) -> Agent:
    """The agent of `--agent`; without, the example that ships."""
    return agent_from(path, environ, find) if path else banking_agent()


def signing_token(flag: str | None, environ: Mapping[str, str]) -> str | None:
    """What a command signs with that plays Twilio; of several tokens the first."""
    return flag or next(iter(listed(environ.get("TWILIO_AUTH_TOKEN", ""))), None)


def settings_from(environ: Mapping[str, str], **flags: object) -> Settings:
    """The environment's settings, with every flag that was given in their place."""
    if flags.get("port") is not None:  # a port of one's own is not the cloud's, nor is the host
        environ = {name: value for name, value in environ.items() if name != CLOUD_PORT}
    try:
        settings = Settings.from_environ(environ)
        return replace(settings, **{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValueError as error:
        raise UsageError(str(error)) from None


def agent_from(path: str, environ: Mapping[str, str], find: FindFunction = function_at) -> Agent:
    """The agent of a TOML file; tools and sounds are looked for beside it, secrets in `environ`."""
    text = text_of(path)
    beside = Path(path).resolve().parent
    sys.path.insert(0, str(beside))
    try:
        return read_agent(text, path, environ, lambda name: _content(beside, name), find)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _content(beside: Path, name: str) -> bytes:
    try:
        return (beside / name).read_bytes()
    except OSError as error:
        raise ValueError(f"{beside / name}: {error.strerror or error}") from None
