"""Looks: what can only be told from the pixels of a mask, its pieces and its outline."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sam3_annotator.domain.ids import BlobId
    from sam3_annotator.domain.mask import Mask

_GRID = 16
"""Cells along each side of the grid that an outline is compared on."""
_HEAD = struct.Struct("<5i")
_LEAST_SHARE = 0.02
"""A piece smaller than this share of the mask does not count."""
_SIDE = 1024
"""A mask with a longer side is seen at a whole fraction of its size: looks are taken between the
events of a window, and 12 megapixels would hold it up for 0.1 s."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One mask as seen from afar.

    Attributes:
        pieces: connected pieces that matter (8 neighbours).
        box_xyxy_px: around those pieces, specks left out.
        grid: (16, 16) uint8, 255 times how much of each cell of that box the mask covers.
    """

    pieces: int
    box_xyxy_px: tuple[int, int, int, int]
    grid: NDArray[np.uint8]


def look_at(mask: Mask) -> Look:
    """See one mask, which must not be empty."""
    crop = mask.crop().view(np.uint8)
    step = -(-max(crop.shape) // _SIDE)
    if step > 1:
        crop = _reduced(crop, step)
    _, _, found, _ = cv2.connectedComponentsWithStats(crop, connectivity=8)
    stats = np.asarray(found)[1:]
    areas = stats[:, cv2.CC_STAT_AREA]
    stats = stats[areas >= min(float(areas.max()), _LEAST_SHARE * float(areas.sum()))]
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    x0, y0 = int(left.min()), int(top.min())
    x1 = int((left + stats[:, cv2.CC_STAT_WIDTH]).max())
    y1 = int((top + stats[:, cv2.CC_STAT_HEIGHT]).max())
    part = crop[y0:y1, x0:x1] * np.uint8(255)
    grid = cv2.resize(part, (_GRID, _GRID), interpolation=cv2.INTER_AREA)
    around = mask.box
    box = (
        around.left + x0 * step,
        around.top + y0 * step,
        min(around.left + x1 * step, around.right),
        min(around.top + y1 * step, around.bottom),
    )
    return Look(len(stats), box, np.asarray(grid, np.uint8))


def _reduced(crop: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Every cell of ``step`` x ``step`` pixels as one, set when any of its pixels is.

    Args:
        crop: (H, W) uint8, 0 or 1.

    Returns:
        (ceil(H / step), ceil(W / step)) uint8, 0 or 1.
    """
    rows = np.maximum.reduceat(crop, np.arange(0, crop.shape[0], step), axis=0)
    return np.maximum.reduceat(rows, np.arange(0, crop.shape[1], step), axis=1)


def likeness(one: Look, other: Look) -> float:
    """How much two outlines overlap once both fill the same box, in [0, 1]."""
    union = int(np.maximum(one.grid, other.grid).sum(dtype=np.int64))
    return int(np.minimum(one.grid, other.grid).sum(dtype=np.int64)) / union if union else 1.0


class Eye:
    """Remembers looks by the mask's content, so that only new masks are decoded.

    Args:
        limit: looks to keep; about 400 bytes each, as bytes that the garbage collector passes over.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._seen: dict[BlobId, bytes] = {}

    def knows(self, blob: BlobId) -> bool:
        """Whether a mask need not be decoded."""
        return blob in self._seen

    def look(self, blob: BlobId | None, mask: Callable[[], Mask | None]) -> Look | None:
        """What a mask looks like; None when there is none."""
        found = None if blob is None else self._seen.get(blob)
        if found is not None:
            return _unpacked(found)
        pixels = mask()
        if pixels is None or pixels.is_empty:
            return None
        look = look_at(pixels)
        if blob is not None:
            if len(self._seen) >= self._limit:
                del self._seen[next(iter(self._seen))]
            self._seen[blob] = _packed(look)
        return look


def _packed(look: Look) -> bytes:
    return _HEAD.pack(look.pieces, *look.box_xyxy_px) + look.grid.tobytes()


def _unpacked(data: bytes) -> Look:
    pieces, *box = _HEAD.unpack_from(data)
    grid = np.frombuffer(data, np.uint8, offset=_HEAD.size).reshape(_GRID, _GRID)
    return Look(pieces, (box[0], box[1], box[2], box[3]), grid)
