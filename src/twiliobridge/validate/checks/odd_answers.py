"""What a bridge makes of answers that models give now and then.

No verdict here rests on tens of milliseconds, so no call is placed again where the suite was late.
"""

from dataclasses import replace
from functools import partial

import trio

from twiliobridge.caller import CallerError
from twiliobridge.validate.checks import several_messages, unheard_answers
from twiliobridge.validate.checks.several_messages import IN_ORDER
from twiliobridge.validate.checks.unheard_answers import NOT_LEFT
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.scenes import Scene
from twiliobridge.validate.trial import Trial, judge

LAWS = (NOT_LEFT, IN_ORDER)


async def judge_odd_answers(exam: Examination) -> None:
    """A call for each, side by side."""
    trials: list[Trial] = []
    try:
        async with trio.open_nursery() as nursery:
            for scene in (*unheard_answers.scenes(), *several_messages.scenes()):
                nursery.start_soon(partial(_play, exam, scene, trials))
    finally:
        judge(exam, NOT_LEFT.id, trials, "heard again after {} ms at most")
        judge(exam, IN_ORDER.id, trials, "each was heard, in order, and once")


async def _play(exam: Examination, scene: Scene, trials: list[Trial]) -> None:
    try:
        async with exam.call(scene.name) as call:
            judged = await scene.play(exam, call)
            trials += judged()
    except CallerError as failure:
        trial = Trial("", scene.done, scene.phase, scene.name, missed=str(failure))
        trials += [replace(trial, law_id=law.id) for law in scene.laws]
