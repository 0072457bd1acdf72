"""Spots: many image boxes at once on the widget, to find in microseconds what is in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sam3_annotator.domain.geometry import Box
    from sam3_annotator.ui.canvas.viewport import Viewport

_LINE_REACH = 4.0
_CHIP_WIDTH = 230.0
_CHIP_HEIGHT = 24.0


class Spots:
    """Boxes in original-image pixels, and where they lie on a widget."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        rows = [(box.x0, box.y0, box.x1, box.y1) for box in boxes]
        self._boxes = np.array(rows, dtype=np.float64).reshape(-1, 4)

    def scaled(self, scale: float) -> NDArray[np.float64]:
        """(N, 4) float64, xyxy in widget pixels counted from the picture's corner."""
        return np.asarray(self._boxes * scale, dtype=np.float64)

    def meeting(self, viewport: Viewport, clip: QRectF) -> list[int]:
        """Indices of the boxes that, with their lines, may touch a widget rectangle."""
        shift = np.array([viewport.left, viewport.top, viewport.left, viewport.top])
        spots = self._boxes * viewport.scale + shift
        hits = (
            (spots[:, 0] < clip.right() + _LINE_REACH)
            & (spots[:, 2] > clip.left() - _LINE_REACH)
            & (spots[:, 1] < clip.bottom() + _LINE_REACH)
            & (spots[:, 3] > clip.top() - _LINE_REACH)
        )
        return [int(index) for index in np.flatnonzero(hits)]

    def in_sight(self, viewport: Viewport) -> list[int]:
        """Indices of the boxes that may be on the widget."""
        widget = QRectF(0, 0, viewport.widget.width, viewport.widget.height)
        return self.meeting(viewport, widget)


def reach_of(viewport: Viewport, box: Box) -> QRectF:
    """The widget rectangle that an object's outline and chip may take, for a box of the image."""
    spot = viewport.box_to_widget(box)
    left, top = spot.x0 - _LINE_REACH, spot.y0 - _CHIP_HEIGHT
    right = max(spot.x1, 2.0) + _CHIP_WIDTH  # the chip may stand at any part of a scattered mask
    bottom = max(spot.y1 + _LINE_REACH, max(spot.y0, 2.0) + _CHIP_HEIGHT)
    return QRectF(left, top, right - left, bottom - top)
