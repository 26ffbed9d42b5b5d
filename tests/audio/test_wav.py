"""What a WAV file means, whoever wrote it. Files are put together here, not by the writer under test."""

import struct

import numpy as np
import pytest

from twiliobridge.audio import (
    Codec,
    WavError,
    read_wav,
    resample,
    telephone,
    telephone_pieces,
    to_int16,
    ulaw_encode,
    write_wav,
)

GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
RAMP = np.arange(-1000, 1000, 7).astype(np.int16)


def chunk(name, content, size=None):
    size = len(content) if size is None else size
    return name + struct.pack("<I", size) + content + b"\0" * (len(content) % 2)


def fmt(tag=1, channels=1, rate=8000, bits=16, extra=b""):
    block = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits) + extra)


def riff(*chunks, size=None, kind=b"RIFF"):
    body = b"WAVE" + b"".join(chunks)
    return kind + struct.pack("<I", len(body) if size is None else size) + body


def ramp_file(**header):
    return riff(fmt(**header), chunk(b"data", RAMP.tobytes()))


def ints(wav):
    return (wav.samples() * 32768).tolist()


@pytest.mark.parametrize(
    ("tag", "bits", "data", "expected"),
    [
        (1, 8, b"\x80\xff\x00", [0, 127 * 256, -32768]),
        (1, 12, b"\x10\x00\xf0\xff", [16, -16]),  # left-justified in two bytes
        (1, 16, b"\x01\x00\xff\xff\x00\x80", [1, -1, -32768]),
        (1, 24, b"\x00\x01\x00\x80\xff\xff\x00\x00\x80", [1, -0.5, -32768]),
        (1, 32, b"\x00\x00\x01\x00\x00\x80\xff\xff", [1, -0.5]),
        (3, 32, struct.pack("<3f", 0.5, -1.0, 1.5), [16384, -32768, 32768]),
        (3, 64, struct.pack("<3d", 0.5, -1.0, float("nan")), [16384, -32768, 0]),
        (6, 8, b"\xd5\x55\x2a", [8, -8, -32256]),
        (7, 8, b"\xff\x7f\x80", [0, 0, 32124]),
    ],
)
def test_every_sample_format_has_one_scale(tag, bits, data, expected):
    assert ints(read_wav(riff(fmt(tag, bits=bits), chunk(b"data", data)))) == expected


def test_the_source_is_described_as_it_was():
    wav = read_wav(riff(fmt(channels=2, rate=44100, bits=24), chunk(b"data", bytes(6 * 441))))
    assert (wav.codec, wav.bits, wav.channels, wav.rate) == (Codec.PCM, 24, 2, 44100)
    assert (wav.frame_bytes, wav.duration_ms) == (6, 10.0)


def test_channels_are_mixed_down_to_their_mean():
    stereo = np.array([[100, 200], [-4, 0]], np.int16)
    assert ints(read_wav(write_wav(stereo, 8000))) == [150, -2]
    six = np.array([[6, 12, 18, 24, 30, 36]], np.int16)
    assert ints(read_wav(write_wav(six, 48000))) == [21]


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, len(RAMP) * 2 + 1])
@pytest.mark.parametrize("riff_size", [0, 0xFFFFFFFF, 36])
def test_a_streaming_header_means_to_the_end_of_the_file(size, riff_size):
    source = riff(fmt(), chunk(b"data", RAMP.tobytes(), size), size=riff_size)
    assert ints(read_wav(source)) == RAMP.tolist()


def test_chunks_around_the_audio_are_skipped_with_their_padding():
    note = chunk(b"LIST", b"odd")
    source = riff(note, fmt(), note, chunk(b"data", b"\x01\x00\x02\x00"), note)
    assert ints(read_wav(source)) == [1, 2]


def test_a_data_size_of_zero_in_a_finished_file_is_true():
    """The file's own size shows that the header was completed: what follows is no audio."""
    with pytest.raises(WavError, match="empty"):
        read_wav(riff(fmt(), chunk(b"data", b""), chunk(b"LIST", b"text")))


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_truncated_last_frame_is_dropped(cut):
    whole = write_wav(np.array([[1, 1], [2, 2]], np.int16), 8000)
    assert ints(read_wav(whole[:-cut])) == [1]


@pytest.mark.parametrize(("bits", "width"), [(8, 1), (12, 2), (20, 3), (24, 3), (32, 4)])
def test_a_sample_takes_whole_bytes(bits, width):
    wav = read_wav(riff(fmt(bits=bits, rate=1000), chunk(b"data", bytes(width * 3 - 1))))
    assert (wav.frame_bytes, len(wav.samples()), wav.duration_ms) == (width, 2, 2.0)


def test_extensible_files_are_what_their_sub_format_says():
    extra = struct.pack("<HHI", 22, 16, 4) + struct.pack("<H", 1) + GUID_TAIL
    assert ints(read_wav(ramp_file(tag=0xFFFE, extra=extra))) == RAMP.tolist()


@pytest.mark.parametrize("extra", [b"", struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)])
def test_an_extensible_file_without_a_known_sub_format_is_refused(extra):
    with pytest.raises(WavError, match="codec 0xFFFE"):
        read_wav(ramp_file(tag=0xFFFE, extra=extra))


@pytest.mark.parametrize("kind", [b"RF64", b"BW64"])
@pytest.mark.parametrize("size", [len(RAMP) * 2, 0])
def test_rf64_takes_the_size_of_its_data_from_ds64(kind, size):
    sizes = chunk(b"ds64", struct.pack("<QQQI", 0, size, 0, 0))
    after = [chunk(b"LIST", b"text")] if size else []
    source = riff(
        sizes, fmt(), chunk(b"data", RAMP.tobytes(), 0xFFFFFFFF), *after, size=0xFFFFFFFF, kind=kind
    )
    assert ints(read_wav(source)) == RAMP.tolist()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "not a WAV file: it begins with b''"),
        (b"ID3\x04\0\0\0\0\0\0\0\0", "not a WAV file"),
        (b"RIFF\x04\0\0\0AVI ", "not a WAV file"),
        (ramp_file().replace(b"RIFF", b"RIFX"), "big-endian .* convert it to 16-bit PCM"),
        (riff(), "ends before its fmt chunk"),
        (riff(fmt()), "ends before its data chunk"),
        (riff(chunk(b"data", b"\0\0"), fmt()), "no fmt chunk before its data"),
        (riff(chunk(b"fmt ", b"\x01\0"), chunk(b"data", b"\0\0")), "fmt chunk .* has 2 bytes"),
        (ramp_file(tag=0x11, bits=4), "codec 0x0011 is not supported: convert it to 16-bit PCM"),
        (ramp_file(bits=64), "PCM samples of 64 bits"),
        (ramp_file(tag=3, bits=16), "FLOAT samples of 16 bits"),
        (ramp_file(tag=7, bits=16), "ULAW samples of 16 bits"),
        (ramp_file(bits=0), "PCM samples of 0 bits"),
        (ramp_file(channels=0), "0 channels"),
        (ramp_file(rate=0), "0 Hz"),
        (ramp_file(rate=4_000_000_000, bits=8), "4000000000 Hz"),
        (riff(fmt(), chunk(b"data", b"\0")), "empty"),
    ],
)
def test_what_cannot_be_played_is_refused_in_one_line(source, reason):
    with pytest.raises(WavError, match=reason) as refusal:
        read_wav(source)
    assert "\n" not in str(refusal.value)


def test_telephone_in_pieces_is_what_it_is_as_a_whole():
    """Each piece is of 100 ms at most, and where they meet leaves no trace."""
    noise = np.random.default_rng(1).integers(-20000, 20000, (44_100 + 17, 2), np.int16)
    wav = read_wav(write_wav(noise, 44_100))
    pieces = list(telephone_pieces(wav))
    assert b"".join(pieces) == ulaw_encode(to_int16(resample(wav.samples(), 44_100, 8000)))
    assert max(map(len, pieces)) <= 800 + 1


def test_telephone_leaves_8_khz_mono_mu_law_untouched():
    """Decoding and encoding would turn 0x7F into 0xFF."""
    every_code = bytes(range(256))
    assert telephone(read_wav(riff(fmt(7, bits=8), chunk(b"data", every_code)))) == every_code


def test_telephone_encodes_8_khz_pcm_exactly():
    assert telephone(read_wav(ramp_file())) == ulaw_encode(RAMP)


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (24000, 2), (44100, 2), (48000, 1), (11025, 1)])
def test_telephone_makes_8_bytes_of_every_millisecond(rate, channels):
    second = np.zeros((rate, channels), np.int16)
    assert telephone(read_wav(write_wav(second, rate))) == b"\xff" * 8000


def test_a_written_file_has_the_canonical_44_byte_header():
    expected = riff(fmt(channels=2, rate=8000), chunk(b"data", b"\x01\x00\x02\x00"))
    assert write_wav(np.array([[1, 2]], np.int16), 8000) == expected
    assert len(expected) == 44 + 4


def test_floats_are_not_written():
    with pytest.raises(TypeError):
        write_wav(np.zeros(3, np.float32), 8000)
