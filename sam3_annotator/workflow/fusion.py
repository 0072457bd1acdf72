"""Fusion: one mask out of a forward and a backward pass between two human frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.domain.mask_edit import between

if TYPE_CHECKING:
    from sam3_annotator.domain.mask import Mask

DISAGREEMENT_IOU = 0.5
"""Below this overlap the passes mean different things, and a blend would be neither."""


def fused(
    first: Mask | None, first_score: float | None, second: Mask, second_score: float, weight: float
) -> tuple[Mask, float]:
    """The mask to keep on one frame, and its score.

    Where both passes agree, their outlines are blended by distance from the human frames; where
    they do not, the pass whose human frame is nearer wins. The score is lowered by the
    disagreement, which puts such frames at the top of a reviewer's queue.

    Args:
        first: mask of the first pass; None or empty when it saw nothing.
        first_score: in [0, 1].
        second: mask of the second pass.
        second_score: in [0, 1].
        weight: how much the second pass counts, in [0, 1].
    """
    before = first or EMPTY_MASK
    overlap = before.iou(second)
    nearer_score = second_score if weight >= 0.5 else (first_score or 0.0)
    score = nearer_score * (0.5 + 0.5 * overlap)
    if overlap >= DISAGREEMENT_IOU and not before.is_empty:
        return between(before, second, weight), score
    return (second if weight >= 0.5 else before), score
