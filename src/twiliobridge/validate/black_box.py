"""Anybody's bridge, from outside."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from twiliobridge.validate.result import Mode
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.target import HttpAnswer, Target
from twiliobridge.wires.http import get

SCHEMES = ("ws", "wss", "http", "https")


def black_box(
    url: str,
    *,
    auth_token: str | None = None,
    public_url: str | None = None,
    parameters: Mapping[str, str] | None = None,
    greets: bool = True,
    tap: ModelTap | None = None,
) -> Target:
    """The bridge at `url`; `tap` if the model that it uses is one that the suite serves.

    ValueError, one line, for what is no address of a bridge.
    """
    parts = _address(url)
    web = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return Target(
        url=url,
        mode=Mode.BLACK_BOX,
        model="the suite's own offline model" if tap else "not visible",
        get=asks(f"{web}://{parts.netloc}"),
        tap=tap,
        auth_token=auth_token,
        public_url=public_url,
        parameters=parameters or {},
        greets=greets,
    )


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is no URL: {error}") from None
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError(f"a bridge's URL begins with ws://, wss://, http:// or https://, not {url!r}")
    return parts


def asks(base: str) -> Callable[[str], Awaitable[HttpAnswer]]:
    """GET below `base`."""

    async def ask(path: str) -> HttpAnswer:
        answer = await get(base + path, {})
        return HttpAnswer(answer.status, answer.text)

    return ask
