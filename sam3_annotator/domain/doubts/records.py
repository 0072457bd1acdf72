"""Records: a reviewer's verdicts and checks as JSON text for the log, and back.

A verdict keeps the signals as they were when it was given; after a correction nobody could
measure them again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.doubts.calibration import Judged
from sam3_annotator.domain.doubts.signals import COLUMN, SIGNALS, Signal
from sam3_annotator.domain.entities import ReviewState
from sam3_annotator.domain.ids import CategoryId, FrameIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sam3_annotator.domain.doubts.evidence import Evidence
    from sam3_annotator.domain.doubts.queue import Doubt
    from sam3_annotator.domain.entities import PromptRecord

VERDICT = "verdict"
CHECK = "check"
_MOST_FRAMES = 8
"""Frames of a span that are remembered, its peak among them."""


@dataclass(frozen=True, slots=True)
class Check:
    """Somebody looked whether every instance of a category is found on a frame."""

    frame: FrameIndex
    category_id: CategoryId
    is_complete: bool
    author: str
    checked_at: float


def verdict_to_text(evidence: Evidence, doubt: Doubt, state: ReviewState) -> str:
    """What a verdict on a row of the queue was based on: the signals of some of its frames."""
    return _told(evidence, state, {int(doubt.peak), *_some(evidence, doubt.start, doubt.stop)})


def span_to_text(evidence: Evidence, start: int, stop: int, state: ReviewState) -> str:
    """The same of any span of frames, ends included; "" where a model made none of them."""
    frames = _some(evidence, start, stop)
    return _told(evidence, state, set(frames)) if frames else ""


def _some(evidence: Evidence, start: int, stop: int) -> list[int]:
    inside = evidence.frames[
        (evidence.frames >= start) & (evidence.frames <= stop) & evidence.is_open
    ]
    picked = np.linspace(0, inside.size - 1, min(_MOST_FRAMES - 1, inside.size)).round()
    chosen: list[int] = inside[picked.astype(int)].tolist()
    return chosen


def _told(evidence: Evidence, state: ReviewState, some: set[int]) -> str:
    frames = sorted(some)
    told = [[frame, _strengths_of(evidence, frame)] for frame in frames]
    return json.dumps({"state": state.value, "frames": told}, separators=(",", ":"))


def _strengths_of(evidence: Evidence, frame: int) -> dict[str, float]:
    row = int(evidence.rows_of(np.array([frame]))[0])
    strengths = evidence.strengths[row]
    return {
        signal.value: round(float(strengths[column]), 3)
        for column, signal in enumerate(SIGNALS)
        if strengths[column] > 0
    }


def judged_frames(records: Iterable[PromptRecord]) -> Judged:
    """Every frame that a verdict of the log speaks about; the newest verdict on a frame counts."""
    known = {signal.value for signal in Signal}
    found: dict[tuple[int, int, int], tuple[np.ndarray, bool, int]] = {}
    for record in sorted(records, key=lambda r: r.id):
        if record.kind != VERDICT:
            continue
        data = json.loads(record.payload)
        state = ReviewState(data["state"])
        if state is ReviewState.PROPOSED:
            continue
        for frame, strengths in data["frames"]:
            row = np.zeros(len(SIGNALS), np.float32)
            for name, strength in strengths.items():
                if name in known:
                    row[COLUMN[Signal(name)]] = strength
            key = (int(record.media_id), int(record.object_id or 0), int(frame))
            found[key] = (row, state is not ReviewState.ACCEPTED, record.id)
    return Judged(
        np.array([row for row, _, _ in found.values()], np.float32).reshape(-1, len(SIGNALS)),
        np.array([is_error for _, is_error, _ in found.values()], np.bool_),
        np.array([group for _, _, group in found.values()], np.int64),
    )


def checks(records: Iterable[PromptRecord]) -> dict[tuple[FrameIndex, CategoryId], Check]:
    """The newest check of every frame and category of one media."""
    found = {}
    for record in sorted(records, key=lambda r: r.id):
        if record.kind == CHECK:
            data = json.loads(record.payload)
            check = Check(
                record.frame,
                CategoryId(data["category"]),
                bool(data["is_complete"]),
                record.author,
                record.given_at,
            )
            found[check.frame, check.category_id] = check
    return found
