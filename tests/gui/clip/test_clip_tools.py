"""Identity and time tools by their actions, each one step to undo."""

from __future__ import annotations

import pytest

from sam3_annotator.domain.entities import FrameFlag, Source
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import Mask
from tests.gui.clip.conftest import add_object, go_to, masks, objects, run, trigger


@pytest.fixture
def tracked(clip, qtbot):
    """Two objects on every frame from 0 on; the first one is selected."""
    first = add_object(clip, qtbot, 120, 120)
    second = add_object(clip, qtbot, 400, 240)
    clip.workspace.state.update(selection=())
    run(clip, qtbot, "clip.forward")
    clip.workspace.state.update(selection=(first,))
    return clip, first, second


def frames(running, one):
    return running.project.masklet(one).frames.tolist()


def span(running, first, last):
    running.workspace.state.update(span=(FrameIndex(first), FrameIndex(last)))


def undone(running, before):
    running.desks.edits.undo()
    assert masks(running) == before


def test_identity(tracked, qtbot):
    clip, first, second = tracked
    before = masks(clip)
    count = len(frames(clip, first))
    assert count == len(frames(clip, second))
    # Split here.
    go_to(clip, qtbot, 40)
    trigger(clip, qtbot, "clip.split")
    (new,) = set(objects(clip)) - {first, second}
    assert frames(clip, first) == list(range(40))
    assert frames(clip, new) == list(range(40, count))
    assert clip.workspace.view.selection == (new,)
    # Merge them again.
    clip.workspace.state.update(selection=(first, new))
    trigger(clip, qtbot, "clip.merge")
    assert masks(clip) == before
    clip.desks.edits.undo()
    undone(clip, before)
    # Swap in a range.
    clip.workspace.state.update(selection=(first, second))
    span(clip, 50, 60)
    trigger(clip, qtbot, "clip.swap")
    assert clip.project.mask(first, FrameIndex(55)) == before[second, 55]
    assert clip.project.mask(first, FrameIndex(61)) == before[first, 61]
    undone(clip, before)


def test_stretches(tracked, qtbot):
    clip, first, _ = tracked
    before = masks(clip)
    go_to(clip, qtbot, 40)
    span(clip, 50, 60)
    # Delete and absent over a range.
    trigger(clip, qtbot, "clip.delete_range")
    assert 55 not in frames(clip, first)
    undone(clip, before)
    trigger(clip, qtbot, "flag.absent")
    note = clip.project.masklet(first).at(55)
    assert note.flags & FrameFlag.ABSENT
    assert note.source is Source.HUMAN
    undone(clip, before)
    # Hold, copy.
    trigger(clip, qtbot, "clip.hold")
    assert clip.project.mask(first, FrameIndex(60)) == before[first, 40]
    undone(clip, before)
    trigger(clip, qtbot, "clip.copy_on")
    assert clip.workspace.view.frame == 41
    assert clip.project.mask(first, FrameIndex(41)) == before[first, 40]
    undone(clip, before)
    trigger(clip, qtbot, "clip.copy_here")
    assert clip.project.mask(first, FrameIndex(41)) == before[first, 0]
    # Interpolate between frame 0 and 41, then smooth: slices on this thread.
    clip.workspace.state.update(span=None)
    go_to(clip, qtbot, 20)
    trigger(clip, qtbot, "clip.interpolate")
    qtbot.waitUntil(lambda: clip.project.masklet(first).at(20).source is Source.INTERPOLATED)
    assert clip.project.mask(first, FrameIndex(20)) == before[first, 0]
    clip.desks.edits.undo()
    undone(clip, before)
    trigger(clip, qtbot, "clip.smooth")
    qtbot.waitUntil(lambda: clip.project.masklet(first).at(20).source is Source.INTERPOLATED)
    undone(clip, before)


def test_a_stroke_can_go_to_a_whole_range(tracked, qtbot):
    clip, first, _ = tracked
    before = masks(clip)
    clip.window.table["tool.brush"].trigger()
    span(clip, 10, 20)
    stroke = Mask.from_box(PixelBox(200, 200, 220, 220))
    canvas = clip.window.parts.canvas
    trigger(clip, qtbot, "clip.paint_range")
    canvas.stroke_finished.emit(stroke, False)
    qtbot.waitUntil(lambda: clip.project.masklet(first).at(15).source is Source.HUMAN)
    assert clip.project.mask(first, FrameIndex(15)) == before[first, 15].union(stroke)
    assert clip.project.mask(first, FrameIndex(21)) == before[first, 21]
    undone(clip, before)
    trigger(clip, qtbot, "clip.paint_range")
    go_to(clip, qtbot, 12)
    canvas.stroke_finished.emit(stroke, False)
    assert clip.project.mask(first, FrameIndex(13)) == before[first, 13]


def test_walking_between_human_frames(tracked, qtbot):
    clip, first, _ = tracked
    for frame in (30, 70):
        go_to(clip, qtbot, frame)
        clip.workspace.state.update(selection=(first,))
        trigger(clip, qtbot, "clip.copy_here")
    go_to(clip, qtbot, 0)
    walked = []
    for _ in range(2):
        trigger(clip, qtbot, "clip.next_human")
        walked.append(int(clip.workspace.view.frame))
    trigger(clip, qtbot, "clip.previous_human")
    walked.append(int(clip.workspace.view.frame))
    assert walked == [30, 70, 30]


def test_a_range_is_marked_by_keys_alone(clip, qtbot):
    state = clip.workspace.state
    for frame, action, expected in (
        (40, "clip.begin_range", (40, 40)),
        (52, "clip.end_range", (40, 52)),
        (45, "clip.begin_range", (45, 52)),
        (60, "clip.begin_range", (60, 60)),
        (20, "clip.end_range", (20, 20)),
    ):
        state.update(frame=FrameIndex(frame))
        trigger(clip, qtbot, action)
        assert clip.workspace.view.span == expected
        start, stop = expected
        shown = clip.window.parts.status._place.text()
        assert shown == f"frame {frame} / 132 · range {start}–{stop}"  # noqa: RUF001


@pytest.mark.parametrize("flag", [flag for flag in FrameFlag if flag])
def test_every_flag_has_a_key_and_goes_to_the_range(clip, qtbot, flag):
    one = add_object(clip, qtbot)
    span(clip, 0, 2)
    action = f"flag.{flag.name.lower()}"
    assert clip.window.table.keymap.keys(action)
    trigger(clip, qtbot, action)
    assert clip.project.masklet(one).at(FrameIndex(0)).flags & flag
    assert "frames 0–2" in clip.window.parts.status.message  # noqa: RUF001 - a range
