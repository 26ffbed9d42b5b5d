"""Whatever a tool returns or raises: the model gets text that a message can carry, and the truth about it."""

import json

import trio
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.call.tools import LONGEST_OUTPUT, tool_output
from twiliobridge.call.tools.readable import NOTHING, readable
from twiliobridge.conversation import CallInfo, Tool, ToolError

CALL = CallInfo("CA1", "MZ1", {})

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(VALUES.filter(lambda value: not isinstance(value, str)))
def test_json_says_what_was_returned(value):
    assert json.loads(readable(value)) == value


ANYTHING = (
    VALUES
    | st.none()
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.decimals()
    | st.complex_numbers()
    | st.sets(st.integers())
    | st.builds(object)
    | st.lists(st.none() | st.text() | st.builds(object))
)


@given(ANYTHING)
def test_anything_returned_is_text_or_an_error_that_says_that_it_ran(value):
    async def tool(arguments, call):
        return value

    text = trio.run(tool_output, Tool("tool", "", tool), "{}", CALL)
    assert text.encode().decode() == text
    assert len(text) <= LONGEST_OUTPUT
    if value is None:
        assert text == NOTHING
    elif text.startswith("error: ") and not str(value).startswith("error: "):
        assert text.startswith("error: the tool ran, but returned ")


ERRORS = st.sampled_from([ValueError, SystemExit, GeneratorExit, LookupError, BaseException, ToolError])


@st.composite
def failures(draw):
    """An exception, or groups of them as nurseries make them."""
    error = draw(ERRORS)(draw(st.text(min_size=4)))
    for _ in range(draw(st.integers(0, 3))):
        error = BaseExceptionGroup("n", [error, *draw(st.lists(st.just(ValueError("secret")), max_size=1))])
    return error


def the_one(error):
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        (error,) = error.exceptions
    return error


@given(failures(), st.booleans())
def test_anything_raised_is_a_class_or_a_text_that_was_meant_for_the_model(error, in_a_thread):
    async def tool(arguments, call):
        raise error

    def plain(arguments, call):
        raise error

    text = trio.run(tool_output, Tool("tool", "", plain if in_a_thread else tool), "{}", CALL)
    cause = the_one(error)
    if isinstance(cause, ToolError):
        assert text == f"error: {cause}".encode(errors="replace").decode()
    else:
        assert text == f"error: the tool failed ({type(cause).__name__})"


@given(st.text())
def test_arguments_are_an_object_or_the_model_is_told_so(arguments):
    given_to = []

    async def tool(given, call):
        given_to.append(given)
        return "done"

    text = trio.run(tool_output, Tool("tool", "", tool), arguments, CALL)
    if text == "done":
        assert given_to == [json.loads(arguments or "{}")]
    else:
        assert text.startswith("error: the arguments are no JSON object: ")
        assert not given_to
