"""Low-resolution mask logits -> exact masks on the original picture, where needed only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.mask import EMPTY_MASK, Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rasterise(logits: NDArray[np.float32], height: int, width: int) -> Mask:
    """Enlarge one map of logits bilinearly and keep what lies above zero.

    Equal to enlarging the whole map (pixel centres aligned, as torch does with
    ``align_corners=False``) and comparing with zero, but only the part of the picture that can
    become positive is computed: 4K masks cost what their box costs.

    Args:
        logits: (h, w) float32 that covers the whole picture; inside is positive.
        height: rows of the original picture.
        width: columns of the original picture.
    """
    positive = logits > 0
    rows = np.flatnonzero(positive.any(axis=1))
    if rows.size == 0:
        return EMPTY_MASK
    columns = np.flatnonzero(positive.any(axis=0))
    top, bottom = _reach(rows, logits.shape[0], height)
    left, right = _reach(columns, logits.shape[1], width)
    enlarged = _enlarge(logits, np.arange(top, bottom), height, axis=0)
    enlarged = _enlarge(enlarged, np.arange(left, right), width, axis=1)
    return Mask.from_array(enlarged > 0, left, top)


def _reach(cells: NDArray[np.intp], count: int, pixels: int) -> tuple[int, int]:
    """First and last-plus-one pixel that a positive cell can influence: one cell each way."""
    scale = pixels / count
    first = int(np.floor((cells[0] - 0.5) * scale)) - 1
    last = int(np.ceil((cells[-1] + 1.5) * scale)) + 1
    return max(0, first), min(pixels, last)


def _enlarge(
    values: NDArray[np.float32], wanted: NDArray[np.intp], pixels: int, axis: int
) -> NDArray[np.float32]:
    """Linear interpolation of ``values`` at the centres of ``wanted`` pixels along one axis."""
    count = values.shape[axis]
    position = np.maximum((wanted + 0.5) * (count / pixels) - 0.5, 0.0)
    low = np.minimum(position.astype(np.intp), count - 1)
    high = np.minimum(low + 1, count - 1)
    weight = (position - low).astype(np.float32)
    weight = weight[:, None] if axis == 0 else weight
    below, above = values.take(low, axis), values.take(high, axis)
    enlarged: NDArray[np.float32] = below + (above - below) * weight
    return enlarged
