"""Record what the offline model says where it has no voice engine: the sentences of its script, as 8 kHz mono
mu-law WAV. Recordings of sentences that the script no longer has are deleted.

    pip install '.[offline]'
    python audio_samples/make_prerendered.py

Two runs on one machine write the same bytes.
"""

import numpy as np
from make_samples import ulaw_wav

from twiliobridge.audio import RATE, resample, to_float, to_int16, ulaw_encode
from twiliobridge.offline.prerendered import FOLDER, recording
from twiliobridge.offline.script import banking
from twiliobridge.offline.voice import HibariVoice
from twiliobridge.offline.words import sentences


def main() -> None:
    voice = HibariVoice()
    spoken = {recording(sentence): sentence for reply in banking().replies() for sentence in sentences(reply)}
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.wav"):
        if path.name not in spoken:
            path.unlink()
    total = sum(record(voice, name, sentence) for name, sentence in spoken.items())
    print(f"{len(spoken)} recordings, {total / 1000:.0f} kB")


def record(voice: HibariVoice, name: str, sentence: str) -> int:
    sound = to_float(np.concatenate(list(voice.speak(sentence))))
    data = ulaw_encode(to_int16(resample(sound, voice.rate, RATE)))
    content = ulaw_wav(data + b"\xff" * (len(data) % 2))
    (FOLDER / name).write_bytes(content)
    print(f"{len(data) / RATE:5.2f} s  {sentence}")
    return len(content)


if __name__ == "__main__":
    main()
