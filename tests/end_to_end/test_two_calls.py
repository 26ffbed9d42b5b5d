"""Two calls at once, with one offline model between them, share nothing."""

import trio
from numbered_speech import numbers_in, say
from whole_call import ENGINES, open_call

from twiliobridge.conversation import Ending
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.wires import Refused

FACT, QUESTION, UNKNOWN = 42, 60, 99


class Confidant:
    """Repeats the last fact that a caller confided, when asked; it knows only what is in the conversation."""

    def decide(self, memory, request):
        said = [
            int(word)
            for item in memory
            if item.role == "user"
            for part in item.content
            for word in part.words.split()
        ]
        if not said or said[-1] != QUESTION:
            return (say(1, 300),)
        return (say(next((number for number in reversed(said) if number != QUESTION), UNKNOWN), 300),)

    def expects(self, memory):
        return ""


async def test_what_one_caller_confides_the_other_is_not_told(autojump_clock):
    model = OfflineModel(ENGINES, Confidant, Knobs(latency=0.1))
    async with open_call(model=model) as one, open_call(model=model) as other:
        for call in (one, other):
            await call.client.wait_for_ai_greeting()
        await one.turn(FACT)
        answers = {}

        async def ask(call):
            answers[call] = numbers_in((await call.turn(QUESTION)).audio)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask, one)
            nursery.start_soon(ask, other)
        assert answers == {one: [FACT], other: [UNKNOWN]}
    assert one.summary.stream_sid != other.summary.stream_sid


async def test_the_end_of_one_is_nothing_to_the_other(autojump_clock):
    model = OfflineModel(ENGINES, Confidant, Knobs(latency=0.1))
    async with open_call(model=model) as other:
        await other.client.wait_for_ai_greeting()
        async with open_call(model=model) as one:
            await one.client.wait_for_ai_greeting()
            one.refuses = Refused("model.example: gone")
            one.end_session(1006)
            with trio.fail_after(5):
                await one.over.wait()
        assert numbers_in((await other.turn(QUESTION)).audio) == [UNKNOWN]
    assert (one.summary.ending, other.summary.ending) == (Ending.MODEL_UNREACHABLE, Ending.CALLER_HUNG_UP)
