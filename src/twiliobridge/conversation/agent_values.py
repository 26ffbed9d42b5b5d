"""What an agent may be set to: what the service would refuse in every call is refused before the first."""

import re
from typing import TYPE_CHECKING

import msgspec

from twiliobridge.realtime.agreement import disagreement
from twiliobridge.realtime.audio_settings import Speed
from twiliobridge.realtime.client_events import UpdateSession
from twiliobridge.realtime.constraints import MaxTokens
from twiliobridge.realtime.session import TurnDetection
from twiliobridge.realtime.tools import ChosenFunction, Effort, Prompt, ToolChoice, Truncation

if TYPE_CHECKING:
    from twiliobridge.conversation.agent import Agent

END_CALL = "end_call"
"The tool that the bridge carries out itself: hang up once the goodbye has been heard."

VALUES: dict[str, object] = {
    "speed": Speed,
    "reasoning_effort": Effort,
    "max_output_tokens": MaxTokens,
    "tool_choice": ToolChoice,
    "truncation": Truncation,
    "prompt": Prompt,
    "turn_detection": TurnDetection,
}
"By field: what the service takes. Names of voices and of models are not among them: it may have new ones."

_WORDS = re.compile(r"Expected `str` matching regex '\^\(\?:(.+)\)\\+Z'")


def check(agent: "Agent") -> None:
    """Raises ValueError, one line that names the field."""
    _check_tools(agent)
    for name, kind in VALUES.items():
        _check_value(name, getattr(agent, name), kind)
    if agent.noise_reduction not in {"near_field", "far_field", None}:
        raise ValueError(
            f"noise_reduction must be near_field, far_field or off, was {agent.noise_reduction!r}"
        )
    if not re.fullmatch("[!-~]{0,64}", agent.safety_identifier):
        raise ValueError("safety_identifier must be at most 64 printable ASCII characters, without blanks")
    if not (agent.instructions or agent.prompt):
        raise ValueError("instructions are missing; without, there must be a prompt")
    if complaint := disagreement(UpdateSession(session=agent.session({}))):
        raise ValueError(f"{complaint.path.rpartition('.')[2]}: {complaint.message}")


KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
    "null": "nothing",
    "datetime": "a date with a time",
    "date": "a date",
    "time": "a time",
}
"What a complaint of msgspec calls a value, in the words of who writes TOML."

_EXPECTED = re.compile(r"Expected `([\w |]+)`(.*?)(?:, got `(\w+)`)?")
_MISSING = re.compile(r"Object missing required field `(.+)`")


def in_words(complaint: str) -> str:
    """A complaint of msgspec in the words of who writes TOML."""
    if words := _WORDS.fullmatch(complaint):
        known = words[1].replace("\\", "").split("|")
        return f"must be {known[0]}" if len(known) == 1 else f"must be one of: {', '.join(known)}"
    if missing := _MISSING.fullmatch(complaint):
        return f"{missing[1]} is missing"
    if expected := _EXPECTED.fullmatch(complaint):
        kinds = " or ".join(KINDS.get(each, each) for each in expected[1].split(" | "))
        was = f", was {KINDS.get(expected[3], expected[3])}" if expected[3] else ""
        return f"must be {kinds}{expected[2]}{was}"
    return complaint.replace("`", "")


def _check_tools(agent: "Agent") -> None:
    names = [END_CALL] * agent.may_hang_up + [tool.name for tool in agent.tools]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(
            f"two tools are named {twice!r}" + " (one is the bridge's own)" * (twice == END_CALL)
        )
    choice = agent.tool_choice
    if isinstance(choice, ChosenFunction) and choice.name not in names:
        raise ValueError(
            f"tool_choice names {choice.name!r}; the agent's tools are: {', '.join(names) or 'none'}"
        )
    if choice == "required" and not names:
        raise ValueError("tool_choice is 'required', and the agent has no tool")


def _check_value(name: str, value: object, kind: object) -> None:
    if value is None:
        return
    try:
        msgspec.convert(msgspec.to_builtins(value), type=kind)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise ValueError(f"{name}{where.strip('`')}: {in_words(what)}") from None
