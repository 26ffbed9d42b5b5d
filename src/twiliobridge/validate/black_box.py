"""Anybody's bridge, from outside."""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from twiliobridge.caller import DIRECT, Access
from twiliobridge.caller.route import dial_along
from twiliobridge.validate.result import Mode
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.target import HttpAnswer, Target
from twiliobridge.validate.webhook import asks_webhook
from twiliobridge.wires.http import NO_FIELDS, get

SCHEMES = ("ws", "wss", "http", "https")


def black_box(
    url: str,
    access: Access = DIRECT,
    *,
    parameters: Mapping[str, str] | None = None,
    greets: bool = True,
    keys: bool = True,
    tap: ModelTap | None = None,
) -> Target:
    """The bridge at `url`, reached by `access`; `tap` if the model that it uses is one that the suite serves.

    ValueError, one line, for what is no address of a bridge, or does not fit it.
    """
    _check_address(url)
    route = access.route(url)
    return Target(
        url=url,
        mode=Mode.BLACK_BOX,
        model="the suite's own offline model" if tap else "not visible",
        get=asks(route.local_origin, {"Host": route.asked_as, **access.headers}, access.ssl_context),
        connect=dial_along(route),
        webhook=asks_webhook(url, access) if url.startswith("http") else None,
        tap=tap,
        access=access,
        parameters=parameters or {},
        greets=greets,
        keys=keys,
    )


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is no URL: {error}") from None
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError(f"a bridge's URL begins with ws://, wss://, http:// or https://, not {url!r}")


def asks(
    base: str, headers: Mapping[str, str] = NO_FIELDS, ssl_context: ssl.SSLContext | None = None
) -> Callable[[str], Awaitable[HttpAnswer]]:
    """GET below `base`."""

    async def ask(path: str) -> HttpAnswer:
        answer = await get(base + path, headers, ssl_context)
        return HttpAnswer(answer.status, answer.text)

    return ask
