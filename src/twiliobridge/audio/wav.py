"""WAV files as people have them, to samples and back. Sources: Microsoft, "Multiple Channel Audio Data and
WAVE Files", 2001; EBU Tech 3306 for RF64.

Sizes in the headers are claims. A program that writes to a pipe cannot know them and leaves 0 or 0xFFFFFFFF,
and a copy may be cut short: the data chunk then ends where the file ends.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from twiliobridge.audio.format import RATE
from twiliobridge.audio.g711 import alaw_decode, ulaw_decode, ulaw_encode
from twiliobridge.audio.resample import Resampler
from twiliobridge.audio.samples import Float32, Int16, clip, to_float, to_int16

_LOWEST_RATE, _HIGHEST_RATE = 1000, 768_000  # bounds the resampler's filter; studio converters end at 768 kHz
_EXTENSIBLE = 0xFFFE
_UNKNOWN = 0xFFFFFFFF
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")  # of the sub-formats that are plain format tags
_WAY_OUT = "convert it to 16-bit PCM, for example: ffmpeg -i IN -c:a pcm_s16le OUT.wav"


class WavError(ValueError):
    """The bytes are no WAV file that can be played; the text is one line that says why."""


class Codec(IntEnum):
    """Format tags (RFC 2361)."""

    PCM = 1
    FLOAT = 3
    ALAW = 6
    ULAW = 7


# Bits per sample.
_WIDTHS = {Codec.PCM: range(1, 33), Codec.FLOAT: (32, 64), Codec.ALAW: (8,), Codec.ULAW: (8,)}


@dataclass(frozen=True)
class Wav:
    """One recording, as it was stored."""

    codec: Codec
    bits: int
    """Per sample of one channel."""
    channels: int
    rate: int
    """Frames per second, one sample of each channel to a frame."""
    data: bytes = field(repr=False)
    """Interleaved samples, whole frames only."""

    @property
    def frame_bytes(self) -> int:
        return self.channels * ((self.bits + 7) // 8)

    @property
    def duration_ms(self) -> float:
        return len(self.data) // self.frame_bytes * 1000 / self.rate

    def samples(self) -> Float32:
        """Mono float32 in -1.0..1.0 at `rate`: the mean of all channels, floats beyond full scale clipped."""
        decoded = _decode(self.data, self.codec, self.bits)
        mono: Float32 = decoded.reshape(-1, self.channels).mean(axis=1, dtype=np.float32)
        return mono


def telephone(wav: Wav) -> bytes:
    """The recording as 8 kHz mono mu-law. One that is so already comes back byte for byte."""
    return b"".join(telephone_pieces(wav))


def telephone_pieces(wav: Wav) -> Iterator[bytes]:
    """`telephone` in pieces, each made of 100 ms of the recording: a few milliseconds of work, so that an
    event loop can see to other things between them.
    """
    if (wav.codec, wav.channels, wav.rate) == (Codec.ULAW, 1, RATE):
        yield wav.data
        return
    resampler = Resampler(wav.rate, RATE)
    size = wav.rate // 10 * wav.frame_bytes
    late = resampler.delay
    for start in range(0, len(wav.data), size):
        samples = resampler.feed(replace(wav, data=wav.data[start : start + size]).samples())
        yield ulaw_encode(to_int16(samples[late:]))
        late = max(0, late - len(samples))
    yield ulaw_encode(to_int16(resampler.flush()[late:]))


def read_wav(source: bytes) -> Wav:
    """The content of a WAV file (RIFF, RF64 or BW64): PCM of up to 32 bits, float of 32 or 64, mu-law, A-law.

    Whatever the bytes, the only error is WavError.
    """
    _check_container(source)
    fmt: bytes | None = None
    for name, chunk in _chunks(source):
        if name == b"fmt ":
            fmt = chunk
        elif name == b"data":
            return _wav(fmt, chunk)
    raise WavError(f"the WAV file ends before its {'fmt' if fmt is None else 'data'} chunk")


def write_wav(samples: Int16, rate: int) -> bytes:
    """int16 samples, shape (frames,) or (frames, channels), as a 16-bit PCM WAV file of at most 4 GiB."""
    channels = samples.shape[1] if samples.ndim == 2 else 1
    data = samples.astype("<i2", casting="equiv").tobytes()
    fmt = struct.pack("<HHIIHH", Codec.PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def _check_container(source: bytes) -> None:
    kind, form = source[:4], source[8:12]
    if kind == b"RIFX":
        raise WavError(f"a big-endian WAV file (RIFX) is not supported: {_WAY_OUT}")
    if kind not in {b"RIFF", b"RF64", b"BW64"} or form != b"WAVE":
        raise WavError(f"not a WAV file: it begins with {source[:12]!r}, not with RIFF, a size and WAVE")


def _chunks(source: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each chunk, cut where the file ends; chunks begin at even offsets."""
    start, long_size = 12, len(source)
    while start + 8 <= len(source):
        name, size = struct.unpack_from("<4sI", source, start)
        start += 8
        if name == b"data" and _unsized(source, size):
            size = long_size
        yield name, source[start : start + size]
        if name == b"ds64" and size >= 16:
            long_size = int.from_bytes(source[start + 8 : start + 16], "little") or long_size
        start += size + size % 2


def _unsized(source: bytes, size: int) -> bool:
    """A data size of 0 is true if the size of the whole file is true as well; else it was never filled in."""
    (file_size,) = struct.unpack_from("<I", source, 4)
    return size == _UNKNOWN or (size == 0 and file_size + 8 != len(source))


def _wav(fmt: bytes | None, data: bytes) -> Wav:
    if fmt is None:
        raise WavError("the WAV file has no fmt chunk before its data: nothing says what the samples are")
    if len(fmt) < 16:
        raise WavError(f"the fmt chunk of the WAV file has {len(fmt)} bytes, not 16 or more")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", fmt)
    codec = _codec(tag, fmt)
    _check_shape(codec, bits, channels, rate)
    wav = Wav(codec, bits, channels, rate, data)
    whole = len(data) - len(data) % wav.frame_bytes
    if not whole:
        raise WavError("the WAV file is empty: it holds no whole sample")
    return replace(wav, data=data[:whole])


def _codec(tag: int, fmt: bytes) -> Codec:
    """The codec of a format tag, or of the sub-format that WAVE_FORMAT_EXTENSIBLE names instead."""
    if tag == _EXTENSIBLE and fmt[26:40] == _GUID_TAIL:
        tag = int.from_bytes(fmt[24:26], "little")
    if tag not in set(Codec):
        raise WavError(f"WAV codec 0x{tag:04X} is not supported: {_WAY_OUT}")
    return Codec(tag)


def _check_shape(codec: Codec, bits: int, channels: int, rate: int) -> None:
    if bits not in _WIDTHS[codec]:
        raise WavError(f"{codec.name} samples of {bits} bits in a WAV file are not supported: {_WAY_OUT}")
    if not channels:
        raise WavError("the WAV file says that it has 0 channels")
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise WavError(f"the WAV file says {rate} Hz; rates of {_LOWEST_RATE} to {_HIGHEST_RATE} Hz are read")


def _decode(data: bytes, codec: Codec, bits: int) -> Float32:
    match codec:
        case Codec.ULAW:
            return to_float(ulaw_decode(data))
        case Codec.ALAW:
            return to_float(alaw_decode(data))
        case Codec.FLOAT:
            return clip(np.frombuffer(data, f"<f{bits // 8}")).astype(np.float32)
        case Codec.PCM:
            return _decode_pcm(np.frombuffer(data, np.uint8), (bits + 7) // 8)


def _decode_pcm(data: npt.NDArray[np.uint8], width: int) -> Float32:
    """Little-endian integers of `width` bytes, moved up to the top of 32 bits; one byte alone is unsigned."""
    wide = np.zeros((len(data) // width, 4), np.uint8)
    wide[:, 4 - width :] = data.reshape(-1, width)
    if width == 1:
        wide[:, 3] ^= 0x80
    return np.ldexp(wide.view("<i4")[:, 0].astype(np.float32), -31)
