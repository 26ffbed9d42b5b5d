"""The mind of a call: what the phone and the model say goes in, what to do about it comes out."""

from twiliobridge.conversation.agent import Agent
from twiliobridge.conversation.agent_values import END_CALL
from twiliobridge.conversation.call_info import CallInfo
from twiliobridge.conversation.commands import Command, HangUp, RunTool, ToModel, ToPhone
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.endpoint import Endpoint
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.phase import Phase
from twiliobridge.conversation.relay import Relay
from twiliobridge.conversation.tool import Tool, ToolError
from twiliobridge.conversation.transcript import Line, Speaker

__all__ = [
    "END_CALL",
    "Agent",
    "CallInfo",
    "Command",
    "Ending",
    "Endpoint",
    "HangUp",
    "Limits",
    "Line",
    "Phase",
    "Relay",
    "RunTool",
    "Speaker",
    "ToModel",
    "ToPhone",
    "Tool",
    "ToolError",
]
