"""One-to-one assignment of predictions to truth (Hungarian algorithm)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from scipy.optimize import linear_sum_assignment

from sam3_annotator.training.losses import box_l1, generalised_iou

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class MatchCosts:
    """Weights of the three costs, as in SAM 3's recipe."""

    score: float = 2.0
    l1: float = 5.0
    giou: float = 2.0


@torch.no_grad()
def match(
    logits: Tensor, boxes_cxcywh: Tensor, truth_cxcywh: Tensor, costs: MatchCosts | None = None
) -> tuple[Tensor, Tensor]:
    """Assign each true box its own prediction at least total cost.

    Args:
        logits: (Q,) scores.
        boxes_cxcywh: (Q, 4) predicted boxes.
        truth_cxcywh: (G, 4) true boxes, G <= Q.
        costs: weights; the defaults if None.

    Returns:
        Two (G,) int64 tensors beside the scores: prediction numbers and the true boxes they belong
        to.
    """
    costs = costs or MatchCosts()
    if not len(truth_cxcywh):
        empty = torch.zeros(0, dtype=torch.int64, device=logits.device)
        return empty, empty
    wanted = -logits.float().sigmoid()[:, None]
    far = box_l1(boxes_cxcywh.float()[:, None], truth_cxcywh.float()[None])
    apart = -generalised_iou(boxes_cxcywh.float()[:, None], truth_cxcywh.float()[None])
    cost = costs.score * wanted + costs.l1 * far + costs.giou * apart
    rows, columns = linear_sum_assignment(cost.cpu().numpy())
    return torch.from_numpy(rows).to(logits.device), torch.from_numpy(columns).to(logits.device)
