"""A service that speaks another format than it was asked for, and says so in `session.updated`."""

import base64
from typing import Any

import msgspec

from twiliobridge.audio import AudioFormat, Resampler, to_float, to_int16

UPDATED, DELTA = "session.updated", "response.output_audio.delta"


class OtherFormat:
    """What one session says, in PCM where mu-law was asked for, and in mu-law where anything else was."""

    def __init__(self) -> None:
        self._asked = AudioFormat.PCM
        "The service's own, until another is confirmed."
        self._resampler = Resampler(1, 1)

    def __call__(self, text: str) -> str:
        """A server's event, as it is told instead."""
        if f'"{UPDATED}"' not in text and f'"{DELTA}"' not in text:
            return text
        fields = msgspec.json.decode(text)
        if fields["type"] == UPDATED:
            self._confirm(fields["session"].get("audio", {}).get("output", {}))
        elif fields["type"] == DELTA:
            fields["delta"] = self._spoken(fields["delta"])
        return msgspec.json.encode(fields).decode()

    @property
    def spoken(self) -> AudioFormat:
        return AudioFormat.PCM if self._asked is AudioFormat.PCMU else AudioFormat.PCMU

    def _confirm(self, output: dict[str, Any]) -> None:
        self._asked = AudioFormat(output.get("format", {}).get("type", AudioFormat.PCM.value))
        self._resampler = Resampler(self._asked.rate, self.spoken.rate)
        rate = {"rate": self.spoken.rate} if self.spoken is AudioFormat.PCM else {}
        output["format"] = {"type": self.spoken.value, **rate}

    def _spoken(self, delta: str) -> str:
        samples = self._asked.decode(base64.b64decode(delta))
        moved = self._resampler.feed(to_float(samples))
        return base64.b64encode(self.spoken.encode(to_int16(moved))).decode()
