"""MCP tools of a session: listed, offered to the model, and called by the session itself."""

import json

import msgspec
import pytest
from offline_driver import ADDED, BEGUN, OVER, Driver, types

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.jobs import CallMcp, ListTools, McpOutcome
from twiliobridge.offline.mcp.rpc import Tool
from twiliobridge.realtime.events import (
    CancelResponse,
    CreateItem,
    CreateResponse,
    Error,
    Item,
    ItemAdded,
    ItemDone,
    ItemRetrieved,
    McpArgumentsDone,
    ResponseDone,
    RetrieveItem,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

CALL = CallTool("opens", {"day": "Saturday"})
OPENS = Tool("opens", "When the shop opens.", {"type": "object"}, {"readOnlyHint": True})
SELLS = Tool("sells", "", {}, None)
SERVER = {
    "type": "mcp",
    "server_label": "shop",
    "server_url": "http://127.0.0.1:9/mcp",
    "require_approval": "never",
}
LISTING = ["conversation.item.added", "mcp_list_tools.in_progress"]
LISTED = ["mcp_list_tools.completed", "conversation.item.done"]
CALLING = [
    "response.mcp_call_arguments.delta*",
    "response.mcp_call_arguments.done",
    "response.mcp_call.in_progress",
]
CALLED = ["response.mcp_call.completed", "conversation.item.done", "response.output_item.done"]


def configured(driver, *tools):
    update = {"type": "realtime", "output_modalities": ["text"], "tools": tools}
    return driver.say(UpdateSession(session=msgspec.convert(update, SessionUpdate)))


def ready(*replies, **server):
    """A session whose server has been listed."""
    driver = Driver(*replies)
    configured(driver, SERVER | server)
    driver.listed((OPENS, SELLS))
    return driver


def answered(driver, approve, **more):
    (request,) = [entry.item for entry in driver.of(ItemDone) if entry.item.type == "mcp_approval_request"]
    item = Item(type="mcp_approval_response", approval_request_id=request.id, approve=approve, **more)
    return driver.say(CreateItem(item=item))


def test_a_server_is_asked_once_and_what_it_offers_is_an_item():
    driver = Driver()
    assert types(configured(driver, SERVER)) == ["session.updated", *LISTING]
    (job,) = driver.asked
    assert job == ListTools(driver.of(ItemAdded)[0].item.id, "shop", SERVER["server_url"], {})
    assert driver.of(ItemAdded)[0].item.tools == ()
    assert types(driver.listed((OPENS,))) == LISTED
    (listed,) = driver.of(ItemDone)[0].item.tools
    assert listed == {
        "name": "opens",
        "description": "When the shop opens.",
        "input_schema": {"type": "object"},
        "annotations": {"readOnlyHint": True},
    }
    assert types(configured(driver, SERVER)) == ["session.updated"]
    driver.say(RetrieveItem(item_id=job.item_id))
    assert driver.of(ItemRetrieved)[0].item.tools == (listed,)


def test_a_server_at_another_address_is_asked_anew():
    driver = ready()
    assert types(configured(driver, SERVER | {"server_url": "http://127.0.0.1:10/mcp"})) == [
        "session.updated",
        *LISTING,
    ]


def test_its_key_goes_to_the_server_as_a_bearer_and_its_headers_as_they_are():
    driver = Driver()
    configured(driver, SERVER | {"authorization": "secret", "headers": {"X-Shop": "1"}})
    assert driver.asked[0].headers == {"Authorization": "Bearer secret", "X-Shop": "1"}


def test_a_server_that_cannot_be_listed_offers_nothing():
    driver = Driver((CALL,))
    configured(driver, SERVER)
    assert types(driver.listed(None)) == ["mcp_list_tools.failed"]
    assert types(driver.say(CreateResponse()) + driver.wait(1)) == ["response.created", *OVER]


def test_tools_are_on_offer_once_they_are_known():
    driver = Driver((Say("a"),), (Say("b"),))
    configured(driver, SERVER)
    driver.say(CreateResponse())
    driver.wait(1)
    driver.listed((OPENS, SELLS))
    driver.say(CreateResponse())
    driver.wait(1)
    assert [request.tools for _, request in driver.brain.seen] == [(), ("opens", "sells")]
    assert driver.brain.seen[1][1].offers[0].parameters == {"type": "object"}


@pytest.mark.parametrize(
    ("allowed", "offered"),
    [
        (["sells"], ("sells",)),
        ({"tool_names": ["opens", "nothing"]}, ("opens",)),
        ({"read_only": True}, ("opens",)),
        ({"read_only": False}, ("sells",)),
        (None, ("opens", "sells")),
    ],
)
def test_only_tools_that_the_client_allows_are_on_offer(allowed, offered):
    driver = ready((Say("a"),), allowed_tools=allowed)
    driver.say(CreateResponse())
    driver.wait(1)
    assert driver.brain.seen[0][1].tools == offered


def test_a_call_is_made_by_the_session_and_the_response_waits_for_its_answer():
    driver = ready((CALL,), (Say("At nine."),))
    assert types(driver.say(CreateResponse()) + driver.wait(30)) == [*BEGUN, *CALLING]
    item = driver.of(ItemAdded)[-1].item
    assert (item.type, item.server_label, item.name, item.output) == ("mcp_call", "shop", "opens", None)
    assert '"output":null' in msgspec.json.encode(item).decode()
    assert driver.asked[-1] == CallMcp(item.id, "shop", "opens", {"day": "Saturday"})
    assert json.loads(driver.of(McpArgumentsDone)[0].arguments) == {"day": "Saturday"}
    assert types(driver.called(McpOutcome("at nine")) + driver.wait(1)) == [*CALLED, *OVER]
    (done,) = driver.of(ResponseDone)[0].response.output
    assert (done.output, done.error) == ("at nine", None)
    driver.say(CreateResponse())
    driver.wait(1)
    call, output = driver.brain.seen[-1][0]
    assert (call.type, call.name, output.type, output.output) == (
        "function_call",
        "opens",
        "function_call_output",
        "at nine",
    )


def test_a_call_that_fails_says_why_in_its_item():
    driver = ready((CALL,))
    driver.say(CreateResponse())
    driver.wait(1)
    error = {"type": "tool_execution_error", "message": "closed for good"}
    assert types(driver.called(McpOutcome(error=error)))[0] == "response.mcp_call.failed"
    driver.wait(1)
    (done,) = driver.of(ResponseDone)[0].response.output
    assert (done.output, done.error) == (None, error)


def test_a_response_that_is_cancelled_does_not_wait_and_the_late_answer_is_lost():
    driver = ready((CALL,))
    driver.say(CreateResponse())
    driver.wait(1)
    assert types(driver.say(CancelResponse())) == [
        "conversation.item.done",
        "response.output_item.done",
        *OVER[:1],
    ]
    assert driver.called(McpOutcome("at nine")) == []


@pytest.mark.parametrize(
    ("wanted", "asks"),
    [
        (None, True),
        ("always", True),
        ("never", False),
        ({"never": {"tool_names": ["opens"]}}, False),
        ({"never": {"tool_names": ["sells"]}}, True),
        ({"always": {"tool_names": ["opens"]}}, True),
        ({"never": {"read_only": True}}, False),
    ],
)
def test_whether_the_client_is_asked_is_as_it_said_and_where_it_said_nothing_it_is(wanted, asks):
    driver = ready((CALL,), require_approval=wanted)
    driver.say(CreateResponse())
    driver.wait(1)
    assert isinstance(driver.asked[-1], CallMcp) is not asks


def test_an_approved_call_is_made_and_its_outcome_is_an_item():
    driver = ready((CALL,), (Say("At nine."),), require_approval="always")
    assert types(driver.say(CreateResponse()) + driver.wait(1)) == [
        *BEGUN,
        "conversation.item.done",
        "response.output_item.done",
        *OVER,
    ]
    request = driver.of(ItemDone)[-1].item
    assert (request.type, request.name, json.loads(request.arguments)) == (
        "mcp_approval_request",
        "opens",
        {"day": "Saturday"},
    )
    assert types(answered(driver, approve=True)) == [*ADDED, "conversation.item.added", CALLING[-1]]
    assert driver.asked[-1].arguments == {"day": "Saturday"}
    assert types(driver.called(McpOutcome("at nine"))) == CALLED[:2]
    done = driver.of(ItemDone)[-1].item
    assert (done.type, done.output, done.approval_request_id) == ("mcp_call", "at nine", request.id)
    driver.say(CreateResponse())
    driver.wait(1)
    assert driver.brain.seen[-1][0][-1].output == "at nine"


def test_a_call_that_is_not_approved_is_not_made_and_the_model_knows_why():
    driver = ready((CALL,), (Say("Then not."),), require_approval="always")
    driver.say(CreateResponse())
    driver.wait(1)
    assert types(answered(driver, approve=False, reason="too dear")) == ADDED
    assert not [job for job in driver.asked if isinstance(job, CallMcp)]
    driver.say(CreateResponse())
    driver.wait(1)
    assert driver.brain.seen[-1][0][-1].output == "too dear"


def test_a_request_is_answered_once_and_nothing_else_is_answered():
    driver = ready((CALL,), require_approval="always")
    driver.say(CreateResponse())
    driver.wait(1)
    answered(driver, approve=True)
    answered(driver, approve=True)
    driver.say(CreateItem(item=Item(type="mcp_approval_response", approval_request_id="no", approve=True)))
    assert [event.error.param for event in driver.of(Error)] == ["item.approval_request_id"] * 2


def test_a_server_of_one_response_alone_is_asked_when_that_is_created():
    """It is too late for that response, as at the service; the next one has it."""
    driver = Driver((Say("a"),), (CALL,))
    params = {"tools": [SERVER], "output_modalities": ["text"]}
    event = {"type": "response.create", "response": params}
    assert types(driver.say(msgspec.convert(event, CreateResponse)))[:2] == LISTING
    driver.listed((OPENS,))
    driver.wait(1)
    driver.say(msgspec.convert(event, CreateResponse))
    driver.wait(1)
    assert driver.asked[-1].name == "opens"
