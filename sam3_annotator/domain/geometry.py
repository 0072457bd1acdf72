"""Points, boxes and sizes in image pixels, and the one statement of where a pixel is.

Pixel ``i`` covers ``[i, i + 1)``; its centre is ``i + 0.5``. A box ``(x0, y0, x1, y1)`` covers
``[x0, x1) x [y0, y1)``, so a one-pixel box at the origin is ``(0, 0, 1, 1)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Point:
    """A position in original-image pixels; (0, 0) is the outer corner of the top-left pixel."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned box, xyxy in original-image pixels, right and bottom exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float

    @staticmethod
    def around(first: Point, second: Point) -> Box:
        """The box whose opposite corners are the two points, in any order."""
        return Box(
            min(first.x, second.x),
            min(first.y, second.y),
            max(first.x, second.x),
            max(first.y, second.y),
        )

    @property
    def width(self) -> float:
        """Horizontal extent in pixels; 0 for an empty box."""
        return max(0.0, self.x1 - self.x0)

    @property
    def height(self) -> float:
        """Vertical extent in pixels; 0 for an empty box."""
        return max(0.0, self.y1 - self.y0)

    @property
    def area(self) -> float:
        """Covered area in square pixels."""
        return self.width * self.height

    @property
    def center(self) -> Point:
        """The middle of the box."""
        return Point((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)

    @property
    def is_empty(self) -> bool:
        """Whether the box covers nothing."""
        return self.x1 <= self.x0 or self.y1 <= self.y0

    def contains(self, point: Point) -> bool:
        """Whether the point lies inside; left and top edges belong to the box."""
        return self.x0 <= point.x < self.x1 and self.y0 <= point.y < self.y1

    def clipped(self, size: Size) -> Box:
        """The part of the box that lies on a picture of the given size."""
        return Box(
            min(max(self.x0, 0.0), float(size.width)),
            min(max(self.y0, 0.0), float(size.height)),
            min(max(self.x1, 0.0), float(size.width)),
            min(max(self.y1, 0.0), float(size.height)),
        )

    def intersection(self, other: Box) -> Box:
        """The common part; empty (zero or negative extent) when there is none."""
        return Box(
            max(self.x0, other.x0),
            max(self.y0, other.y0),
            min(self.x1, other.x1),
            min(self.y1, other.y1),
        )

    def united(self, other: Box) -> Box:
        """The smallest box around both; an empty box counts as nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def iou(self, other: Box) -> float:
        """Intersection over union in [0, 1]; 0 when both are empty."""
        common = self.intersection(other).area
        total = self.area + other.area - common
        return common / total if total > 0 else 0.0

    def padded(self, margin: float) -> Box:
        """The box grown by ``margin`` pixels on every side."""
        return Box(self.x0 - margin, self.y0 - margin, self.x1 + margin, self.y1 + margin)

    def pixels(self) -> PixelBox:
        """The smallest whole-pixel box around this one."""
        return PixelBox(
            math.floor(self.x0), math.floor(self.y0), math.ceil(self.x1), math.ceil(self.y1)
        )


@dataclass(frozen=True, slots=True)
class PixelBox:
    """A box on the pixel grid: whole-number xyxy, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Number of pixel columns, at least 0."""
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        """Number of pixel rows, at least 0."""
        return max(0, self.bottom - self.top)

    @property
    def is_empty(self) -> bool:
        """Whether no pixel is covered."""
        return self.right <= self.left or self.bottom <= self.top

    def intersection(self, other: PixelBox) -> PixelBox:
        """The common pixels; an empty box at the origin when there are none."""
        box = PixelBox(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )
        return EMPTY_PIXEL_BOX if box.is_empty else box

    def united(self, other: PixelBox) -> PixelBox:
        """The smallest pixel box around both; an empty box counts as nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return PixelBox(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def box(self) -> Box:
        """The same box with real-number edges."""
        return Box(float(self.left), float(self.top), float(self.right), float(self.bottom))


EMPTY_PIXEL_BOX = PixelBox(0, 0, 0, 0)
