"""What a tracker is told on a run, and when: people's frames behind, ahead and on the way."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
from sam3_annotator.domain.mask import Mask
from sam3_annotator.engine.protocol import (
    Direction,
    FrameMasks,
    MediaRef,
    Propagate,
    TrackSeed,
)
from sam3_annotator.inference.clip_run import propagate
from sam3_annotator.inference.clip_tracking import TrackedMask


class Told:
    """Stands for tracker and frames; notes what happens."""

    size = (20, 30)

    def __init__(self):
        self.said = []

    def encoded(self, frame):
        return frame

    def condition(self, frame, features, masks):
        assert features == frame
        self.said.append(("told", frame, sorted(masks)))

    def step(self, frame, features, *, reverse):
        self.said.append(("step", frame, reverse))
        return {1: TrackedMask(np.ones((5, 5), np.float32), 0.9, 0.9)}


@pytest.mark.parametrize(
    ("direction", "start", "stop", "told"),
    [
        (Direction.FORWARD, 4, 6, [12, 9, 5, 0, 3]),
        (Direction.BACKWARD, 8, 7, [0, 3, 5, 12, 9]),
    ],
)
def test_every_seed_is_told_first_the_nearest_behind_last(direction, start, stop, told):
    seeds = tuple(
        TrackSeed(ObjectId(1), FrameIndex(f), Mask.from_box(PixelBox(1, 1, 9, 9)))
        for f in (0, 3, 5, 9, 12)
    )
    clip = MediaRef(MediaId(1), "/clip", 0, "clip", "h")
    tracker = Told()
    request = Propagate("r", clip, seeds, FrameIndex(start), FrameIndex(stop), direction)
    items = list(propagate(request, tracker, tracker))
    step = 1 if stop > start else -1
    walk = list(range(start, stop + step, step))
    assert [i.frame for i in items if isinstance(i, FrameMasks)] == walk
    assert [f for what, f, _ in tracker.said[: len(told)] if what == "told"] == told
    rest = [(what, f) for what, f, _ in tracker.said[len(told) :]]
    again = {5: [("told", 5)]}  # on the way: told once more
    assert rest == [note for f in walk for note in (*again.get(f, ()), ("step", f))]
