"""Scale: where a frame lies on the screen, and the other way round."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_FRAME_PX = 48.0
"""A frame is never wider than this."""
_TICK_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of frames laid out over some pixels; frame ``f`` covers [f, f + 1).

    Attributes:
        frame_count: frames of the clip, at least 1.
        width: pixels across, at least 1.
        first: the (fractional) frame at the left edge.
        frame_px: pixels per frame.
    """

    frame_count: int = 1
    width: int = 1
    first: float = 0.0
    frame_px: float = 1.0

    @staticmethod
    def whole(frame_count: int, width: int) -> Scale:
        """The whole clip."""
        count, across = max(1, frame_count), max(1, width)
        return Scale(count, across, 0.0, min(across / count, MAX_FRAME_PX))

    @property
    def shown(self) -> float:
        """How many frames fit."""
        return self.width / self.frame_px

    @property
    def is_whole(self) -> bool:
        """Whether the whole clip is in sight."""
        return self.shown >= self.frame_count - 1e-6

    def x_of(self, frame: float) -> float:
        """Left edge of a frame, in pixels."""
        return (frame - self.first) * self.frame_px

    def center_of(self, frame: float) -> float:
        """Middle of a frame, in pixels."""
        return (frame + 0.5 - self.first) * self.frame_px

    def frame_at(self, x: float) -> int:
        """The frame under a pixel; the nearest one outside the clip."""
        frame = math.floor(self.first + x / self.frame_px)
        return min(max(frame, 0), self.frame_count - 1)

    def zoomed(self, factor: float, x: float) -> Scale:
        """Larger (above 1) or smaller; the frame under ``x`` stays there."""
        least = min(self.width / self.frame_count, MAX_FRAME_PX)
        frame_px = min(max(self.frame_px * factor, least), MAX_FRAME_PX)
        under = self.first + x / self.frame_px
        return replace(self, frame_px=frame_px).begun_at(under - x / frame_px)

    def panned(self, pixels: float) -> Scale:
        """Moved to the left (below 0) or right."""
        return self.begun_at(self.first + pixels / self.frame_px)

    def resized(self, width: int) -> Scale:
        """Over another number of pixels; a whole clip stays whole."""
        if self.is_whole:
            return Scale.whole(self.frame_count, width)
        least = min(max(1, width) / self.frame_count, MAX_FRAME_PX)
        across = replace(self, width=max(1, width), frame_px=max(self.frame_px, least))
        return across.begun_at(self.first)

    def showing(self, frame: int) -> Scale:
        """Moved as little as needed for a frame to be in sight, with some air around it."""
        air = min(8.0, self.shown / 8)
        if frame < self.first + air:
            return self.begun_at(frame - air)
        if frame + 1 > self.first + self.shown - air:
            return self.begun_at(frame + 1 + air - self.shown)
        return self

    def column_starts(self) -> NDArray[np.intp]:
        """(width,) first frame of every pixel column, within the clip."""
        frames = np.floor(self.first + np.arange(self.width) / self.frame_px + 1e-9)
        return np.clip(frames, 0, self.frame_count - 1).astype(np.intp)

    @property
    def used_width(self) -> int:
        """Pixels that belong to the clip; the rest is empty."""
        return min(self.width, math.ceil((self.frame_count - self.first) * self.frame_px - 1e-6))

    def ticks(self, min_px: float = 72.0) -> tuple[tuple[int, ...], int]:
        """Frames that the ruler names, and how many frames apart its small marks are."""
        step = nice_step(min_px / self.frame_px)
        begin = math.floor(self.first / step) * step
        named = range(
            max(begin, 0), min(self.frame_count, math.ceil(self.first + self.shown)), step
        )
        return tuple(named), max(1, step // (10 if _leading(step) == 1 else _leading(step)))

    def begun_at(self, first: float) -> Scale:
        """Moved so that a (fractional) frame is at the left edge, as far as the clip allows."""
        last = max(0.0, self.frame_count - self.shown)
        return replace(self, first=min(max(first, 0.0), last))


def nice_step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, ... that is not below ``least``."""
    power = 1
    while True:
        for step in _TICK_STEPS:
            if step * power >= least:
                return step * power
        power *= 10


def _leading(step: int) -> int:
    while step >= 10:
        step //= 10
    return step
