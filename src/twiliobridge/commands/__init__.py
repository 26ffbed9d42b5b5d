"""The commands of `twiliobridge`, in the order of its help. A new one is a file here and a line below."""

from twiliobridge.commands import call, demo, fuzz, live, offline, serve, validate
from twiliobridge.commands.command import Command, UsageError

COMMANDS: tuple[Command, ...] = (
    serve.COMMAND,
    demo.COMMAND,
    call.COMMAND,
    offline.COMMAND,
    live.COMMAND,
    validate.COMMAND,
    fuzz.COMMAND,
)

__all__ = ["COMMANDS", "Command", "UsageError"]
