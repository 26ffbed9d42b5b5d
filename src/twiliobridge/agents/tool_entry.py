"""A `[[tools]]` entry of an agent's file, and the tool that it describes."""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from string import Template
from types import ModuleType
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.conversation import Endpoint, Tool
from twiliobridge.conversation.tool import ToolFunction


class ToolEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    description: str
    run: str | UnsetType = UNSET
    "module:function"
    loop: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    method: str | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET
    "`$NAME` and `${NAME}` in a value are variables of the environment, `$$` is a dollar."
    parameters: dict[str, Any] | UnsetType = UNSET
    within: float | UnsetType = UNSET
    finish: bool | UnsetType = UNSET


ENDPOINT = frozenset({"url", "method", "headers"})


def tool_of(entry: ToolEntry, where: str, environ: Mapping[str, str], find: "FindFunction") -> Tool:
    """ValueError, one line, with `where` and a key first where it is about one."""
    said = given(entry)
    of_endpoint = {name: said.pop(name) for name in ENDPOINT & said.keys()}
    if ("url" in of_endpoint) == ("run" in said):
        raise ValueError(f"{where}: exactly one of run and url is needed")
    if "run" in said:
        if extra := sorted(of_endpoint):
            raise ValueError(f"{where}.{extra[0]}: has a meaning beside url alone")
        return Tool(**said | {"run": find(said["run"], f"{where}.run")})
    return Tool(**said | {"run": _endpoint(of_endpoint, where, environ)})


def given(entry: msgspec.Struct) -> dict[str, Any]:
    """What the file says, without what it leaves to the defaults."""
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return {name: value for name, value in fields.items() if value is not UNSET}


# ---------------------------------------------------------------- an endpoint


def _endpoint(said: dict[str, Any], where: str, environ: Mapping[str, str]) -> Endpoint:
    headers = {
        name: _filled(value, f"{where}.headers.{name}", environ)
        for name, value in said.get("headers", {}).items()
    }
    try:
        return Endpoint(**said | {"headers": headers})
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _filled(value: str, where: str, environ: Mapping[str, str]) -> str:
    """An empty variable counts as absent, as it does for settings."""
    try:
        return Template(value).substitute({name: text for name, text in environ.items() if text})
    except KeyError as unset:
        raise ValueError(f"{where}: the environment has no {unset.args[0]}; set it") from None
    except ValueError:
        raise ValueError(f"{where}: a $ stands before a name of the environment; a dollar is $$") from None


# ---------------------------------------------------------------- a function


FindFunction = Callable[[str, str], ToolFunction]
"The function of `module:function`, for the key of that place. ValueError, one line, if there is none."


def function_at(name: str, where: str) -> ToolFunction:
    if not re.fullmatch(r"[^:]+:[^:]+", name):
        raise ValueError(f"{where}: expected module:function, was {name!r}")
    module, _, function = name.partition(":")
    try:
        found: ToolFunction = getattr(_module(module, where), function)
    except AttributeError:
        raise ValueError(f"{where}: {module!r} has no {function!r}") from None
    return found


def _module(name: str, where: str) -> ModuleType:
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:  # importing a module runs it, and it is somebody else's code
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(f"{where}: cannot import {name!r}: {what}") from error
