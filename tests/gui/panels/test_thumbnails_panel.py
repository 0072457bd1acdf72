"""The thumbnails panel: filter, opening, lazy thumbnails, twenty thousand pictures."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sam3_annotator.domain.entities import MediaState
from sam3_annotator.ui.panels.thumbnails import ThumbItem, ThumbnailsPanel
from sam3_annotator.ui.parts import Strip

# The offscreen platform says so of every window that has a smallest size.

STATES = (MediaState.TODO, MediaState.DONE, MediaState.REVIEWED)


def items(count):
    return [ThumbItem(n, f"photo_{n:05}.jpg", STATES[n % 3], n % 4) for n in range(1, count + 1)]


@pytest.fixture
def panel(qtbot):
    widget = ThumbnailsPanel()
    qtbot.addWidget(widget)
    widget.resize(900, 124)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def test_only_what_is_in_sight_is_wanted(qtbot, panel):
    with qtbot.waitSignal(panel.thumbnails_wanted) as told:
        panel.set_items(items(20_000))
    wanted = told.args[0]
    assert wanted[:6] == (1, 2, 3, 4, 5, 6)
    assert len(wanted) < 20
    with qtbot.waitSignal(panel.thumbnails_wanted) as told:
        panel.set_current(10_000)
    assert 10_000 in told.args[0]
    assert 1 not in told.args[0]


def test_brought_thumbnails_are_not_asked_for_again(qtbot, panel):
    with qtbot.waitSignal(panel.thumbnails_wanted) as told:
        panel.set_items(items(3))
    for media_id in told.args[0]:
        panel.set_thumbnail(media_id, np.full((60, 90, 3), 120, dtype=np.uint8))
    panel.set_thumbnail(2, None)
    assert panel._model.missing(range(3)) == ()
    with qtbot.waitSignal(panel.thumbnails_wanted) as told:
        panel._wanted = ()
        panel.forget_thumbnail(3)
    assert told.args == [(3,)]
    panel.grab()


def test_click_and_arrow_open(qtbot, panel):
    panel.set_items(items(9))
    panel.set_current(1)
    with qtbot.waitSignal(panel.opened) as told:
        where = panel.strip.visualRect(panel._model.index(2)).center()
        qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert told.args == [3]
    panel.set_current(3)
    with qtbot.waitSignal(panel.opened) as told:
        qtbot.keyClick(panel.strip, Qt.Key.Key_Right)
    assert told.args == [4]


def test_showing_the_current_one_opens_nothing(qtbot, panel):
    panel.set_items(items(9))
    with qtbot.assertNotEmitted(panel.opened):
        panel.set_current(5)
        panel.set_items(items(9))
    assert panel.strip.currentIndex().row() == 4


def test_filter_by_state_and_name(panel):
    panel.set_items(items(9))
    panel._state.setCurrentIndex(2)
    assert panel.shown_ids == (1, 4, 7)
    panel._name.setText("00004")
    assert panel.shown_ids == (4,)
    assert "1" in panel._count.text()
    assert "9" in panel._count.text()
    panel._state.setCurrentIndex(0)
    panel._name.clear()
    assert len(panel.shown_ids) == 9


def test_badges_tell_state_in_signs_and_words(panel):
    model = panel._model
    panel.set_items(
        [
            ThumbItem(1, "a.jpg"),
            ThumbItem(2, "b.jpg", MediaState.DONE, 4),
            ThumbItem(3, "c.jpg", is_missing=True),
        ]
    )
    assert [model.item_at(model.index(n)).badge for n in range(3)] == ["–", "✓ 4", "?"]  # noqa: RUF001
    spoken = model.data(model.index(1), Qt.ItemDataRole.AccessibleTextRole)
    assert "done" in spoken
    panel.update_item(ThumbItem(1, "a.jpg", MediaState.TODO, 2))
    assert model.item_at(model.index(0)).badge == "● 2"


def test_empty_project_says_what_to_do(panel):
    assert panel._body.is_empty
    panel.set_items(items(1))
    assert not panel._body.is_empty


def test_twenty_thousand_are_quick(panel):
    many = items(20_000)
    start = time.thread_time()
    panel.set_items(many)
    panel.grab()
    panel._name.setText("99")
    panel.grab()
    assert time.thread_time() - start < 0.5


def test_the_strip_is_only_as_high_as_the_page_in_front(qtbot):
    strip, low, high = Strip(), QWidget(), QWidget()
    qtbot.addWidget(strip)
    low.setMinimumHeight(40)
    high.setMinimumHeight(200)
    strip.addWidget(low)
    strip.addWidget(high)
    assert strip.minimumSizeHint().height() == 40
    strip.setCurrentWidget(high)
    assert strip.minimumSizeHint().height() == 200
