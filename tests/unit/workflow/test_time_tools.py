"""Interpolating, smoothing and painting over stretches of a masklet."""

from __future__ import annotations

import pytest

from sam3_annotator.domain.commands import FrameMask, ObjectFrames, SetFlags, SetMask, SetMasks
from sam3_annotator.domain.entities import FrameFlag, Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.exchanging import finished
from sam3_annotator.workflow.time_tools import interpolated, painted, smoothed
from tests.support.projects import Made, square


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a", objects=1)
    yield made
    made.close()


def put(made, frame, mask, source=Source.HUMAN):
    command = SetMasks(
        (ObjectFrames(made.objects[0], (FrameMask(FrameIndex(frame), mask),)),), source
    )
    made.document.do(command)


def mask(made, frame):
    return made.document.mask(made.objects[0], FrameIndex(frame))


def source(made, frame):
    note = made.document.project.masklet(made.objects[0]).at(frame)
    return None if note is None else note.source


def test_interpolation_goes_from_shape_to_shape(made):
    put(made, 10, square(34, 4))
    project, one = made.document.project, made.objects[0]
    made.document.do(finished(interpolated(project, one, 0, 19)))
    lefts = [mask(made, f).box.left for f in range(11)]
    assert lefts == list(range(4, 35, 3))
    assert {source(made, f) for f in range(1, 10)} == {Source.INTERPOLATED}
    assert source(made, 0) is source(made, 10) is Source.HUMAN
    made.document.undo()
    assert mask(made, 5) is None


def test_interpolation_stays_in_the_range_and_makes_up_nothing_in_an_absence(made):
    put(made, 10, square(34, 4))
    one = made.objects[0]
    made.document.do(SetFlags((one,), FrameIndex(4), FrameIndex(5), FrameFlag.ABSENT))
    with pytest.raises(Rejected, match="two human frames"):
        finished(interpolated(made.document.project, one, 0, 19))
    made.document.undo()
    made.document.do(finished(interpolated(made.document.project, one, 3, 6)))
    assert [f for f in range(20) if mask(made, f) is not None] == [0, 3, 4, 5, 6, 10]


def test_smoothing_takes_flicker_out_and_leaves_human_frames(made):
    for frame in range(1, 12):
        side = 4 if frame == 6 else 8
        put(made, frame, square(4 + frame, 4, side), Source.MODEL)
    made.document.do(SetMask(made.objects[0], FrameIndex(8), square(30, 20, 3)))
    before = mask(made, 8)
    made.document.do(finished(smoothed(made.document.project, made.objects[0], 0, 19)))
    assert mask(made, 6).area > 40
    assert mask(made, 8) == before
    assert mask(made, 3).box == square(7, 4).box
    assert source(made, 6) is Source.INTERPOLATED
    assert mask(made, 0) == square(4, 4)


def test_smoothing_needs_something_to_smooth(made):
    with pytest.raises(Rejected, match="smoothed"):
        finished(smoothed(made.document.project, made.objects[0], 0, 19))


def test_a_stroke_goes_to_every_frame_of_the_range(made):
    for frame in range(1, 6):
        put(made, frame, square(4, 4), Source.MODEL)
    stroke = square(20, 20, 3)
    project, one = made.document.project, made.objects[0]
    made.document.do(finished(painted(project, one, 2, 4, stroke, is_erase=False)))
    assert [mask(made, f).area for f in range(6)] == [64, 64, 73, 73, 73, 64]
    assert [source(made, f) for f in (1, 2, 5)] == [Source.MODEL, Source.HUMAN, Source.MODEL]
    made.document.do(finished(painted(project, one, 0, 5, square(4, 4), is_erase=True)))
    assert mask(made, 0) is None
    assert mask(made, 3) == stroke
    with pytest.raises(Rejected, match="no mask"):
        finished(painted(project, one, 10, 12, stroke, is_erase=True))
