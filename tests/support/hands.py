"""A person's hands: real mouse and key events on a window, given in pixels of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from sam3_annotator.domain.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

    from sam3_annotator.ui.main_window import MainWindow

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True, slots=True)
class Hands:
    """Acts on one window; positions are pixels of the shown picture."""

    window: MainWindow

    @property
    def canvas(self):
        return self.window.parts.canvas

    def at(self, x: float, y: float) -> QPoint:
        """Where on the canvas the middle of an image pixel lies."""
        wx, wy = self.canvas.viewport.to_widget(Point(x + 0.5, y + 0.5))
        return QPoint(round(wx), round(wy))

    def click(self, x: float, y: float, button=LEFT, modifier=NONE) -> None:
        QTest.mouseClick(self.canvas, button, modifier, self.at(x, y))

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.canvas, self.at(x, y))

    def drag(self, stops: Iterable[tuple[float, float]], button=LEFT, modifier=NONE) -> None:
        first, *rest = [self.at(*stop) for stop in stops]
        QTest.mousePress(self.canvas, button, modifier, first)
        for stop in rest:
            QTest.mouseMove(self.canvas, stop)
        QTest.mouseRelease(self.canvas, button, modifier, rest[-1])

    def key(self, key: Qt.Key, modifier=NONE, widget: QWidget | None = None) -> None:
        QTest.keyClick(widget or self.canvas, key, modifier)

    def undo(self) -> None:
        self.key(Qt.Key.Key_Z, CTRL)

    def redo(self) -> None:
        self.key(Qt.Key.Key_Z, CTRL | SHIFT)
