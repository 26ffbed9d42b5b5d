"""What is true of a call with an unkind model: of the laws of a call, those that do not ask it to be kind."""

from call_laws import (
    Evidence,
    an_interruption_leaves_one_packet_at_the_most,
    no_function_call_is_answered_twice,
    nobody_complains,
    nothing_is_left,
    nothing_is_sent_too_early,
    only_permitted_keys_go_to_twilio,
    the_caller_hears_what_the_model_says,
    the_model_knows_what_was_heard,
)
from faulty_call import FaultyCall, happen
from faulty_call_laws import (
    CROSSED,
    EVER_POSSIBLE,
    LATE,
    a_caller_silences_the_agent,
    every_request_has_a_cause,
    it_ends_in_time,
    one_request_at_a_time,
    the_model_hears_it_in_its_place,
)

from twiliobridge.conversation import Ending


def endured(plan) -> FaultyCall:
    call = happen(plan)
    nothing_is_sent_too_early(call)
    only_permitted_keys_go_to_twilio(call)
    nobody_complains(call, CROSSED | LATE | {"rate_limit_exceeded", "session_expired"})
    no_function_call_is_answered_twice(call)
    nothing_is_left(call)
    it_ends_in_time(call)
    one_request_at_a_time(call)
    every_request_has_a_cause(call)
    the_model_hears_it_in_its_place(call)
    evidence = Evidence(call)
    an_interruption_leaves_one_packet_at_the_most(call, evidence)
    a_caller_silences_the_agent(call, evidence)
    the_model_knows_what_was_heard(call, evidence)
    the_caller_hears_what_the_model_says(call, evidence)
    assert call.summary.ending in EVER_POSSIBLE | {
        Ending.MODEL_LOST,
        Ending.MODEL_SILENT,
        Ending.MODEL_UNREACHABLE,
    }
    return call
