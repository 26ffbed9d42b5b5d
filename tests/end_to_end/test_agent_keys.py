"""Keys of an agent's file that the service acts on, by what the caller hears of it in a whole call."""

import pytest
from agent_text import agent_of
from numbered_speech import numbers_in, say, speech
from whole_call import open_call

from twiliobridge.offline.knobs import Knobs

QUICK = Knobs(latency=0.1)
GREETING = 'greeting = "Hello."\n'


async def test_idle_timeout_ms_has_the_model_speak_up_after_a_silence(autojump_clock):
    keys = 'turn_detection = { type = "server_vad", idle_timeout_ms = 5000 }'
    agent = agent_of(GREETING + keys)
    async with open_call((say(1, 400),), (say(2, 400),), agent=agent, knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        answer = await call.client.wait_for_ai_response(8, quiet=1)
        assert numbers_in(answer.audio) == [2]


@pytest.mark.parametrize(("eager", "patient", "ms"), [("high", "medium", 250), ("medium", "low", 550)])
async def test_who_is_more_eager_answers_sooner(eager, patient, ms, autojump_clock):
    """300, 600 and 1200 ms of silence are a turn's end."""
    latencies = [await latency(eagerness) for eagerness in (eager, patient)]
    assert latencies[0] < latencies[1] - ms


async def latency(eagerness):
    keys = f'turn_detection = {{ type = "semantic_vad", eagerness = "{eagerness}" }}'
    agent = agent_of(GREETING + keys)
    async with open_call((say(1, 400),), (say(2, 400),), agent=agent, knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        await call.line.say_all(speech(50, 400))
        return (await call.client.wait_for_ai_response(20, quiet=1)).latency_ms
