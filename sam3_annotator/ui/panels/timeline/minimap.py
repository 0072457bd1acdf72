"""Minimap: the whole clip as one thin strip, coloured by how far the review is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from sam3_annotator.ui.panels.timeline.painting import NAMES_PX
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from sam3_annotator.ui.panels.timeline.scale import Scale
    from sam3_annotator.ui.tokens import Tokens

_HEIGHT_PX = 16
_BAR_PX = 10


class Minimap(QWidget):
    """Shows an overview it is given.

    Signals:
        frame_wanted: a place was clicked or dragged to.
    """

    frame_wanted = Signal(int)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT_PX)
        self.setAccessibleName(translate("Timeline", "State of the review over the whole clip"))
        self.setToolTip(
            translate(
                "Timeline",
                "Review: green accepted, grey open, amber low confidence, red rejected or to fix",
            )
        )
        self._tokens = tokens
        self._overview: NDArray[np.uint8] = np.zeros(1, np.uint8)
        self._seen = (0.0, 1.0)
        self._frame = 0

    def set_overview(self, overview: NDArray[np.uint8]) -> None:
        """Show this state of each frame; see ``lanes.review_overview``."""
        self._overview = overview
        self.update()

    def follow(self, scale: Scale, frame: int) -> None:
        """Mark the stretch and the frame that are in sight."""
        self._seen, self._frame = (scale.first, scale.first + scale.shown), frame
        self.update()

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._tokens = tokens
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, count = self._tokens, self._overview.size
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.panel))
        width = max(1, self.width() - NAMES_PX - _BAR_PX)
        starts = np.minimum(np.arange(width) * count // width, count - 1)
        states = np.maximum.reduceat(self._overview, starts) if count else np.zeros(1)
        colors = ("", tokens.good, tokens.dim, tokens.warn, tokens.bad)
        edges = np.flatnonzero(np.diff(states)) + 1
        left: float
        for begin, stop in zip([0, *edges.tolist()], [*edges.tolist(), width], strict=True):
            color = colors[int(states[begin])]
            # Worse is also taller, for people who do not tell the colours apart.
            high = (0, 4, 3, 6, 8)[int(states[begin])]
            if color:
                left = NAMES_PX + begin
                painter.fillRect(QRectF(left, 12 - high, stop - begin, high), QColor(color))
        painter.setPen(QPen(QColor(tokens.line)))
        painter.drawLine(NAMES_PX, 12, NAMES_PX + width, 12)
        scale = width / max(count, 1)
        left, right = (NAMES_PX + min(f, count) * scale for f in self._seen)
        if right - left < width - 1:
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(left + 0.5, 1.5, right - left - 1, 12), 3, 3)
        x = NAMES_PX + (self._frame + 0.5) * scale
        painter.fillRect(QRectF(x - 1, 1, 2, 13), QColor(tokens.accent))
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        width = max(1, self.width() - NAMES_PX - _BAR_PX)
        share = (event.position().x() - NAMES_PX) / width
        if event.position().x() >= NAMES_PX:
            last = self._overview.size - 1
            self.frame_wanted.emit(min(max(int(share * self._overview.size), 0), last))
