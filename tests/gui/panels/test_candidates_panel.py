"""The candidates panel: order, filter, keys and buttons."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from sam3_annotator.domain.geometry import Box, PixelBox
from sam3_annotator.domain.mask import Mask
from sam3_annotator.ui.panels.candidate_grid import CandidateItem, crop_image
from sam3_annotator.ui.panels.candidates import CandidatesPanel, Findings

# The offscreen platform says so of every window that has a smallest size.

SCORES = (0.41, 0.98, 0.71, 0.95, 0.33)


def item(key, score, **more):
    return CandidateItem(key, Box(10 * key, 10, 10 * key + 30, 50), score, label="bus", **more)


def findings(threshold=0.5, **decided):
    items = tuple(
        item(
            key,
            score,
            is_accepted=key in decided.get("accepted", ()),
            is_rejected=key in decided.get("rejected", ()),
        )
        for key, score in enumerate(SCORES)
    )
    return Findings("bus", 0.93, threshold, items, has_answer=True)


@pytest.fixture
def panel(qtbot):
    widget = CandidatesPanel()
    qtbot.addWidget(widget)
    widget.resize(300, 460)
    widget.set_picture(np.full((100, 160, 3), 90, dtype=np.uint8))
    widget.show_findings(findings())
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def keys(panel):
    return [one.key for one in panel._model.shown]


def test_best_first_and_only_above_the_threshold(panel):
    assert keys(panel) == [1, 3, 2]
    assert panel.current_key == 1
    assert "0.93" in panel._title.text()
    assert panel._accept_all.text() == "Accept 3 above"


def test_slider_filters_at_once_and_is_told(qtbot, panel):
    with qtbot.waitSignal(panel.threshold_changed) as told:
        panel._slider.setValue(40)
    assert told.args == [0.4]
    assert keys(panel) == [1, 3, 2, 0]
    panel._slider.setValue(99)
    assert keys(panel) == []
    assert not panel._accept_all.isEnabled()


def test_showing_findings_does_not_tell_a_threshold(qtbot, panel):
    with qtbot.assertNotEmitted(panel.threshold_changed):
        panel.show_findings(findings(0.9))
    assert keys(panel) == [1, 3]


@pytest.mark.parametrize(
    ("key", "signal"),
    [
        (Qt.Key.Key_Return, "accept_requested"),
        (Qt.Key.Key_Y, "accept_requested"),
        (Qt.Key.Key_N, "reject_requested"),
        (Qt.Key.Key_Delete, "reject_requested"),
    ],
)
def test_keys_decide_and_go_on(qtbot, panel, key, signal):
    with qtbot.waitSignal(getattr(panel, signal)) as told:
        qtbot.keyClick(panel.grid, key)
    assert told.args == [(1,)]
    assert panel.current_key == 3


def test_more_and_not_like_this(qtbot, panel):
    qtbot.keyClick(panel.grid, Qt.Key.Key_Right)
    with qtbot.waitSignal(panel.more_like_requested) as told:
        qtbot.keyClick(panel.grid, Qt.Key.Key_Plus)
    assert told.args == [3]
    with qtbot.waitSignal(panel.not_like_requested) as told:
        qtbot.mouseClick(panel._fewer, Qt.MouseButton.LeftButton)
    assert told.args == [3]


def test_accept_all_by_key_and_button(qtbot, panel):
    with qtbot.waitSignal(panel.accept_all_requested):
        qtbot.keyClick(panel.grid, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(panel.accept_all_requested):
        qtbot.mouseClick(panel._accept_all, Qt.MouseButton.LeftButton)


def test_decided_ones_stay_marked_and_are_not_decided_twice(qtbot, panel):
    panel.show_findings(findings(accepted={1}, rejected={3}))
    assert panel._accept_all.text() == "Accept 1 above"
    panel.set_current(1)
    with qtbot.assertNotEmitted(panel.accept_requested):
        qtbot.keyClick(panel.grid, Qt.Key.Key_Return)
    panel.set_current(3)
    with qtbot.waitSignal(panel.reconsider_requested) as told:
        qtbot.keyClick(panel.grid, Qt.Key.Key_Return)
    assert told.args == [3]


def test_click_highlights(qtbot, panel):
    where = panel.grid.visualRect(panel._model.index(2)).center()
    with qtbot.waitSignal(panel.highlighted) as told:
        qtbot.mouseClick(
            panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where.x(), where.y())
        )
    assert told.args == [2]
    assert panel.current_key == 2


def test_current_survives_new_findings(panel):
    panel.set_current(2)
    panel.show_findings(findings(0.4))
    assert panel.current_key == 2


@pytest.mark.parametrize(
    ("state", "heading", "hint"),
    [
        (Findings(), "Nothing searched yet", "Type what to find"),
        (Findings(takes_phrases=False, example_key=" (E)"), "Nothing searched yet", "box (E)"),
        (Findings("bus", is_running=True), "Looking …", ""),
        (Findings("bus", 0.02, has_answer=True), "Nothing found", "IS THERE: 0.02\nTry another"),
        (Findings("bus", has_answer=True), "Nothing found", "Try another word"),
        (Findings(has_answer=True, takes_phrases=False), "Nothing found", "Try another example."),
    ],
)
def test_empty_states_say_what_to_do(panel, state, heading, hint):
    panel.show_findings(state)
    assert panel._body.is_empty
    assert panel._body.placeholder._heading.text() == heading
    assert hint in panel._body.placeholder._hint.text()


def test_screen_reader_hears_score_and_state(panel):
    panel.show_findings(findings(accepted={1}))
    spoken = panel._model.data(panel._model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert "0.98" in spoken
    assert "accepted" in spoken


def test_crop_dims_what_is_beside_the_mask():
    rgb = np.full((100, 100, 3), 200, dtype=np.uint8)
    mask = Mask.from_box(PixelBox(20, 20, 40, 60))
    image = crop_image(rgb, Box(20, 20, 60, 60), mask)
    inside, outside = image.pixelColor(10, 23).red(), image.pixelColor(35, 23).red()
    assert inside == 200
    assert outside < 110


def test_crop_of_a_box_beside_the_picture_is_black():
    rgb = np.full((10, 10, 3), 200, dtype=np.uint8)
    assert crop_image(rgb, Box(50, 50, 60, 60), None).width() == 1


def test_two_hundred_candidates_of_a_4k_picture_are_quick(qtbot, panel):
    rgb = np.zeros((2160, 3840, 3), dtype=np.uint8)
    masks = [Mask.from_box(PixelBox(9 * n, 5 * n, 9 * n + 900, 5 * n + 700)) for n in range(200)]
    items = tuple(
        CandidateItem(n, mask.box.box(), 1 - n / 200, mask) for n, mask in enumerate(masks)
    )
    panel.set_picture(rgb)
    start = time.thread_time()
    panel.show_findings(Findings("bus", 0.9, 0.0, items, has_answer=True))
    panel.grab()
    assert time.thread_time() - start < 0.5
