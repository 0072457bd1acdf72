"""Each tool, driven by real mouse and key events on a shown canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from sam3_annotator.domain.geometry import Box, PixelBox, Point
from sam3_annotator.domain.mask import Mask
from sam3_annotator.ui.canvas import CandidateMark, ToolName, ToolOptions

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


def at(canvas, x, y):
    """Widget position in the middle of image pixel (x, y)."""
    wx, wy = canvas.viewport.to_widget(Point(x + 0.5, y + 0.5))
    return QPoint(round(wx), round(wy))


def drag(qtbot, canvas, *stops, button=LEFT, modifier=NONE):
    qtbot.mousePress(canvas, button, modifier, at(canvas, *stops[0]))
    for stop in stops[1:]:
        qtbot.mouseMove(canvas, at(canvas, *stop))
    qtbot.mouseRelease(canvas, button, modifier, at(canvas, *stops[-1]))


@pytest.mark.parametrize(
    ("button", "modifier", "is_positive"),
    [
        (LEFT, NONE, True),
        (RIGHT, NONE, False),
        (LEFT, Qt.KeyboardModifier.AltModifier, False),
    ],
)
def test_click_tells_point_and_sign(qtbot, canvas, button, modifier, is_positive):
    canvas.set_tool(ToolName.CLICK)
    with qtbot.waitSignal(canvas.prompt_clicked) as told:
        qtbot.mouseClick(canvas, button, modifier, at(canvas, 30, 50))
    point, sign = told.args
    assert (point, sign) == (Point(30.5, 50.5), is_positive)


@pytest.mark.parametrize(("button", "is_positive"), [(LEFT, True), (RIGHT, False)])
def test_a_click_that_is_drawn_on_is_a_scribble(qtbot, canvas, button, is_positive):
    canvas.set_tool(ToolName.CLICK)
    clicked = []
    canvas.prompt_clicked.connect(lambda *told: clicked.append(told))
    with qtbot.waitSignal(canvas.prompt_scribbled) as told:
        drag(qtbot, canvas, (30, 20), (30, 30), (50, 30), (60, 30), (60, 40), button=button)
    assert clicked == [(Point(30.5, 20.5), is_positive)]
    points, sign = told.args
    expected = [(45.5, 30.5), (60.5, 40.5)]  # halves of a way of 50 pixels
    assert [(round(p.x, 1), round(p.y, 1)) for p in points] == expected
    assert sign is is_positive


def test_a_click_of_an_unsteady_hand_is_no_scribble(qtbot, canvas):
    canvas.set_tool(ToolName.CLICK)
    with qtbot.assertNotEmitted(canvas.prompt_scribbled):
        drag(qtbot, canvas, (30, 20), (31, 21), (32, 22))


def test_escape_drops_the_line_and_leaves_the_click(qtbot, canvas):
    canvas.set_tool(ToolName.CLICK)
    with (
        qtbot.assertNotEmitted(canvas.prompt_scribbled),
        qtbot.assertNotEmitted(canvas.drop_requested),
    ):
        qtbot.mousePress(canvas, LEFT, NONE, at(canvas, 30, 20))
        for x in range(30, 60, 5):
            qtbot.mouseMove(canvas, at(canvas, x, 20))
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)
        qtbot.mouseRelease(canvas, LEFT, NONE, at(canvas, 60, 20))


def test_click_beside_the_picture_is_nothing(qtbot, canvas):
    canvas.set_tool(ToolName.CLICK)
    canvas.zoom_to(1.0)
    with qtbot.assertNotEmitted(canvas.prompt_clicked):
        qtbot.mouseClick(canvas, LEFT, NONE, QPoint(3, 3))


def test_box_is_clipped_to_the_picture(qtbot, canvas):
    canvas.zoom_to(2.0)
    canvas.set_tool(ToolName.BOX)
    with qtbot.waitSignal(canvas.box_drawn) as told:
        drag(qtbot, canvas, (100, 20), (200, 60))
    assert told.args == [Box(100.5, 20.5, 160.0, 60.5)]


def test_a_slip_is_no_box(qtbot, canvas):
    canvas.set_tool(ToolName.BOX)
    with qtbot.assertNotEmitted(canvas.box_drawn):
        qtbot.mouseClick(canvas, LEFT, NONE, at(canvas, 30, 30))


def test_exemplars_have_a_sign(qtbot, canvas):
    canvas.set_tool(ToolName.EXEMPLAR)
    with qtbot.waitSignal(canvas.exemplar_drawn) as told:
        drag(qtbot, canvas, (10, 10), (30, 40), button=RIGHT)
    assert told.args == [Box(10.5, 10.5, 30.5, 40.5), False]


def test_select_picks_the_topmost_and_extends_with_shift(qtbot, canvas, square):
    canvas.set_objects([square(1, 10, 10, 60, 60, z=1), square(2, 40, 40, 90, 90, z=2)])
    with qtbot.waitSignal(canvas.object_picked) as told:
        qtbot.mouseClick(canvas, LEFT, NONE, at(canvas, 50, 50))
    assert told.args == [2, False]
    with qtbot.waitSignal(canvas.object_picked) as told:
        qtbot.mouseClick(canvas, LEFT, Qt.KeyboardModifier.ShiftModifier, at(canvas, 20, 20))
    assert told.args == [1, True]
    with qtbot.waitSignal(canvas.object_picked) as told:
        qtbot.mouseClick(canvas, LEFT, NONE, at(canvas, 150, 100))
    assert told.args == [None, False]


def test_rubber_band_picks_what_it_touches(qtbot, canvas, square):
    canvas.set_objects(
        [
            square(1, 10, 10, 30, 30),
            square(2, 60, 60, 90, 90),
            square(3, 20, 20, 40, 40, is_hidden=True),
        ]
    )
    with qtbot.waitSignal(canvas.area_picked) as told:
        drag(qtbot, canvas, (5, 5), (50, 50))
    assert told.args == [(1,), False]


def test_select_finds_candidates_where_no_object_lies(qtbot, canvas):
    canvas.set_candidates(
        [CandidateMark(7, Box(10, 10, 100, 100), 0.9), CandidateMark(8, Box(20, 20, 40, 40), 0.3)]
    )
    with qtbot.waitSignal(canvas.candidate_picked) as told:
        qtbot.mouseClick(canvas, LEFT, NONE, at(canvas, 30, 30))
    assert told.args == [8]


def test_brush_gives_the_stroke_as_a_mask(qtbot, canvas):
    canvas.set_tool(ToolName.BRUSH)
    canvas.set_tool_options(ToolOptions(brush_diameter=6))
    with qtbot.waitSignal(canvas.stroke_finished) as told:
        drag(qtbot, canvas, (20, 20), (40, 20), (40, 50))
    mask, is_erase = told.args
    assert not is_erase
    assert mask.box == PixelBox(17, 17, 44, 54)
    assert mask.contains(30, 20)
    assert mask.contains(40, 35)
    assert not mask.contains(30, 30)


def test_eraser_and_its_opposite(qtbot, canvas):
    canvas.set_tool(ToolName.ERASER)
    for button, is_erase in ((LEFT, True), (RIGHT, False)):
        with qtbot.waitSignal(canvas.stroke_finished) as told:
            drag(qtbot, canvas, (20, 20), (40, 20), button=button)
        assert told.args[1] is is_erase


def test_brush_size_by_keys_and_wheel(qtbot, canvas):
    canvas.set_tool(ToolName.BRUSH)
    canvas.set_tool_options(ToolOptions(brush_diameter=1))
    with qtbot.waitSignal(canvas.tool_options_changed) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert told.args[0].brush_diameter == 2
    qtbot.keyClick(canvas, Qt.Key.Key_BracketLeft)
    assert canvas.tool_options.brush_diameter == 1


def test_polygon_closes_on_its_first_vertex(qtbot, canvas):
    canvas.set_tool(ToolName.POLYGON)
    with qtbot.waitSignal(canvas.shape_finished) as told:
        for corner in ((10, 10), (50, 10), (50, 40), (10, 40), (10, 10)):
            qtbot.mouseClick(canvas, LEFT, NONE, at(canvas, *corner))
    assert told.args == [Mask.from_box(PixelBox(10, 10, 50, 40)), False]


def test_polygon_takes_back_and_closes_by_keys(qtbot, canvas):
    canvas.set_tool(ToolName.POLYGON)
    for corner in ((10, 10), (50, 10), (50, 40), (120, 100)):
        qtbot.mouseClick(canvas, LEFT, NONE, at(canvas, *corner))
    qtbot.keyClick(canvas, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(canvas.shape_finished) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert told.args[0].box == PixelBox(10, 10, 50, 40)


def test_escape_drops_the_polygon_then_asks(qtbot, canvas):
    canvas.set_tool(ToolName.POLYGON)
    qtbot.mouseClick(canvas, LEFT, NONE, at(canvas, 10, 10))
    with qtbot.assertNotEmitted(canvas.drop_requested):
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    with qtbot.waitSignal(canvas.drop_requested):
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)


def test_vertex_edit_changes_only_what_moved(qtbot, canvas):
    whole = Mask.from_box(PixelBox(20, 20, 60, 60))
    speck = Mask.from_box(PixelBox(100, 100, 101, 101))
    canvas.edit_vertices(whole.union(speck))
    assert canvas.tool_name is ToolName.POLYGON
    corner = canvas.viewport.to_widget(Point(60, 60))
    start = QPoint(round(corner[0]), round(corner[1]))
    qtbot.mousePress(canvas, LEFT, NONE, start)
    qtbot.mouseMove(canvas, start + QPoint(40, 40))
    qtbot.mouseRelease(canvas, LEFT, NONE, start + QPoint(40, 40))
    with qtbot.waitSignal(canvas.vertices_edited) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    edited = told.args[0]
    assert edited.contains(65, 65)
    assert edited.contains(100, 100)
    assert whole.minus(edited).is_empty


def test_vertex_insert_and_delete(qtbot, canvas):
    canvas.edit_vertices(Mask.from_box(PixelBox(20, 20, 60, 60)))
    middle = canvas.viewport.to_widget(Point(40, 20))
    start = QPoint(round(middle[0]), round(middle[1]))
    qtbot.mousePress(canvas, LEFT, NONE, start)
    qtbot.mouseMove(canvas, start - QPoint(0, 40))
    qtbot.mouseRelease(canvas, LEFT, NONE, start - QPoint(0, 40))
    corner = canvas.viewport.to_widget(Point(60, 60))
    qtbot.mouseClick(canvas, RIGHT, NONE, QPoint(round(corner[0]), round(corner[1])))
    with qtbot.waitSignal(canvas.vertices_edited) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    edited = told.args[0]
    assert edited.contains(40, 12)
    assert not edited.contains(57, 57)


def test_lasso_encloses(qtbot, canvas):
    canvas.set_tool(ToolName.LASSO)
    with qtbot.waitSignal(canvas.shape_finished) as told:
        drag(qtbot, canvas, (10, 10), (50, 10), (50, 50), (10, 50), button=RIGHT)
    assert told.args == [Mask.from_box(PixelBox(10, 10, 50, 50)), True]


def test_fill_takes_the_colour_under_the_pointer(qtbot, canvas):
    canvas.set_tool(ToolName.FILL)
    with qtbot.waitSignal(canvas.shape_finished) as told:
        qtbot.mouseClick(canvas, LEFT, NONE, at(canvas, 20, 20))
    assert told.args == [Mask.from_box(PixelBox(0, 0, 80, 120)), False]


def test_split_gives_the_line(qtbot, canvas):
    canvas.set_tool(ToolName.SPLIT)
    with qtbot.waitSignal(canvas.split_drawn) as told:
        drag(qtbot, canvas, (10, 10), (90, 100))
    assert told.args == [Point(10.5, 10.5), Point(90.5, 100.5)]


def test_changing_the_tool_drops_the_gesture(qtbot, canvas):
    canvas.set_tool(ToolName.BOX)
    qtbot.mousePress(canvas, LEFT, NONE, at(canvas, 10, 10))
    canvas.set_tool(ToolName.CLICK)
    canvas.set_tool(ToolName.BOX)
    with qtbot.assertNotEmitted(canvas.box_drawn):
        qtbot.mouseRelease(canvas, LEFT, NONE, at(canvas, 60, 60))
