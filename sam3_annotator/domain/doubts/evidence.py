"""Evidence: every signal of one object on every frame, measured from its columns alone.

Nothing here decodes a mask; :mod:`looks` and :mod:`pairs` add what needs the pixels or a second
object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.doubts.signals import (
    COLUMN,
    SIGNALS,
    Signal,
    ramp,
)
from sam3_annotator.domain.entities import MEASURED_DETECTOR, MEASURED_PASSES
from sam3_annotator.domain.painting import GONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.masklet import Masklet

_SHORT_GAP = 5
_EDGE_PX = 2
_FAR_FRAMES = 300


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All signals of one object.

    Attributes:
        frames: (A,) int32, as in the masklet.
        strengths: (A, S) float32 in [0, 1], columns as in ``SIGNALS``; 0 says nothing is wrong.
        values: (A, S) float32, what each signal tells (see :class:`Signal`); NaN for nothing.
        others: (A, S) int32, the second object of COMPETES and SWAP; 0 for none.
        is_open: (A,) bool, whether the model made the frame; human frames are never in doubt.
        boxes_xyxy_px: (A, 4) float64; :mod:`looks` leaves out specks that the columns count.
    """

    object_id: ObjectId
    frames: NDArray[np.int32]
    strengths: NDArray[np.float32]
    values: NDArray[np.float32]
    others: NDArray[np.int32]
    is_open: NDArray[np.bool_]
    boxes_xyxy_px: NDArray[np.float64]

    def __len__(self) -> int:
        return int(self.frames.size)

    def note(
        self,
        signal: Signal,
        rows: NDArray[np.integer],
        strengths: NDArray[np.floating],
        values: NDArray[np.floating],
        other: int = 0,
    ) -> None:
        """Write a signal down on some rows, where it is stronger than what stands there."""
        column = COLUMN[signal]
        stronger = strengths > self.strengths[rows, column]
        at = rows[stronger]
        self.strengths[at, column] = strengths[stronger]
        self.values[at, column] = values[stronger]
        self.others[at, column] = other

    def rows_of(self, frames: NDArray[np.integer]) -> NDArray[np.intp]:
        """Where these frames stand; every one of them must be there."""
        return np.searchsorted(self.frames, frames)


def measure(masklet: Masklet, width: int, height: int) -> Evidence:
    """Everything that a masklet's columns tell.

    Args:
        masklet: one object of a media.
        width: of the media, pixels.
        height: of the media, pixels.
    """
    count = len(masklet)
    evidence = Evidence(
        masklet.object_id,
        masklet.frames,
        np.zeros((count, len(SIGNALS)), np.float32),
        np.full((count, len(SIGNALS)), np.nan, np.float32),
        np.zeros((count, len(SIGNALS)), np.int32),
        ~masklet.is_human,
        _boxes(masklet),
    )
    if count:
        note_jumps(evidence, masklet)
        _losses(evidence, masklet, width, height)
        _told(evidence, masklet)
        _distance(evidence, masklet)
    return evidence


def visible(masklet: Masklet) -> NDArray[np.bool_]:
    """(A,) whether each annotation has a mask."""
    rows = masklet.rows
    return np.asarray((rows["area"] > 0) & ((rows["flags"] & np.uint16(GONE)) == 0))


def centres(evidence: Evidence) -> NDArray[np.float64]:
    """(A, 2) float64 centres of the boxes, x and y in pixels."""
    return (evidence.boxes_xyxy_px[:, :2] + evidence.boxes_xyxy_px[:, 2:]) / 2


def sizes(masklet: Masklet) -> NDArray[np.float64]:
    """(A,) float64 square roots of the areas, at least 1, pixels."""
    return np.sqrt(np.maximum(masklet.rows["area"].astype(np.float64), 1.0))


def _boxes(masklet: Masklet) -> NDArray[np.float64]:
    sides = [masklet.rows[side] for side in ("left", "top", "right", "bottom")]
    return np.stack(sides, axis=1).astype(np.float64)


def note_jumps(evidence: Evidence, masklet: Masklet) -> None:
    """AREA, CENTRE and RETURN: each visible frame against the one before it."""
    for signal in (Signal.AREA, Signal.CENTRE, Signal.RETURN):
        evidence.strengths[:, COLUMN[signal]] = 0.0
    seen = np.flatnonzero(visible(masklet))
    if seen.size < 2:
        return
    frames = masklet.frames[seen].astype(np.int64)
    places, side = centres(evidence)[seen], sizes(masklet)[seen]
    gaps = np.diff(frames)
    growth = 2 * np.diff(np.log(side))
    usual = float(np.median(np.abs(growth)))
    strength = ramp(np.abs(growth) / (0.08 + 3 * usual), 1.0, 4.0)
    strength[gaps > _FAR_FRAMES] = 0.0
    evidence.note(Signal.AREA, seen[1:], strength, np.expm1(growth))
    steps = np.diff(places, axis=0) / gaps[:, None]
    course = _course(steps)
    reach = np.minimum(gaps, _SHORT_GAP)[:, None] * course
    missed = np.linalg.norm(np.diff(places, axis=0) - reach, axis=1)
    smaller = np.minimum(side[1:], side[:-1])
    missed_sizes = missed / smaller
    usual = float(np.median(missed_sizes))
    is_next = gaps == 1
    strength = ramp(missed_sizes / (0.12 + 3 * usual), 1.0, 4.0) * is_next
    evidence.note(Signal.CENTRE, seen[1:], strength, missed_sizes)
    speed = np.linalg.norm(course, axis=1) / smaller
    allowed = 0.4 + (0.03 + speed) * gaps
    strength = ramp(missed_sizes / allowed, 0.7, 2.0) * ~is_next
    evidence.note(Signal.RETURN, seen[1:], strength, missed_sizes)


def _course(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """(A - 1, 2) expected step of each frame: the median of the three before it."""
    before = np.zeros((3, *steps.shape))
    for lag in (1, 2, 3):
        before[lag - 1, lag:] = steps[:-lag]
        before[lag - 1, :lag] = before[0, 1:2] if lag > 1 and len(steps) > 1 else steps[:1]
    return np.asarray(np.median(before, axis=0))


def _losses(evidence: Evidence, masklet: Masklet, width: int, height: int) -> None:
    """LOST: runs of frames on which the model saw nothing."""
    is_gone = ~visible(masklet)
    if not is_gone.any() or is_gone.all():
        return
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_gone, [False]))))
    rows = masklet.rows
    for start, stop in edges.reshape(-1, 2).tolist():
        length = int(rows["frame"][stop - 1] - rows["frame"][start]) + 1
        strength = _loss(masklet, start, stop, (width, height))
        at = np.arange(start, stop)
        evidence.note(Signal.LOST, at, np.full(at.size, strength), np.full(at.size, float(length)))


def _loss(masklet: Masklet, start: int, stop: int, size: tuple[int, int]) -> float:
    """How strange one gap from row ``start`` to ``stop`` (excluded) is."""
    if start == 0:
        return 0.1
    last = masklet.rows[start - 1]
    length = int(masklet.rows["frame"][stop - 1] - masklet.rows["frame"][start]) + 1
    at_edge = (
        min(last["left"], last["top"]) <= _EDGE_PX
        or last["right"] >= size[0] - _EDGE_PX
        or last["bottom"] >= size[1] - _EDGE_PX
    )
    if stop < len(masklet) and length <= _SHORT_GAP:
        return 1.0
    return 0.2 if at_edge else 0.8


def _told(evidence: Evidence, masklet: Masklet) -> None:
    """SCORE, PASSES and DETECTOR: what the model itself left beside the masks."""
    scores = masklet.rows["score"]
    known = np.flatnonzero(np.isfinite(scores))
    evidence.note(Signal.SCORE, known, 1.0 - np.clip(scores[known], 0, 1), scores[known])
    for signal, name in (
        (Signal.PASSES, MEASURED_PASSES),
        (Signal.DETECTOR, MEASURED_DETECTOR),
    ):
        found = [
            (frame, value)
            for frame, attributes in masklet.attributes
            for key, value in attributes
            if key == name and isinstance(value, float | int)
        ]
        if found:
            frames = np.array([frame for frame, _ in found])
            overlaps = np.array([float(value) for _, value in found])
            rows = evidence.rows_of(frames)
            evidence.note(signal, rows, ramp(1.0 - overlaps, 0.1, 0.7), overlaps)


def _distance(evidence: Evidence, masklet: Masklet) -> None:
    """FAR: frames to the nearest human frame, or to the first one where there is none."""
    frames = masklet.frames.astype(np.int64)
    human = frames[masklet.is_human]
    if human.size == 0:
        human = frames[:1]
    after = np.searchsorted(human, frames)
    right = np.abs(human[np.minimum(after, human.size - 1)] - frames)
    left = np.abs(frames - human[np.maximum(after - 1, 0)])
    distance = np.minimum(left, right).astype(np.float64)
    strength = np.clip(np.log1p(distance) / np.log1p(_FAR_FRAMES), 0, 1)
    evidence.note(Signal.FAR, np.arange(frames.size), strength, distance)
