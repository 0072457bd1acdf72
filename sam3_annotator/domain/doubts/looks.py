"""Looks: what can only be told from the pixels of a mask, its pieces and its outline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sam3_annotator.domain.doubts.evidence import note_jumps, visible
from sam3_annotator.domain.doubts.signals import Signal, ramp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sam3_annotator.domain.doubts.evidence import Evidence
    from sam3_annotator.domain.ids import BlobId, FrameIndex, ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.masklet import Masklet

    MaskAt = Callable[[ObjectId, FrameIndex], Mask | None]

_PAUSE = 64
"""Frames whose looks are known that may be passed without a pause."""
_GRID = 16
"""Cells along each side of the grid that an outline is compared on."""
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
        limit: looks to keep; about 400 bytes each.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._seen: dict[BlobId, Look] = {}

    def look(self, blob: BlobId | None, mask: Callable[[], Mask | None]) -> Look | None:
        """What a mask looks like; None when there is none."""
        found = None if blob is None else self._seen.get(blob)
        if found is not None:
            return found
        pixels = mask()
        if pixels is None or pixels.is_empty:
            return None
        look = look_at(pixels)
        if blob is not None:
            if len(self._seen) >= self._limit:
                self._seen.clear()
            self._seen[blob] = look
        return look


def look_along(evidence: Evidence, masklet: Masklet, mask_at: MaskAt, eye: Eye) -> Iterator[None]:
    """Add PIECES and SHAPE to an object's evidence, at most one mask decoded for each ``next()``.

    AREA, CENTRE and RETURN are then measured again without specks.

    Frames whose mask is the same as on the frame before cost nothing.

    Args:
        evidence: is changed in place, at the end.
        masklet: the object.
        mask_at: decodes a mask.
        eye: remembers what was seen before.
    """
    rows = np.flatnonzero(visible(masklet))
    pieces = np.zeros(rows.size, np.int64)
    alike = np.ones(rows.size)
    last: tuple[BlobId | None, Look] | None = None
    for place, row in enumerate(rows.tolist()):
        if place % _PAUSE == 0:
            yield
        frame = masklet.frames[row]
        blob = masklet.blob_at(int(frame))
        if last is not None and blob == last[0]:
            _keep(evidence, row, pieces, place, last[1])
            continue
        look = eye.look(blob, partial(mask_at, masklet.object_id, frame))
        if look is None:
            pieces[place] = 0 if last is None else last[1].pieces
            continue
        _keep(evidence, row, pieces, place, look)
        alike[place] = 1.0 if last is None else likeness(look, last[1])
        last = (blob, look)
        yield
    yield
    note_jumps(evidence, masklet)
    yield
    _note_looks(evidence, rows, pieces, alike)


def _keep(evidence: Evidence, row: int, pieces: NDArray[np.int64], place: int, look: Look) -> None:
    pieces[place] = look.pieces
    evidence.boxes_xyxy_px[row] = look.box_xyxy_px


def _note_looks(
    evidence: Evidence,
    rows: NDArray[np.intp],
    pieces: NDArray[np.int64],
    alike: NDArray[np.float64],
) -> None:
    if rows.size < 2:
        return
    change = np.diff(pieces)
    usual = float(np.mean(change != 0))
    strength = np.where(change != 0, max(0.0, 1.0 - 2.0 * usual), 0.0)
    evidence.note(Signal.PIECES, rows[1:], strength, change.astype(np.float64))
    unlike = 1.0 - alike[1:]
    usual = float(np.median(unlike))
    strength = ramp(unlike / (0.06 + 3 * usual), 1.0, 3.5)
    evidence.note(Signal.SHAPE, rows[1:], strength, alike[1:])
