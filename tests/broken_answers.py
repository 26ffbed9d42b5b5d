"""Bridges that leave the caller alone with odd answers of the model's, or lose some of them."""

from dataclasses import fields, replace

from meddler import Meddler, text_of

from twiliobridge.conversation import Limits, Relay
from twiliobridge.conversation.commands import RunTool, ToPhone
from twiliobridge.mediastream.events import Clear

WAITS_FOR_EVER = replace(
    Limits(),
    **{each.name: 90.0 for each in fields(Limits) if each.type is float or each.type == "float"},
)
"Waits for nothing and nobody."


class LeavesTheCaller(Meddler):
    """Asks for nothing more after an answer that is `odd`, until the caller speaks again."""

    idle = False

    def inward(self, fields):
        if fields["type"] == "response.done":
            self.idle = self.odd(fields["response"])
        elif fields["type"] == "input_audio_buffer.speech_started":
            self.idle = False
        return fields

    def outward(self, fields):
        return None if self.idle and fields["type"] == "response.create" else fields


class AfterText(LeavesTheCaller):
    def odd(self, response):
        parts = [part["type"] for item in response["output"] for part in item.get("content", ())]
        return bool(parts) and set(parts) == {"output_text"}


class AfterNothing(LeavesTheCaller):
    def odd(self, response):
        return response["status"] == "completed" and not response["output"]


class AfterFailure(LeavesTheCaller):
    def odd(self, response):
        return response["status"] == "failed"


ODD_ANSWERS = {"with text": AfterText, "with nothing": AfterNothing, "with a failure": AfterFailure}

DELTA = "response.output_audio.delta"


class OneMessage(Meddler):
    """Of each response only the first item is played."""

    def inward(self, fields):
        return None if fields["type"] == DELTA and fields["output_index"] > 0 else fields


class Stutters(Meddler):
    """What is said ahead of another message is played again when that begins."""

    def __init__(self, wire):
        super().__init__(wire)
        self.first, self.due = {}, []

    def inward(self, fields):
        if fields["type"] == DELTA:
            first = self.first.setdefault(fields["response_id"], [])
            if fields["output_index"] == 0:
                first.append(fields)
            else:
                self.due += [text_of(each) for each in first]
                first.clear()
        return fields

    async def receive(self):
        return self.due.pop(0) if self.due else await super().receive()


class FallsSilentForTools(Relay):
    """What is said on the way to a tool's answer is cut off by the tool, but for the goodbye."""

    def model_said(self, event, now):
        commands = super().model_said(event, now)
        works = any(isinstance(each, RunTool) and each.name != "end_call" for each in commands)
        return [ToPhone(Clear()), *commands] if works else commands
