"""Hit tests: what lies under the pointer, as pure functions of values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sam3_annotator.domain.geometry import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sam3_annotator.domain.geometry import Box
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.ui.canvas.scene import CandidateMark, CanvasObject

Ring = tuple[Point, ...]


def objects_touching(objects: Iterable[CanvasObject], box: Box) -> tuple[ObjectId, ...]:
    """The visible objects with at least one pixel in a box, bottom first."""
    window = box.pixels()
    found = []
    for item in objects:
        common = item.mask.box.intersection(window)
        if not item.is_hidden and not common.is_empty and item.mask.window(common).any():
            found.append(item.id)
    return tuple(found)


def candidate_at(candidates: Iterable[CandidateMark], point: Point) -> int | None:
    """The key of the smallest candidate that covers a point, because small ones lie inside."""
    covering = [
        mark
        for mark in candidates
        if mark.box.contains(point)
        and (mark.mask is None or mark.mask.contains(math.floor(point.x), math.floor(point.y)))
    ]
    return min(covering, key=lambda mark: mark.box.area).key if covering else None


def vertex_at(rings: Sequence[Ring], point: Point, reach: float) -> tuple[int, int] | None:
    """Ring and index of the nearest vertex within ``reach`` image pixels."""
    best, found = reach, None
    for number, ring in enumerate(rings):
        for index, vertex in enumerate(ring):
            distance = math.hypot(vertex.x - point.x, vertex.y - point.y)
            if distance <= best:
                best, found = distance, (number, index)
    return found


def edge_at(
    rings: Sequence[Ring], point: Point, reach: float
) -> tuple[tuple[int, int], Point] | None:
    """The nearest edge within ``reach``: its ring, the index of its first vertex, and the foot."""
    best, found = reach, None
    for number, ring in enumerate(rings):
        for index, first in enumerate(ring):
            foot = _foot(first, ring[(index + 1) % len(ring)], point)
            distance = math.hypot(foot.x - point.x, foot.y - point.y)
            if distance <= best:
                best, found = distance, ((number, index), foot)
    return found


def _foot(first: Point, second: Point, point: Point) -> Point:
    """The point of a segment that is nearest to another point."""
    dx, dy = second.x - first.x, second.y - first.y
    length = dx * dx + dy * dy
    if length == 0:
        return first
    share = ((point.x - first.x) * dx + (point.y - first.y) * dy) / length
    share = min(max(share, 0.0), 1.0)
    return Point(first.x + share * dx, first.y + share * dy)
