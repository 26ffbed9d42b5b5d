"""Flags of the commands that play Twilio: how a bridge is reached, and by what it knows itself."""

import ssl
from argparse import ArgumentParser, Namespace, _ArgumentGroup
from collections.abc import Mapping

from twiliobridge.caller import Access
from twiliobridge.commands.command import UsageError
from twiliobridge.commands.options import signing_token


def add_access_flags(parser: ArgumentParser | _ArgumentGroup) -> None:
    parser.add_argument("--auth-token", metavar="TOKEN", help="signs, as TWILIO_AUTH_TOKEN does")
    parser.add_argument(
        "--public-url",
        metavar="HTTPS",
        help="the address by which the bridge knows itself: its host is asked for, and it is signed",
    )
    parser.add_argument(
        "--stream-origin",
        metavar="URL",
        help="scheme, host and port of the streams that the webhook's TwiML names, if they are elsewhere",
    )
    parser.add_argument(
        "--header",
        dest="headers",
        action="append",
        default=[],
        metavar="'K: V'",
        help="for a tunnel or a proxy in front of the bridge; repeatable",
    )
    parser.add_argument("--ca-file", metavar="PEM", help="trust these certificates too")


def access(options: Namespace, environ: Mapping[str, str], url: str) -> Access:
    """To the bridge at `url`. UsageError for what does not fit it, and a file that has no certificates."""
    way = Access(
        auth_token=signing_token(options.auth_token, environ),
        public_url=options.public_url,
        stream_origin=options.stream_origin,
        headers=dict(_field(each) for each in options.headers),
        ssl_context=_trusting(options.ca_file),
    )
    try:
        way.route(url)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return way


def elsewhere_flag(options: Namespace) -> str:
    """The first flag that was given of those that only a bridge of another make needs; empty if none was."""
    flags = {
        "--stream-origin": options.stream_origin,
        "--header": options.headers,
        "--ca-file": options.ca_file,
    }
    return next((name for name, value in flags.items() if value), "")


def _field(text: str) -> tuple[str, str]:
    name, separator, value = text.partition(":")
    if not separator:
        raise UsageError(f"a header field is NAME: VALUE, not {text!r}")
    return name, value.strip()


def _trusting(ca_file: str | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"--ca-file {ca_file}: {error.strerror or error}") from None
