"""What the exemplar detector is punished for, prompt by prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from sam3_annotator.training.losses import box_l1, dice, focal, generalised_iou, mask_focal
from sam3_annotator.training.matching import match

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.mini_detector import Found, Proposals

ABSENT_SCORE_WEIGHT = 0.2
"""Scores of a picture without the concept count little: presence is there to say so."""


@dataclass(frozen=True, slots=True)
class DetectorWeights:
    """Loss weights."""

    score: float = 4.0
    l1: float = 5.0
    giou: float = 2.0
    presence: float = 1.0
    mask_focal: float = 20.0
    mask_dice: float = 1.0
    semantic: float = 1.0
    proposal: float = 2.0


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that one prompt should find.

    Attributes:
        boxes: (G, 4) float32, cxcywh in fractions.
        masks: (G, H/4, W/4) bool.
    """

    boxes: Tensor
    masks: Tensor


def detector_losses(
    found: Found, truths: list[Truth], weights: DetectorWeights
) -> dict[str, Tensor]:
    """Weighted losses of B prompts.

    Args:
        found: the detector's answers to B prompts.
        truths: B truths; one with no boxes means that nothing matches.
        weights: loss weights.

    Returns:
        Scalars to be added up: presence, score, l1, giou, mask, semantic, proposal.
    """
    present = torch.tensor(
        [float(len(truth.boxes) > 0) for truth in truths], device=found.presence_logit.device
    )
    count = max(1.0, float(sum(len(truth.boxes) for truth in truths)))
    sums: dict[str, list[Tensor]] = {"score": [], "l1": [], "giou": [], "mask": []}
    for row, truth in enumerate(truths):
        for layer in range(len(found.logits)):
            _match_layer(found, row, layer, truth, sums, weights)
    layers = len(found.logits)
    entropy = F.binary_cross_entropy_with_logits(found.presence_logit, present)
    losses = {
        "presence": weights.presence * entropy,
        "score": weights.score * torch.stack(sums["score"]).sum() / count / layers,
        "semantic": weights.semantic * _semantic(found.semantic_logits[:, 0].float(), truths),
        "proposal": weights.proposal * _proposals(found, truths, count),
    }
    if sums["l1"]:
        losses["l1"] = weights.l1 * torch.stack(sums["l1"]).sum() / count / layers
        losses["giou"] = weights.giou * torch.stack(sums["giou"]).sum() / count / layers
        losses["mask"] = torch.stack(sums["mask"]).sum() / count
    return losses


def _match_layer(
    found: Found,
    row: int,
    layer: int,
    truth: Truth,
    sums: dict[str, list[Tensor]],
    weights: DetectorWeights,
) -> None:
    logits, boxes = found.logits[layer][row], found.boxes[layer][row]
    queries, matched = match(logits, boxes, truth.boxes)
    target = torch.zeros_like(logits)
    target[queries] = 1.0
    weight = 1.0 if len(truth.boxes) else ABSENT_SCORE_WEIGHT
    sums["score"].append(weight * focal(logits, target).sum())
    if not len(queries):
        return
    sums["l1"].append(box_l1(boxes[queries], truth.boxes[matched]).sum())
    sums["giou"].append((1 - generalised_iou(boxes[queries], truth.boxes[matched])).sum())
    if layer == len(found.logits) - 1:
        masks = found.mask_logits[row, queries].float()
        wanted = truth.masks[matched].float()
        sums["mask"].append(
            weights.mask_focal * mask_focal(masks, wanted).sum()
            + weights.mask_dice * dice(masks, wanted).sum()
        )


def _semantic(logits: Tensor, truths: list[Truth]) -> Tensor:
    wanted = torch.stack([truth.masks.any(dim=0) for truth in truths]).float()
    present = wanted.flatten(1).any(dim=1).float()
    return (20 * mask_focal(logits, wanted)).mean() + (dice(logits, wanted) * present).mean()


def _proposals(found: Found, truths: list[Truth], count: float) -> Tensor:
    total = found.proposals.logits.new_zeros(())
    for row, truth in enumerate(truths):
        height, width = found.mask_logits.shape[-2:]
        owner = cell_owners(truth, found.proposals, (height, width))
        logits = found.proposals.logits[row].float()
        cells = torch.nonzero(owner >= 0).flatten()
        score = focal(logits, (owner >= 0).float()).sum() / max(1, len(cells))
        total = total + score / len(truths) * 4
        if len(cells):
            boxes, wanted = found.proposals.boxes[row, cells], truth.boxes[owner[cells]]
            apart = 1 - generalised_iou(boxes, wanted) + box_l1(boxes, wanted)
            total = total + apart.mean() * len(truth.boxes) / count
    return total


def cell_owners(truth: Truth, proposals: Proposals, mask_grid: tuple[int, int]) -> Tensor:
    """(S,) int64: which true thing each cell of the embedding lies on, -1 for none.

    A thing too small to own a cell gets the one its centre falls into.
    """
    cells = proposals.logits.shape[1]
    stride = round((mask_grid[0] * mask_grid[1] / cells) ** 0.5)
    rows, columns = mask_grid[0] // stride, mask_grid[1] // stride
    owner = torch.full((rows, columns), -1, dtype=torch.int64, device=truth.masks.device)
    centre = stride // 2
    for index, mask in enumerate(truth.masks):
        owner[mask[centre::stride, centre::stride]] = index
    for index, box in enumerate(truth.boxes):
        if not bool((owner == index).any()):
            row = min(rows - 1, int(box[1] * rows))
            owner[row, min(columns - 1, int(box[0] * columns))] = index
    return owner.flatten()
