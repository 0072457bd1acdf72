"""The list of doubtful spans: what a row says, and how it is drawn.

Every level that is a colour is also a shape: a triangle jumps out, arrows change places, a disc is
quiet, a ring is something missing; a tick, a cross and a spanner are verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from sam3_annotator.ui.tokens import GRID_PX, SMALL_PX

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from PySide6.QtCore import QObject

    from sam3_annotator.ui.tokens import Tokens

ROW_PX = 42
_MARGIN_PX = 3 * GRID_PX
_SIGN_PX = 14

Index = QModelIndex | QPersistentModelIndex


class Sign(Enum):
    """The shape in front of a row."""

    JUMP = "jump"
    PAIR = "pair"
    QUIET = "quiet"
    MISSING = "missing"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NEEDS_WORK = "needs_work"


class Level(Enum):
    """How urgent a row is; also said in words in its tool tip."""

    HIGH = "bad"
    MIDDLE = "warn"
    LOW = "dim"
    DONE = "good"


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """One row as shown.

    Attributes:
        key: what the row is about; comes back in signals.
        place: where to look, "f 148" or a file's name.
        spoken: the whole row in words, for tool tip and screen reader.
    """

    key: Hashable
    title: str
    detail: str
    place: str
    sign: Sign
    level: Level
    spoken: str


class DoubtRows(QAbstractListModel):
    """The rows, replaced as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[DoubtRow, ...] = ()

    def replace(self, rows: tuple[DoubtRow, ...]) -> None:
        """Show other rows."""
        if len(rows) == len(self.rows):
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None


class DoubtDelegate(QStyledItemDelegate):
    """Draws one row: sign, name, reasons, and where to look."""

    def __init__(self, tokens: Tokens, parent: QObject) -> None:
        super().__init__(parent)
        self.tokens = tokens

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: DoubtRow = index.data(Qt.ItemDataRole.UserRole)
        tokens = self.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        rect = option.rect.adjusted(_MARGIN_PX, 5, -_MARGIN_PX, -5)
        sign = QRectF(rect.left(), rect.center().y() - _SIGN_PX / 2 + 0.5, _SIGN_PX, _SIGN_PX)
        paint_sign(painter, sign, row.sign, QColor(getattr(tokens, row.level.value)))
        small = QFont(option.font)
        small.setPixelSize(SMALL_PX)
        place_px = QFontMetrics(small).horizontalAdvance(row.place)
        painter.setFont(small)
        painter.setPen(QColor(tokens.dim))
        painter.drawText(
            rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.place
        )
        left = rect.left() + _SIGN_PX + 10
        words = QRect(left, rect.top(), rect.right() - place_px - 8 - left, rect.height())
        detail = QFontMetrics(small).elidedText(
            row.detail, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom, detail)
        painter.setFont(option.font)
        painter.setPen(QColor(tokens.text))
        title = QFontMetrics(option.font).elidedText(
            row.title, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, title)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(self.tokens.raised))
            edge = QRect(option.rect.left(), option.rect.top(), 2, option.rect.height())
            painter.fillRect(edge, QColor(self.tokens.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(self.tokens.hover))


def paint_sign(painter: QPainter, rect: QRectF, sign: Sign, color: QColor) -> None:
    """Draw one sign into a square."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    _PAINTERS[sign](painter, rect, color)


def _triangle(painter: QPainter, rect: QRectF, _: QColor) -> None:
    inner = rect.adjusted(1, 1.5, -1, -1.5)
    top = QPointF(inner.center().x(), inner.top())
    painter.drawPolygon(QPolygonF([top, inner.bottomRight(), inner.bottomLeft()]))


def _disc(painter: QPainter, rect: QRectF, _: QColor) -> None:
    painter.drawEllipse(rect.adjusted(2, 2, -2, -2))


def _lines(painter: QPainter, color: QColor, points: list[list[QPointF]]) -> None:
    pen = QPen(color, 1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in points:
        painter.drawPolyline(QPolygonF(line))


def _ring(painter: QPainter, rect: QRectF, color: QColor) -> None:
    pen = QPen(color, 1.8)
    pen.setDashPattern([1.6, 1.4])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(rect.adjusted(2, 2, -2, -2))


def _at(rect: QRectF, *places: tuple[float, float]) -> list[QPointF]:
    return [
        QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height()) for x, y in places
    ]


def _arrows(painter: QPainter, rect: QRectF, color: QColor) -> None:
    lines = [
        _at(rect, (0.08, 0.32), (0.92, 0.32)),
        _at(rect, (0.7, 0.1), (0.92, 0.32), (0.7, 0.54)),
        _at(rect, (0.92, 0.74), (0.08, 0.74)),
        _at(rect, (0.3, 0.52), (0.08, 0.74), (0.3, 0.96)),
    ]
    _lines(painter, color, lines)


def _tick(painter: QPainter, rect: QRectF, color: QColor) -> None:
    _lines(painter, color, [_at(rect, (0.1, 0.55), (0.4, 0.82), (0.9, 0.2))])


def _cross(painter: QPainter, rect: QRectF, color: QColor) -> None:
    lines = [_at(rect, (0.18, 0.18), (0.82, 0.82)), _at(rect, (0.82, 0.18), (0.18, 0.82))]
    _lines(painter, color, lines)


def _pencil(painter: QPainter, rect: QRectF, color: QColor) -> None:
    lines = [
        _at(rect, (0.12, 0.88), (0.2, 0.62), (0.7, 0.12), (0.88, 0.3), (0.38, 0.8), (0.12, 0.88)),
    ]
    _lines(painter, color, lines)


_PAINTERS: dict[Sign, Callable[[QPainter, QRectF, QColor], None]] = {
    Sign.JUMP: _triangle,
    Sign.PAIR: _arrows,
    Sign.QUIET: _disc,
    Sign.MISSING: _ring,
    Sign.ACCEPTED: _tick,
    Sign.REJECTED: _cross,
    Sign.NEEDS_WORK: _pencil,
}
