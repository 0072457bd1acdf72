"""How one row of the objects panel is drawn, and which part of it the mouse is on."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView
from typing_extensions import override

from sam3_annotator.ui.icons import pixmap
from sam3_annotator.ui.tokens import GRID_PX, SMALL_PX

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel, QObject

    from sam3_annotator.ui.tokens import Tokens

ROW_PX = 28
HEADING_PX = 26
_ICON_PX = 16
_SWATCH_PX = 12
_MARGIN_PX = 3 * GRID_PX

Index = QModelIndex | QPersistentModelIndex


class RowRole(IntEnum):
    """Data of a row beyond its text."""

    OBJECT = Qt.ItemDataRole.UserRole + 1
    CATEGORY = Qt.ItemDataRole.UserRole + 2
    COLOR = Qt.ItemDataRole.UserRole + 3
    DETAIL = Qt.ItemDataRole.UserRole + 4
    HIDDEN = Qt.ItemDataRole.UserRole + 5
    LOCKED = Qt.ItemDataRole.UserRole + 6
    ACTIVE = Qt.ItemDataRole.UserRole + 7


class Part(Enum):
    """What of a row can be clicked by itself."""

    EYE = "eye"
    LOCK = "lock"
    FOLD = "fold"


class RowDelegate(QStyledItemDelegate):
    """Draws headings and object rows; tells which small part was clicked.

    Signals:
        part_clicked: the row's index and the :class:`Part`.
    """

    part_clicked = Signal(QModelIndex, object)

    def __init__(self, tokens: Tokens, parent: QObject) -> None:
        super().__init__(parent)
        self._tokens = tokens

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._tokens = tokens

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = HEADING_PX if index.data(RowRole.CATEGORY) is not None else ROW_PX
        return QSize(option.rect.width(), height)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(RowRole.CATEGORY) is not None:
            self._paint_heading(painter, option, index)
        else:
            self._paint_object(painter, option, index)
        painter.restore()

    @override
    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        is_press = event.type() == QEvent.Type.MouseButtonPress
        if is_press and isinstance(event, QMouseEvent):
            part = _part_at(option.rect, event.position().toPoint().x(), index)
            if part is not None and event.button() == Qt.MouseButton.LeftButton:
                self.part_clicked.emit(index, part)
                return True
        return super().editorEvent(event, model, option, index)

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, rect = self._tokens, option.rect.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
        self._paint_ground(painter, option)
        font = QFont(option.font)
        font.setPixelSize(SMALL_PX)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        view = option.widget
        is_open = not isinstance(view, QTreeView) or view.isExpanded(_plain(index))
        arrow = pixmap("chevron-down" if is_open else "chevron-right", tokens.dim, _ICON_PX)
        painter.drawPixmap(rect.left() - 4, rect.center().y() - 5, 12, 12, arrow)
        is_active = bool(index.data(RowRole.ACTIVE))
        painter.setFont(font)
        painter.setPen(QColor(tokens.accent if is_active else tokens.dim))
        name = index.data(Qt.ItemDataRole.DisplayRole).upper()
        note = index.data(RowRole.DETAIL)
        width = QFontMetrics(font).horizontalAdvance(note)
        flags = Qt.AlignmentFlag.AlignVCenter
        text_rect = rect.adjusted(12, 0, -width - 8, 0)
        shown = QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideRight, text_rect.width())
        painter.drawText(text_rect, flags | Qt.AlignmentFlag.AlignLeft, shown)
        painter.setPen(QColor(tokens.dim))
        painter.drawText(rect, flags | Qt.AlignmentFlag.AlignRight, note)

    def _paint_object(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, rect = self._tokens, option.rect.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
        self._paint_ground(painter, option)
        swatch = QRect(rect.left(), rect.center().y() - 5, _SWATCH_PX, _SWATCH_PX)
        color, is_hidden = QColor(index.data(RowRole.COLOR)), bool(index.data(RowRole.HIDDEN))
        painter.setPen(color)
        painter.setBrush(Qt.BrushStyle.NoBrush if is_hidden else color)
        painter.drawRoundedRect(swatch, 3, 3)
        self._paint_marks(painter, option, index)
        small = QFont(option.font)
        small.setPixelSize(SMALL_PX)
        detail = index.data(RowRole.DETAIL)
        detail_width = QFontMetrics(small).horizontalAdvance(detail)
        right = rect.right() - 2 * (_ICON_PX + 4) - 4
        painter.setFont(small)
        painter.setPen(QColor(tokens.dim))
        flags = Qt.AlignmentFlag.AlignVCenter
        detail_rect = QRect(right - detail_width, rect.top(), detail_width, rect.height())
        painter.drawText(detail_rect, flags | Qt.AlignmentFlag.AlignRight, detail)
        painter.setFont(option.font)
        painter.setPen(QColor(tokens.dim if is_hidden else tokens.text))
        left = swatch.right() + 9
        name_rect = QRect(left, rect.top(), detail_rect.left() - 8 - left, rect.height())
        name = QFontMetrics(option.font).elidedText(
            index.data(Qt.ItemDataRole.DisplayRole),
            Qt.TextElideMode.ElideRight,
            name_rect.width(),
        )
        painter.drawText(name_rect, flags | Qt.AlignmentFlag.AlignLeft, name)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        tokens, state = self._tokens, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(tokens.raised))
            painter.fillRect(
                QRect(option.rect.left(), option.rect.top(), 2, option.rect.height()),
                QColor(tokens.accent),
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(tokens.hover))

    def _paint_marks(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        is_hidden, is_locked = bool(index.data(RowRole.HIDDEN)), bool(index.data(RowRole.LOCKED))
        is_under_mouse = bool(option.state & QStyle.StateFlag.State_MouseOver)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        shows_all = is_under_mouse or is_selected
        eye, lock = _mark_rects(option.rect)
        if is_hidden or shows_all:
            name = "eye-off" if is_hidden else "eye"
            painter.drawPixmap(eye, pixmap(name, self._tokens.dim, 2 * _ICON_PX))
        if is_locked or shows_all:
            name = "lock" if is_locked else "unlock"
            painter.drawPixmap(lock, pixmap(name, self._tokens.dim, 2 * _ICON_PX))


def _mark_rects(row: QRect) -> tuple[QRect, QRect]:
    """The squares of the eye and the lock at the right end of a row."""
    top, right = row.center().y() - _ICON_PX // 2 + 1, row.right() - _MARGIN_PX
    lock = QRect(right - _ICON_PX, top, _ICON_PX, _ICON_PX)
    return lock.translated(-(_ICON_PX + 4), 0), lock


def _part_at(row: QRect, x: int, index: Index) -> Part | None:
    if index.data(RowRole.CATEGORY) is not None:
        return Part.FOLD if x < row.left() + _MARGIN_PX + 12 else None
    eye, lock = _mark_rects(row)
    if eye.left() - 2 <= x <= eye.right() + 2:
        return Part.EYE
    return Part.LOCK if lock.left() - 2 <= x <= lock.right() + 4 else None


def _plain(index: Index) -> QModelIndex:
    return index.model().index(index.row(), index.column(), index.parent())
