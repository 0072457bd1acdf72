"""Reviewing: queue, verdicts, staleness, swap repair, calibration, completeness checks, undo."""

from __future__ import annotations

import gc
import json
import weakref

import numpy as np
import pytest

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddObjects,
    AddSignOff,
    CheckComplete,
    FrameMask,
    NewObject,
    ObjectFrames,
    RemoveObjects,
    SetMask,
    SetMasks,
)
from sam3_annotator.domain.doubts.calibration import LEAST_ERRORS, LEAST_FRAMES
from sam3_annotator.domain.doubts.records import VERDICT, checks, judged_frames
from sam3_annotator.domain.doubts.signals import COLUMN, Signal
from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.domain.ids import CategoryId, FrameIndex, ObjectId
from sam3_annotator.domain.review import standing_codes
from sam3_annotator.errors import Rejected
from sam3_annotator.workflow.queue_rows import Show
from sam3_annotator.workflow.reviewing import Reviewing
from tests.support.projects import Made, picture, square

FRAMES = 60


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a", objects=0, frame_count=FRAMES)
    yield made
    made.close()


def track(made, lefts, top=10, side=8):
    """An object with a human frame 0 and model frames after it, at these places."""
    sides = np.broadcast_to(side, len(lefts))
    item = made.add(square(int(lefts[0]), top, int(sides[0])))
    masks = tuple(
        FrameMask(FrameIndex(f), square(int(left), top, int(s)), 0.9)
        for f, (left, s) in enumerate(zip(lefts, sides, strict=True))
        if f
    )
    made.document.do(SetMasks((ObjectFrames(item, masks),), Source.MODEL))
    return item


def jumping(made):
    lefts = [4 + f // 4 for f in range(FRAMES)]
    lefts[30:36] = [44] * 6
    return track(made, lefts)


def settled(made, media=None):
    reviewing = Reviewing(made.document)
    made.document.subscribe(reviewing.touched)
    reviewing.look_at(made.media if media is None else media)
    settle(reviewing)
    return reviewing


def settle(reviewing):
    while reviewing.work(0.01):
        pass
    assert reviewing.is_done


def test_the_jump_comes_first(made):
    item = jumping(made)
    reviewing = settled(made)
    first = reviewing.rows()[0]
    assert (first.media_id, first.object_id) == (made.media, item)
    assert 29 <= first.doubt.peak <= 36
    assert first.state is ReviewState.PROPOSED
    assert first.is_doubtful
    assert reviewing.row_at(made.media, int(first.doubt.peak), (item,)) == first
    assert reviewing.row_at(made.media, 0) is None  # a human frame is in no row


@pytest.mark.parametrize(
    ("span", "least", "most"), [((FrameIndex(25), FrameIndex(40)), 25, 40), (None, 1, FRAMES - 1)]
)
def test_verdicts_on_ranges_and_whole_objects_calibrate_too(made, span, least, most):
    item = jumping(made)
    reviewing = settled(made)
    made.document.do(reviewing.judge_frames((item,), ReviewState.REJECTED, span))
    (record,) = [r for r in made.document.project.prompts(made.media) if r.kind == VERDICT]
    frames = [frame for frame, _ in json.loads(record.payload)["frames"]]
    assert (frames[0], frames[-1]) == (least, most)
    settle(reviewing)
    calibration = reviewing.calibration
    assert calibration.frames == calibration.errors == len(frames) > 5


def test_a_verdict_on_human_frames_says_nothing_of_the_queue(made):
    item = jumping(made)
    reviewing = settled(made)
    first = FrameIndex(0)
    made.document.do(reviewing.judge_frames((item,), ReviewState.ACCEPTED, (first, first)))
    assert not [r for r in made.document.project.prompts(made.media) if r.kind == VERDICT]
    assert standing_codes(made.document.project.contents(made.media), item)[0] > 0


def test_a_verdict_is_kept_with_its_evidence_and_undone_with_it(made):
    item = jumping(made)
    reviewing = settled(made)
    row = reviewing.rows()[0]
    reviewing.judge(row, ReviewState.REJECTED)
    settle(reviewing)
    again = reviewing.row_at(made.media, int(row.doubt.peak), (item,))
    assert again.state is ReviewState.REJECTED
    assert row.doubt.peak not in {r.doubt.peak for r in reviewing.rows()}
    assert again in reviewing.rows(Show.NEEDS_WORK)
    (record,) = made.document.project.prompts(made.media)[-1:]
    assert record.kind == VERDICT
    judged = judged_frames([record])
    assert judged.is_error.all()
    assert judged.strengths[:, COLUMN[Signal.CENTRE]].max() > 0
    made.document.undo()
    settle(reviewing)
    assert reviewing.row_at(made.media, int(row.doubt.peak), (item,)).state is ReviewState.PROPOSED
    assert not [r for r in made.document.project.prompts(made.media) if r.kind == VERDICT]


def test_a_run_leaves_accepted_frames_alone_until_they_are_opened_again(made):
    item = jumping(made)
    reviewing = settled(made)
    row = reviewing.rows()[0]
    reviewing.judge(row, ReviewState.ACCEPTED)
    before = made.document.mask(item, row.doubt.peak)
    edit = FrameMask(row.doubt.peak, square(30, 12), 0.8)
    run = SetMasks((ObjectFrames(item, (edit,)),), Source.MODEL)
    assert made.document.do(run).skipped == 1
    assert made.document.mask(item, row.doubt.peak) == before
    reviewing.judge(row, ReviewState.NEEDS_WORK)
    assert made.document.do(run).skipped == 0
    assert made.document.mask(item, row.doubt.peak) != before


def test_a_verdict_on_a_mask_that_changed_no_longer_holds(made):
    item = jumping(made)
    reviewing = settled(made)
    row = reviewing.rows()[0]
    reviewing.judge(row, ReviewState.NEEDS_WORK)
    edit = FrameMask(row.doubt.peak, square(30, 12), 0.8)
    made.document.do(SetMasks((ObjectFrames(item, (edit,)),), Source.MODEL))
    contents = made.document.project.contents(made.media)
    place = int(np.searchsorted(contents.masklets[item].frames, row.doubt.peak))
    assert standing_codes(contents, item)[place] == 0
    settle(reviewing)
    assert reviewing.row_at(made.media, int(row.doubt.peak), (item,)).state is ReviewState.PROPOSED


def test_a_frame_that_a_person_corrects_leaves_the_queue(made):
    item = jumping(made)
    reviewing = settled(made)
    before = reviewing.rows()[0].doubt.probability
    for frame in range(29, 37):
        made.document.do(SetMask(item, FrameIndex(frame), square(4 + frame // 4, 10)))
    settle(reviewing)
    assert reviewing.row_at(made.media, 32, (item,)) is None
    assert reviewing.rows(Show.ALL)[0].doubt.probability < before


def test_walking_the_queue_stops_at_its_ends(made):
    jumping(made)
    reviewing = settled(made)
    rows = reviewing.rows(Show.ALL)
    assert reviewing.beside(None, 1, Show.ALL) == rows[0]
    assert reviewing.beside(rows[0], 1, Show.ALL) == rows[1]
    assert reviewing.beside(rows[1], -1, Show.ALL) == rows[0]
    assert reviewing.beside(rows[0], -1, Show.ALL) is None
    assert reviewing.beside(rows[-1], 1, Show.ALL) is None
    reviewing.judge(rows[0], ReviewState.ACCEPTED)
    assert reviewing.beside(rows[0], 1, Show.OPEN) == reviewing.rows(Show.OPEN)[0]


def test_changed_since_the_sign_off(made):
    item = jumping(made)
    reviewing = settled(made)
    assert reviewing.rows(Show.UNSIGNED)
    made.document.do(AddSignOff(made.media, FrameIndex(0), FrameIndex(FRAMES - 1)))
    assert reviewing.rows(Show.UNSIGNED) == ()
    edit = FrameMask(FrameIndex(50), square(40, 30), 0.8)
    made.document.do(SetMasks((ObjectFrames(item, (edit,)),), Source.MODEL))
    settle(reviewing)
    assert {int(r.doubt.peak) for r in reviewing.rows(Show.UNSIGNED)} == {50}


def crossing(made):
    """Two squares of different size on one line that are exchanged from frame 30 on."""
    one, two = np.arange(FRAMES) * 0.8, 52 - np.arange(FRAMES) * 0.8
    sides = np.array([10] * 30 + [5] * 30)
    a = track(made, np.where(np.arange(FRAMES) < 30, one, two), 10, sides)
    b = track(made, np.where(np.arange(FRAMES) < 30, two, one), 12, sides[::-1])
    return a, b


def test_a_swap_is_repaired_in_one_step_and_then_gone(made):
    a, b = crossing(made)
    reviewing = settled(made)
    swap = reviewing.swap_near(made.media, 0, (a,))
    assert {swap.first, swap.second} == {a, b}
    assert abs(int(swap.frame) - 30) <= 1
    outcome = reviewing.repair(swap)
    assert "Swap" in outcome.title
    settle(reviewing)
    assert not reviewing.swaps
    areas = made.document.project.masklet(a).rows["area"]
    assert set(areas[:29].tolist()) == set(areas[31:].tolist()) == {100}
    with pytest.raises(Rejected):
        reviewing.swap_near(made.media, 0, ())


def test_a_repair_ends_before_the_next_human_frame(made):
    a, b = crossing(made)
    project = made.document.project
    right = project.mask(b, FrameIndex(50))
    made.document.do(SetMask(a, FrameIndex(50), right))
    reviewing = settled(made)
    after = project.masklet(b).between(50, FRAMES - 1)
    reviewing.repair(reviewing.swap_near(made.media, 30, (a, b)))
    assert project.mask(a, FrameIndex(50)) == right
    assert project.masklet(b).between(50, FRAMES - 1).same_as(after)


def test_removed_objects_leave_the_queue(made):
    item = jumping(made)
    reviewing = settled(made)
    made.document.do(RemoveObjects((item,)))
    settle(reviewing)
    assert reviewing.rows(Show.ALL) == ()


@pytest.mark.slow
def test_nothing_is_held_of_clips_and_objects_that_are_gone(made):
    first, second = jumping(made), track(made, [30] * FRAMES, top=30)
    reviewing, project = settled(made), made.document.project
    assert {row.object_id for row in reviewing.rows(Show.ALL)} == {first, second}
    held = [weakref.ref(project.masklet(item).rows) for item in (first, second)]
    made.document.do(RemoveObjects((first,)))
    settle(reviewing)
    gc.collect()
    assert held[0]() is None
    reviewing.look_at(None)
    project._contents.clear()
    gc.collect()
    assert held[1]() is None


def test_pictures_are_reviewed_all_together(made):
    pages = made.document.do(AddMedia((picture("a.jpg"), picture("b.jpg")))).made
    scores = {}
    for page, score in zip(pages, (0.9, 0.3), strict=True):
        masks = (FrameMask(FrameIndex(0), square(5, 5), score),)
        new = NewObject(page, made.bus, masks, origin="concept:bus", source=Source.MODEL)
        scores[ObjectId(made.document.do(AddObjects((new,))).made[0])] = score
    reviewing = settled(made, pages[0])
    rows = reviewing.rows(Show.ALL)
    assert [scores[r.object_id] for r in rows] == [0.3, 0.9]
    assert {r.media_id for r in rows} == set(pages)


def test_calibration_is_honest_and_then_learns(made):
    """Spans are judged by whether they jump; the queue learns that jumps are errors."""
    rng = np.random.default_rng(0)
    wrong = {}
    for _ in range(14):
        lefts = [4 + f // 6 for f in range(FRAMES)]
        for at in rng.choice(np.arange(8, 52, 4), 2, replace=False):
            lefts[at] = 50
        item = track(made, lefts, top=int(rng.integers(0, 36)), side=7)
        wrong[item] = {f for f, left in enumerate(lefts) if left == 50}
    reviewing = settled(made)
    assert not reviewing.calibration.is_known
    before = reviewing.weights
    for row in reviewing.rows(Show.ALL):
        bad = any(row.doubt.covers(f) for f in wrong[row.object_id])
        reviewing.judge(row, ReviewState.REJECTED if bad else ReviewState.ACCEPTED)
    settle(reviewing)
    found = reviewing.calibration
    assert found.frames >= LEAST_FRAMES
    assert found.errors >= LEAST_ERRORS
    assert found.is_known
    assert found.found_share > 0.5
    assert abs(found.found_share - found.predicted_share) < 0.15
    assert reviewing.weights != before
    again = Reviewing(made.document)
    again.look_at(made.media)
    settle(again)
    assert again.calibration.frames == found.frames


def test_a_check_says_whether_all_are_found_and_the_newest_counts(made):
    command = CheckComplete(made.media, FrameIndex(3), made.bus, is_complete=False)
    made.document.do(command)
    made.document.do(CheckComplete(made.media, FrameIndex(3), made.bus, is_complete=True))
    (check,) = checks(made.document.project.prompts(made.media)).values()
    assert check.is_complete
    assert check.author == "anna"
    made.document.undo()
    (check,) = checks(made.document.project.prompts(made.media)).values()
    assert not check.is_complete
    with pytest.raises(Rejected):
        made.document.do(CheckComplete(made.media, FrameIndex(999), made.bus, is_complete=True))
    other = CategoryId(int(made.document.do(AddCategory("bike")).made[0]) + 1)
    with pytest.raises(Rejected):
        made.document.do(CheckComplete(made.media, FrameIndex(0), other, is_complete=True))
