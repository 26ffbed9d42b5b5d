"""However many tools a response calls, in whatever order they answer: the model is asked to go on once."""

from dataclasses import replace

from exchange import AGENT, Exchange
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.conversation import Tool
from twiliobridge.realtime import events as model


async def unused(arguments, call):
    raise AssertionError("the relay runs no tool")


HELPER = replace(AGENT, tools=(Tool("balance", "A tool.", unused),))


@st.composite
def sets(draw):
    """One response's calls, their answers and its end: an answer after its call, the end after all calls."""
    calls = draw(st.integers(1, 4))
    answers_at = [draw(st.integers(number, calls)) for number in range(calls)]
    order: list[tuple[str, int]] = []
    for number in range(calls + 1):
        order += [("call", number)] if number < calls else [("done", 0)]
        due = [("answer", each) for each in range(calls) if answers_at[each] == number]
        order += draw(st.permutations(due))
    tail = [step for step in order if step[0] != "call"]
    position = draw(st.integers(0, len(tail)))
    del order[order.index(("done", 0))]
    last_call = order.index(("call", calls - 1))
    order.insert(min(len(order), last_call + 1 + position), ("done", 0))
    return order


@given(st.lists(sets(), min_size=1, max_size=4))
def test_one_request_for_each_set_of_results(orders):
    """After the last output and the response's end, whichever is later; no output is missing or repeated."""
    call = Exchange(HELPER).open()
    for index, order in enumerate(orders):
        name = f"r{index}"
        call.model(model.ResponseCreated(response=model.Response(id=name, conversation_id="c")))
        for at, (what, number) in enumerate(order):
            match what:
                case "call":
                    call.function_call(name, f"{name} c{number}", "balance")
                case "answer":
                    call.answer_tool(f"{name} c{number}", "10 dollars")
                    call.model(model.ItemAdded(item=call.sent(model.CreateItem)[-1].item))
                case _:
                    call.response_done(name)
            complete = at == len(order) - 1
            assert len(call.sent(model.CreateResponse)) == index + complete, order[: at + 1]
    answered = [event.item.call_id for event in call.sent(model.CreateItem)]
    assert sorted(answered) == sorted({*answered})
    assert len(answered) == sum(step[0] == "answer" for order in orders for step in order)
