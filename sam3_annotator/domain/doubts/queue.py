"""The queue: spans of an object's frames, the likeliest errors first, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.doubts.signals import SIGNALS, Signal, Weights, squeezed
from sam3_annotator.domain.ids import FrameIndex, ObjectId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sam3_annotator.domain.doubts.evidence import Evidence

_SPREAD = 0.45
"""Frames around a peak belong to it while their log-odds stay above this share of its height."""
_LONGEST = 60
"""Frames in one row of the queue at most, so that a verdict stays about one thing."""
_PART = 600
"""Frames that are cut into spans at once."""
_TOLD = 0.25
"""Least log-odds that a signal must add to be told."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal that fired.

    Attributes:
        value: what the signal tells, see :class:`Signal`; NaN for nothing.
        weight: log-odds it adds.
        other: the second object it is about, if any.
    """

    signal: Signal
    value: float
    weight: float
    other: ObjectId | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """One row of the queue.

    Attributes:
        start: first frame of the span.
        stop: last frame, included.
        peak: the frame to look at.
        probability: chance in [0, 1] that a person would correct the peak.
        expected: number of frames of the span that a person would correct.
        reasons: strongest first; empty when nothing is unusual.
    """

    object_id: ObjectId
    start: FrameIndex
    stop: FrameIndex
    peak: FrameIndex
    probability: float
    expected: float
    reasons: tuple[Reason, ...]

    def covers(self, frame: int) -> bool:
        """Whether a frame lies in the span."""
        return self.start <= frame <= self.stop


def queue(evidences: Iterable[Evidence], weights: Weights) -> tuple[Doubt, ...]:
    """Every frame that a model made, as spans, the most doubtful first.

    Each such frame is in exactly one span. Human frames are in none.
    """
    found = [doubt for evidence in evidences for doubt in doubts_of(evidence, weights)]
    return tuple(sorted(found, key=lambda d: (-d.probability, int(d.object_id), int(d.peak))))


def doubts_of(evidence: Evidence, weights: Weights) -> list[Doubt]:
    """The spans of one object, by frame within each part and else in no particular order."""
    return [doubt for part in doubts_by_part(evidence, weights) for doubt in part]


def doubts_by_part(evidence: Evidence, weights: Weights) -> Iterator[list[Doubt]]:
    """:func:`doubts_of` a few hundred frames at a time, for those who must not be kept waiting."""
    odds = weights.log_odds(evidence.strengths)
    chances = squeezed(odds)
    heights = odds - weights.bias
    open_rows = np.flatnonzero(evidence.is_open)
    is_break = (np.diff(open_rows) > 1) | (np.diff(evidence.frames[open_rows]) > 1)
    for run in np.split(open_rows, np.flatnonzero(is_break) + 1):
        for first in range(0, run.size, _PART):
            part = run[first : first + _PART]
            low = int(part[0])
            yield [
                _doubt(evidence, weights, chances, (low + start, low + stop))
                for start, stop in _spans(heights[part].tolist())
            ]


def _spans(heights: list[float]) -> list[tuple[int, int]]:
    """Cut a run of frames at its peaks' feet; places (first, last) of every part."""
    count = len(heights)
    taken = bytearray(count)
    spans: list[tuple[int, int]] = []
    for peak in sorted(range(count), key=lambda place: -heights[place]):
        if taken[peak]:
            continue
        foot = max(heights[peak] * _SPREAD, 0.0)
        start = stop = peak
        while start > 0 and _belongs(taken, heights, start - 1, foot) and peak - start < _LONGEST:
            start -= 1
        while (
            stop < count - 1
            and _belongs(taken, heights, stop + 1, foot)
            and stop - start < _LONGEST - 1
        ):
            stop += 1
        taken[start : stop + 1] = b"\1" * (stop + 1 - start)
        spans.append((start, stop))
    return spans


def _belongs(taken: bytearray, heights: list[float], place: int, foot: float) -> bool:
    return not taken[place] and heights[place] >= foot


def _doubt(
    evidence: Evidence, weights: Weights, chances: NDArray[np.float64], span: tuple[int, int]
) -> Doubt:
    start, stop = span
    peak = start + int(np.argmax(chances[start : stop + 1]))
    return Doubt(
        evidence.object_id,
        FrameIndex(int(evidence.frames[start])),
        FrameIndex(int(evidence.frames[stop])),
        FrameIndex(int(evidence.frames[peak])),
        float(chances[peak]),
        float(chances[start : stop + 1].sum()),
        reasons_at(evidence, weights, peak),
    )


def reasons_at(evidence: Evidence, weights: Weights, row: int) -> tuple[Reason, ...]:
    """The signals that fired on one row, strongest first."""
    added = evidence.strengths[row] * np.array(weights.of_signals)
    order = np.argsort(-added, kind="stable")
    return tuple(
        Reason(
            SIGNALS[column],
            float(evidence.values[row, column]),
            float(added[column]),
            ObjectId(int(evidence.others[row, column])) if evidence.others[row, column] else None,
        )
        for column in order.tolist()
        if added[column] >= _TOLD
    )
