"""The faults of bridges whose model was kind where they were built. As `mutants`; a law must find each."""

from mutation import mutant, replace

from twiliobridge.conversation import barge_in, opening, resuming, timers
from twiliobridge.conversation.commands import ToModel
from twiliobridge.conversation.responses import Responses
from twiliobridge.conversation.transcript import Line
from twiliobridge.realtime.events import TruncateItem


@mutant("asks again at once after a failure, whatever wait it names", "unkind model", 100)
def asks_again_at_once(stack):
    replace(stack, Responses, "wait_until", lambda real: lambda self, moment: None)


def without(stack, *dues):
    replace(stack, timers, "TIMERS", lambda real: tuple(each for each in real if each.due not in dues))


@mutant("waits for an answer without a bound", "no answer", 20)
def waits_for_ever(stack):
    without(stack, timers._dead_air, timers._unanswered)


@mutant("greets again in each session", "lost sessions", 100)
def greets_again(stack):
    def make(real):
        return lambda mind, now: [*real(mind, now), *opening.greet(mind, now)]

    replace(stack, resuming, "resume", make)


@mutant("tells the next session words that were not heard", "lost sessions", 100)
def unheard_words_replayed(stack):
    replace(stack, Line, "heard", lambda real: property(lambda line: line.text))
    replace(stack, Line, "sounded", lambda real: property(lambda line: line.text))


@mutant("truncates in one session what another has said", "lost sessions", 100)
def truncations_of_a_lost_session(stack):
    def cut(mind, key):
        return [ToModel(TruncateItem(item_id=key, content_index=0, audio_end_ms=0))]

    replace(stack, barge_in, "correct", lambda real: cut)
