"""LevelWindows: the pixels in sight as a Qt image, made once and patched where they change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from sam3_annotator.domain.geometry import PixelBox, Size
from sam3_annotator.ui.canvas.pyramid import WHOLE_LEVEL_PIXELS

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Source = Callable[[int, PixelBox], NDArray[np.uint32]]

_SPARE = 256
"""Level pixels kept around the part in sight of a larger level, so that panning rarely rebuilds."""
_KEPT = 2


@dataclass(frozen=True, slots=True)
class _Window:
    region: PixelBox
    pixels: NDArray[np.uint32]
    image: QImage


class LevelWindows:
    """Qt images of a source that can give any rectangle of any level.

    Args:
        source: ``source(level, box)`` gives (box.height, box.width) uint32, 0xAARRGGBB
            premultiplied; the box is in pixels of that level.
        size: of level 0; level k has ``ceil(size / 2**k)`` pixels.
        image_format: how Qt reads the numbers.
        whole_pixels: a level up to this size is kept whole, of a larger one what is in sight.
    """

    def __init__(
        self,
        source: Source,
        size: Size,
        image_format: QImage.Format,
        whole_pixels: int = WHOLE_LEVEL_PIXELS,
    ) -> None:
        self._source = source
        self._size = size
        self._format = image_format
        self._whole_pixels = whole_pixels
        self._windows: dict[int, _Window] = {}

    def image(self, level: int, box: PixelBox) -> tuple[QImage, PixelBox]:
        """An image that covers at least ``box`` of a level, and the box it does cover."""
        window = self._windows.pop(level, None)
        if window is None or window.region.intersection(box) != box:
            window = self._made(level, box)
        self._windows[level] = window
        while len(self._windows) > _KEPT:
            del self._windows[next(iter(self._windows))]
        return window.image, window.region

    def patch(self, box: PixelBox) -> None:
        """The source changed inside ``box`` (level 0 pixels)."""
        for level, window in self._windows.items():
            step = 1 << level
            there = PixelBox(
                box.left // step, box.top // step, -(-box.right // step), -(-box.bottom // step)
            ).intersection(window.region)
            if there.is_empty:
                continue
            region = window.region
            window.pixels[
                there.top - region.top : there.bottom - region.top,
                there.left - region.left : there.right - region.left,
            ] = self._source(level, there)

    def clear(self) -> None:
        """The source changed everywhere."""
        self._windows.clear()

    def _made(self, level: int, box: PixelBox) -> _Window:
        step = 1 << level
        whole = PixelBox(0, 0, -(-self._size.width // step), -(-self._size.height // step))
        region = whole
        if whole.width * whole.height > self._whole_pixels:
            spare = PixelBox(
                box.left - _SPARE, box.top - _SPARE, box.right + _SPARE, box.bottom + _SPARE
            )
            region = spare.intersection(whole)
        pixels = self._source(level, region)
        # The image reads the array's memory; _Window keeps the two together.
        image = QImage(
            pixels.data, region.width, region.height, int(pixels.strides[0]), self._format
        )
        return _Window(region, pixels, image)
