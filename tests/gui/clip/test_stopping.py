"""Escape ends what is in hand first, then the run through the shown clip; what is done stays."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLineEdit, QWidget

from sam3_annotator.domain.commands import SetMask
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import Mask
from sam3_annotator.engine.protocol import FrameMasks
from sam3_annotator.workflow.view_state import Tool
from tests.gui.clip.conftest import add_object, click, is_idle, objects, trigger

FRAMES = 5


def escape(clip, qtbot):
    qtbot.keyClick(clip.window.parts.canvas, Qt.Key.Key_Escape)


def hint(clip):
    return clip.window.parts.canvas._marks.hint


@pytest.fixture
def slow(clip):
    """The program; its engine waits after five frames, once for each kind of run."""
    answer, held = clip.session._answer, []

    def answer_slowly(request):
        for count, item in enumerate(answer(request)):
            if isinstance(item, FrameMasks) and count == FRAMES and type(request) not in held:
                held.append(type(request))
                clip.session.gate.clear()
            yield item

    clip.session._answer = answer_slowly
    return clip


def begin_search(clip, qtbot):
    clip.window.parts.find_bar.phrase.setText("rabbit")
    trigger(clip, qtbot, "clip.find")
    return clip.desks.clip.concepts


def begin_propagation(clip, qtbot):
    add_object(clip, qtbot)
    trigger(clip, qtbot, "clip.forward")
    return clip.desks.clip.runs


@pytest.mark.parametrize("begin", [begin_search, begin_propagation])
def test_escape_stops_a_run_and_keeps_what_is_done(slow, qtbot, begin):
    desk = begin(slow, qtbot)
    qtbot.waitUntil(lambda: desk.progress.done == FRAMES, timeout=20_000)
    assert ("Esc", "stop the run") in hint(slow).keys
    chosen = slow.workspace.view.selection
    escape(slow, qtbot)
    slow.session.gate.set()
    qtbot.waitUntil(lambda: not desk.progress.is_running, timeout=20_000)
    assert desk.can_go_on
    (one,) = objects(slow)
    assert FRAMES <= len(slow.project.masklet(one)) <= FRAMES + 2
    assert slow.workspace.view.selection == chosen
    assert ("Esc", "stop the run") not in hint(slow).keys
    escape(slow, qtbot)
    assert slow.workspace.view.selection == ()
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)


def test_escape_drops_a_click_before_it_stops_the_run(slow, qtbot):
    desk = begin_propagation(slow, qtbot)
    qtbot.waitUntil(lambda: desk.progress.done == FRAMES, timeout=20_000)
    slow.workspace.state.update(tool=Tool.CLICK)
    click(slow, 200.0, 200.0)
    assert ("Esc", "drop") in hint(slow).keys
    escape(slow, qtbot)
    assert not slow.workspace.segmenting.attempt.is_open
    assert slow.desks.clip.is_running
    escape(slow, qtbot)
    assert not slow.desks.clip.is_running
    slow.session.gate.set()
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)
    assert desk.can_go_on


def test_one_key_cancels_whatever_is_running(slow, qtbot):
    assert not slow.window.table["edit.cancel"].isEnabled()
    desk = begin_propagation(slow, qtbot)
    qtbot.waitUntil(lambda: desk.progress.done == FRAMES, timeout=20_000)
    qtbot.keyClick(slow.window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    slow.session.gate.set()
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)
    assert desk.can_go_on


@pytest.mark.parametrize("panel", ["objects", "review"])
def test_escape_in_a_panel_stops_the_run_then_leaves_the_panel(slow, qtbot, panel):
    desk = begin_propagation(slow, qtbot)
    slow.window.show()
    qtbot.waitUntil(lambda: desk.progress.done == FRAMES, timeout=20_000)
    dock, canvas = slow.window.docks[panel], slow.window.parts.canvas
    dock.raise_()
    taker = next(w for w in dock.widget().findChildren(QWidget) if is_for_keys(w))
    taker.setFocus()
    qtbot.keyClick(taker, Qt.Key.Key_Escape)
    assert not slow.desks.clip.is_running
    slow.session.gate.set()
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)
    taker.setFocus()
    chosen = slow.workspace.view.selection
    qtbot.keyClick(taker, Qt.Key.Key_Escape)
    assert slow.window.focusWidget() is canvas
    assert slow.workspace.view.selection == chosen


def is_for_keys(widget):
    return widget.isEnabled() and isinstance(widget, QAbstractItemView | QLineEdit | QComboBox)


def test_what_was_stopped_last_goes_on(slow, qtbot):
    runs, concepts = begin_propagation(slow, qtbot), slow.desks.clip.concepts
    qtbot.waitUntil(lambda: runs.progress.done == FRAMES, timeout=20_000)
    escape(slow, qtbot)
    slow.session.gate.set()
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)
    begin_search(slow, qtbot)
    qtbot.waitUntil(lambda: concepts.progress.done == FRAMES, timeout=20_000)
    escape(slow, qtbot)
    slow.session.gate.set()
    qtbot.waitUntil(lambda: not concepts.progress.is_running, timeout=20_000)
    assert runs.can_go_on
    assert concepts.can_go_on
    trigger(slow, qtbot, "clip.go_on")
    assert concepts.progress.is_running
    assert not runs.progress.is_running
    qtbot.waitUntil(lambda: not concepts.progress.is_running, timeout=30_000)
    assert not concepts.can_go_on
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)


@pytest.mark.parametrize("begin", [begin_search, begin_propagation])
def test_undo_ends_the_run_and_takes_back_all_of_it(slow, qtbot, begin):
    if begin is begin_search:
        add_object(slow, qtbot)
    desk = begin(slow, qtbot)
    qtbot.waitUntil(lambda: desk.progress.done == FRAMES, timeout=20_000)
    slow.desks.edits.undo()
    assert not desk.progress.is_running
    assert not slow.desks.work.works
    assert not desk.can_go_on, "it would leave a gap"
    slow.session.gate.set()
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)
    (one,) = objects(slow)
    assert len(slow.project.masklet(one)) == 1
    trigger(slow, qtbot, "clip.all_both")
    qtbot.waitUntil(
        lambda: slow.session.gate.set() or len(slow.project.masklet(one)) == 132, timeout=30_000
    )
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)


def test_undo_during_a_run_comes_to_what_was_drawn_meanwhile(slow, qtbot):
    desk = begin_propagation(slow, qtbot)
    (one,) = objects(slow)
    qtbot.waitUntil(lambda: desk.progress.done == FRAMES, timeout=20_000)
    drawn = slow.project.mask(one, FrameIndex(0)).union(Mask.from_box(PixelBox(0, 0, 9, 9)))
    slow.workspace.do(SetMask(one, FrameIndex(0), drawn))
    old = slow.project.mask(one, FrameIndex(0))
    assert old == drawn
    slow.desks.edits.undo()
    slow.session.gate.set()
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)
    assert slow.project.mask(one, FrameIndex(0)) != drawn
    assert len(slow.project.masklet(one)) == 1 + FRAMES, "what was done before it is kept"


def test_a_stopped_run_goes_on_until_it_is_taken_back_itself(slow, qtbot):
    desk = begin_propagation(slow, qtbot)
    (one,) = objects(slow)
    qtbot.waitUntil(lambda: desk.progress.done == FRAMES, timeout=20_000)
    escape(slow, qtbot)
    slow.session.gate.set()
    qtbot.waitUntil(lambda: is_idle(slow), timeout=20_000)
    slow.workspace.do(SetMask(one, FrameIndex(0), Mask.from_box(PixelBox(0, 0, 9, 9))))
    slow.desks.edits.undo()
    assert desk.can_go_on, "that was another step"
    slow.desks.edits.undo()
    assert not desk.can_go_on
    assert len(slow.project.masklet(one)) == 1
    desk.go_on()
    assert "No stopped run" in slow.window.parts.status.message
