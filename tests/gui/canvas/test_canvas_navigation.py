"""Pan, zoom, fit, hover and the keyboard cursor."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from sam3_annotator.domain.geometry import Box, Point
from sam3_annotator.ui.canvas import Pyramid, ToolName
from sam3_annotator.ui.canvas.tools.events import PointerEvent

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def wheel(canvas, x, y, notches, modifiers=NONE):
    event = QWheelEvent(
        QPointF(x, y),
        QPointF(canvas.mapToGlobal(QPoint(x, y))),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    canvas.wheelEvent(event)


def test_wheel_zooms_at_the_pointer(qtbot, canvas):
    before = canvas.viewport.to_image(200, 150)
    with qtbot.waitSignal(canvas.zoom_changed):
        wheel(canvas, 200, 150, 1)
    after = canvas.viewport.to_image(200, 150)
    assert (after.x, after.y) == pytest.approx((before.x, before.y))
    assert canvas.viewport.scale == pytest.approx(4.8)


def test_after_the_wheel_rests_the_picture_is_drawn_with_care(qtbot, canvas, square):
    shown = [square(n, n, n, n + 60, n + 40, label=f"thing {n}") for n in range(1, 40)]
    canvas.set_objects(shown)
    canvas.grab()
    for _ in range(4):
        wheel(canvas, 200, 150, -1)
        canvas.grab()
    assert canvas._renderer._is_hasty
    renderer = canvas._renderer
    qtbot.waitUntil(lambda: not (renderer._is_hasty or renderer.is_incomplete))
    kept = canvas.grab().toImage()
    canvas._renderer._drawn = None
    assert canvas.grab().toImage() == kept


def test_wheel_with_control_sizes_the_brush(canvas):
    canvas.set_tool(ToolName.BRUSH)
    size, scale = canvas.tool_options.brush_diameter, canvas.viewport.scale
    wheel(canvas, 200, 150, 1, Qt.KeyboardModifier.ControlModifier)
    assert canvas.tool_options.brush_diameter > size
    assert canvas.viewport.scale == scale


@pytest.mark.parametrize("how", ["middle", "space", "tool"])
def test_pan(qtbot, canvas, how):
    canvas.set_tool(ToolName.PAN if how == "tool" else ToolName.BOX)
    button = Qt.MouseButton.MiddleButton if how == "middle" else LEFT
    left, top = canvas.viewport.left, canvas.viewport.top
    if how == "space":
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
    with qtbot.assertNotEmitted(canvas.box_drawn), qtbot.assertNotEmitted(canvas.space_tapped):
        qtbot.mousePress(canvas, button, NONE, QPoint(100, 100))
        qtbot.mouseMove(canvas, QPoint(130, 90))
        qtbot.mouseRelease(canvas, button, NONE, QPoint(130, 90))
        if how == "space":
            qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert (canvas.viewport.left, canvas.viewport.top) == (left + 30, top - 10)


def test_space_alone_is_told(qtbot, canvas):
    with qtbot.waitSignal(canvas.space_tapped):
        qtbot.keyClick(canvas, Qt.Key.Key_Space)


def test_fit_survives_a_resize_until_one_zooms(qtbot, canvas):
    canvas.fit()
    canvas.resize(320, 480)
    assert canvas.viewport == canvas.viewport.fitted()
    canvas.zoom_to(1.0)
    canvas.resize(640, 480)
    assert canvas.viewport.scale == 1.0


def test_view_stays_for_frames_of_one_clip(canvas, rgb):
    canvas.zoom_to(3.0)
    view = canvas.viewport
    canvas.set_picture(rgb + 1, key="test")
    assert canvas.viewport == view
    canvas.set_picture(rgb, key="another")
    assert canvas.viewport == view.fitted()


def test_picture_cannot_be_lost(canvas):
    canvas._set_viewport(canvas.viewport.panned(-10_000, 10_000))
    assert not canvas.viewport.visible().is_empty


def test_center_on_brings_a_box_into_sight(canvas):
    canvas.zoom_to(20.0)
    canvas.center_on(Box(10, 10, 60, 40))
    visible = canvas.viewport.visible()
    assert visible.intersection(Box(10, 10, 60, 40)) == Box(10, 10, 60, 40)


def test_hover_is_told_and_thinned(qtbot, canvas, square):
    canvas.set_objects([square(3, 0, 0, 50, 50)])
    told, objects = [], []
    canvas.pointer_hovered.connect(told.append)
    canvas.object_hovered.connect(objects.append)
    with qtbot.waitSignal(canvas.pointer_hovered, check_params_cb=lambda p: p == Point(20, 30)):
        for x in range(100, 200):
            wx, wy = canvas.viewport.to_widget(Point(x / 10 + 0.1, 30))
            canvas._pointer("move", event_at(canvas, wx, wy))
        canvas._pointer("move", event_at(canvas, *canvas.viewport.to_widget(Point(20, 30))))
    assert len(told) < 20
    assert objects == [3]


def event_at(canvas, wx, wy):
    return PointerEvent(canvas.viewport.to_image(wx, wy), px=1 / canvas.viewport.scale)


def test_keyboard_clicks(qtbot, canvas):
    canvas.set_tool(ToolName.CLICK)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    start = canvas._keyboard_at
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(canvas.prompt_clicked) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert told.args == [Point(start.x + 2.5, start.y + 0.25), True]
    with qtbot.waitSignal(canvas.prompt_clicked) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert told.args[1] is False


def test_keyboard_draws_a_box(qtbot, canvas):
    canvas.set_tool(ToolName.BOX)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    start = canvas._keyboard_at
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    for _ in range(4):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
    with qtbot.waitSignal(canvas.box_drawn) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert told.args == [Box(start.x, start.y, start.x + 10, start.y + 10)]


def test_the_keyboard_cursor_pushes_the_picture_along(qtbot, canvas):
    canvas.zoom_to(16.0)
    for _ in range(20):
        qtbot.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
        x, y = canvas.viewport.to_widget(canvas._keyboard_at)
        assert 0 <= x <= canvas.width()
        assert 0 <= y <= canvas.height()
    assert canvas._keyboard_at.x < 40


def test_enter_without_cursor_asks_to_accept(qtbot, canvas):
    with qtbot.waitSignal(canvas.accept_requested):
        qtbot.keyClick(canvas, Qt.Key.Key_Return)


def test_screen_reader_hears_what_is_shown(canvas, square):
    canvas.set_objects([square(1, 0, 0, 9, 9, label="bus 1", is_selected=True)])
    assert canvas.accessibleName()
    assert "bus 1" in canvas.accessibleDescription()
    assert "160" in canvas.accessibleDescription()


def test_pyramid_halves_odd_sizes():
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 255, (1025, 2051, 3), dtype=np.uint8)
    pyramid = Pyramid(rgb)
    assert pyramid.depth == 3
    assert pyramid.level(1).shape == (513, 1026, 3)
    assert pyramid.level(2).shape == (257, 513, 3)
    mean = rgb[10:12, 20:22].reshape(4, 3).mean(axis=0)
    assert np.abs(pyramid.level(1)[5, 10] - mean).max() <= 1
