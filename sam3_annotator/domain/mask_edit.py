"""Mask edits: morphology, pieces, splitting, blending and flood fill, each on cropped pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import EMPTY_MASK, Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.domain.geometry import Point

    Bits = NDArray[np.uint8]

_GREY_STEPS = 255
_ROUNDING = 1e-4
"""OpenCV's distances have 24 bits; two different ones of a picture differ by more than this."""


def components(mask: Mask) -> tuple[Mask, ...]:
    """The pieces of a mask, largest first; pixels that touch at a corner are one piece."""
    if mask.is_empty:  # OpenCV dies of an empty picture
        return ()
    _, labels, stats, _ = cv2.connectedComponentsWithStats(_bits(mask), connectivity=8)
    pieces = [
        Mask.from_array(
            labels[top : top + high, left : left + wide] == number,
            mask.box.left + left,
            mask.box.top + top,
        )
        for number, (left, top, wide, high, _) in enumerate(stats.tolist())
        if number > 0
    ]
    return tuple(sorted(pieces, key=lambda piece: (-piece.area, piece.box.top, piece.box.left)))


def keep_largest(mask: Mask) -> Mask:
    """Only the largest piece."""
    pieces = components(mask)
    return pieces[0] if pieces else EMPTY_MASK


def drop_islands(mask: Mask, min_area: int) -> Mask:
    """Without the pieces of fewer than ``min_area`` pixels."""
    if mask.is_empty:
        return mask
    _, labels, stats, _ = cv2.connectedComponentsWithStats(_bits(mask), connectivity=8)
    keeps = stats[:, cv2.CC_STAT_AREA] >= min_area
    keeps[0] = False
    return Mask.from_array(keeps[labels], mask.box.left, mask.box.top)


def fill_holes(mask: Mask, max_area: int | None = None) -> Mask:
    """With its holes filled.

    Args:
        mask: background enclosed by it counts as a hole where it does not reach the mask's box;
            background is 4-connected, so a leak through a corner does not open a hole.
        max_area: only holes of at most this many pixels; None fills all.
    """
    if mask.is_empty:
        return mask
    outside = np.pad(1 - _bits(mask), 1, constant_values=1)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(outside, connectivity=4)
    fills = np.ones(len(stats), dtype=np.bool_)
    if max_area is not None:
        fills = stats[:, cv2.CC_STAT_AREA] <= max_area
    fills[labels[0, 0]] = False
    fills[0] = True  # label 0 is the mask itself
    return Mask.from_array(fills[labels], mask.box.left - 1, mask.box.top - 1)


def grow(mask: Mask, radius: float, frame: PixelBox) -> Mask:
    """All pixels within ``radius`` (centre to centre) of the mask, inside the frame."""
    if mask.is_empty or radius <= 0:
        return mask
    margin = math.floor(radius)
    window = _padded(mask.box, margin).intersection(frame)
    if window.is_empty:
        return EMPTY_MASK
    near = _distance(~mask.window(_padded(mask.box, margin))) <= radius + _ROUNDING
    grown = Mask.from_array(near, mask.box.left - margin, mask.box.top - margin)
    return grown.intersection(Mask.from_box(window))


def shrink(mask: Mask, radius: float, frame: PixelBox) -> Mask:
    """Without the pixels within ``radius`` of the background; the picture's edge is no background.

    ``shrink`` and ``grow`` are dual: what one takes from the mask the other gives to the rest.
    """
    if mask.is_empty or radius <= 0:
        return mask
    margin = math.floor(radius) + 1
    window = _padded(mask.box, margin).intersection(frame)
    inside = mask.window(window)
    if inside.all():
        return mask
    deep = _distance(inside) > radius + _ROUNDING
    return Mask.from_array(deep, window.left, window.top)


def smooth(mask: Mask, radius: float, frame: PixelBox) -> Mask:
    """With its edge evened out over about ``radius`` pixels: a Gaussian, cut at one half.

    Straight edges, also along the picture's edge, stay where they are.
    """
    if mask.is_empty or radius <= 0:
        return mask
    margin = math.ceil(3 * radius)
    window = _padded(mask.box, margin).intersection(frame)
    if window.is_empty:
        return EMPTY_MASK
    share = mask.window(window).astype(np.float32)
    blurred = cv2.GaussianBlur(share, (0, 0), radius, borderType=cv2.BORDER_REPLICATE)
    return Mask.from_array(blurred > 0.5, window.left, window.top)


def split_by_line(mask: Mask, first: Point, second: Point) -> tuple[Mask, Mask]:
    """The mask's pixels left and right of the line through two points, seen along the line.

    A pixel whose centre lies on the line goes to the left. The two masks never overlap, and
    together they are the mask. Two equal points leave everything on the left.
    """
    if mask.is_empty:
        return EMPTY_MASK, EMPTY_MASK
    inside = mask.crop()
    x = np.arange(mask.box.left, mask.box.right) + 0.5 - first.x
    y = np.arange(mask.box.top, mask.box.bottom) + 0.5 - first.y
    dx, dy = second.x - first.x, second.y - first.y
    is_right = dx * y[:, None] - dy * x[None, :] > 0
    left = Mask.from_array(inside & ~is_right, mask.box.left, mask.box.top)
    right = Mask.from_array(inside & is_right, mask.box.left, mask.box.top)
    return left, right


def between(first: Mask, second: Mask, share: float) -> Mask:
    """The shape on the way from one mask to another.

    Both signed distances to the edge are blended (Raya and Udupa 1990); the inside is where the
    blend is positive. Moving shapes are brought to a common centre first, so that a thing that
    moves farther than its own size does not vanish half-way.

    Args:
        first: the shape at ``share`` 0.
        second: the shape at ``share`` 1.
        share: in [0, 1].
    """
    if share <= 0 or second.is_empty:
        return first if share < 1 else second
    if share >= 1 or first.is_empty:
        return second if share > 0 else first
    (x0, y0), (x1, y1) = _centre(first), _centre(second)
    dx, dy = round(x1 - x0), round(y1 - y0)
    there = second.translated(-dx, -dy)
    window = _padded(first.box.united(there.box), 1)
    blend = (1 - share) * _depth(first, window) + share * _depth(there, window)
    shape = Mask.from_array(blend > 0, window.left, window.top)
    return shape.translated(round(dx * share), round(dy * share))


def flood(
    rgb: NDArray[np.uint8], x: int, y: int, tolerance: int, *, is_contiguous: bool = True
) -> Mask:
    """The pixels whose colour is like that of one pixel.

    Args:
        rgb: (H, W, 3) uint8.
        x: column of the pixel; must be on the picture.
        y: row of the pixel.
        tolerance: largest difference in each channel, 0..255.
        is_contiguous: only pixels connected to it (4-connected).

    Raises:
        ValueError: the pixel is not on the picture.
    """
    height, width = rgb.shape[:2]
    if not (0 <= x < width and 0 <= y < height):
        raise ValueError(f"pixel ({x}, {y}) is not on a picture of {width} x {height}")
    seed = rgb[y, x].astype(np.int16)
    low, high = np.clip(seed - tolerance, 0, 255), np.clip(seed + tolerance, 0, 255)
    alike = cv2.inRange(rgb, low.astype(np.uint8), high.astype(np.uint8))
    if not is_contiguous:
        return Mask.from_array(alike)
    reached = np.zeros((height + 2, width + 2), dtype=np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (_GREY_STEPS << 8)
    _, _, _, (left, top, wide, high_px) = cv2.floodFill(alike, reached, (x, y), 0, 0, 0, flags)
    part = reached[1 + top : 1 + top + high_px, 1 + left : 1 + left + wide]
    return Mask.from_array(part, left, top)


def _bits(mask: Mask) -> Bits:
    return mask.crop().view(np.uint8)


def _padded(box: PixelBox, margin: int) -> PixelBox:
    return PixelBox(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)


def _distance(pixels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Exact distance from each True pixel's centre to that of the nearest False pixel."""
    found = cv2.distanceTransform(pixels.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(found, dtype=np.float64)


def _centre(mask: Mask) -> tuple[float, float]:
    rows, columns = np.nonzero(mask.crop())
    return float(columns.mean()) + mask.box.left, float(rows.mean()) + mask.box.top


def _depth(mask: Mask, window: PixelBox) -> NDArray[np.float64]:
    """Signed distance to the mask's edge: positive inside, half a pixel at the edge's pixels."""
    inside = mask.window(window)
    depth: NDArray[np.float64] = np.where(inside, _distance(inside) - 0.5, 0.5 - _distance(~inside))
    return depth
