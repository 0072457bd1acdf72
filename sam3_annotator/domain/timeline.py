"""An object over time: spans, gaps, human frames, coverage and curves, from its columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.masklet import SOURCE_CODES
from sam3_annotator.domain.painting import GONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.domain.masklet import Masklet


class FrameKind(IntEnum):
    """What a lane of the timeline shows on a frame."""

    UNKNOWN = 0
    HUMAN = SOURCE_CODES[Source.HUMAN]
    MODEL = SOURCE_CODES[Source.MODEL]
    INTERPOLATED = SOURCE_CODES[Source.INTERPOLATED]
    IMPORTED = SOURCE_CODES[Source.IMPORTED]
    ABSENT = 8
    """Told by a model to be absent or out of view."""
    HUMAN_ABSENT = 9
    """Told by a person to be absent or out of view."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring frames of one kind, both ends included."""

    start: FrameIndex
    stop: FrameIndex
    kind: FrameKind

    def __len__(self) -> int:
        return self.stop - self.start + 1


def frame_kinds(masklet: Masklet) -> NDArray[np.uint8]:
    """(A,) uint8 :class:`FrameKind` of every annotation."""
    rows = masklet.rows
    is_gone = ((rows["flags"] & np.uint16(GONE)) > 0) | (rows["area"] == 0)
    gone = np.where(masklet.is_human, int(FrameKind.HUMAN_ABSENT), int(FrameKind.ABSENT))
    return np.where(is_gone, gone, rows["source"]).astype(np.uint8)


def lane(masklet: Masklet, frame_count: int) -> NDArray[np.uint8]:
    """(frame_count,) uint8 :class:`FrameKind` of every frame of the media."""
    kinds = np.zeros(frame_count, np.uint8)
    kinds[masklet.frames] = frame_kinds(masklet)
    return kinds


def spans(masklet: Masklet) -> tuple[Span, ...]:
    """Everything known about the object as spans, in order; unknown frames have none."""
    if not len(masklet):
        return ()
    frames, kinds = masklet.frames, frame_kinds(masklet)
    starts = _run_starts(frames, kinds)
    ends = np.append(starts[1:], frames.size) - 1
    return tuple(
        Span(FrameIndex(first), FrameIndex(last), FrameKind(kind))
        for first, last, kind in zip(
            frames[starts].tolist(), frames[ends].tolist(), kinds[starts].tolist(), strict=True
        )
    )


def _run_starts(frames: NDArray[np.int32], kinds: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Indices at which a new span begins."""
    is_new = np.ones(frames.size, np.bool_)
    is_new[1:] = (np.diff(frames) != 1) | (np.diff(kinds.astype(np.int16)) != 0)
    return np.flatnonzero(is_new)


def gaps(masklet: Masklet, start: int, stop: int) -> tuple[tuple[FrameIndex, FrameIndex], ...]:
    """Stretches of the range (ends included) about which nothing is known."""
    inside = masklet.between(start, stop).frames.astype(np.int64)
    borders = np.concatenate(([start - 1], inside, [stop + 1]))
    before = np.flatnonzero(np.diff(borders) > 1)
    return tuple(
        (FrameIndex(int(borders[i]) + 1), FrameIndex(int(borders[i + 1]) - 1)) for i in before
    )


def human_frames(masklet: Masklet) -> NDArray[np.int32]:
    """(K,) int32 frames that a person drew, corrected or accepted, ascending."""
    return masklet.frames[masklet.is_human]


def next_human_frame(masklet: Masklet, frame: int) -> FrameIndex | None:
    """The first human frame after ``frame``, or None."""
    later = human_frames(masklet)
    index = int(np.searchsorted(later, frame, side="right"))
    return FrameIndex(int(later[index])) if index < later.size else None


def previous_human_frame(masklet: Masklet, frame: int) -> FrameIndex | None:
    """The last human frame before ``frame``, or None."""
    earlier = human_frames(masklet)
    index = int(np.searchsorted(earlier, frame, side="left")) - 1
    return FrameIndex(int(earlier[index])) if index >= 0 else None


def coverage(masklet: Masklet, start: int, stop: int) -> float:
    """Share in [0, 1] of a range (ends included) about which something is known."""
    return len(masklet.between(start, stop)) / max(1, stop - start + 1)


def score_curve(masklet: Masklet, frame_count: int) -> NDArray[np.float32]:
    """(frame_count,) float32 confidence in [0, 1]; NaN where there is none."""
    curve = np.full(frame_count, np.nan, np.float32)
    curve[masklet.frames] = masklet.rows["score"]
    return curve


def area_curve(masklet: Masklet, frame_count: int) -> NDArray[np.float32]:
    """(frame_count,) float32 mask area in pixels; 0 where absent, NaN where unknown."""
    curve = np.full(frame_count, np.nan, np.float32)
    curve[masklet.frames] = masklet.rows["area"]
    return curve
