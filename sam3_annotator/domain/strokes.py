"""Strokes: the exact pixels under a round brush that moves along a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.geometry import EMPTY_PIXEL_BOX, PixelBox
from sam3_annotator.domain.mask import EMPTY_MASK, Mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sam3_annotator.domain.geometry import Point

    Floats = NDArray[np.float64]


_LEVEL_PX = 1e-9
"""A stroke that rises less crosses no row: its ends' discs say all, and dividing would overflow."""


def stroke_mask(points: Sequence[Point], radius: float, frame: PixelBox) -> Mask:
    """The pixels whose centre a disc covers while its middle runs along a line.

    Args:
        points: corners of the line in image pixels; one point gives one disc.
        radius: of the disc in image pixels; the pixel under each point always counts.
        frame: pixels outside are dropped.
    """
    result = EMPTY_MASK
    for first, second in zip(points, points[1:] or points, strict=False):
        box, inside = capsule(first, second, radius, frame)
        result = result.union(Mask.from_array(inside, box.left, box.top))
    return result


def capsule(
    first: Point, second: Point, radius: float, frame: PixelBox
) -> tuple[PixelBox, NDArray[np.bool_]]:
    """The pixels under a disc that moves along one segment.

    The shape is convex, so each row is one span: its ends lie on one of the two end discs, or on
    one of the two straight sides.

    Returns:
        Where the pixels lie (empty when off the frame), and (box.height, box.width) bool.
    """
    reach = max(radius, 0.5)
    box = PixelBox(
        math.floor(min(first.x, second.x) - reach),
        math.floor(min(first.y, second.y) - reach),
        math.ceil(max(first.x, second.x) + reach),
        math.ceil(max(first.y, second.y) + reach),
    ).intersection(frame)
    if box.is_empty:
        return EMPTY_PIXEL_BOX, np.zeros((0, 0), dtype=np.bool_)
    rows = np.arange(box.top, box.bottom, dtype=np.float64) + 0.5
    spans = [_disc(first, radius, rows), _disc(second, radius, rows)]
    spans.extend(_sides(first, second, radius, rows))
    low = np.minimum.reduce([span[0] for span in spans])
    high = np.maximum.reduce([span[1] for span in spans])
    columns = np.arange(box.left, box.right) + 0.5
    inside = (columns >= low[:, None]) & (columns <= high[:, None])
    for point in (first, second):
        x, y = math.floor(point.x), math.floor(point.y)
        if box.left <= x < box.right and box.top <= y < box.bottom:
            inside[y - box.top, x - box.left] = True
    return box, inside


def _disc(middle: Point, radius: float, rows: Floats) -> tuple[Floats, Floats]:
    """Left and right end of a disc on each row; an empty span is (inf, -inf)."""
    rest = radius * radius - (rows - middle.y) ** 2
    half = np.sqrt(np.maximum(rest, 0.0))
    return (
        np.where(rest >= 0, middle.x - half, np.inf),
        np.where(rest >= 0, middle.x + half, -np.inf),
    )


def _sides(first: Point, second: Point, radius: float, rows: Floats) -> list[tuple[Floats, Floats]]:
    """Where each row crosses the two straight sides."""
    dx, dy = second.x - first.x, second.y - first.y
    length = math.hypot(dx, dy)
    if abs(dy) < _LEVEL_PX:
        return []
    spans = []
    for sign in (-1.0, 1.0):
        x0 = first.x - sign * dy / length * radius
        y0 = first.y + sign * dx / length * radius
        share = (rows - y0) / dy
        x = x0 + share * dx
        crosses = (share >= 0) & (share <= 1)
        spans.append((np.where(crosses, x, np.inf), np.where(crosses, x, -np.inf)))
    return spans
