"""The judge of a bridge: eight checks that can fail, ours or anyone's."""

from twiliobridge.validate import checks as checks
from twiliobridge.validate.check import Check, registered
from twiliobridge.validate.suite import Suite
from twiliobridge.validate.target import Target

__all__ = ["Check", "Suite", "Target", "registered"]
