"""Outlines: polygons around a mask's exact pixels, and the pixels inside polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import EMPTY_MASK, Mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ring = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Polygon:
    """One connected piece of a mask: its outer ring, and a ring for each hole.

    Attributes:
        outer: (P, 2) float64, x and y in original-image pixels, first point not repeated.
        holes: rings like ``outer``.
    """

    outer: Ring
    holes: tuple[Ring, ...] = ()

    @property
    def rings(self) -> tuple[Ring, ...]:
        """The outer ring, then the holes."""
        return (self.outer, *self.holes)


def outlines_of(mask: Mask) -> tuple[Polygon, ...]:
    """The polygons that run along the mask's pixel edges; filling them gives the mask back.

    Vertices are pixel corners (whole numbers). Pieces that touch only at a corner belong to one
    polygon, because foreground is 8-connected.

    How: in the mask enlarged twice, every border pixel lies next to exactly one corner of the
    original grid, so OpenCV's border following visits the corners in order.
    """
    if mask.is_empty:
        return ()
    offset = np.array([mask.box.left, mask.box.top], dtype=np.int64)
    borders, parents = _borders(mask.crop())
    return _grouped([_corners(border.astype(np.int64), offset) for border in borders], parents)


def eased_outlines(pixels: NDArray[np.bool_], tolerance_px: float) -> tuple[Polygon, ...]:
    """Polygons through the middles of the pixel edges, so that slanting edges have no stairs.

    They are at most half a pixel and the tolerance (Douglas-Peucker) off the exact ones, and need
    few vertices. Holes too small for three vertices are left out.

    Args:
        pixels: (H, W) bool; coordinates count from its upper left corner.
        tolerance_px: at least 0.
    """
    if not pixels.any():
        return ()
    borders, parents = _borders(pixels)
    rings = [_eased(border, tolerance_px, is_hole=parents[i] >= 0)
             for i, border in enumerate(borders)]  # fmt: skip
    return _grouped(rings, parents)


def _borders(pixels: NDArray[np.bool_]) -> tuple[list[NDArray[np.int32]], list[int]]:
    """Border pixels of pieces and holes in twice enlarged pixels; the piece a hole is in, or -1."""
    height, width = pixels.shape
    double = cv2.resize(
        pixels.view(np.uint8), (2 * width, 2 * height), interpolation=cv2.INTER_NEAREST
    )
    found, tree = cv2.findContours(double, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    borders = [np.asarray(contour[:, 0, :], dtype=np.int32) for contour in found]
    return borders, np.asarray(tree)[0, :, 3].tolist()


def _grouped(rings: list[Ring], parents: list[int]) -> tuple[Polygon, ...]:
    """Outer rings with their holes; a ring without points is dropped."""
    holes: dict[int, list[Ring]] = {}
    for ring, parent in zip(rings, parents, strict=True):
        if parent >= 0 and len(ring):
            holes.setdefault(parent, []).append(ring)
    return tuple(
        Polygon(ring, tuple(holes.get(index, ())))
        for index, ring in enumerate(rings)
        if parents[index] < 0
    )


def simplified(polygons: Sequence[Polygon], tolerance_px: float) -> tuple[Polygon, ...]:
    """The same outlines with fewer vertices, none farther than the tolerance (Douglas-Peucker).

    Rings that would keep fewer than three vertices are left as they are when they are outer
    rings, and dropped when they are holes smaller than the tolerance.
    """
    if tolerance_px <= 0:
        return tuple(polygons)
    result = []
    for polygon in polygons:
        outer = _thinned(polygon.outer, tolerance_px)
        kept = [_thinned(hole, tolerance_px) for hole in polygon.holes]
        result.append(
            Polygon(
                outer if len(outer) >= 3 else polygon.outer,
                tuple(hole for hole in kept if len(hole) >= 3),
            )
        )
    return tuple(result)


def mask_of_rings(rings: Sequence[NDArray[np.generic]], bounds: PixelBox | None = None) -> Mask:
    """The pixels whose centres lie inside the rings by the even-odd rule.

    Args:
        rings: each (P, 2) numbers, x and y in original-image pixels, fractions allowed; closed
            by themselves. A ring inside another is a hole.
        bounds: pixels outside are dropped (usually the picture's frame).

    Raises:
        ValueError: a ring is not (P, 2) or holds a number that is not finite.
    """
    usable = [_checked(ring) for ring in rings if len(ring) >= 3]
    if not usable:
        return EMPTY_MASK
    points = np.concatenate(usable)
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int)
    window = PixelBox(int(left), int(top), int(right), int(bottom))
    if bounds is not None:
        window = window.intersection(bounds)
    if window.is_empty:
        return EMPTY_MASK
    starts = np.concatenate(usable)
    ends = np.concatenate([np.roll(ring, -1, axis=0) for ring in usable])
    return Mask.from_array(_even_odd(starts, ends, window), window.left, window.top)


def mask_of_polygons(polygons: Sequence[Polygon], bounds: PixelBox | None = None) -> Mask:
    """The pixels inside polygons, holes left out; inverse of :func:`outlines_of`."""
    return mask_of_rings([ring for polygon in polygons for ring in polygon.rings], bounds)


def _even_odd(starts: Ring, ends: Ring, window: PixelBox) -> NDArray[np.bool_]:
    """Scan-line fill: each edge flips all pixels to the right of where it crosses a row."""
    down = ends[:, 1] > starts[:, 1]
    upper = np.where(down[:, None], starts, ends)
    lower = np.where(down[:, None], ends, starts)
    # Rows whose centre line the edge crosses, upper end included and lower end not.
    first = np.clip(np.ceil(upper[:, 1] - 0.5), window.top, window.bottom).astype(np.int64)
    last = np.clip(np.ceil(lower[:, 1] - 0.5), window.top, window.bottom).astype(np.int64)
    counts = np.maximum(last - first, 0)
    edge = np.repeat(np.arange(len(starts)), counts)
    before = np.cumsum(counts) - counts
    row = first[edge] + np.arange(edge.size) - before[edge]
    run = lower[edge] - upper[edge]
    share = (row + 0.5 - upper[edge, 1]) / run[:, 1]
    x = upper[edge, 0] + share * run[:, 0]
    column = np.clip(np.ceil(x - 0.5), window.left, window.right).astype(np.int64)
    flips = np.zeros((window.height, window.width + 1), dtype=np.uint8)
    np.bitwise_xor.at(flips, (row - window.top, column - window.left), 1)
    filled = np.bitwise_xor.accumulate(flips, axis=1)[:, :-1]
    return filled.astype(np.bool_)


def _corners(border: NDArray[np.int64], offset: NDArray[np.int64]) -> Ring:
    """Pixel corners next to the border pixels of a twice enlarged mask, straight runs merged."""
    corners = (border + 1) // 2
    corners = corners[np.any(corners != np.roll(corners, 1, axis=0), axis=1)]
    back = corners - np.roll(corners, 1, axis=0)
    ahead = np.roll(corners, -1, axis=0) - corners
    turns = back[:, 0] * ahead[:, 1] != back[:, 1] * ahead[:, 0]
    return np.asarray(corners[turns] + offset, dtype=np.float64)


def _eased(border: NDArray[np.int32], tolerance_px: float, *, is_hole: bool) -> Ring:
    """The middles of the unit steps between the corners next to border pixels, thinned out."""
    corners = (border + 1) >> 1
    keys = corners[:, 0] + (corners[:, 1] << 16)
    is_new = np.empty(len(keys), np.bool_)
    is_new[0] = keys[0] != keys[-1]
    np.not_equal(keys[1:], keys[:-1], out=is_new[1:])
    corners = corners[is_new]
    twice = np.empty((len(corners), 1, 2), np.int32)  # whole numbers: half pixels counted
    np.add(corners[:-1], corners[1:], out=twice[:-1, 0])
    np.add(corners[-1], corners[0], out=twice[-1, 0])
    thin = cv2.approxPolyDP(twice, 2 * tolerance_px, True)  # noqa: FBT003
    if len(thin) < 3:
        thin = twice[:0] if is_hole else twice
    return np.multiply(thin[:, 0, :], 0.5, dtype=np.float64)


def _thinned(ring: Ring, tolerance_px: float) -> Ring:
    thin = cv2.approxPolyDP(ring.astype(np.float32)[:, None, :], tolerance_px, True)  # noqa: FBT003
    return np.array(thin[:, 0, :], dtype=np.float64)


def _checked(ring: NDArray[np.generic]) -> Ring:
    points = np.asarray(ring, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"a ring needs x and y per point, got shape {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("a ring holds a coordinate that is not a finite number")
    return points
