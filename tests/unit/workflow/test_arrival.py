"""A walk that arrives at the next human frame as something else gives its last part back."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from sam3_annotator.domain.commands import (
    AddModelPass,
    DeleteRange,
    FrameMask,
    ObjectFrames,
    SetFlags,
    SetMask,
    SetMasks,
    SetReview,
)
from sam3_annotator.domain.entities import FrameFlag, ReviewState, Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex, PassId
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.engine.protocol import FrameMasks, MediaRef, ObjectMask
from sam3_annotator.workflow.propagating import Propagating
from sam3_annotator.workflow.run_plan import Agreement, Reach, Wish
from tests.support.fake_session import fake_info
from tests.support.projects import Made, failing_writes, snapshot

FRAMES = 20


def box(left):
    return Mask.from_box(PixelBox(left, 10, left + 10, 20))


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "p.s3a", objects=0)
    yield made
    made.close()


@pytest.fixture
def track(made):
    """One object: a person's mask on frame 0, a model's on every other, standing still."""
    track = made.add(box(10))
    model = PassId(made.document.do(AddModelPass("old", "0" * 64)).made[0])
    masks = tuple(FrameMask(FrameIndex(f), box(10), 0.5 + f / 100) for f in range(1, FRAMES))
    made.document.do(SetMasks((ObjectFrames(track, masks),), Source.MODEL, model))
    return track


def corrected(made, pump, track, answer, seen=None, at=15, *, heard=None, stop_after=0, told=None):
    """Draw ``seen`` on a frame; the model then says ``answer(frame)``; the left edges after it.

    The run is cancelled after ``stop_after`` frames and taken up again.
    """

    def propagated(request):
        step = 1 if request.stop >= request.start else -1
        for frame in range(request.start, request.stop + step, step):
            found = (ObjectMask(int(track), answer(frame), 0.8, 0.9),)
            yield FrameMasks(request.key, request.media.media_id, FrameIndex(frame), found)

    pump.session._propagated = propagated
    running = Propagating(
        made.document,
        pump.desk,
        heard or (lambda _progress: None),
        lambda media: MediaRef(media, "/clip.mp4", 0, "clip", "h"),
        fake_info,
    )
    made.document.do(SetMask(track, FrameIndex(at), seen or box(12)))
    wish = Wish(FrameIndex(at), Reach.BACKWARD, FrameIndex(0), FrameIndex(FRAMES - 1), True)
    running.on_trouble = (told if told is not None else []).append
    running.start(made.media, (track,), wish, Agreement(0.99, 3))
    while stop_after and running.progress.done < stop_after:
        pump.step()
    if stop_after:
        running.cancel()
        pump.settle()
        running.go_on()
    pump.settle()
    masks = [made.document.mask(track, FrameIndex(f)) for f in range(at)]
    return [mask.box.left if mask else None for mask in masks]


def test_a_walk_that_was_lost_gives_back_what_lies_beyond_the_last_agreement(made, pump, track):
    before = {a.frame: a for a in made.document.project.masklet(track).annotations()}
    lefts = corrected(made, pump, track, lambda frame: box(12 if frame >= 9 else 40))
    assert lefts == [10] * 9 + [12] * 6
    for frame in range(1, 9):
        now = made.document.project.masklet(track).at(frame)
        assert (now.source, now.score, now.pass_id) == (
            Source.MODEL, before[frame].score, before[frame].pass_id,
        )  # fmt: skip


def test_a_walk_that_comes_to_an_accepted_frame_as_something_else_gives_its_last_part_back(
    made, pump, track
):
    made.document.do(SetReview((track,), ReviewState.ACCEPTED, 3, 3))
    lefts = corrected(made, pump, track, lambda frame: box(12 if frame >= 9 else 40))
    assert lefts == [10] * 9 + [12] * 6


def test_a_walk_that_was_lost_for_a_while_gives_that_back(made, pump, track):
    """Near the human frame its memory brings the walk home again, with a jump that tells."""
    lefts = corrected(made, pump, track, lambda frame: box(40 if 4 <= frame <= 9 else 12))
    assert lefts == [10, 12, 12, 12, *[10] * 6, *[12] * 5]


def test_where_each_side_is_right_on_its_own_the_middle_parts_them(made, pump, track):
    assert corrected(made, pump, track, lambda _: box(40), seen=box(40)) == [10] * 8 + [40] * 7


def test_a_walk_that_arrives_stands_although_the_old_masks_differ(made, pump, track):
    """The old masks had lost the object on frame 3: they jump there, and the walk does not."""
    model = max(made.document.project.passes)
    lost = tuple(FrameMask(FrameIndex(f), box(60)) for f in range(3, FRAMES))
    made.document.do(SetMasks((ObjectFrames(track, lost),), Source.MODEL, model))
    assert corrected(made, pump, track, lambda _: box(11)) == [10, *[11] * 14]


def test_a_walk_that_says_gone_where_the_old_masks_run_through_gives_them_back(made, pump, track):
    lefts = corrected(made, pump, track, lambda f: EMPTY_MASK if 4 <= f <= 9 else box(12))
    assert lefts == [10, 12, 12, 12, *[10] * 6, *[12] * 5]


def test_a_walk_that_says_gone_where_the_old_masks_jump_is_believed(made, pump, track):
    model = max(made.document.project.passes)
    false = tuple(FrameMask(FrameIndex(f), box(16 if f == 4 else 60)) for f in range(4, 10))
    made.document.do(SetMasks((ObjectFrames(track, false),), Source.MODEL, model))
    lefts = corrected(made, pump, track, lambda f: EMPTY_MASK if 4 <= f <= 9 else box(12))
    assert lefts == [10, 12, 12, 12, *[None] * 6, *[12] * 5]


def test_a_walk_that_loses_the_object_beside_a_mask_of_it_gives_it_back(made, pump, track):
    lefts = corrected(made, pump, track, lambda f: EMPTY_MASK if f <= 4 else box(12))
    assert lefts == [10, *[10] * 4, *[12] * 10]


def test_without_a_mask_at_the_end_nothing_is_given_back(made, pump, track):
    made.document.do(SetFlags((track,), FrameIndex(0), FrameIndex(0), FrameFlag.ABSENT))
    assert corrected(made, pump, track, lambda _: box(40)) == [None] + [40] * 14


def test_giving_back_is_part_of_the_run_s_one_step(made, pump, track):
    made.document.do(SetMask(track, FrameIndex(15), box(12)))
    before = snapshot(made.document)
    corrected(made, pump, track, lambda _: box(40))
    made.document.undo()
    made.document.undo()
    assert snapshot(made.document)[3] == before[3]


def test_an_absence_on_which_both_agree_ends_no_walk_while_masks_lie_ahead(made, pump, track):
    model = max(made.document.project.passes)
    gone = tuple(FrameMask(FrameIndex(f), None) for f in range(6, 12))
    made.document.do(SetMasks((ObjectFrames(track, gone),), Source.MODEL, model))
    lefts = corrected(made, pump, track, lambda f: EMPTY_MASK if 6 <= f < 12 else box(12))
    assert lefts == [10, *[12] * 5, *[None] * 6, *[12] * 3]


def test_an_absence_to_the_end_on_which_both_agree_ends_the_walk(made, pump, track):
    model = max(made.document.project.passes)
    gone = tuple(FrameMask(FrameIndex(f), None) for f in range(1, 12))
    made.document.do(SetMasks((ObjectFrames(track, gone),), Source.MODEL, model))
    corrected(made, pump, track, lambda f: EMPTY_MASK if f < 12 else box(12))
    newest = max(made.document.project.passes)
    rows = made.document.project.masklet(track).rows
    assert rows["frame"][rows["pass_id"] == newest].tolist() == list(range(9, 15))


def test_masks_beyond_a_stretch_without_any_are_not_measured_by_those_before_it(made, pump, track):
    """Both move; what nothing is known of between them is no place to compare them at."""
    model = max(made.document.project.passes)
    made.document.do(DeleteRange((track,), FrameIndex(4), FrameIndex(11)))
    old = tuple(FrameMask(FrameIndex(f), box(20)) for f in (12, 13, 14))
    made.document.do(SetMasks((ObjectFrames(track, old),), Source.MODEL, model))
    lefts = corrected(made, pump, track, lambda f: box(60 if f > 11 else 18), seen=box(60))
    assert lefts[12:] == [60, 60, 60]


def test_a_walk_taken_up_again_is_measured_by_what_it_had_computed(made, pump, track):
    """Each side is right on its own; the one that was stopped halfway is parted there too."""
    said = []
    found = corrected(
        made, pump, track, lambda _: box(40), seen=box(40), heard=said.append, stop_after=4
    )
    done = next(progress.done for progress in said if progress.can_go_on)
    half = (14 - done) // 2
    assert found == [10] * (15 - done - half) + [40] * (done + half)


def test_a_frame_drawn_while_the_walk_goes_on_is_where_it_has_to_arrive(made, pump, track):
    drawn = []

    def draw(progress):
        if progress.done == 10 and not drawn:
            drawn.append(made.document.do(SetMask(track, FrameIndex(8), box(40))))

    lefts = corrected(made, pump, track, lambda _: box(40), seen=box(40), heard=draw)
    assert lefts[8:] == [40] * 7


def test_a_full_disk_is_told_once_when_masks_come_back(made, pump, track):
    model = PassId(made.document.do(AddModelPass("older", "1" * 64)).made[0])
    older = tuple(FrameMask(FrameIndex(f), box(10)) for f in range(1, 6))
    made.document.do(SetMasks((ObjectFrames(track, older),), Source.MODEL, model))
    told = []
    with ExitStack() as full:

        def fill(progress):
            if progress.done == 14:
                full.enter_context(failing_writes(made.document, 0))

        corrected(made, pump, track, lambda f: box(12 if f > 8 else 40), heard=fill, told=told)
    assert len(told) == 1
