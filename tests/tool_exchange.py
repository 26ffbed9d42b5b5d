"""An exchange whose agent has tools, and what a service says about them."""

from dataclasses import replace

from exchange import AGENT, Exchange

from twiliobridge.conversation import Tool
from twiliobridge.realtime import events as model


async def unused(arguments, call):
    raise AssertionError("the relay runs no tool")


HELPER = replace(AGENT, tools=tuple(Tool(name, "A tool.", unused) for name in ("balance", "rate")))


def waiting_for_balance():
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance")
    call.response_done("r")
    return call


def confirm(call):
    for event in call.sent(model.CreateItem):
        call.model(model.ItemAdded(item=event.item))


def refuse(call, code="conversation_already_has_active_response", *, named=True):
    event_id = call.sent(model.CreateResponse)[-1].event_id if named else None
    call.model(model.Error(error=model.ErrorDetail(code=code, event_id=event_id)))
