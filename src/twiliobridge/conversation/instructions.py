"""The instructions of a call, and of one response in it: the one place where such a text is made."""

from collections.abc import Mapping

from twiliobridge.realtime.events import Content, Item


def of_call(instructions: str, parameters: Mapping[str, str]) -> str:
    """The agent's instructions with what is known about the call.

    A parameter comes from outside: whatever it holds, it is one line.
    """
    return f"{instructions}\n\n{known(parameters)}" if parameters else instructions


def known(parameters: Mapping[str, str]) -> str:
    lines = (f"- {one_line(name)}: {one_line(value)}" for name, value in parameters.items())
    return "Known about this call:\n" + "\n".join(lines)


def as_item(text: str) -> Item:
    """For a place where instructions would replace others that must stay."""
    return Item(type="message", role="system", content=(Content(type="input_text", text=text),))


def one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def of_response(instructions: str, parameters: Mapping[str, str], wish: str) -> str:
    """The instructions of a response replace the session's, so these are repeated before the wish."""
    return f"{of_call(instructions, parameters)}\n\n{wish}"
