"""COCO run-lengths and polygons to and from ``Mask``.

COCO counts runs down the columns of the whole picture, background first; its compressed form packs
differences of counts into text (pycocotools ``rleToString``). Both directions work on the mask's
columns only, so the cost follows the object, not the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from pycocotools import mask as coco_mask

from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.outlines import outlines_of, simplified
from sam3_annotator.io.pixels import PIXEL_CEILING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

Polygons: TypeAlias = list[list[float]]

_MAX_SIDE = 1 << 20
_MAX_CHUNKS = 12


def counts_of(mask: Mask, height: int, width: int) -> Counts:
    """Return COCO's uncompressed counts: (R,) int64, their sum is ``height * width``."""
    mask = mask.clipped(width, height)
    if mask.is_empty:
        return np.array([height * width], dtype=np.int64)
    columns = mask.crop().T  # (columns, rows)
    padded = np.zeros((columns.shape[0], columns.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = columns
    steps = np.diff(padded, axis=1)
    offsets = (mask.box.left + np.arange(columns.shape[0])) * height + mask.box.top
    at, down = np.nonzero(steps == 1)
    starts = offsets[at] + down
    at, down = np.nonzero(steps == -1)
    ends = offsets[at] + down
    # A run that reaches the bottom goes on at the top of the next column.
    is_apart = starts[1:] != ends[:-1]
    starts = starts[np.concatenate(([True], is_apart))]
    ends = ends[np.concatenate((is_apart, [True]))]
    edges = np.stack((starts, ends), axis=1).reshape(-1)
    bounds = np.concatenate(([0], edges, [height * width]))
    counts: Counts = np.diff(bounds).astype(np.int64)
    return counts if counts[-1] else counts[:-1]


def text_of(mask: Mask, height: int, width: int) -> str:
    """Return COCO's compressed counts as text."""
    counts = counts_of(mask, height, width).tolist()
    packed = coco_mask.frPyObjects({"size": [height, width], "counts": counts}, height, width)
    text: str = packed["counts"].decode("ascii")
    return text


def counts_from_text(text: str) -> Counts:
    """Unpack compressed counts.

    Each count is a signed number in groups of five bits, low group first, one character from "0"
    on per group, with 32 for "more follows"; from the fourth on it is the difference to the count
    two before.

    Raises:
        ValueError: characters outside the code, or a number cut off or too long.
    """
    raw = np.frombuffer(text.encode("utf-8", "replace"), dtype=np.uint8).astype(np.int64) - 48
    if not raw.size:
        return np.zeros(0, dtype=np.int64)
    if raw.min() < 0 or raw.max() > 63:
        raise ValueError("the counts contain characters that are not COCO run-lengths")
    is_last = raw & 32 == 0
    if not is_last[-1]:
        raise ValueError("the counts are cut off")
    stops = np.flatnonzero(is_last)
    starts = np.concatenate(([0], stops[:-1] + 1))
    lengths = stops - starts + 1
    if lengths.max() > _MAX_CHUNKS:
        raise ValueError("a count is too large")
    place = np.arange(raw.size) - np.repeat(starts, lengths)
    numbers = np.add.reduceat((raw & 31) << (5 * place), starts)
    is_negative = raw[stops] & 16 != 0
    numbers = numbers - (is_negative.astype(np.int64) << (5 * lengths))
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    counts: Counts = numbers
    return counts


def mask_from_counts(counts: Sequence[int] | Counts, height: int, width: int) -> Mask:
    """Return the mask of uncompressed counts.

    Raises:
        ValueError: a negative count, or a sum other than ``height * width``.
    """
    _check_size(height, width)
    runs = np.asarray(counts, dtype=np.int64)
    if runs.ndim != 1 or (runs.size and runs.min() < 0):
        raise ValueError("a count is negative")
    bounds = np.cumsum(runs)
    total = int(bounds[-1]) if runs.size else 0
    if total != height * width or (runs.size and int(runs.max()) > total):
        raise ValueError(f"the counts add up to {total}, not to {width} x {height} pixels")
    is_long = runs[1::2] > 0
    ends = bounds[1::2][is_long]
    starts = ends - runs[1::2][is_long]
    if not starts.size:
        return EMPTY_MASK
    first = int(starts[0]) // height
    last = (int(ends[-1]) - 1) // height
    edges = np.stack((starts, ends), axis=1).reshape(-1) - first * height
    size = (last - first + 1) * height
    lengths = np.diff(np.concatenate(([0], edges, [size])))
    flags = np.zeros(lengths.size, dtype=np.bool_)
    flags[1::2] = True
    pixels = np.repeat(flags, lengths).reshape(-1, height).T
    return Mask.from_array(pixels, left=first)


def mask_from_polygons(polygons: Polygons, height: int, width: int) -> Mask:
    """Return the pixels pycocotools fills for the union of ``polygons`` [x0, y0, x1, y1, ...].

    Raises:
        ValueError: fewer than three points, an odd number of coordinates, or a point more than
            one picture's size away from the picture.
    """
    _check_size(height, width)
    runs = []
    for polygon in polygons:
        if len(polygon) < 6 or len(polygon) % 2:
            raise ValueError("a polygon needs at least three points, two numbers each")
        points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
        far = (points < (-width, -height)) | (points > (2 * width, 2 * height))
        # pycocotools walks along every edge: a point at 1e300 would take all memory.
        if not np.isfinite(points).all() or far.any():
            raise ValueError("a polygon lies far outside its picture")
        runs.extend(coco_mask.frPyObjects([list(map(float, polygon))], height, width))
    merged = coco_mask.merge(runs)
    return mask_from_counts(counts_from_text(merged["counts"].decode("ascii")), height, width)


def _check_size(height: int, width: int) -> None:
    """Refuse sizes whose decoding would take all memory, or overflow pycocotools' 32 bits."""
    is_side = 0 < height <= _MAX_SIDE and 0 < width <= _MAX_SIDE
    if not is_side or height * width > PIXEL_CEILING:
        raise ValueError(f"{width} x {height} is no size of a picture")


def polygons_of(mask: Mask, height: int, width: int, tolerance_px: float) -> Polygons | None:
    """Return polygons whose pixels, filled by pycocotools, are the mask's within a tolerance.

    Args:
        mask: what to outline.
        height: of the picture.
        width: of the picture.
        tolerance_px: farthest a wrongly covered or missed pixel may lie from the mask's edge;
            0 allows none.

    Returns:
        ``None`` when the mask is empty, has a hole (COCO polygons cannot) or comes out differently.
    """
    pieces = simplified(outlines_of(mask), tolerance_px)
    if not pieces or any(piece.holes for piece in outlines_of(mask)):
        return None
    polygons = [piece.outer.reshape(-1).tolist() for piece in pieces]
    if any(len(polygon) < 6 for polygon in polygons):
        return None
    filled = mask_from_polygons(polygons, height, width)
    return polygons if _is_near(mask, filled, tolerance_px) else None


def differing_pixels(found: NDArray[np.generic], mask: Mask) -> int:
    """Return how many pixels of a whole decoded picture (H, W) are not as in ``mask``."""
    box = mask.box
    window = found[box.top : box.bottom, box.left : box.right]
    shared = int(np.count_nonzero(window[mask.crop()]))
    return int(np.count_nonzero(found)) + mask.area - 2 * shared


def _is_near(mask: Mask, other: Mask, tolerance_px: float) -> bool:
    if mask == other:
        return True
    if tolerance_px <= 0:
        return False
    window = mask.box.united(other.box)
    wanted, found = mask.window(window), other.window(window)
    differs = wanted != found
    # Distance of each pixel's centre to the nearest pixel on the other side of the edge.
    padded = np.pad(wanted, 1).astype(np.uint8)
    inside = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    outside = cv2.distanceTransform(1 - padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    distance = np.where(wanted, inside, outside)
    return bool(distance[differs].max() <= tolerance_px + 0.5)
