"""What an endpoint is asked for the arguments of a call, and where a redirect leads."""

import json

import pytest

from twiliobridge.call.tools.questions import Question, followed, question
from twiliobridge.conversation import CallInfo, Endpoint, ToolError
from twiliobridge.wires.http import Response

SHOP = "https://shop.example"

CALL = CallInfo("CA1", "MZ1", {"caller": "+15550100", "called": "+1\r\nX-Other: 1"})


@pytest.mark.parametrize(
    ("method", "url", "arguments", "asked", "body"),
    [
        ("POST", "/book", {"day": "Monday", "bikes": 2}, "/book", {"day": "Monday", "bikes": 2}),
        ("POST", "/book", {}, "/book", {}),
        ("PUT", "/book/{id}", {"id": 7, "bikes": [1, {"a": None}]}, "/book/7", {"bikes": [1, {"a": None}]}),
        ("PATCH", "/book/{id}/{day}", {"id": "a/b", "day": "ä ö"}, "/book/a%2Fb/%C3%A4%20%C3%B6", {}),
        ("GET", "/hours", {"day": "Mon day", "open": True}, "/hours?day=Mon+day&open=true", None),
        ("GET", "/hours", {}, "/hours", None),
        ("GET", "/hours?key=1", {"day": "x&y=z"}, "/hours?key=1&day=x%26y%3Dz", None),
        ("GET", "/hours?day={day}", {"day": "x&y"}, "/hours?day=x%26y", None),
        ("GET", "/hours", {"day": None, "of": ["a", 2]}, "/hours?of=a&of=2", None),
        ("GET", "/hours", {"of": {"a": 1}}, "/hours?of=%7B%22a%22%3A1%7D", None),
        ("DELETE", "/book/{id}", {"id": "7", "why": "ill"}, "/book/7?why=ill", None),
        ("GET", "/{day}.json", {"day": ".."}, "/...json", None),
    ],
)
def test_arguments_go_into_the_path_and_then_into_the_query_or_the_body(method, url, arguments, asked, body):
    given = question(Endpoint(SHOP + url, method), arguments, CALL)
    assert (given.method, given.url) == (method, SHOP + asked)
    assert (json.loads(given.body) if given.body else None) == body
    assert given.headers.get("content-type") == (None if body is None else "application/json")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "the argument 'id' is missing"),
        ({"id": None}, "the argument 'id' is missing"),
        ({"id": ""}, "the argument 'id' is missing"),
        ({"id": ["7"]}, "the argument 'id' must be text or a number"),
        ({"id": ".."}, "no step"),
        ({"id": "."}, "no step"),
    ],
)
def test_an_argument_that_would_change_the_path_is_refused(arguments, told):
    """DELETE /book/ and DELETE /book/.. are other requests than the file allows."""
    with pytest.raises(ToolError, match=told):
        question(Endpoint(SHOP + "/book/{id}", "DELETE"), arguments, CALL)


def test_the_file_s_headers_take_the_place_of_the_usual_ones_whatever_their_case():
    headers = {"Authorization": "Bearer k", "ACCEPT": "text/csv", "Content-Type": "application/vnd.shop+json"}
    given = question(Endpoint(SHOP, "POST", headers), {}, CALL)
    assert given.headers == {
        "accept": "text/csv",
        "user-agent": "twiliobridge",
        "content-type": "application/vnd.shop+json",
        "authorization": "Bearer k",
    }
    assert "Bearer" not in repr(given)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("{caller}", "+15550100"),
        ("{call_sid}/{stream_sid}", "CA1/MZ1"),
        ("{day}", "{day}"),
        ("tel {called}", None),
    ],
)
def test_a_header_may_tell_of_the_call(value, sent):
    """Which the model cannot make up; what no header can have is not sent."""
    given = question(Endpoint(SHOP, "GET", {"X-Call": value}), {"caller": "+666"}, CALL)
    assert given.headers.get("x-call") == sent


def test_what_the_call_does_not_have_is_not_sent():
    given = question(Endpoint(SHOP, "GET", {"X-Caller": "{caller}"}), {}, CallInfo("CA1", "MZ1", {}))
    assert "x-caller" not in given.headers


ASKED = Question(
    "POST", SHOP + "/book?x=1", {"authorization": "k", "content-type": "application/json"}, b"{}"
)


@pytest.mark.parametrize(
    ("status", "location", "method", "url"),
    [
        (303, "/done", "GET", SHOP + "/done"),
        (302, "done?a=b", "GET", SHOP + "/done?a=b"),
        (301, SHOP + "/done", "GET", SHOP + "/done"),
        (307, "/done", "POST", SHOP + "/done"),
        (308, "//shop.example/done", "POST", SHOP + "/done"),
    ],
)
def test_a_redirect_on_the_same_host_is_followed_as_browsers_do(status, location, method, url):
    """With the body and its type, or without both."""
    again = followed(ASKED, Response(status, {"location": location}, b""))
    assert (again.method, again.url, bool(again.body)) == (method, url, method == "POST")
    assert ("content-type" in again.headers) == (method == "POST")
    assert again.headers["authorization"] == "k"


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://other.example/done", "another host"),
        ("https://shop.example:8443/done", "another host"),
        ("http://shop.example/done", "another host"),
        ("ftp://shop.example/done", "no http"),
    ],
)
def test_a_redirect_elsewhere_is_not_followed(location, told):
    """It must not have the headers."""
    with pytest.raises(ToolError, match=f"HTTP 302: a redirect to .*{told}"):
        followed(ASKED, Response(302, {"location": location}, b""))


def test_a_redirect_to_https_of_the_same_name_is_followed():
    asked = Question("GET", "http://shop.example/hours", {})
    location = {"location": "https://shop.example/hours"}
    assert followed(asked, Response(301, location, b"")).url == "https://shop.example/hours"


def test_a_redirect_without_a_location_is_the_same_question_again():
    """Which ends with the bound on redirects."""
    assert followed(Question("GET", SHOP + "/a", {}), Response(307, {}, b"")).url == SHOP + "/a"
