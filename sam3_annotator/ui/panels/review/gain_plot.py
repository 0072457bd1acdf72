"""The gain plot: share of the errors met against share of the queue walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sam3_annotator.ui.tokens import Tokens

HEIGHT_PX = 96
_PAD_PX = 8.0


class GainPlot(QWidget):
    """A curve from (0, 0) to (1, 1) over the dashed line of chance, and a mark at 20 %."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._curve: NDArray[np.float64] | None = None
        self._mark: tuple[float, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("GainPlot", "Errors met while walking down the queue"))

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._tokens = tokens
        self.update()

    def show_curve(
        self, curve: NDArray[np.float64] | None, mark: tuple[float, float] | None = None
    ) -> None:
        """Show (P, 2) points in [0, 1], and one of them marked; None hides both."""
        self._curve, self._mark = curve, mark
        self.setVisible(curve is not None)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(220, HEIGHT_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._curve is None:
            return
        tokens = self._tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(frame, 6, 6)
        inner = frame.adjusted(_PAD_PX, _PAD_PX, -_PAD_PX, -_PAD_PX)
        chance = QPen(QColor(tokens.dim), 1)
        chance.setDashPattern([3, 3])
        painter.setPen(chance)
        painter.drawLine(_spot(inner, 0, 0), _spot(inner, 1, 1))
        painter.setPen(QPen(QColor(tokens.accent), 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([_spot(inner, x, y) for x, y in self._curve.tolist()]))
        if self._mark is not None:
            spot = _spot(inner, *self._mark)
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawLine(spot, _spot(inner, self._mark[0], 0))
            painter.setBrush(QColor(tokens.raised))
            painter.drawEllipse(spot, 3.5, 3.5)
        painter.end()


def _spot(rect: QRectF, x: float, y: float) -> QPointF:
    return QPointF(rect.left() + x * rect.width(), rect.bottom() - y * rect.height())
