"""InputWidget: Qt's mouse, wheel and key events turned into navigation and plain tool events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from sam3_annotator.domain.geometry import Point, Size
from sam3_annotator.ui.canvas.tools.events import Button, PointerEvent, ToolKey
from sam3_annotator.ui.canvas.viewport import Viewport

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QResizeEvent

_STEP = 10.0
"""Widget pixels that one arrow key moves the keyboard cursor; 1 with Shift, 50 with Ctrl."""
_RIM = 24.0
"""Widget pixels from the edge at which the keyboard cursor starts to push the picture."""
_WHEEL_NOTCH = 120.0
_ZOOM_PER_NOTCH = 1.2
_TOOL_KEYS = {
    Qt.Key.Key_Return: ToolKey.ENTER,
    Qt.Key.Key_Enter: ToolKey.ENTER,
    Qt.Key.Key_Escape: ToolKey.ESCAPE,
    Qt.Key.Key_Backspace: ToolKey.BACKSPACE,
    Qt.Key.Key_Delete: ToolKey.DELETE,
    Qt.Key.Key_BracketLeft: ToolKey.SMALLER,
    Qt.Key.Key_BracketRight: ToolKey.LARGER,
}
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_BUTTONS = {Qt.MouseButton.LeftButton: Button.LEFT, Qt.MouseButton.RightButton: Button.RIGHT}


class InputWidget(QWidget):
    """Owns the viewport and the pointers; what they do is decided by the subclass.

    The mouse and the keyboard cursor are equal: arrow keys move the cursor, Enter is the left
    button (Alt+Enter the right one), and for tools that drag, Enter presses and Enter releases.
    While the cursor shows, Ctrl+Enter is the Enter that closes a polygon or accepts.
    """

    space_tapped = Signal()
    accept_requested = Signal()
    drop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._viewport = Viewport()
        self._is_fitted = True
        self._pan_from: QPointF | None = None
        self._pans_with_left = False
        self._has_space = False
        self._space_was_used = False
        self._held = Button.NONE
        self._keyboard_at: Point | None = None
        self._keyboard_holds = False

    # What the subclass decides.

    def _pointer(self, kind: str, event: PointerEvent) -> None:
        """A tool event: ``kind`` is "press", "move" or "release"."""
        raise NotImplementedError

    def _tool_key(self, key: ToolKey) -> bool:
        """A key for the tool; whether it was used."""
        raise NotImplementedError

    def _wants_key(self, key: ToolKey) -> bool:
        """Whether the tool would use a key now, so that no shortcut may take it."""
        raise NotImplementedError

    def _is_drag_tool(self) -> bool:
        raise NotImplementedError

    def _pointer_left(self) -> None:
        raise NotImplementedError

    def _set_viewport(self, viewport: Viewport) -> None:
        raise NotImplementedError

    # Mouse.

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a pan or a tool gesture."""
        left = event.button() == Qt.MouseButton.LeftButton
        middle = event.button() == Qt.MouseButton.MiddleButton
        self._hide_keyboard_cursor()
        if middle or (left and (self._has_space or self._pans_with_left)):
            self._pan_from = event.position()
            self._space_was_used = True
            self._refresh_cursor()
            return
        button = _BUTTONS.get(event.button())
        if button is not None and self._held is Button.NONE:
            self._held = button
            self._pointer("press", self._translated(event, button))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second press counts as a press with ``click_count`` 2."""
        button = _BUTTONS.get(event.button())
        if button is None or self._has_space or self._pans_with_left:
            self.mousePressEvent(event)
            return
        self._held = button
        self._pointer("press", self._translated(event, button, click_count=2))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or feed the tool."""
        if self._pan_from is not None:
            delta = event.position() - self._pan_from
            self._pan_from = event.position()
            self._is_fitted = False
            self._set_viewport(self._viewport.panned(round(delta.x()), round(delta.y())))
            return
        self._pointer("move", self._translated(event, self._held))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a pan or a tool gesture."""
        if self._pan_from is not None:
            self._pan_from = None
            self._refresh_cursor()
            return
        button = _BUTTONS.get(event.button())
        if button is not None and button is self._held:
            self._held = Button.NONE
            self._pointer("release", self._translated(event, button))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """No pointer, no hover."""
        super().leaveEvent(event)
        self._pointer_left()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; with Ctrl the tool changes its size, with Shift pan sideways."""
        notches = (event.angleDelta().y() or event.angleDelta().x()) / _WHEEL_NOTCH
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._is_fitted = False
            self._set_viewport(self._viewport.panned(round(notches * 60), 0))
        elif not (
            modifiers & Qt.KeyboardModifier.ControlModifier
            and self._tool_key(ToolKey.LARGER if notches > 0 else ToolKey.SMALLER)
        ):
            self._zoom_at(_ZOOM_PER_NOTCH**notches, event.position())
        event.accept()

    @override
    def event(self, event: QEvent) -> bool:
        """Claim keys before shortcuts see them, follow pinches, keep Tab for the shortcuts."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self._claims(event):
                event.accept()
                return True
        elif (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._zoom_at(1.0 + event.value(), event.position())
            return True
        return super().event(event)

    # Keys.

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space for panning, arrows for the keyboard cursor, the rest for the tool."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._has_space, self._space_was_used = True, False
                self._refresh_cursor()
        elif key in _ARROWS:
            self._move_keyboard_cursor(_ARROWS[key], event.modifiers())
        elif key in _TOOL_KEYS:
            self._press_tool_key(_TOOL_KEYS[key], event)
        else:
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space let go: a tap, unless something was dragged meanwhile."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            super().keyReleaseEvent(event)
            return
        was_tap = self._has_space and not self._space_was_used
        self._has_space = False
        self._refresh_cursor()
        if was_tap:
            self.space_tapped.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys released elsewhere must not stay pressed here."""
        self._has_space = False
        self._refresh_cursor()
        super().focusOutEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted picture stays fitted; otherwise the middle stays in the middle."""
        super().resizeEvent(event)
        size = event.size()
        viewport = self._viewport.resized(Size(size.width(), size.height()))
        self._set_viewport(viewport.fitted() if self._is_fitted else viewport)

    def _claims(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            return True
        if key in _ARROWS:
            return not event.modifiers() & Qt.KeyboardModifier.AltModifier
        tool_key = _TOOL_KEYS.get(key)
        if tool_key is None:
            return False
        is_cursor_key = tool_key in (ToolKey.ENTER, ToolKey.ESCAPE)
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if is_cursor_key and self._keyboard_at is not None and not is_control:
            return True
        return self._wants_key(tool_key)

    def _press_tool_key(self, key: ToolKey, event: QKeyEvent) -> None:
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key is ToolKey.ENTER and self._keyboard_at is not None and not is_control:
            self._click_with_keyboard(event)
            return
        if self._tool_key(key):
            return
        if key is ToolKey.ESCAPE and self._keyboard_at is not None:
            self._hide_keyboard_cursor()
        elif key is ToolKey.ESCAPE:
            self.drop_requested.emit()
        elif key is ToolKey.ENTER:
            self.accept_requested.emit()
        else:
            super().keyPressEvent(event)

    def _click_with_keyboard(self, event: QKeyEvent) -> None:
        if self._keyboard_at is None:
            return
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        pointer = PointerEvent(
            self._keyboard_at,
            Button.LEFT,
            has_alt=has_alt,
            has_shift=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier),
            px=1 / self._viewport.scale,
        )
        if not self._keyboard_holds:
            self._pointer("press", pointer)
        if self._keyboard_holds or not self._is_drag_tool():
            self._pointer("release", pointer)
            self._keyboard_holds = False
        else:
            self._keyboard_holds = True

    def _move_keyboard_cursor(
        self, direction: tuple[int, int], modifiers: Qt.KeyboardModifier
    ) -> None:
        step = _STEP
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            step = 1.0
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            step = 5 * _STEP
        view = self._viewport
        at = self._keyboard_at
        if at is None:
            at = view.to_image(view.widget.width / 2, view.widget.height / 2)
        else:
            at = Point(
                at.x + direction[0] * step / view.scale, at.y + direction[1] * step / view.scale
            )
        at = Point(
            min(max(at.x, 0.0), float(view.picture.width)),
            min(max(at.y, 0.0), float(view.picture.height)),
        )
        self._keyboard_at = at
        self._follow(at)
        held = Button.LEFT if self._keyboard_holds else Button.NONE
        self._pointer("move", PointerEvent(at, held, px=1 / view.scale))
        self.update()

    def _follow(self, at: Point) -> None:
        """Pan just far enough that a point of the image is on the widget, a little off its edge."""
        view = self._viewport
        x, y = view.to_widget(at)
        dx = min(max(x, _RIM), view.widget.width - _RIM) - x
        dy = min(max(y, _RIM), view.widget.height - _RIM) - y
        if dx or dy:
            self._is_fitted = False
            self._set_viewport(view.panned(round(dx), round(dy)))

    def _hide_keyboard_cursor(self) -> None:
        if self._keyboard_at is not None:
            self._keyboard_at = None
            self._keyboard_holds = False
            self.update()

    def _zoom_at(self, factor: float, at: QPointF) -> None:
        self._is_fitted = False
        view = self._viewport
        self._set_viewport(view.zoomed_at(view.scale * factor, at.x(), at.y()))

    def _refresh_cursor(self) -> None:
        raise NotImplementedError

    def _translated(self, event: QMouseEvent, button: Button, click_count: int = 1) -> PointerEvent:
        where, modifiers = event.position(), event.modifiers()
        return PointerEvent(
            self._viewport.to_image(where.x(), where.y()),
            button,
            has_alt=bool(modifiers & Qt.KeyboardModifier.AltModifier),
            has_shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            has_ctrl=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            px=1 / self._viewport.scale,
            click_count=click_count,
        )
