"""The numbers of a call, from what its line remembers."""

from itertools import pairwise

from twiliobridge.caller.line import PhoneLine
from twiliobridge.caller.tally import CallStatistics


def call_statistics(line: PhoneLine) -> CallStatistics:
    tally, heard = line.journal.tally, line.heard
    begun = None if tally.first_audio is None or line.began is None else tally.first_audio - line.began
    firsts = [0, *(turn.first_stretch for turn in line.turns), len(heard.stretches)]
    return CallStatistics(
        first_audio_ms=None if begun is None else begun * 1000,
        audio_received_ms=tally.received_ms,
        heard_ms=float(sum(each.heard_ms for each in heard.stretches)),
        cut_ms=tally.cut_ms,
        media_received=tally.media,
        worst_arrival_gap_ms=tally.worst_gap * 1000 if tally.gaps else None,
        mean_arrival_gap_ms=tally.arriving * 1000 / tally.gaps if tally.gaps else None,
        delivery_ratio=tally.received_ms / 1000 / tally.arriving if tally.arriving else None,
        gaps_heard_ms=tuple(gap for turn in pairwise(firsts) for gap in heard.gaps_ms(*turn)),
        marks_received=tally.marks,
        marks_played=tally.played,
        marks_cleared=tally.cleared,
        clears=tally.clears,
        frames_sent=tally.frames,
        late_frames=tally.late,
        worst_lateness_ms=tally.worst_lateness * 1000,
    )
