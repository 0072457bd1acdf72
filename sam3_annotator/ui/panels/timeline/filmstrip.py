"""Filmstrip: the selected object's crop on the frames around, so that flicker shows at rest."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from sam3_annotator.ui.panels.photo import covering, image_of
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QHelpEvent, QImage, QMouseEvent, QPaintEvent, QResizeEvent

    from sam3_annotator.ui.tokens import Tokens

CELL = QSize(82, 50)
_GAP_PX = 4
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Still:
    """One cell's name: which object, on which frame, in which state.

    Attributes:
        state: changes whenever the object's mask on that frame does.
    """

    object_id: int
    frame: int
    state: bytes


class Filmstrip(QWidget):
    """Shows crops it is given; asks for those it lacks.

    Signals:
        frame_wanted: a cell was clicked.
        room_changed: how many frames on either side there is room for now.
    """

    frame_wanted = Signal(int)
    room_changed = Signal(int)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(CELL.height() + 2)
        self.setMinimumWidth(CELL.width())
        self.setAccessibleName(translate("Timeline", "The selected object on the frames around"))
        self._tokens = tokens
        self._cells: tuple[Still, ...] = ()
        self._frame = 0
        self._images: OrderedDict[Still, QImage] = OrderedDict()

    @property
    def reach(self) -> int:
        """How many frames on either side there is room for."""
        return max(0, (self.width() + _GAP_PX) // (CELL.width() + _GAP_PX) - 1) // 2

    def show_cells(self, cells: tuple[Still, ...], frame: int) -> tuple[Still, ...]:
        """Show these cells, one of them of the shown frame; gives back those without a picture."""
        self._cells, self._frame = cells, frame
        self.update()
        return tuple(cell for cell in cells if cell not in self._images)

    def set_picture(self, cell: Still, rgb: NDArray[np.uint8]) -> None:
        """Bring the picture of a cell."""
        self._images[cell] = image_of(rgb)
        self._images.move_to_end(cell)
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        if cell in self._cells:
            self.update()

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._tokens = tokens
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(7 * (CELL.width() + _GAP_PX), CELL.height() + 2)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.room_changed.emit(self.reach)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place, cell in enumerate(self._cells):
            box = self._box(place)
            shape = QPainterPath()
            shape.addRoundedRect(QRectF(box), 5, 5)
            painter.fillPath(shape, QColor(self._tokens.background))
            image = self._images.get(cell)
            if image is not None:
                painter.save()
                painter.setClipPath(shape)
                painter.drawImage(box, image, covering(image.size(), box.size()))
                painter.restore()
            is_here = cell.frame == self._frame
            color = self._tokens.accent if is_here else self._tokens.line
            painter.setPen(QPen(QColor(color), 2 if is_here else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place, cell in enumerate(self._cells):
            if self._box(place).contains(event.position().toPoint()):
                self.frame_wanted.emit(cell.frame)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == event.Type.ToolTip:
            asked: QHelpEvent = event  # type: ignore[assignment]  # Qt says so by the type
            found = [c for i, c in enumerate(self._cells) if self._box(i).contains(asked.pos())]
            tip = translate("Timeline", "frame {n}").format(n=found[0].frame) if found else ""
            QToolTip.showText(asked.globalPos(), tip, self)
            return True
        return super().event(event)

    def _box(self, place: int) -> QRect:
        pitch = CELL.width() + _GAP_PX
        left = self.width() - len(self._cells) * pitch + _GAP_PX + place * pitch
        return QRect(left, 1, CELL.width(), CELL.height())
