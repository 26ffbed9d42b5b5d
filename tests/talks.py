"""A conversation with a brain, as a session keeps it."""

from twiliobridge.offline.brain import CallTool, Offer, Request, Say
from twiliobridge.realtime.items import Content, Item


class Talk:
    """`cut` marks replies of which the caller did not hear the end."""

    def __init__(self, brain, *offers):
        self.brain = brain
        self.offers = offers
        self.memory = []

    def says(self, text, *, cut=False):
        self.memory.append(
            Item(type="message", role="user", content=(Content(type="input_text", text=text),))
        )
        return self.reply(cut=cut)

    def tool_answers(self, output, *, cut=False):
        self.memory.append(Item(type="function_call_output", call_id="call", output=output))
        return self.reply(cut=cut)

    def reply(self, instructions="", *, cut=False):
        reply = self.brain.decide(self.memory, Request(instructions, offers=self.offers))
        for part in reply:
            if isinstance(part, Say):
                heard = {} if cut else {"transcript": part.text}
                content = (Content(type="output_audio", **heard),)
                self.memory.append(Item(type="message", role="assistant", content=content))
            else:
                self.memory.append(Item(type="function_call", name=part.name, call_id="call"))
        return reply


def offer(name, description="", required=(), /, **properties):
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return Offer(name, description, schema)


def words(reply):
    return " ".join(part.text for part in reply if isinstance(part, Say))


def calls(reply):
    return [(part.name, dict(part.arguments)) for part in reply if isinstance(part, CallTool)]
