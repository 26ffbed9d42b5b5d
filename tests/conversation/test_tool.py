"""Tools and endpoints as values: what could not be run is refused where it is written down."""

from functools import partial

import pytest

from twiliobridge.conversation import CallInfo, Endpoint, Tool


async def run(arguments, call):
    return "done"


def plain(arguments, call=None, *more):
    return "done"


def three(one, two, another):
    return "done"


class Callable:
    def __call__(self, arguments, call):
        return "done"

    async def method(self, arguments, call):
        return "done"


@pytest.mark.parametrize(
    "function", [run, plain, Callable(), Callable().method, partial(plain), lambda *both: both, dict.get]
)
def test_whatever_can_be_called_with_arguments_and_call_is_a_tool(function):
    assert Tool("t", "d", function).run is function


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (None, "run of t must be a function, was NoneType"),
        ("shop:hours", "run of t must be a function, was str"),
        (lambda: "done", r"run of t must be a function of \(arguments, call\)"),
        (three, r"run of t must be a function of \(arguments, call\)"),
    ],
)
def test_what_cannot_is_refused(function, told):
    """Or else the caller would be told of a failure, in every call."""
    with pytest.raises(ValueError, match=f"^{told}$"):
        Tool("t", "d", function)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"loop": "uvloop"}, "loop of t must be trio or asyncio, was 'uvloop'"),
        ({"run": Endpoint("http://h"), "loop": "asyncio"}, "loop of t has no meaning for a url"),
        ({"run": Endpoint("http://h/{day}")}, "the url of t names {day}, which is none of its parameters"),
    ],
)
def test_what_has_no_meaning_is_refused(more, told):
    with pytest.raises(ValueError, match=f"^{told}$"):
        Tool(**{"name": "t", "description": "d", "run": run} | more)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "url must begin with"),
        ("shop.example/hours", "url must begin with"),
        ("ftp://shop.example", "url must begin with"),
        ("https://", "url must begin with"),
        ("https://shop.example:0x1/", "url must begin with"),
        ("https://shop.example/a b", "url must begin with"),
        ("https://shop.example/schön", "url must begin with"),
        ("https://shop.example/{day", "url must begin with"),
        ("https://shop.example/{the-day}", "url must begin with"),
        ("https://{shop}.example/", "url may have {arguments} in its path and query alone"),
        ("https://shop.example:{port}/", "url must begin with"),
        ("{scheme}://shop.example/", "url must begin with"),
        ("https://u:secret@shop.example/", "url must not hold a login"),
        ("https://u:secret@shop.example:x y", "url must not hold a login"),
        ("https://shop.example/#hours", "url must have no #fragment"),
    ],
)
def test_a_url_that_could_not_be_asked_is_refused(url, told):
    with pytest.raises(ValueError, match=f"^{told}") as raised:
        Endpoint(url)
    assert "secret" not in str(raised.value)


def test_a_url_names_its_arguments():
    assert Endpoint("https://shop.example/{a}/{b}?c={c}").placeholders == ("a", "b", "c")


@pytest.mark.parametrize("method", ["get", "HEAD", "CONNECT", ""])
def test_a_method_is_one_of_five(method):
    with pytest.raises(ValueError, match=r"^method must be one of GET, POST, PUT, PATCH, DELETE"):
        Endpoint("http://h", method)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("X Key", "k", "'X Key' is no name of a header"),
        ("", "k", "'' is no name of a header"),
        ("X-Key", "secret\r\nX-Other: 1", "the header X-Key must be printable ASCII"),
        ("X-Key", "secret\n", "the header X-Key must be printable ASCII"),
        ("X-Key", "", "the header X-Key must be printable ASCII"),
        ("Host", "other", "the header Host is the bridge's own"),
        ("content-length", "0", "the header content-length is the bridge's own"),
    ],
)
def test_a_header_that_could_not_be_sent_is_refused(name, value, told):
    with pytest.raises(ValueError, match=f"^{told}") as raised:
        Endpoint("http://h", headers={name: value})
    assert "secret" not in str(raised.value)


def test_headers_are_shown_nowhere():
    """They hold keys."""
    assert "sk-1" not in repr(Tool("t", "d", Endpoint("http://h", headers={"Authorization": "sk-1"})))


def test_the_numbers_of_a_call_are_parameters():
    call = CallInfo("CA1", "MZ1", {"caller": "+1", "called": "+2"})
    assert (call.caller, call.called) == ("+1", "+2")
    assert (CallInfo("CA1", "MZ1", {}).caller, CallInfo("CA1", "MZ1", {}).called) == (None, None)
