"""Searches through a clip from the Find bar: both ways, over a range, stopped and gone on with."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from sam3_annotator.domain.entities import MEASURED_DETECTOR
from sam3_annotator.domain.geometry import Box
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.engine.protocol import TrackConcept
from tests.gui.clip.conftest import go_to, objects, trigger
from tests.support.projects import snapshot

LAST = 131


def draw_exemplar(running, qtbot, frame, *, is_positive=True):
    go_to(running, qtbot, frame)
    running.window.parts.canvas.exemplar_drawn.emit(Box(10, 10, 60, 60), is_positive)
    qtbot.waitUntil(lambda: not running.workspace.detecting.search.is_running)


def walks(running):
    asked = [r for r in running.session.handled if isinstance(r, TrackConcept)]
    return [(int(r.start), int(r.stop)) for r in asked]


def wait(running, qtbot, frames):
    concepts = running.desks.clip.concepts
    qtbot.waitUntil(
        lambda: concepts.progress.done == frames and not concepts.progress.is_running,
        timeout=60_000,
    )


def track_all(running, qtbot):
    bar = running.window.parts.find_bar
    qtbot.mouseClick(bar._track, Qt.MouseButton.LeftButton)


def test_examples_on_two_frames_are_followed_both_ways(clip, qtbot):
    draw_exemplar(clip, qtbot, 60)
    draw_exemplar(clip, qtbot, 70)
    bar = clip.window.parts.find_bar
    assert bar._plus.text() == "+2"
    track_all(clip, qtbot)
    wait(clip, qtbot, 142)
    assert walks(clip) == [(60, LAST), (69, 0)]
    assert not clip.workspace.detecting.search.found
    (one,) = objects(clip)
    masklet = clip.project.masklet(one)
    assert np.array_equal(masklet.frames, np.arange(LAST + 1))
    measured = {frame for frame, told in masklet.attributes if MEASURED_DETECTOR in dict(told)}
    assert measured == set(range(60))
    clip.desks.edits.undo()
    assert not objects(clip)
    trigger(clip, qtbot, "find.clear")
    assert clip.workspace.detecting.search.exemplars == ()


def test_a_range_is_not_left_and_examples_outside_are_told_of(clip, qtbot):
    said = []
    clip.workspace.said.connect(said.append)
    draw_exemplar(clip, qtbot, 20)
    draw_exemplar(clip, qtbot, 60)
    clip.workspace.state.update(span=(FrameIndex(50), FrameIndex(80)))
    track_all(clip, qtbot)
    wait(clip, qtbot, 31)
    assert walks(clip) == [(60, 80), (59, 50)]
    assert any("outside the range" in one for one in said)


@pytest.mark.parametrize(
    ("action", "walk"), [("clip.find_forward", (30, LAST)), ("clip.find_backward", (30, 0))]
)
def test_a_phrase_in_one_direction_from_the_shown_frame(clip, qtbot, action, walk):
    go_to(clip, qtbot, 30)
    clip.window.parts.find_bar.phrase.setText("rabbit")
    trigger(clip, qtbot, action)
    wait(clip, qtbot, abs(walk[1] - walk[0]) + 1)
    assert walks(clip) == [walk]


def test_a_stopped_search_goes_on_from_the_menu(clip, qtbot):
    concepts = clip.desks.clip.concepts
    draw_exemplar(clip, qtbot, 60)
    work = clip.desks.work

    def stop():
        if concepts.progress.is_running and concepts.progress.done >= 20:
            concepts.cancel()

    work.changed.connect(stop)
    track_all(clip, qtbot)
    qtbot.waitUntil(lambda: concepts.can_go_on, timeout=60_000)
    work.changed.disconnect(stop)
    (one,) = objects(clip)
    assert 20 <= len(clip.project.masklet(one)) < LAST
    trigger(clip, qtbot, "clip.go_on")
    qtbot.waitUntil(
        lambda: not concepts.progress.is_running and not concepts.can_go_on, timeout=60_000
    )
    assert objects(clip) == (one,)
    assert np.array_equal(clip.project.masklet(one).frames, np.arange(LAST + 1))


def test_cuts_are_not_crossed_unless_wanted(clip, qtbot):
    cuts = clip.desks.clip.cuts
    cuts._cuts[clip.workspace.view.media_id] = (40, 100)
    draw_exemplar(clip, qtbot, 60)
    track_all(clip, qtbot)
    wait(clip, qtbot, 60)
    assert walks(clip) == [(60, 99), (59, 40)]
    trigger(clip, qtbot, "clip.cross_cuts")
    track_all(clip, qtbot)
    wait(clip, qtbot, LAST + 1)
    assert walks(clip)[2:] == [(60, LAST), (59, 0)]


def test_a_search_that_does_not_fit_into_memory_leaves_nothing_behind(clip, qtbot):
    before, steps = snapshot(clip.workspace.document), len(clip.workspace.document.history())
    clip.session.free_bytes = 1
    clip.window.parts.find_bar.phrase.setText("rabbit")
    track_all(clip, qtbot)
    status = clip.window.parts.status
    qtbot.waitUntil(lambda: "Close other programs" in status.message, timeout=20_000)
    assert snapshot(clip.workspace.document) == before
    assert len(clip.workspace.document.history()) == steps


def test_a_search_that_is_refused_leaves_nothing_behind(clip, qtbot):
    find, document = clip.window.parts.find_bar, clip.workspace.document
    find.phrase.setText("")
    before, steps = snapshot(document), len(document.history())
    track_all(clip, qtbot)
    assert (snapshot(document), len(document.history())) == (before, steps)
    concepts = clip.desks.clip.concepts
    concepts.changed.connect(
        lambda _: clip.session.gate.clear(), Qt.ConnectionType.SingleShotConnection
    )
    find.phrase.setText("coin")
    track_all(clip, qtbot)
    qtbot.waitUntil(lambda: concepts.progress.is_running, timeout=20_000)
    names = [category.name for category in clip.project.categories.values()]
    find.phrase.setText("rabbit")
    track_all(clip, qtbot)
    assert "in progress" in clip.window.parts.status.message
    assert [category.name for category in clip.project.categories.values()] == names
    clip.session.gate.set()
    wait(clip, qtbot, LAST + 1)
