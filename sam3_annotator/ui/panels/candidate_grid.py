"""The grid of candidate crops: a model of frozen items, and a delegate that draws one cell."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.ui.panels.photo import covering, image_of
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from sam3_annotator.domain.geometry import Box
    from sam3_annotator.domain.mask import Mask

    AnyIndex = QModelIndex | QPersistentModelIndex

_CROP_PX = 112
"""Longest side of a kept crop."""
_MARGIN = 0.08
_OUTSIDE = 0.45
"""How bright the crop is beside the mask."""
_KEPT = 400
CAPTION_PX = 20


@dataclass(frozen=True, slots=True)
class CandidateItem:
    """One candidate as the grid shows it.

    Attributes:
        key: the caller's number, given back by signals.
        box: xyxy in original-image pixels.
        score: in [0, 1].
        mask: pixels beside it are dimmed in the crop when given.
        label: short name under the crop.
    """

    key: int
    box: Box
    score: float
    mask: Mask | None = None
    label: str = ""
    is_accepted: bool = False
    is_rejected: bool = False


class CandidateModel(QAbstractListModel):
    """Items above the threshold, best first; crops are cut when a cell is first drawn."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rgb: NDArray[np.uint8] | None = None
        self._items: tuple[CandidateItem, ...] = ()
        self._shown: tuple[CandidateItem, ...] = ()
        self._threshold = 0.0
        self._crops: OrderedDict[tuple[int, Box], QImage] = OrderedDict()

    @property
    def shown(self) -> tuple[CandidateItem, ...]:
        """The items in the grid, best first."""
        return self._shown

    def set_picture(self, rgb: NDArray[np.uint8] | None) -> None:
        """The picture crops are cut from, (H, W, 3) uint8."""
        if rgb is not self._rgb:
            self._rgb = rgb
            self._crops.clear()
            self.layoutChanged.emit()

    def set_items(self, items: Sequence[CandidateItem], threshold: float) -> None:
        """Show those of ``items`` with at least this score."""
        if any(item.mask is not old.mask for item, old in zip(items, self._items, strict=False)):
            self._crops.clear()
        ordered = sorted(items, key=lambda item: (-item.score, item.key))
        self._items, self._threshold = tuple(items), threshold
        shown = tuple(item for item in ordered if item.score >= threshold)
        if [item.key for item in shown] == [item.key for item in self._shown]:
            self._shown = shown
            if shown:
                self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def row_of(self, key: int | None) -> int:
        """The row of a key, or -1."""
        return next((row for row, item in enumerate(self._shown) if item.key == key), -1)

    def item_at(self, index: AnyIndex) -> CandidateItem | None:
        """The item of an index."""
        row = index.row()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def crop(self, item: CandidateItem) -> QImage | None:
        """The picture around an item, everything beside its mask dimmed."""
        if self._rgb is None:
            return None
        key = (item.key, item.box)
        image = self._crops.get(key)
        if image is None:
            image = self._crops[key] = crop_image(self._rgb, item.box, item.mask)
            while len(self._crops) > _KEPT:
                self._crops.popitem(last=False)
        return image

    @override
    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many candidates are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The label, and what a screen reader says."""
        item = self.item_at(index)
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return item.label
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._spoken(index.row(), item)
        return None

    def _spoken(self, row: int, item: CandidateItem) -> str:
        text = translate("CandidatesPanel", "Candidate {n} of {total}, score {score}").format(
            n=row + 1, total=len(self._shown), score=f"{item.score:.2f}"
        )
        if item.is_accepted:
            return translate("CandidatesPanel", "{candidate}, accepted").format(candidate=text)
        if item.is_rejected:
            return translate("CandidatesPanel", "{candidate}, rejected").format(candidate=text)
        return text


class CandidateDelegate(QStyledItemDelegate):
    """Draws a crop with its name, score and a mark that tells whether it was decided on."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """One cell."""
        model = index.model()
        if not isinstance(model, CandidateModel):
            return
        item = model.item_at(index)
        if item is None:
            return
        cell = option.rect.adjusted(3, 3, -3, -3)
        palette: QPalette = option.palette
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QPainterPath()
        frame.addRoundedRect(cell, 7, 7)
        painter.fillPath(frame, palette.color(QPalette.ColorRole.Button))
        painter.setClipPath(frame)
        photo = QRect(cell.left(), cell.top(), cell.width(), cell.height() - CAPTION_PX)
        crop = model.crop(item)
        if crop is not None:
            if item.is_rejected:
                painter.setOpacity(0.3)
            painter.drawImage(photo, crop, covering(crop.size(), photo.size()))
            painter.setOpacity(1.0)
        painter.setClipping(False)
        _caption(painter, cell, item, palette)
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        line = QPalette.ColorRole.Highlight if is_current else QPalette.ColorRole.Mid
        painter.setPen(QPen(palette.color(line), 2.0 if is_current else 1.0))
        painter.drawPath(frame)
        painter.restore()

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """The grid's cell size; the view sets it."""
        view = option.widget
        return view.gridSize() if isinstance(view, QListView) else super().sizeHint(option, index)


def crop_image(rgb: NDArray[np.uint8], box: Box, mask: Mask | None) -> QImage:
    """A small picture of what lies in a box, with a little around it.

    Args:
        rgb: (H, W, 3) uint8.
        box: xyxy in pixels of ``rgb``.
        mask: everything beside it is dimmed.
    """
    height, width = rgb.shape[:2]
    margin = _MARGIN * max(box.width, box.height)
    window = box.padded(margin).pixels().intersection(PixelBox(0, 0, width, height))
    if window.is_empty:
        empty = QImage(1, 1, QImage.Format.Format_RGB888)
        empty.fill(QColor(0, 0, 0))
        return empty
    # Skip pixels of large crops first; averaging all of a 4K crop would take 5 ms per cell.
    step = max(1, max(window.width, window.height) // (4 * _CROP_PX))
    part = rgb[window.top : window.bottom : step, window.left : window.right : step]
    scale = min(1.0, _CROP_PX / max(part.shape[:2]))
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if mask is not None and not mask.is_empty:
        bits = mask.window(window)[::step, ::step].astype(np.float32)
        share = np.asarray(cv2.resize(bits, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        light = _OUTSIDE + (1 - _OUTSIDE) * share[:, :, None]
        small = (small * light).astype(np.uint8)
    return image_of(small)


def _caption(painter: QPainter, cell: QRect, item: CandidateItem, palette: QPalette) -> None:
    line = QRect(cell.left() + 6, cell.bottom() - CAPTION_PX + 1, cell.width() - 12, CAPTION_PX)
    font = painter.font()
    font.setPixelSize(11)
    painter.setFont(font)
    mark = "✓ " if item.is_accepted else "✗ " if item.is_rejected else ""
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    score = f"{item.score:.2f}".removeprefix("0")
    room = painter.fontMetrics().horizontalAdvance(score) + 4
    name = painter.fontMetrics().elidedText(
        mark + item.label, Qt.TextElideMode.ElideRight, line.width() - room
    )
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, score)
