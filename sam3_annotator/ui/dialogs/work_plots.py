"""Plots of the work report, drawn by hand: a bar of shares, and bars with numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from sam3_annotator.ui.tokens import SMALL_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.ui.tokens import Tokens

_BAR_PX = 18.0
_LINE_PX = 20.0
_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.DiagCrossPattern,
    Qt.BrushStyle.Dense5Pattern,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A named amount; ``text`` is the amount as people read it."""

    name: str
    amount: float
    text: str


class _Plot(QWidget):
    def __init__(self, tokens: Tokens, name: str, parts: Sequence[Part]) -> None:
        super().__init__()
        self._tokens, self._parts = tokens, tuple(parts)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        spoken = ", ".join(f"{part.name} {part.text}" for part in self._parts)
        self.setAccessibleDescription(spoken)
        self.setToolTip(spoken)

    def _begun(self) -> QPainter:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        return painter


class ShareBar(_Plot):
    """One bar cut into shares, each with its own pattern, and a legend below."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(360, 48)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = self._begun(), self._tokens
        total = sum(part.amount for part in self._parts) or 1.0
        bar = QRectF(0.5, 0.5, self.width() - 1.0, _BAR_PX)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(bar, 4, 4)
        colors = (tokens.accent, tokens.dim, tokens.warn, tokens.good)
        metrics = QFontMetricsF(painter.font())
        left, legend = bar.left(), 0.0
        for number, part in enumerate(self._parts):
            color = QColor(colors[number % len(colors)])
            width = bar.width() * part.amount / total
            piece = QRectF(left, bar.top() + 1, width, bar.height() - 2)
            _fill(painter, piece, color, number)
            left += width
            swatch = QRectF(legend, bar.bottom() + 10, 10, 10)
            _fill(painter, swatch, color, number)
            text = f"{part.name} {part.text}"
            painter.setPen(QColor(tokens.text))
            room = QRectF(legend + 15, bar.bottom() + 5, self.width(), _LINE_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            legend += 15 + metrics.horizontalAdvance(text) + 18
        painter.end()


class Bars(_Plot):
    """A line for each part: name, bar, amount."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(360, int(max(1, len(self._parts)) * _LINE_PX) + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = self._begun(), self._tokens
        metrics = QFontMetricsF(painter.font())
        names = max((metrics.horizontalAdvance(p.name) for p in self._parts), default=0.0) + 10
        texts = max((metrics.horizontalAdvance(p.text) for p in self._parts), default=0.0) + 10
        most = max((part.amount for part in self._parts), default=0.0) or 1.0
        room = max(10.0, self.width() - names - texts)
        for number, part in enumerate(self._parts):
            line = QRectF(0, number * _LINE_PX, self.width(), _LINE_PX)
            painter.setPen(QColor(tokens.text))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, part.name)
            width = room * part.amount / most
            bar = QRectF(names, line.top() + 4, max(1.0, width), _LINE_PX - 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setPen(QColor(tokens.dim))
            beside = QRectF(bar.right() + 6, line.top(), texts + 40, _LINE_PX)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, part.text)
        painter.end()


def _fill(painter: QPainter, rect: QRectF, color: QColor, number: int) -> None:
    faint = QColor(color)
    faint.setAlphaF(0.28)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint)
    painter.drawRect(rect)
    brush = painter.brush()
    brush.setColor(color)
    brush.setStyle(_PATTERNS[number % len(_PATTERNS)])
    painter.setBrush(brush)
    painter.drawRect(rect)
