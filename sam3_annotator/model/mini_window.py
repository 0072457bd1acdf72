"""The part of a frame in which the bundled model looks for one small thing, enlarged.

A thing of a few cells is lost among others that look like it. Seen through a window a few times its
size it has as many cells as a large one, and what lies far away is not there to be mistaken for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels of the frame."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square part of a frame, wholly inside it, in pixels.

    Attributes:
        left, top: of the first pixel inside.
        side: length of a side.
    """

    left: int
    top: int
    side: int

    @property
    def rows(self) -> slice:
        """Rows of a picture (H, W, ...)."""
        return slice(self.top, self.top + self.side)

    @property
    def columns(self) -> slice:
        """Columns of a picture (H, W, ...)."""
        return slice(self.left, self.left + self.side)


@dataclass(frozen=True, slots=True)
class CloseUp:
    """An answer that was looked for in a part of the picture, and is finer there.

    Attributes:
        window: the part.
        logits: (h, w) float32 over the window, above 0 is inside.
    """

    window: Window
    logits: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WindowRules:
    """How large windows are and where they are looked at; no weights depend on the numbers.

    Attributes:
        small: share of the frame that the box of a thing covers up to which it is looked at
            through a window; 0 for no windows. Larger things are found more surely in the whole
            frame, which shows where they went when they move fast.
        reach: side of a window in lengths of the thing's box.
        least: smallest side, px; enlarging less than that shows nothing new.
        widening: factor by which the window grows with every frame without the thing.
        patience: frames without the thing after which the whole frame is searched.
        shrinking, growing: most that a thing's longest side changes from frame to frame, a factor.
        input_side: side at which a window is encoded, px.
    """

    small: float = 0.01
    reach: float = 3.0
    least: int = 48
    widening: float = 1.4
    patience: int = 3
    shrinking: float = 0.97
    growing: float = 1.15
    input_side: int = 384


def window_around(box: Box, size: tuple[int, int], reach: float, least: int) -> Window | None:
    """The window for a thing that was last seen in a box.

    Args:
        box: where.
        size: height and width of the frame, px.
        reach: side in lengths of the box's longer side.
        least: smallest side, px.

    Returns:
        The window, moved inside the frame; None where there is no room for it.
    """
    height, width = size
    x0, y0, x1, y1 = box
    wanted = max(reach * max(x1 - x0, y1 - y0), least)
    if wanted >= min(height, width):
        return None
    side = round(wanted)
    left = round(min(max((x0 + x1 - side) / 2, 0), width - side))
    top = round(min(max((y0 + y1 - side) / 2, 0), height - side))
    return Window(left, top, side)


def mask_box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 in pixels, the last two exclusive, of a mask (H, W) that is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
