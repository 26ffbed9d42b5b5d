"""What a newcomer plays first is what it claims to be: each file of audio_samples/ is telephone audio, and a
recogniser that is told nothing in advance finds its words.
"""

import re
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from twiliobridge.audio import (
    FRAME_BYTES,
    RATE,
    Codec,
    dbfs,
    level,
    read_wav,
    resample,
    telephone,
    ulaw_decode,
)

SAMPLES = Path(__file__).parents[1] / "audio_samples"
ROWS = tomllib.loads((SAMPLES / "lines.toml").read_text(encoding="utf-8"))["line"]
FOLDERS = {"greetings", "customer_service", "card_replacement", "confirmations", "farewells"}
BANKING = {
    "tell_me_about_your_bank", "what_is_my_balance", "need_to_replace_card", "my_gold_card", "i_lost_it",
    "when_last_payment", "actually_i_moved", "yes_that_address", "hold_on_a_sec", "thanks_thats_all",
}  # fmt: skip

QUIET_DBFS = -45.0  # speech lies above, the line's noise below
CLIPPED = 32124  # the largest mu-law magnitude
TURN_ENDS_MS = 500  # OpenAI, session turn_detection, server_vad: default silence_duration_ms
WORST_LINE, WORST_VOICE = 0.25, 0.05  # word error rates
ONE_SPELLING = {
    r"\bthat's\b": "that is",
    r"\bit's\b": "it is",
    r"\bi'd\b": "i would",
    r"\bok\b": "okay",
    r"\bgood bye\b": "goodbye",
}

each_line = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["path"])


def words(text):
    """Lower case, no punctuation, one spelling for what sounds the same."""
    plain = " ".join(re.findall(r"[a-z0-9']+", text.lower()))
    for spelling, chosen in ONE_SPELLING.items():
        plain = re.sub(spelling, chosen, plain)
    return plain.split()


def word_errors(said, heard):
    """The least number of words to replace, insert or leave out (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for k, other in enumerate(heard, 1):
            diagonal, row[k] = row[k], min(row[k] + 1, row[k - 1] + 1, diagonal + (word != other))
    return row[-1]


def is_understood(row, transcript):
    said, heard = words(row["text"]), words(transcript)
    return word_errors(said, heard) <= WORST_LINE * len(said) and set(row["words"]) <= set(heard)


def read(row):
    return read_wav((SAMPLES / row["path"]).read_bytes())


def frame_levels(row):
    """Of each 20 ms, in dBFS."""
    frames = ulaw_decode(read(row).data).reshape(-1, FRAME_BYTES)
    return np.array([dbfs(level(frame)) for frame in frames])


@pytest.fixture(scope="module")
def transcripts():
    """The text heard in each file, by path."""
    moonshine = pytest.importorskip("moonshine_voice", reason="the extra [offline] is missing: no recogniser")
    # Its own voice detection drops short words, and telling speakers apart takes a third of its time.
    options = {"identify_speakers": "false", "vad_threshold": "0"}
    model, kind = moonshine.get_model_path("tiny-en"), moonshine.ModelArch.TINY
    transcriber = moonshine.Transcriber(model, kind, options=options)

    def hear(row):
        samples = resample(read(row).samples(), RATE, 16000).tolist()
        transcript = transcriber.transcribe_without_streaming(samples, 16000)
        return " ".join(line.text for line in transcript.lines)

    yield {row["path"]: hear(row) for row in ROWS}
    transcriber.close()


def test_the_table_and_the_folders_hold_the_same_files():
    files = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.wav")}
    assert files == {row["path"] for row in ROWS}


def test_every_kind_of_line_that_a_call_needs_is_there():
    folders = Counter(Path(row["path"]).parent.name for row in ROWS)
    assert {Path(row["path"]).stem for row in ROWS if row["path"].startswith("banking/")} == BANKING
    assert set(folders) == FOLDERS | {"banking"}
    assert all(3 <= folders[name] <= 5 for name in FOLDERS)


@each_line
def test_a_file_is_a_payload_for_the_phone_as_it_is(row):
    """8 kHz mono mu-law in whole 20 ms frames: playing it changes no byte."""
    wav = read(row)
    assert (wav.codec, wav.rate, wav.channels) == (Codec.ULAW, RATE, 1)
    assert telephone(wav) == wav.data
    assert len(wav.data) % FRAME_BYTES == 0
    assert 500 <= wav.duration_ms <= 10_000


@each_line
def test_the_words_are_as_loud_as_on_a_phone_and_not_clipped(row):
    levels = frame_levels(row)
    active = 10 * np.log10(np.mean(10 ** (levels[levels > QUIET_DBFS] / 10)))
    assert -26 <= active <= -14
    assert np.abs(ulaw_decode(read(row).data)).max() < CLIPPED


@each_line
def test_a_line_is_one_turn(row):
    """It begins promptly, no breath in it is long enough to end the turn, and the silence after it is."""
    speech_ms = np.flatnonzero(frame_levels(row) > QUIET_DBFS) * 20
    assert speech_ms[0] <= 400
    assert np.diff(speech_ms).max() < TURN_ENDS_MS
    assert read(row).duration_ms - speech_ms[-1] > TURN_ENDS_MS


@each_line
def test_a_recogniser_understands_the_line(row, transcripts):
    heard = transcripts[row["path"]]
    assert is_understood(row, heard), f"said {row['text']!r}, heard {heard!r}"


def test_each_voice_is_intelligible(transcripts):
    """Lines may have a slip each; a voice may not have one in each line."""
    said, wrong = Counter(), Counter()
    for row in ROWS:
        said[row["voice"]] += len(words(row["text"]))
        wrong[row["voice"]] += word_errors(words(row["text"]), words(transcripts[row["path"]]))
    assert len(said) >= 2
    assert all(wrong[voice] <= WORST_VOICE * said[voice] for voice in said), f"{wrong} of {said} words"


def test_no_line_passes_for_another(transcripts):
    """The check above is able to fail: no transcript fits any text but its own."""
    for row in ROWS:
        others = {path: heard for path, heard in transcripts.items() if path != row["path"]}
        assert not [path for path, heard in others.items() if is_understood(row, heard)], row["path"]
