"""A bridge of another make, judged through its webhook, with the suite as its model."""

from dataclasses import replace

import pytest
from judged import MATERIAL, failed, offline_model
from sample_bridge import sample_bridge

from twiliobridge.validate.black_box import black_box
from twiliobridge.validate.check import registered
from twiliobridge.validate.model_service import open_model_service
from twiliobridge.validate.suite import Suite

DOCUMENTED = {
    "C1.9": "nothing follows <Connect>",
    "C2.4": "all is said at once, without waiting for session.updated",
    "C2.6": "session.updated is not read: PCM is played as mu-law",
    "C3.6": "the greeting is played before start, to no stream",
    "C3.7": "every mark is called responsePart",
    "C5.4": "deltas of the cancelled response are played",
    "C5.6": "truncation by media.timestamp",
    "C5.10": "the last item is the only one that is known",
    "C7.1": "keys are ignored",
    "C7.2": "a message that is no JSON ends the loop",
    "C7.7": "response.done is not read: an answer without sound leaves the caller in silence",
    "C8.1": "the caller's end ends one task; the model's socket is closed with its next message",
    "C8.2": "stop is not handled",
    "C8.3": "likewise",
    "C8.4": "the model's end leaves the caller in silence",
    "C8.5": "likewise",
}

RACES = {
    "C2.5": "a refusal that comes after the first three messages leaves the caller in silence",
    "C3.4": "what is played before start may arrive after it",
    "C5.3": "flushed marks that come back late are taken for those of the next answer",
    "C5.5": "late deltas of a cancelled response stop the clock of the next one",
    "C5.7": "as with C5.3",
}
"Faults, too, that show only if one message is quicker than another."


@pytest.mark.minutes
async def test_the_faults_of_the_sample_are_found_by_the_checks_that_own_them():
    """And nothing else: what it does well is not blamed. In real time, over real sockets."""
    checks = [each for each in registered() if not each.microphone]
    model = offline_model()
    async with open_model_service(model, "127.0.0.1", 0) as (tap, model_url):
        with sample_bridge(model_url) as url:
            target = replace(black_box(f"{url}/incoming-call", tap=tap), cues=model.cues)
            result = await Suite(target, MATERIAL, checks).run()
    assert set(failed(result)) - set(RACES) == set(DOCUMENTED), failed(result)
    assert not result.success
