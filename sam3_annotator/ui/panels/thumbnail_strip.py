"""The strip of thumbnails: a model that scales to tens of thousands, and how one cell looks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from sam3_annotator.domain.entities import MediaState
from sam3_annotator.ui.panels.photo import covering, image_of
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from sam3_annotator.domain.ids import MediaId

    AnyIndex = QModelIndex | QPersistentModelIndex

_KEPT = 600
"""Thumbnails kept in memory: 600 of 192 x 128 pixels are 44 MB."""
_MARKS = {MediaState.TODO: "●", MediaState.DONE: "✓", MediaState.REVIEWED: "✓✓"}


@dataclass(frozen=True, slots=True)
class ThumbItem:
    """One picture or clip as the strip shows it.

    Attributes:
        name: file name, shown in the tool tip and searched by the filter.
        count: how many objects it has.
        is_missing: the file is not where it was.
    """

    media_id: MediaId
    name: str
    state: MediaState = MediaState.TODO
    count: int = 0
    is_clip: bool = False
    is_missing: bool = False

    @property
    def badge(self) -> str:
        """State and count in a few characters; a dash where nothing was done yet."""
        if self.is_missing:
            return "?"
        if self.state is MediaState.TODO and not self.count:
            return "–"  # noqa: RUF001 - a dash is meant
        return f"{_MARKS[self.state]} {self.count}"


class ThumbModel(QAbstractListModel):
    """Items that pass the filter; thumbnails arrive when somebody brings them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[ThumbItem, ...] = ()
        self._shown: list[ThumbItem] = []
        self._rows: dict[MediaId, int] = {}
        self._state: MediaState | None = None
        self._text = ""
        self._images: OrderedDict[MediaId, QImage | None] = OrderedDict()

    @property
    def total(self) -> int:
        """How many there are without the filter."""
        return len(self._items)

    @property
    def shown_ids(self) -> tuple[MediaId, ...]:
        """Those that pass the filter, in order."""
        return tuple(item.media_id for item in self._shown)

    def set_items(self, items: tuple[ThumbItem, ...]) -> None:
        """Take over new items; a reset only when others are shown than before."""
        self._items = items
        self._show([item for item in items if self._passes(item)])

    def update_item(self, item: ThumbItem) -> None:
        """Replace the item of the same media; it stays in sight even if the filter excludes it."""
        self._items = tuple(item if i.media_id == item.media_id else i for i in self._items)
        row = self._rows.get(item.media_id)
        if row is not None:
            self._shown[row] = item
            self.dataChanged.emit(self.index(row), self.index(row))

    def set_filter(self, state: MediaState | None, text: str) -> None:
        """Show only one state (None for all) and only names that hold a text."""
        self._state, self._text = state, text.strip().casefold()
        self._show([item for item in self._items if self._passes(item)])

    def set_thumbnail(self, media_id: MediaId, rgb: NDArray[np.uint8] | None) -> None:
        """Keep a thumbnail; None stands for one that cannot be read."""
        self._images[media_id] = None if rgb is None else image_of(rgb)
        self._images.move_to_end(media_id)
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        row = self._rows.get(media_id)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))

    def forget_thumbnail(self, media_id: MediaId) -> None:
        """Ask for it again."""
        self._images.pop(media_id, None)

    def missing(self, rows: Iterable[int]) -> tuple[MediaId, ...]:
        """The media of some rows whose thumbnail nobody has brought; rows may lie outside."""
        return tuple(
            self._shown[row].media_id
            for row in rows
            if 0 <= row < len(self._shown)
            and self._shown[row].media_id not in self._images
            and not self._shown[row].is_missing
        )

    def row_of(self, media_id: MediaId | None) -> int:
        """The row of a media, or -1 when it is not shown."""
        return -1 if media_id is None else self._rows.get(media_id, -1)

    def id_at(self, row: int) -> MediaId | None:
        """The media of a row."""
        return self._shown[row].media_id if 0 <= row < len(self._shown) else None

    def item_at(self, index: AnyIndex) -> ThumbItem | None:
        """The item of an index."""
        return self._shown[index.row()] if 0 <= index.row() < len(self._shown) else None

    def image(self, media_id: MediaId) -> QImage | None:
        """The thumbnail, if it has been brought and could be read."""
        image = self._images.get(media_id)
        if image is not None:
            self._images.move_to_end(media_id)
        return image

    @override
    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name, and what a screen reader says."""
        item = self.item_at(index)
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return _spoken(item)
        return None

    def _passes(self, item: ThumbItem) -> bool:
        if self._state is not None and item.state is not self._state:
            return False
        return not self._text or self._text in item.name.casefold()

    def _show(self, shown: list[ThumbItem]) -> None:
        is_same = [i.media_id for i in shown] == [i.media_id for i in self._shown]
        if is_same:
            self._shown = shown
            if shown:
                self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))
            return
        self.beginResetModel()
        self._shown = shown
        self._rows = {item.media_id: row for row, item in enumerate(shown)}
        self.endResetModel()


class ThumbDelegate(QStyledItemDelegate):
    """Draws one thumbnail with its badge; the open one has a frame in the accent colour."""

    def __init__(self, cell: QSize, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cell = cell

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Every cell has the same size."""
        return self._cell

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """One cell."""
        model = index.model()
        if not isinstance(model, ThumbModel):
            return
        item = model.item_at(index)
        if item is None:
            return
        rect: QRect = option.rect
        palette: QPalette = option.palette
        state = option.state
        cell = QRect(
            rect.left() + 3, rect.top() + 3, self._cell.width() - 6, self._cell.height() - 6
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QPainterPath()
        frame.addRoundedRect(cell, 7, 7)
        painter.setClipPath(frame)
        painter.fillRect(cell, palette.color(QPalette.ColorRole.Button))
        image = model.image(item.media_id)
        if image is not None:
            painter.drawImage(cell, image, covering(image.size(), cell.size()))
        else:
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            name = painter.fontMetrics().elidedText(
                item.name, Qt.TextElideMode.ElideMiddle, cell.width() - 16
            )
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, name)
        _badge(painter, cell, item)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        line = QPalette.ColorRole.Highlight if is_current else QPalette.ColorRole.Mid
        painter.setPen(QPen(palette.color(line), 2.0 if is_current else 1.0))
        painter.drawPath(frame)
        painter.restore()


def _badge(painter: QPainter, cell: QRect, item: ThumbItem) -> None:
    """State and count at the lower right, a film mark for clips at the lower left."""
    font = painter.font()
    font.setPixelSize(11)
    painter.setFont(font)
    text = item.badge
    width = painter.fontMetrics().horizontalAdvance(text) + 12
    plate = QRect(cell.right() - width - 4, cell.bottom() - 22, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(16, 18, 21, 215))
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QColor("#f5f6f7"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    if item.is_clip:
        sign = QRect(cell.left() + 5, cell.bottom() - 22, 22, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(sign, 4, 4)
        painter.setPen(QColor("#f5f6f7"))
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, "▶")


def _spoken(item: ThumbItem) -> str:
    words = {
        MediaState.TODO: translate("ThumbnailsPanel", "to do"),
        MediaState.DONE: translate("ThumbnailsPanel", "done"),
        MediaState.REVIEWED: translate("ThumbnailsPanel", "reviewed"),
    }
    text = translate("ThumbnailsPanel", "{name}: {state}, {count} objects").format(
        name=item.name, state=words[item.state], count=item.count
    )
    if item.is_missing:
        return translate("ThumbnailsPanel", "{text}, file not found").format(text=text)
    return text
