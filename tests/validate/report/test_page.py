"""The HTML page as text. How it behaves in a browser is in test_page_in_browser.py."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import msgspec
import pytest
from validation_runs import CUT_AT, HOSTILE, bad_run, check, good_run, interrupted_run, silence, spoken_call

from twiliobridge.audio import RATE
from twiliobridge.validate.report import picture, waveform, write_html
from twiliobridge.validate.report.page import MOST_TEXT
from twiliobridge.validate.report.sound import Tracks, encoded, joined, tracks
from twiliobridge.validate.result import CutAudio


def written(result, folder):
    path = folder / "report.html"
    write_html(result, path)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("run", [good_run, bad_run, interrupted_run])
def test_the_page_names_nothing_outside_itself(run, tmp_path):
    """Whatever loads is in the page: no address, no import, no other file."""
    page = written(run(), tmp_path)
    assert not re.search(
        r"https?:|@import|url\(|<link(?! rel=\"icon\" href=\"data:,\")|<img|<iframe", unquoted(page)
    )
    assert re.findall(r"\bsrc=", unquoted(page)) == []


def unquoted(page):
    """Without the peer's words, which name an image."""
    return page.replace("&lt;img src=x onerror=alert(1)&gt;", "")


def test_only_the_script_of_the_page_may_run(tmp_path):
    """The policy names its hash, and forbids everything else."""
    page = written(bad_run(), tmp_path)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page


def test_what_a_peer_sent_is_text(tmp_path):
    page = written(bad_run(), tmp_path)
    assert "document.title=&#39;owned&#39;" in page
    assert "<script>document" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert HOSTILE not in page


def test_a_long_text_is_cut_and_says_so(tmp_path):
    run = good_run()
    page = written(replace(run, model="x" * 20_000), tmp_path)
    assert f"{'x' * MOST_TEXT}… (20000 letters)" in page
    assert "x" * (MOST_TEXT + 1) not in page


def test_an_interrupted_run_says_so_first(tmp_path):
    page = written(interrupted_run(), tmp_path)
    assert page.index("This report is partial.") < page.index('class="tiles"')
    assert "<h1>INTERRUPTED</h1>" in page


def test_every_check_and_every_law_is_on_the_page(tmp_path):
    page = written(bad_run(), tmp_path)
    for each in bad_run().results:
        assert f'id="{each.id}"' in page
        for finding in each.findings:
            assert f'<span class="finding-id">{finding.id}</span>' in page


def test_the_sound_of_a_call_is_all_of_it_but_the_silence():
    """Put together again, the pieces are the call, byte for byte where anything was heard."""
    call = spoken_call()
    carried = msgspec.json.decode(encoded(tracks(call, len(call.caller))), type=Tracks)
    for side in ("caller", "agent"):
        whole = bytearray(silence(20))
        for clip in getattr(carried, side):
            audio = decoded(clip)
            whole[clip.begin : clip.begin + len(audio)] = audio
        assert whole.replace(b"\x7f", b"\xff") == getattr(call, side).replace(b"\x7f", b"\xff")
    assert sum(len(decoded(each)) for each in carried.caller) < len(call.caller) / 2


def decoded(clip):
    return msgspec.json.decode(f'"{clip.audio}"', type=bytes)


def test_packets_of_cut_audio_that_follow_each_other_are_one_ghost():
    call = spoken_call()
    assert joined(call.cut) == [(round(CUT_AT * RATE), b"".join(each.audio for each in call.cut))]
    later = CutAudio(at_s=18.0, audio=silence(0.02))
    assert len(joined((*call.cut, later))) == 2


def test_the_outline_is_where_the_sound_is():
    """A tone in the second second of three: nothing before, nothing behind, the same above as below."""
    audio = silence(1) + b"\x00\x80" * 4000 + silence(1)
    assert waveform.path(audio, 160) == "M0 100V100h50V1h50V100h50V100V100h-50V199h-50V100h-50Z"
    assert waveform.path(silence(3), 160) == ""


def test_a_long_call_has_no_more_columns_than_a_short_one():
    long = b"\x00" * (600 * RATE)
    column = waveform.column_bytes(len(long))
    assert len(waveform.heights(long, column)) <= waveform.MOST_COLUMNS
    assert column % 160 == 0


def test_the_page_is_bounded_and_says_what_it_leaves_out(tmp_path, monkeypatch):
    """The calls in which a law failed keep their sound; the others are drawn without."""
    most = len(encoded(tracks(spoken_call(), 20 * RATE)))
    monkeypatch.setattr(picture, "MOST_SOUND", most)
    run = bad_run()
    more = tuple(replace(spoken_call(f"c4-{number}", "C4")) for number in range(4))
    run = replace(run, results=(*run.results[:3], check("C4", calls=more), *run.results[4:]))
    drawn = picture.pictures(run.results)
    assert drawn["c6-conversation"].sound
    assert sum(len(each.sound) for each in drawn.values()) == most
    assert written(run, tmp_path).count("Without sound:") == 4


def test_only_the_first_ten_minutes_and_the_first_calls_are_drawn(monkeypatch):
    long = replace(spoken_call(), caller=silence(700), agent=silence(700))
    drawn = picture.picture(long, "", has_failed=False, is_open=False)
    assert drawn.length_s == 600
    assert "The first 10 of 11.7 minutes are shown." in drawn.notes
    monkeypatch.setattr(picture, "MOST_PICTURES", 1)
    assert list(picture.pictures(bad_run().results)) == ["c6-conversation"]


def test_values_stand_on_an_axis_that_has_zero_on_it(tmp_path):
    """Of -12, 25 and 31.5 the first is at the left edge, and zero is not."""
    page = written(good_run(), tmp_path)
    assert 'aria-label="3 values, from -12 ms to 31.5 ms"' in page
    assert '<i class="zero" style="left:27.59%"></i>' in page
    assert '<i style="left:0.0%"></i>' in page


def test_a_call_in_which_nothing_happened_is_drawn():
    empty = replace(spoken_call(), caller=b"", agent=b"", cut=(), moments=())
    drawn = picture.picture(empty, "", has_failed=False, is_open=False)
    assert drawn.length_s > 0
    assert drawn.notes == ("Nobody was heard in this call.",)
    assert [wave.d for wave in drawn.waves] == ["", ""]
