"""Readout: a label for numbers that change with every played frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

_SHRINKS_BELOW = 0.7
"""A text that needs less than this share of the room gives the rest back."""


class Readout(QLabel):
    """Keeps its size while its text changes a little.

    Any other label asks for a new layout with every text, and in the end the whole window is laid
    out and partly drawn again: 5 ms that a played frame does not have.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show this text, in the same room where that will do."""
        if text != self.text():
            self.setText(text)
            self._make_room()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.setMinimumSize(0, 0)
            self.setFixedSize(self.sizeHint())

    def _make_room(self) -> None:
        # The size hint is never below the fixed size; how much is spare the font has to say.
        spare = self.width() - self.fontMetrics().horizontalAdvance(self.text())
        if spare > (1 - _SHRINKS_BELOW) * self.width():
            self.setMinimumSize(0, 0)
        if self.sizeHint() != self.maximumSize():
            self.setFixedSize(self.sizeHint())
