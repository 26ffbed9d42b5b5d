"""The call of `twiliobridge live`, up to its devices."""

import io

import pytest
import trio
from rich.console import Console
from scripted_headset import ScriptedHeadset
from threaded import bridge_in_thread

from twiliobridge.caller import Access, HandshakeFailed
from twiliobridge.live import LiveOptions, Mode, run_live
from twiliobridge.sound import SoundError


def test_a_bridge_that_checks_signatures_is_called_with_one(tmp_path):
    """With the token the call comes as far as the speaker, which is missing; without, it is refused."""
    console, headset = Console(file=io.StringIO()), ScriptedHeadset("speaker")
    with bridge_in_thread(twilio_auth_token="12345") as base:
        url = base.replace("http", "ws") + "/twilio-agent"
        for token, end in ((None, HandshakeFailed), ("12345", SoundError)):
            options = LiveOptions(Mode.REALTIME, 0.01, 2, tmp_path, Access(auth_token=token))
            with pytest.raises(end):
                trio.run(run_live, url, options, headset, console)
