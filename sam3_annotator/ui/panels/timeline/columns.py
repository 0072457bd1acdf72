"""Columns: one lane of the timeline as bytes per frame, and reduced to bytes per pixel column.

Every frame of a lane is three bytes, kept until the masklet changes; a repaint reduces them to one
value per pixel column, from halved copies where many frames share a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.masklet import SOURCE_CODES
from sam3_annotator.domain.painting import GONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.domain.masklet import Masklet
    from sam3_annotator.ui.panels.timeline.scale import Scale

    Bytes = NDArray[np.uint8]

LOW_SCORE = 0.5
"""Below this confidence a frame is hatched; the canvas draws the line at the same place."""
NO_VALUE = 255
"""In a curve: nothing is known here."""
_TOP = 250
_FOLD = 4
_LEVELS = 5


class Kind(IntEnum):
    """What a frame of a lane is; where frames share a pixel the largest is shown."""

    UNKNOWN = 0
    ABSENT = 1
    IMPORTED = 2
    INTERPOLATED = 3
    MODEL = 4
    LOW = 5
    HUMAN_ABSENT = 6
    HUMAN = 7


_OF_SOURCE = np.zeros(16, np.uint8)
for _source, _kind in (
    (Source.HUMAN, Kind.HUMAN),
    (Source.MODEL, Kind.MODEL),
    (Source.INTERPOLATED, Kind.INTERPOLATED),
    (Source.IMPORTED, Kind.IMPORTED),
):
    _OF_SOURCE[SOURCE_CODES[_source]] = _kind


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One lane, reduced to pixels.

    Attributes:
        kinds: (W,) uint8 :class:`Kind`.
        reviews: (W,) uint8 ``REVIEW_CODES``.
        scores: (W,) uint8, 0..250 for a confidence of 0..1; the least of its frames.
        areas: (W,) uint8, 0..250 for an area of 0..the lane's largest; the least of its frames.
    """

    kinds: Bytes
    reviews: Bytes
    scores: Bytes
    areas: Bytes


class LaneFrames:
    """One lane, frame by frame.

    Attributes:
        human: (K,) int32 frames that get a diamond: human frames; of a stretch that a person
            called absent the first alone.

    Args:
        masklet: what is known of the object.
        reviews: (frame_count,) uint8 ``REVIEW_CODES``, or None where nobody judged anything.
        frame_count: of the clip.
    """

    __slots__ = ("_areas", "_kinds", "_reviews", "_scores", "human")

    def __init__(self, masklet: Masklet, reviews: Bytes | None, frame_count: int) -> None:
        inside = masklet.frames < frame_count
        rows = masklet.rows[inside]
        frames = rows["frame"]
        kinds = np.zeros(frame_count, np.uint8)
        kinds[frames] = _kinds_of(rows)
        scores = np.full(frame_count, NO_VALUE, np.uint8)
        known = ~np.isnan(rows["score"])
        scores[frames[known]] = np.round(np.clip(rows["score"][known], 0, 1) * _TOP)
        areas = np.full(frame_count, NO_VALUE, np.uint8)
        largest = max(1, int(rows["area"].max(initial=0)))
        areas[frames] = np.round(rows["area"] / largest * _TOP)
        told = kinds[frames]
        goes_on = np.zeros(frames.size, np.bool_)
        goes_on[1:] = (np.diff(frames) == 1) & (told[1:] == told[:-1])
        is_marked = (told == Kind.HUMAN) | ((told == Kind.HUMAN_ABSENT) & ~goes_on)
        self.human: NDArray[np.int32] = frames[is_marked]
        self._kinds = _folded(kinds, np.maximum, 0)
        self._scores = _folded(scores, np.minimum, NO_VALUE)
        self._areas = _folded(areas, np.minimum, NO_VALUE)
        has_marks = reviews is not None and bool(reviews.any())
        self._reviews = _folded(reviews, np.maximum, 0) if reviews is not None and has_marks else ()

    @property
    def kinds(self) -> Bytes:
        """(frame_count,) uint8 :class:`Kind` of every frame."""
        return self._kinds[0]

    @property
    def reviews(self) -> Bytes:
        """(frame_count,) uint8 ``REVIEW_CODES`` of every frame."""
        return self._reviews[0] if self._reviews else np.zeros_like(self.kinds)

    @property
    def scores(self) -> Bytes:
        """(frame_count,) uint8 confidence, 0..250; :data:`NO_VALUE` for none."""
        return self._scores[0]

    def columns(self, scale: Scale) -> Columns:
        """The part of the lane that a scale shows, one value per pixel column."""
        cut = _Cut.of(scale, len(self._kinds), self._kinds[0].size)
        kinds = cut.reduced(self._kinds, np.maximum)
        reviews = np.zeros_like(kinds)
        if self._reviews:
            reviews = cut.reduced(self._reviews, np.maximum)
        kinds[scale.used_width :], reviews[scale.used_width :] = 0, 0
        return Columns(
            kinds,
            reviews,
            cut.reduced(self._scores, np.minimum),
            cut.reduced(self._areas, np.minimum),
        )


def _kinds_of(rows: NDArray[np.void]) -> Bytes:
    kinds: Bytes = _OF_SOURCE[rows["source"]]
    is_human = kinds == Kind.HUMAN
    kinds[(rows["score"] < LOW_SCORE) & ~is_human] = Kind.LOW
    is_gone = ((rows["flags"] & np.uint16(GONE)) > 0) | (rows["area"] == 0)
    kinds[is_gone] = np.where(is_human[is_gone], Kind.HUMAN_ABSENT, Kind.ABSENT)
    return kinds


def _folded(values: Bytes, reduce: np.ufunc, empty: int) -> tuple[Bytes, ...]:
    """The values, and copies in which 4, 16, 64, ... of them are one."""
    levels = [values]
    while len(levels) < _LEVELS and levels[-1].size > 4 * _FOLD:
        last = levels[-1]
        padded = np.full(-(-last.size // _FOLD) * _FOLD, empty, np.uint8)
        padded[: last.size] = last
        levels.append(reduce.reduce(padded.reshape(-1, _FOLD), axis=1))
    return tuple(levels)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """How a scale cuts lanes into pixel columns; the same for every lane of a clip.

    Attributes:
        level: which folded copy is read: the coarsest that is still finer than the pixels.
        starts: (W,) first value of every column in that copy.
        stop: one after the last value of the last column.
        is_sparse: whether columns are narrower than a frame, so that there is nothing to reduce.
    """

    level: int
    starts: NDArray[np.intp]
    stop: int
    is_sparse: bool

    @staticmethod
    @lru_cache(maxsize=4)
    def of(scale: Scale, levels: int, frame_count: int) -> _Cut:
        per_column = 1.0 / scale.frame_px
        level = 0
        while level + 1 < levels and _FOLD ** (level + 1) * 2 <= per_column:
            level += 1
        fold = _FOLD**level
        starts = scale.column_starts() // fold
        stop = min(-(-frame_count // fold), int(starts[-1]) + max(1, round(per_column / fold)))
        return _Cut(level, starts, stop, per_column <= 1.0)

    def reduced(self, levels: tuple[Bytes, ...], reduce: np.ufunc) -> Bytes:
        """One value per pixel column."""
        values = levels[self.level]
        if self.is_sparse:
            return values.take(self.starts)
        return np.asarray(reduce.reduceat(values[: self.stop], self.starts))
