"""What is done to identities and over time: split, merge, swap, hold, mark, delete."""

from __future__ import annotations

import pytest

from sam3_annotator.domain import commands as c
from sam3_annotator.domain.entities import (
    FrameFlag,
    Source,
)
from sam3_annotator.errors import Rejected
from tests.support.commands import frames_of, model_run
from tests.support.projects import square


def test_split_merge_and_swap(made):
    first, second = made.objects
    model_run(made, first, range(1, 10))
    document = made.document
    made_id = document.do(c.SplitTrack(first, 6)).made[0]
    assert frames_of(made, first) == list(range(6))
    assert frames_of(made, made_id) == [6, 7, 8, 9]
    assert document.project.object(made_id).number == 3
    document.do(c.SwapTracks(first, second, 4, 0))
    assert frames_of(made, second) == [0, 1, 2, 3, 4]
    assert frames_of(made, first) == [0, 5]
    document.do(c.SwapTracks(first, second, 0, 4))
    comment = document.do(c.AddComment(made.media, 7, "here", made_id)).made[0]
    document.do(c.MergeTracks(first, made_id))
    assert frames_of(made, first) == list(range(10))
    comments = document.project.contents(made.media).comments
    assert comments[comment].object_id == first
    with pytest.raises(Rejected):
        document.project.object(made_id)


def test_merging_prefers_human_frames_and_masks(made):
    into, other = made.objects
    model_run(made, into, [1, 2, 3])
    model_run(made, other, [1, 3, 4], side=3)
    made.document.do(c.SetMask(other, 2, square(30, 30, 3)))
    absent = (c.FrameMask(4, None),)
    made.document.do(c.SetMasks((c.ObjectFrames(into, absent),), Source.MODEL))
    outcome = made.document.do(c.MergeTracks(into, other))
    masklet = made.document.project.masklet(into)
    assert masklet.frames.tolist() == [0, 1, 2, 3, 4]
    assert masklet.rows["area"].tolist() == [64, 36, 9, 36, 9]
    assert outcome.skipped == 1


def test_absent_range_takes_masks_away_and_can_be_taken_back(made):
    first = made.objects[0]
    model_run(made, first, range(1, 6))
    made.document.do(c.SetFlags((first,), 4, 9, FrameFlag.ABSENT))
    masklet = made.document.project.masklet(first)
    assert masklet.frames.tolist() == list(range(10))
    assert masklet.is_human.tolist() == [True, False, False, False] + [True] * 6
    assert masklet.at(5).area == 0
    made.document.do(c.SetFlags((first,), 0, 19, FrameFlag.ABSENT, is_on=False))
    assert frames_of(made, first) == [0, 1, 2, 3]


def test_hold_leaves_human_frames(made):
    first = made.objects[0]
    made.document.do(c.SetMask(first, 3, square(9, 9)))
    outcome = made.document.do(c.HoldRange(first, 0, 0, 5))
    assert outcome.skipped == 1
    assert frames_of(made, first) == [0, 1, 2, 3, 4, 5]
    assert made.document.mask(first, 3) == square(9, 9)
    assert made.document.mask(first, 5) == made.document.mask(first, 0)
    masklet = made.document.project.masklet(first)
    assert masklet.at(5).source is Source.INTERPOLATED
    made.document.do(c.CopyToFrame(first, 3, 5))
    assert made.document.project.masklet(first).at(5).source is Source.HUMAN
    made.document.do(c.DeleteRange((first,), 1, 4))
    assert frames_of(made, first) == [0, 5]
