"""Choosing among the answers to a click on an earlier mask: a right mask must not be lost.

SAM 2's decoder answers such a click with one mask. The bundled model's often falls back to a part,
a leg for the whole person; one of the three alternatives is then close to what was there before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.inference.prompts import ClickPrompt, RawMasks

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_refinement(prompt: ClickPrompt) -> bool:
    """Whether clicks change an earlier mask and one answer is wanted."""
    return prompt.mask_logits is not None and len(prompt.points) > 0 and not prompt.wants_three


def best_refinement(answers: RawMasks, prompt: ClickPrompt) -> RawMasks:
    """The answer that does what the clicks say, is good, and leaves the rest as it was.

    Quality and overlap with the earlier mask count alike. Measured in ``docs/model_card.md``.

    Args:
        answers: M masks, the decoder's own choice first.
        prompt: a refinement, see :func:`is_refinement`.
    """
    if prompt.mask_logits is None:
        raise ValueError("there is no earlier mask to compare with")
    inside = answers.logits > 0
    before = prompt.mask_logits > 0
    obeys = np.array([_agreeing_clicks(mask, prompt) for mask in inside])
    overlap = np.array([_iou(mask, before) for mask in inside])
    worth = np.where(obeys == obeys.max(), answers.scores + overlap, -np.inf)
    chosen = int(worth.argmax())
    part = slice(chosen, chosen + 1)
    return RawMasks(answers.logits[part], answers.scores[part], answers.object_score)


def _agreeing_clicks(mask: NDArray[np.bool_], prompt: ClickPrompt) -> int:
    """How many clicks lie where they say: positive ones inside, negative ones outside."""
    height, width = mask.shape
    columns = np.clip((prompt.points[:, 0] * width).astype(int), 0, width - 1)
    rows = np.clip((prompt.points[:, 1] * height).astype(int), 0, height - 1)
    return int((mask[rows, columns] == (prompt.labels == 1)).sum())


def _iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0
