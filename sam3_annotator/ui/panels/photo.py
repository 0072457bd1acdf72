"""Small photographs in cells: arrays as Qt images, and how they fill their room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray


def image_of(rgb: NDArray[np.uint8]) -> QImage:
    """A Qt image with its own memory, from (H, W, 3) uint8."""
    whole = np.ascontiguousarray(rgb)
    height, width = whole.shape[:2]
    return QImage(whole.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def covering(picture: QSize, room: QSize) -> QRect:
    """The middle part of a picture that has the shape of the room, as large as possible."""
    scale = min(picture.width() / max(room.width(), 1), picture.height() / max(room.height(), 1))
    width, height = round(room.width() * scale), round(room.height() * scale)
    return QRect((picture.width() - width) // 2, (picture.height() - height) // 2, width, height)
