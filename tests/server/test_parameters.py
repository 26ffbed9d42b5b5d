"""What Twilio's webhook tells of a call, as the agent and its tools are told it."""

import pytest
from served import bridge, http

from twiliobridge.conversation import CallInfo
from twiliobridge.mediastream.twiml import parse_twiml
from twiliobridge.server.parameters import LONGEST_PARAMETER, parameters_of

OURS, THEIRS = "+15550199", "+15550100"


@pytest.mark.parametrize(
    ("form", "parameters"),
    [
        (
            {"From": THEIRS, "To": OURS, "Direction": "inbound"},
            {"caller": THEIRS, "called": OURS, "direction": "inbound"},
        ),
        (
            {"From": OURS, "To": THEIRS, "Direction": "outbound-api", "AnsweredBy": "human"},
            {"caller": THEIRS, "called": OURS, "direction": "outbound-api", "answered_by": "human"},
        ),
        (
            {"From": OURS, "To": THEIRS, "Direction": "outbound-dial"},
            {"caller": THEIRS, "called": OURS, "direction": "outbound-dial"},
        ),
        ({"From": THEIRS}, {"caller": THEIRS}),
        ({"CallSid": "CA1"}, {}),
    ],
)
def test_the_caller_is_whoever_is_on_the_line_whichever_side_dialled(form, parameters):
    assert parameters_of(form.items()) == parameters


def test_a_parameter_is_of_a_bounded_length():
    assert parameters_of([("From", "1" * 9999)]) == {"caller": "1" * LONGEST_PARAMETER}


async def test_an_outbound_call_s_webhook_names_both_numbers_right():
    form = {"From": OURS, "To": THEIRS, "Direction": "outbound-api", "AnsweredBy": "machine_start"}
    async with bridge() as served:
        _, body = await http(served.url, "/incoming-call", form)
    told = parse_twiml(body)[0].stream.parameters
    call = CallInfo("CA1", "MZ1", told)
    assert (call.caller, call.called) == (THEIRS, OURS)
    assert (told["direction"], told["answered_by"]) == ("outbound-api", "machine_start")
