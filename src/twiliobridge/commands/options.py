"""Flags and beginnings that several commands share."""

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from twiliobridge.agents import read_agent
from twiliobridge.call import Dial
from twiliobridge.commands.command import UsageError
from twiliobridge.conversation import Agent
from twiliobridge.offline import OfflineModel, load_offline_model, open_offline_model
from twiliobridge.settings import Settings

log = logging.getLogger(__name__)


def add_verbose(parser: ArgumentParser) -> None:
    parser.add_argument("--verbose", action="store_true", help="log every message, without audio and secrets")


def port(text: str) -> int:
    """For argparse, which says "invalid port value" where this raises."""
    number = int(text)
    if not 0 <= number <= 65535:
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


async def offline_model() -> OfflineModel:
    """The built-in model with this machine's engines; what is missing is logged in one line."""
    return await load_offline_model(say=log.warning)


async def offline_dial() -> Dial:
    """Sessions of one built-in model, in this process."""
    model = await offline_model()
    return lambda: open_offline_model(model)


def settings_from(environ: Mapping[str, str], **flags: object) -> Settings:
    """The environment's settings, with every flag that was given in their place."""
    try:
        settings = Settings.from_environ(environ)
        return replace(settings, **{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValueError as error:
        raise UsageError(str(error)) from None


def agent_from(path: str, environ: Mapping[str, str]) -> Agent:
    """The agent of a TOML file; its tools are looked for beside it too, its secrets in `environ`."""
    file = Path(path)
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    sys.path.insert(0, str(file.resolve().parent))
    try:
        return read_agent(text, path, environ)
    except ValueError as error:
        raise UsageError(str(error)) from None
