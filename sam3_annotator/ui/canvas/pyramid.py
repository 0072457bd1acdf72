"""The picture at halved sizes, so that drawing it never touches more pixels than it must."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sam3_annotator.domain.geometry import PixelBox, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

WHOLE_LEVEL_PIXELS = 12_000_000
"""A level up to this size (a 4K picture is 8.3 million) is made ready for the screen as a whole."""
_SMALLEST_SIDE = 256


@dataclass(frozen=True, slots=True)
class Tone:
    """Brightness, contrast and gamma of the display; the picture itself stays as it is.

    Attributes:
        brightness: added, in [-1, 1]; 0 leaves the picture alone.
        contrast: factor around the middle grey, above 0; 1 leaves the picture alone.
        gamma: above 0; larger is lighter; 1 leaves the picture alone.
    """

    brightness: float = 0.0
    contrast: float = 1.0
    gamma: float = 1.0

    @property
    def is_neutral(self) -> bool:
        """Whether pixels are shown unchanged."""
        return self == Tone()

    def table(self) -> NDArray[np.uint8]:
        """The look-up table, (256,) uint8."""
        values = np.arange(256) / 255.0
        values = (values - 0.5) * self.contrast + 0.5 + self.brightness
        values = np.clip(values, 0.0, 1.0) ** (1.0 / max(self.gamma, 1e-3))
        return np.round(values * 255.0).astype(np.uint8)


class Pyramid:
    """A picture and its halved levels; level k has ``ceil(size / 2**k)`` pixels.

    Building takes some 0.2 s for 100 megapixels, needs no Qt, and may be done on any thread: all
    work on whole levels happens here, so that the thread of the window has none left.

    Args:
        rgb: (H, W, 3) uint8, RGB; kept, not copied, and never written.

    Raises:
        ValueError: not three channels of uint8, or empty.
    """

    def __init__(self, rgb: NDArray[np.uint8]) -> None:
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or rgb.size == 0:
            raise ValueError(f"a picture is (H, W, 3) uint8, got {rgb.shape} {rgb.dtype}")
        levels = [rgb]
        while min(levels[-1].shape[:2]) >= 2 * _SMALLEST_SIDE:
            levels.append(_halved(levels[-1]))
        self._levels = tuple(levels)
        self._ready = tuple(
            _as_screen_pixels(level) if level[:, :, 0].size <= WHOLE_LEVEL_PIXELS else None
            for level in levels
        )

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """The picture at full size, (H, W, 3) uint8."""
        return self._levels[0]

    @property
    def size(self) -> Size:
        """Width and height of the full picture."""
        height, width = self._levels[0].shape[:2]
        return Size(width, height)

    @property
    def depth(self) -> int:
        """Number of levels, at least 1."""
        return len(self._levels)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes."""
        ready = sum(level.nbytes for level in self._ready if level is not None)
        return ready + sum(level.nbytes for level in self._levels)

    def screen_pixels(self, index: int, box: PixelBox) -> NDArray[np.uint32]:
        """A part of a level as the screen takes it: (box.height, box.width) uint32, 0xFFRRGGBB.

        Args:
            box: in pixels of the level, on it. Of a level that was made ready it is a view.
        """
        ready = self._ready[index]
        if ready is not None:
            return ready[box.top : box.bottom, box.left : box.right]
        rgb = self._levels[index]
        return _as_screen_pixels(rgb[box.top : box.bottom, box.left : box.right])

    def level(self, index: int) -> NDArray[np.uint8]:
        """The picture halved ``index`` times, (h, w, 3) uint8."""
        return self._levels[index]


def _as_screen_pixels(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    bgra = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA), dtype=np.uint8)
    return bgra.view(np.uint32)[:, :, 0]


def _halved(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Means of 2 x 2 pixels; an odd last row or column is taken as it is."""
    height, width = rgb.shape[:2]
    half = np.empty(((height + 1) // 2, (width + 1) // 2, 3), dtype=np.uint8)
    even = rgb[: height // 2 * 2, : width // 2 * 2]
    half[: height // 2, : width // 2] = cv2.resize(
        even, (width // 2, height // 2), interpolation=cv2.INTER_AREA
    )
    if width % 2:
        half[:, -1] = rgb[::2, -1]
    if height % 2:
        half[-1, :] = rgb[-1, ::2]
    return half
