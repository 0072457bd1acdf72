"""Which frame is due: by the clip's own times, passing frames over rather than slowing down."""

from __future__ import annotations

import pytest

from sam3_annotator.workflow.playing import PlayClock, frame_rate


def test_frames_are_due_at_their_own_times():
    times = (0.0, 0.04, 0.5, 0.54, 2.0)
    clock = PlayClock(times, 0, now_s=100.0)
    due = [clock.due(100.0 + at) for at in (0.0, 0.03, 0.04, 0.49, 0.5, 0.6, 1.99, 2.0, 9.0)]
    assert due == [0, 0, 1, 1, 2, 3, 3, 4, 4]
    assert not clock.is_over(101.9)
    assert clock.is_over(102.0)


def test_playing_begins_anywhere_and_may_end_early():
    times = [i / 25 for i in range(100)]
    clock = PlayClock(times, 50, now_s=7.0, stop=60)
    assert clock.due(7.0) == 50
    assert clock.due(7.2) == 55
    assert clock.due(8.0) == 60
    assert clock.is_over(7.4)


def test_a_rate_needs_two_times():
    assert frame_rate([0.0, 0.04, 0.08]) == pytest.approx(25)
    assert frame_rate([0.0]) is None
    assert frame_rate([0.0, 0.0]) is None
