"""PortAudio, through sounddevice: the only file that knows either. Both are looked for when first needed, so
that a machine without a sound card can import everything.
"""

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread

from twiliobridge.audio import FRAME_MS
from twiliobridge.sound.headset import SoundError

Which = int | str | None
"A device by number, or by a part of its name; None is the system's default."

CLOSING_SECONDS = 2.0
"A device that is gone may take any time to admit it."

LATENCY: dict[str, float | str] = {"input": "low", "output": 0.06}
"""In seconds. "low" is two blocks, 40 ms; the speaker has one more, because its gaps are heard, and at 40 ms
a busy machine had some."""

_NO_SUCH_RATE = -9997  # paInvalidSampleRate
_BUSY = -9985  # paDeviceUnavailable
_LIBRARY_MISSING = (
    "PortAudio is missing: apt install libportaudio2 (Debian, Ubuntu), dnf install portaudio (Fedora); "
    "on macOS and Windows it comes with pip install sounddevice"
)


@dataclass(frozen=True)
class Device:
    number: int
    name: str
    inputs: int
    "Channels to record from; 0 is no microphone."
    outputs: int
    "Channels to play on; 0 is no speaker."
    default_input: bool
    default_output: bool


def list_devices() -> Sequence[Device]:
    """Every device of this machine, in PortAudio's order. SoundError without PortAudio."""
    sd = sounddevice()
    default_input, default_output = sd.default.device
    return [
        Device(
            number=each["index"],
            name=each["name"],
            inputs=each["max_input_channels"],
            outputs=each["max_output_channels"],
            default_input=each["index"] == default_input,
            default_output=each["index"] == default_output,
        )
        for each in sd.query_devices()
    ]


def sounddevice() -> Any:  # noqa: ANN401 -- the module has no annotations
    """The library. SoundError if it, or PortAudio under it, is not installed."""
    try:
        with quietly():  # it starts PortAudio, which asks every sound system there may be
            _hush_alsa()
            import sounddevice as library  # noqa: PLC0415 -- see the head of this file
    except OSError:
        raise SoundError(_LIBRARY_MISSING) from None
    except ImportError:
        raise SoundError("sounddevice is missing: pip install sounddevice") from None
    return library


async def usable_rate(kind: str, device: Which, rate: int) -> int:
    """`rate` if the device can do that in Hz, else its own. `kind` is "input" or "output".

    SoundError if there is no such device.
    """
    return await anyio.to_thread.run_sync(_usable_rate, kind, device, rate)


async def open_stream(kind: str, device: Which, rate: int, callback: Callable[..., None]) -> Any:  # noqa: ANN401 -- a stream of sounddevice
    """A running mono stream of 16 bits and blocks of 20 ms. SoundError if it cannot be had."""
    return await anyio.to_thread.run_sync(_open, kind, device, rate, callback)


async def close_stream(stream: Any) -> None:  # noqa: ANN401 -- see open_stream
    """Bounded; a device that does not answer is left to its thread."""
    with anyio.move_on_after(CLOSING_SECONDS, shield=True):
        await anyio.to_thread.run_sync(_close, stream, abandon_on_cancel=True)


def _usable_rate(kind: str, device: Which, rate: int) -> int:
    sd = sounddevice()
    check = sd.check_input_settings if kind == "input" else sd.check_output_settings
    try:
        own = int(sd.query_devices(device, kind)["default_samplerate"])
    except (ValueError, sd.PortAudioError) as error:
        raise SoundError(_missing(kind, device, error)) from None
    try:
        with quietly():
            check(device=device, channels=1, dtype="int16", samplerate=rate)
    except sd.PortAudioError as error:
        if _code(error) == _NO_SUCH_RATE:
            return own
    return rate  # and whatever else is wrong with it, opening will tell


def _open(kind: str, device: Which, rate: int, callback: Callable[..., None]) -> Any:  # noqa: ANN401
    sd = sounddevice()
    try:
        return _start(sd, kind, device, rate, callback)
    except sd.PortAudioError as error:
        raise SoundError(_refused(kind, device, error)) from None


def _start(sd: Any, kind: str, device: Which, rate: int, callback: Callable[..., None]) -> Any:  # noqa: ANN401
    make = sd.RawInputStream if kind == "input" else sd.RawOutputStream
    with quietly():
        stream = make(
            samplerate=rate,
            blocksize=rate * FRAME_MS // 1000,
            device=device,
            channels=1,
            dtype="int16",
            latency=LATENCY[kind],
            callback=callback,
        )
        try:
            stream.start()
        except sd.PortAudioError:
            stream.close()
            raise
    return stream


def _close(stream: Any) -> None:  # noqa: ANN401
    with contextlib.suppress(sounddevice().PortAudioError), quietly():
        stream.abort()
        stream.close()


def _missing(kind: str, device: Which, error: Exception) -> str:
    noun = _noun(kind)
    if device is None:
        return f"this machine has no {noun}: connect one, or choose another device (--list-devices)"
    if isinstance(error, ValueError) and "ultiple" in str(error):
        return f"more than one {noun} matches {device!r}: give its number (--list-devices)"
    return f"there is no {noun} {device!r} (--list-devices shows what there is)"


def _refused(kind: str, device: Which, error: Exception) -> str:
    name = _noun(kind) if device is None else f"{_noun(kind)} {device!r}"
    if _code(error) == _BUSY:
        return f"the {name} is busy: another program has it, or this one may not use it"
    return f"the {name} cannot be opened: {str(error).partition(chr(10))[0]}"


def _noun(kind: str) -> str:
    return "microphone" if kind == "input" else "speaker"


def _code(error: Exception) -> int:
    return error.args[1] if len(error.args) > 1 else 0


def _hush_alsa() -> None:
    """ALSA writes to file descriptor 2 from PortAudio's thread, too, for as long as a stream runs.

    The handler that it gets instead must not be Python, which that thread may outlive: any C function will do
    that takes no notice of its arguments.
    """
    with contextlib.suppress(OSError, AttributeError):  # no ALSA here: nothing to hush
        alsa = ctypes.CDLL("libasound.so.2")
        alsa.snd_lib_error_set_handler(ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p))


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """ALSA and JACK write what they think to file descriptor 2, whoever asked; meanwhile it is not ours."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, AttributeError):  # there is no stderr to keep clean
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
