"""Verdicts over ranges and whole objects: by key, on the lanes, until something is corrected."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QToolButton

from sam3_annotator.domain.commands import (
    AddCategory,
    AddObjects,
    FrameMask,
    NewObject,
    SetMask,
)
from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import CategoryId, FrameIndex, ObjectId
from sam3_annotator.domain.mask import Mask
from tests.gui.clip.conftest import trigger

COUNT = 20
"""Frames from the first on that the object is on."""


def square(left):
    return Mask.from_box(PixelBox(left, 40, left + 30, 70))


@pytest.fixture
def found(clip, qtbot):
    """One selected object that a model found on the first frames."""
    workspace = clip.workspace
    category = CategoryId(workspace.do(AddCategory("hare")).made[0])
    masks = tuple(FrameMask(FrameIndex(f), square(20 + f), 0.9) for f in range(COUNT))
    new = NewObject(workspace.view.media_id, category, masks, "concept:hare", 0.9, Source.MODEL)
    made = ObjectId(workspace.do(AddObjects((new,))).made[0])
    workspace.state.update(selection=(made,))
    qtbot.waitUntil(lambda: len(clip.window.parts.timeline.lanes.rows) == 1)
    return made


def lane(clip):
    (row,) = clip.window.parts.timeline.lanes.rows
    return row.lane


def judged(clip):
    """Codes of the frames that the object is on, as the lane draws them."""
    return lane(clip).frames.reviews[:COUNT].tolist()


def test_a_verdict_counts_for_the_selected_range(clip, found, qtbot):
    clip.workspace.state.update(span=(FrameIndex(5), FrameIndex(9)))
    trigger(clip, qtbot, "review.accept")
    qtbot.waitUntil(lambda: judged(clip) == [0] * 5 + [1] * 5 + [0] * 10)
    assert lane(clip).badge == "–"  # noqa: RUF001 - a dash is meant
    assert "5–9" in clip.window.parts.status.message  # noqa: RUF001
    view = clip.workspace.view
    assert (view.frame, view.span) == (0, (5, 9)), "the person is not at the queue"


def test_whole_objects_are_accepted_and_rejected(clip, found, qtbot):
    trigger(clip, qtbot, "review.accept_whole")
    qtbot.waitUntil(lambda: lane(clip).badge == "✓")
    assert judged(clip) == [1] * COUNT
    trigger(clip, qtbot, "review.reject_whole")
    qtbot.waitUntil(lambda: lane(clip).badge == "✗")
    clip.desks.edits.undo()
    qtbot.waitUntil(lambda: lane(clip).badge == "✓")


def test_a_correction_takes_its_frame_out_of_the_verdict(clip, found, qtbot):
    trigger(clip, qtbot, "review.reject_whole")
    qtbot.waitUntil(lambda: lane(clip).badge == "✗")
    clip.workspace.do(SetMask(found, FrameIndex(3), square(60)))
    qtbot.waitUntil(lambda: judged(clip) == [2] * 3 + [0] + [2] * 16)
    assert lane(clip).badge == "!"
    trigger(clip, qtbot, "review.accept_whole")
    qtbot.waitUntil(lambda: lane(clip).badge == "✓")


def test_the_properties_say_who_judged_a_mask_until_it_is_corrected(clip, found, qtbot):
    def said():
        return dict(clip.window.parts.properties._shown.facts).get("Review", "")

    trigger(clip, qtbot, "review.reject_whole")
    qtbot.waitUntil(lambda: said().startswith("rejected, Ada, 20"))
    clip.workspace.do(SetMask(found, FrameIndex(0), square(60)))
    qtbot.waitUntil(lambda: not said())
    clip.workspace.state.update(frame=FrameIndex(1))
    qtbot.waitUntil(lambda: said().startswith("rejected, Ada"))


def test_a_range_is_signed_off_alone(clip, found, qtbot):
    clip.window.show()
    clip.window.docks["review"].raise_()
    shown = clip.window.parts.review._signature
    clip.workspace.state.update(span=(FrameIndex(5), FrameIndex(9)))
    trigger(clip, qtbot, "review.sign_off")
    contents = clip.project.contents(clip.workspace.view.media_id)
    (signed,) = contents.signoffs.values()
    assert (signed.start, signed.stop, signed.object_id) == (5, 9, found)
    qtbot.waitUntil(lambda: shown.text().endswith(": hare 1, frames 5 to 9."))
    assert "5–9" in clip.window.parts.status.message  # noqa: RUF001
    clip.workspace.state.update(span=None)
    trigger(clip, qtbot, "review.sign_off")
    last = clip.project.medium(clip.workspace.view.media_id).frame_count - 1
    assert [(s.start, s.stop) for s in contents.signoffs.values()] == [(5, 9), (0, last)]
    qtbot.waitUntil(lambda: shown.text().endswith(": hare 1."))
    clip.workspace.state.update(selection=())
    trigger(clip, qtbot, "review.sign_off")
    qtbot.waitUntil(lambda: shown.text().endswith(": everything."))


def test_signing_off_says_what_it_goes_against(clip, found, qtbot):
    clip.workspace.state.update(span=(FrameIndex(5), FrameIndex(9)))
    trigger(clip, qtbot, "review.reject")
    clip.workspace.state.update(span=None)
    clip.workspace.do(SetMask(found, FrameIndex(6), square(60)))
    trigger(clip, qtbot, "review.sign_off")
    said = clip.window.parts.status.message
    assert said == "Signed off with 4 masks rejected or to be fixed."


def test_a_comment_can_be_taken_away(clip, found, qtbot):
    clip.window.show()
    clip.window.docks["review"].raise_()
    box = clip.window.parts.review.comments
    box.written.emit("whose ear?")
    contents = clip.project.contents(clip.workspace.view.media_id)
    assert [comment.text for comment in contents.comments.values()] == ["whose ear?"]
    qtbot.waitUntil(lambda: len(box.findChildren(QToolButton)) == 1)
    box.findChildren(QToolButton)[0].click()
    assert not contents.comments
    clip.desks.edits.undo()
    assert len(contents.comments) == 1


def test_going_to_a_row_of_the_queue_lets_go_of_the_range(clip, found, qtbot):
    clip.workspace.do(SetMask(found, FrameIndex(0), square(20)))
    for frame in range(8, 11):  # a jump that stands out
        clip.workspace.do(SetMask(found, FrameIndex(frame), square(300), Source.MODEL, 0.2))
    desk = clip.desks.review
    desk.watch(is_watched=True)
    qtbot.waitUntil(lambda: desk.reviewing.is_done and bool(desk.reviewing.rows()), timeout=20_000)
    clip.workspace.state.update(span=(FrameIndex(0), FrameIndex(15)))
    trigger(clip, qtbot, "review.next")
    assert clip.workspace.view.span is None
    row = desk.present
    trigger(clip, qtbot, "review.accept")
    (mark,) = clip.project.contents(row.media_id).reviews.values()
    assert (mark.start, mark.stop) == (row.doubt.start, row.doubt.stop)
    assert mark.state is ReviewState.ACCEPTED
