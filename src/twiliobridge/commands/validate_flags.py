"""The flags of `twiliobridge validate`, and which of them contradict each other."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from twiliobridge.commands.access import add_access_flags, elsewhere_flag
from twiliobridge.commands.model_flags import add_model_flags, model_flags_given
from twiliobridge.commands.options import add_verbose, count, port
from twiliobridge.server.origin import is_loopback
from twiliobridge.settings import Settings
from twiliobridge.validate.selection import TESTS

HOST, PORT = "localhost", 6060


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
    which.add_argument(
        "--repeat", type=count, default=1, metavar="N", help="run every check so often (default %(default)s)"
    )
    which.add_argument("--list", action="store_true", help="show every check and its rules, and leave")
    which.add_argument(
        "--explain", metavar="ID", help="show one check, or one rule, with sources and advice, and leave"
    )
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
    add_access_flags(whom)
    whom.add_argument(
        "--parameter", dest="parameters", action="append", default=[], metavar="K=V", help="of the stream"
    )
    whom.add_argument("--no-greeting", action="store_true", help="the agent waits for the caller to speak")
    whom.add_argument("--no-keys", action="store_true", help="keys have no effect on the agent")
    add_model_flags(parser)
    files = parser.add_argument_group("files")
    files.add_argument("--audio-dir", type=Path, metavar="DIR", help="what the caller says, as WAV files")
    files.add_argument("--output", type=Path, metavar="FILE.json", help="write the report as JSON")
    files.add_argument("--junit", type=Path, metavar="FILE.xml", help="write the report as JUnit XML")
    files.add_argument("--html", type=Path, metavar="FILE.html", help="write the report as one HTML page")
    files.add_argument(
        "--summary", type=Path, metavar="FILE.md", help="write the report as Markdown, for the page of a job"
    )
    files.add_argument(
        "--baseline", type=Path, metavar="FILE.json", help="fail also for what is worse than in that report"
    )
    files.add_argument(
        "--output-dir",
        type=Path,
        default=Path("validation_output"),
        metavar="DIR",
        help="recordings of every call (default %(default)s)",
    )
    add_verbose(parser)


def contradiction(options: Namespace, environ: Mapping[str, str]) -> str:
    """Why these flags cannot be followed; empty if they can."""
    own = [name for name in ("host", "port", "agent", "model") if getattr(options, name) is not None]
    own += ["openai"] if options.openai else []
    if options.bridge_url is not None and own:
        return f"--{own[0]} is about our own bridge, and --bridge-url names another"
    another = elsewhere_flag(options) or ("--listen-model" if options.listen_model is not None else "")
    if options.bridge_url is None and another:
        return f"{another} is for a bridge of another make: name it with --bridge-url"
    if options.openai and options.offline:
        return "--openai and --offline exclude each other"
    if options.openai and not environ.get("OPENAI_API_KEY"):
        return "--openai needs OPENAI_API_KEY: set it, or leave --openai out for the built-in model"
    signed = options.auth_token or environ.get("TWILIO_AUTH_TOKEN")
    if options.bridge_url is None and not signed and not is_loopback(host_of(options)):
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


def host_of(options: Namespace) -> str:
    return HOST if options.host is None else options.host
