"""The judge of a bridge: eight checks that can fail, ours or anyone's."""

from twiliobridge.validate import checks
