"""What the detector says about one concept on one frame, and which tracks it speaks about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from sam3_annotator.model.association import Association, affinity, associate
from sam3_annotator.model.boxes import mask_iou
from sam3_annotator.model.concept_motion import closeness
from sam3_annotator.model.preprocess import suppress_duplicates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from sam3_annotator.model.concept_life import TrackLife
    from sam3_annotator.model.concept_rules import ConceptRules
    from sam3_annotator.model.detector import DetectorOutput
    from sam3_annotator.model.track_prompts import TrackOutput


@dataclass(frozen=True, slots=True)
class Detections:
    """What the detector says about one concept on one frame; M rows, best first.

    Attributes:
        concept: its number.
        logits: (M, h, w) float32; above 0 is inside.
        scores: (M,) float32 in [0, 1].
        appearance: (M, C) float32 of length 1.
    """

    concept: int
    logits: Tensor
    scores: Tensor
    appearance: Tensor

    @property
    def masks(self) -> Tensor:
        """(M, h, w) bool."""
        return self.logits > 0


@dataclass(frozen=True, slots=True)
class Match:
    """Detections of one concept sorted out among its tracks.

    Attributes:
        association: track rows as in the ids that were given.
        overlaps: for each id that was given, the overlap (IoU) in [0, 1] of its mask with the
            nearest detection: 0 where the detector sees nothing of it.
    """

    association: Association
    overlaps: dict[int, float]


def counted(concept: int, output: DetectorOutput, rules: ConceptRules) -> Detections:
    """What of a detector's answer counts: sure enough, and each thing once."""
    scores = output.clip_scores[0]
    keeps = suppress_duplicates(
        scores,
        output.mask_logits[0],
        score_threshold=rules.min_score,
        iou_threshold=rules.duplicate_iou,
    )
    rows = torch.nonzero(keeps).flatten()
    rows = rows[scores[rows].argsort(descending=True, stable=True)]
    return Detections(
        concept,
        output.mask_logits[0, rows].float(),
        scores[rows].float(),
        F.normalize(output.queries[0, rows].float(), dim=-1),
    )


def matched(
    lives: Sequence[TrackLife],
    outputs: Mapping[int, TrackOutput],
    found: Detections,
    frame: int,
    rules: ConceptRules,
) -> Match:
    """Sort out one frame of one concept.

    Args:
        lives: of its tracks that were looked for on this frame.
        outputs: the tracker's answers for them, by object id.
        found: what the detector says.
        frame: its number.
        rules: the thresholds.
    """
    device = found.logits.device
    masks = torch.zeros(len(lives), *found.logits.shape[1:], dtype=torch.bool, device=device)
    for row, life in enumerate(lives):
        masks[row] = outputs[life.object_id].logits > 0
    likeness = _likeness(lives, found) if rules.appearance_weight else None
    near = None
    if rules.motion_weight:
        near = closeness([life.places for life in lives], found.masks, frame)
    iou = mask_iou(masks, found.masks)
    fit = affinity(iou, likeness, near, rules)
    association = associate(fit, found.scores, masks.flatten(1).any(dim=1), rules)
    nearest = iou.amax(dim=1).tolist() if len(found.scores) else [0.0] * len(lives)
    overlaps = {life.object_id: one for life, one in zip(lives, nearest, strict=True)}
    return Match(association, overlaps)


def claimed(outputs: Sequence[TrackOutput], found: Detections, rules: ConceptRules) -> set[int]:
    """Detections of what a person has pointed at already, whatever it is called.

    Args:
        outputs: of the objects that were pointed at.
        found: what the detector says.
        rules: the thresholds.
    """
    if not outputs:
        return set()
    masks = torch.stack([output.logits for output in outputs]) > 0
    same = mask_iou(masks, found.masks) >= rules.match_iou
    return set(torch.nonzero(same.any(dim=0)).flatten().tolist())


def _likeness(lives: Sequence[TrackLife], found: Detections) -> Tensor:
    nothing = torch.zeros_like(found.appearance[:1].sum(0))
    rows = [nothing if life.appearance is None else life.appearance for life in lives]
    if not rows:
        return found.appearance.new_zeros(0, found.appearance.shape[0])
    return torch.stack(rows) @ found.appearance.T
