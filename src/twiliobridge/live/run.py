"""The call of `twiliobridge live`, from the check of the devices to the summary."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from twiliobridge.caller import DIRECT, Access, MockTwilioClient
from twiliobridge.caller.live import Keyboard, LiveResult, Terminal, summary_text
from twiliobridge.live.meter import MeteredHeadset
from twiliobridge.live.mode import Mode
from twiliobridge.live.screen import Screen
from twiliobridge.sound import MICROPHONE_RATE, WAITING_PIECES, Headset


@dataclass(frozen=True)
class LiveOptions:
    mode: Mode
    threshold: float
    silence: float
    output: Path
    "Folder for the recordings."
    access: Access = DIRECT


class ScreenKeyboard:
    """The terminal's keys, with what is told above the meter."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._terminal = Terminal()

    def tell(self, text: str) -> None:
        self._console.print(escape(text))

    async def line(self) -> str:
        return await self._terminal.line()


async def check_devices(headset: Headset) -> None:
    """SoundError if there is no microphone or no speaker, or one is busy."""
    async with headset.open_microphone(MICROPHONE_RATE, WAITING_PIECES), headset.open_speaker():
        pass


async def run_live(url: str, options: LiveOptions, headset: Headset, console: Console) -> LiveResult:
    """One call by voice to `url`; writes the recordings and prints a summary.

    NotConnected if nobody answers, SoundError if a device is missing, OSError if nothing can be written.
    """
    options.output.mkdir(parents=True, exist_ok=True)
    way, screen = options.access, Screen(console, options.threshold)

    def keyboard() -> Keyboard:
        return ScreenKeyboard(console)

    client = MockTwilioClient(
        url,
        auth_token=way.auth_token,
        public_url=way.public_url,
        stream_origin=way.stream_origin,
        headers=way.headers,
        ssl_context=way.ssl_context,
        observe=screen.noted,
        headset=MeteredHeadset(headset, screen.level),
        keyboard=keyboard,
    )
    with screen.alive():
        async with client:
            result = await _converse(client, options)
    client.save_collected_audio(options.output)
    console.print(f"\n{escape(summary_text(result))}")
    console.print(f"call.wav (left you, right the agent) and each turn: {escape(str(options.output))}")
    return result


async def _converse(client: MockTwilioClient, options: LiveOptions) -> LiveResult:
    if options.mode is Mode.INTERACTIVE:
        return await client.live_conversation(
            silence_threshold=options.silence, voice_activation_threshold=options.threshold
        )
    return await client.live_realtime_conversation(
        voice_activation_threshold=options.threshold, silence_timeout=options.silence
    )
