"""The timeline under a real mouse: going, selecting, ranges, zoom, folding, filters."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.masklet import ROW, SOURCE_CODES, Masklet, People
from sam3_annotator.ui.panels.timeline import Lane, LaneFrames, Shown, Still, TimelinePanel
from sam3_annotator.ui.panels.timeline.painting import NAMES_PX, RULER_PX
from sam3_annotator.ui.tokens import DARK, LIGHT

FRAMES = 500


def lane(number, category="bus", first=0):
    rows = np.zeros(FRAMES - first, ROW)
    rows["frame"] = np.arange(first, FRAMES)
    rows["source"], rows["area"], rows["score"] = SOURCE_CODES[Source.MODEL], 50, 0.9
    frames = LaneFrames(Masklet(ObjectId(number), rows, (), People()), None, FRAMES)
    return Lane(ObjectId(number), f"{category} {number}", "#c04080", category, frames)


@pytest.fixture
def panel(qtbot):
    panel = TimelinePanel(LIGHT)
    qtbot.addWidget(panel)
    panel.resize(1200, 320)
    panel.set_lanes([lane(1), lane(2), lane(3, "car", first=400)], FRAMES)
    panel.set_shown(Shown(frame=10))
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def at(panel, frame, y):
    return QPoint(NAMES_PX + round(panel.lanes.scale.center_of(frame)), y)


def row_y(panel, number):
    row = next(r for r in panel.lanes.rows if r.lane and r.lane.object_id == number)
    return RULER_PX + row.top + row.height // 2


def wheel(widget, where, notches, modifiers=Qt.KeyboardModifier.NoModifier):
    event = QWheelEvent(
        QPointF(where), QPointF(widget.mapToGlobal(where)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_click_goes_to_the_frame_and_selects_the_object(panel, qtbot):
    frames, picked = [], []
    panel.frame_wanted.connect(frames.append)
    panel.lanes.object_wanted.connect(lambda *args: picked.append(args))
    where = at(panel, 200, row_y(panel, 2))
    qtbot.mouseClick(panel.lanes, Qt.MouseButton.LeftButton, pos=where)
    assert (frames, picked) == ([200], [(2, False)])
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(panel.lanes, Qt.MouseButton.LeftButton, control, where)
    assert picked[-1] == (2, True)


def test_a_click_on_the_ruler_goes_and_dragging_scrubs(panel, qtbot):
    seen = []
    panel.frame_wanted.connect(seen.append)
    qtbot.mousePress(panel.lanes, Qt.MouseButton.LeftButton, pos=at(panel, 50, 8))
    qtbot.mouseMove(panel.lanes, at(panel, 90, 8))
    qtbot.mouseRelease(panel.lanes, Qt.MouseButton.LeftButton, pos=at(panel, 90, 8))
    assert seen[0] == 50
    assert seen[-1] == 90


def test_dragging_over_lanes_selects_a_range_in_either_direction(panel, qtbot):
    seen = []
    panel.lanes.range_dragged.connect(lambda a, b: seen.append((a, b)))
    y = row_y(panel, 1)
    qtbot.mousePress(panel.lanes, Qt.MouseButton.LeftButton, pos=at(panel, 300, y))
    qtbot.mouseMove(panel.lanes, at(panel, 250, y))
    qtbot.mouseMove(panel.lanes, at(panel, 200, y))
    with qtbot.assertNotEmitted(panel.lanes.range_cleared):
        qtbot.mouseRelease(panel.lanes, Qt.MouseButton.LeftButton, pos=at(panel, 200, y))
    assert seen[-1] == (200, 300)


def test_the_wheel_zooms_at_the_pointer_pans_and_scrolls(panel):
    lanes = panel.lanes
    where = at(panel, 200, row_y(panel, 1))
    whole = lanes.scale
    wheel(lanes, where, 5)
    assert lanes.scale.frame_px > whole.frame_px * 2
    assert lanes.scale.frame_at(where.x() - NAMES_PX) == 200
    before = lanes.scale.first
    wheel(lanes, where, -1, Qt.KeyboardModifier.ShiftModifier)
    assert lanes.scale.first > before
    for _ in range(30):
        wheel(lanes, where, -3)
    assert lanes.scale.is_whole


def test_headings_fold_and_filters_hide(panel, qtbot):
    heading = next(r for r in panel.lanes.rows if r.heading == "bus")
    y = RULER_PX + heading.top + 5
    qtbot.mouseClick(panel.lanes, Qt.MouseButton.LeftButton, pos=QPoint(40, y))
    assert [r.lane.object_id for r in panel.lanes.rows if r.lane] == [3]
    qtbot.mouseClick(panel.lanes, Qt.MouseButton.LeftButton, pos=QPoint(40, y))
    qtbot.keyClicks(panel._filter, "bus 2")
    assert [r.lane.object_id for r in panel.lanes.rows if r.lane] == [2]
    panel._filter.clear()
    chosen(panel, "Show objects on this frame")
    assert [r.lane.object_id for r in panel.lanes.rows if r.lane] == [1, 2]
    panel.set_shown(Shown(frame=450))
    assert [r.lane.object_id for r in panel.lanes.rows if r.lane] == [1, 2, 3]


def chosen(panel, text):
    """Choose an entry of the menu; gives the entries that hold then."""
    entries = panel._sort.menu().actions()
    next(entry for entry in entries if entry.text() == text).trigger()
    return [entry.text() for entry in entries if entry.isChecked()]


def test_where_there_are_no_lanes_it_is_said_why(panel, qtbot):
    with_lanes = panel.lanes.grab().toImage()
    panel.lanes.show_way("Mark something first.")
    assert panel.lanes.grab().toImage() == with_lanes
    qtbot.keyClicks(panel._filter, "zebra")
    assert panel.lanes.notice == "No object fits the filter."
    filtered = panel.lanes.grab().toImage()
    panel.set_lanes([], FRAMES)
    assert panel.lanes.notice == "Mark something first."
    assert panel.lanes.grab().toImage() != filtered


def test_the_menu_shows_how_lanes_are_sorted_and_which_are_left_out(panel, qtbot):
    curves = ["Curve of confidence", "Curve of area"]
    assert chosen(panel, "Sort by length") == ["Sort by length", "Show all objects", *curves]
    assert not panel._sort.isChecked()
    held = chosen(panel, "Show objects not yet accepted")
    assert held == ["Sort by length", "Show objects not yet accepted", *curves]
    assert panel._sort.isChecked(), "seen without opening the menu"
    chosen(panel, "Show all objects")
    assert not panel._sort.isChecked()


def test_the_cursor_stays_in_sight(panel):
    panel.lanes.zoom(12.0)
    panel.set_shown(Shown(frame=480))
    scale = panel.lanes.scale
    assert scale.first <= 480 <= scale.first + scale.shown


def test_the_minimap_goes_where_it_is_clicked(panel, qtbot):
    panel.summarise([lane(1)], FRAMES)
    with qtbot.waitSignal(panel.frame_wanted) as told:
        middle = NAMES_PX + (panel.minimap.width() - NAMES_PX - 10) // 2
        qtbot.mouseClick(panel.minimap, Qt.MouseButton.LeftButton, pos=QPoint(middle, 6))
    assert abs(told.args[0] - FRAMES // 2) <= 2


def test_typing_a_frame_number_goes_there(panel, qtbot):
    transport = panel.transport
    transport.show_place(10, FRAMES, 0.4, 25.0)
    transport.field.setFocus()
    transport.field.selectAll()
    qtbot.keyClicks(transport.field, "321")
    with qtbot.waitSignal(panel.frame_wanted) as told:
        qtbot.keyClick(transport.field, Qt.Key.Key_Return)
    assert told.args == [321]


def test_the_filmstrip_asks_for_what_it_lacks(panel, qtbot):
    strip = panel.transport.filmstrip
    cells = tuple(Still(1, frame, b"") for frame in range(3))
    assert strip.show_cells(cells, 1) == cells
    strip.set_picture(cells[0], np.zeros((20, 30, 3), np.uint8))
    assert strip.show_cells(cells, 1) == cells[1:]
    with qtbot.waitSignal(strip.frame_wanted) as told:
        box = strip._box(2)
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=box.center())
    assert told.args == [2]


def test_both_themes_can_be_drawn_and_differ(panel):
    light = panel.grab().toImage()
    panel.use_theme(DARK)
    dark = panel.grab().toImage()
    assert light != dark
    assert dark.pixelColor(dark.width() - 40, RULER_PX + 120).lightness() < 128
