"""Losses of the SAM 3 recipe; every function returns a mean or a sum the caller asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch.nn.functional as F

from sam3_annotator.model.boxes import cxcywh_to_xyxy

if TYPE_CHECKING:
    from torch import Tensor

FOCAL_ALPHA = 0.25
FOCAL_GAMMA = 2.0


def focal(
    logits: Tensor, targets: Tensor, *, alpha: float = FOCAL_ALPHA, gamma: float = FOCAL_GAMMA
) -> Tensor:
    """Focal loss (Lin et al. 2017) per element.

    Args:
        logits: any shape, float.
        targets: same shape, in [0, 1].
        alpha: weight of the positive side; negative for none.
        gamma: how strongly easy elements are turned down.
    """
    targets = targets.to(logits.dtype)
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    probability = logits.sigmoid()
    missed = probability * (1 - targets) + (1 - probability) * targets
    loss: Tensor = entropy * missed.pow(gamma)
    if alpha < 0:
        return loss
    return loss * (alpha * targets + (1 - alpha) * (1 - targets))


def dice(logits: Tensor, targets: Tensor) -> Tensor:
    """1 - soft Dice overlap per mask, with one pixel of smoothing.

    Args:
        logits: (N, h, w).
        targets: (N, h, w) in [0, 1].

    Returns:
        (N,) in [0, 1].
    """
    probability, truth = logits.sigmoid().flatten(1), targets.to(logits.dtype).flatten(1)
    shared = 2 * (probability * truth).sum(dim=1)
    return 1 - (shared + 1) / (probability.sum(dim=1) + truth.sum(dim=1) + 1)


def mask_focal(logits: Tensor, targets: Tensor) -> Tensor:
    """Focal loss averaged over each mask: (N, h, w) twice -> (N,)."""
    return focal(logits, targets).flatten(1).mean(dim=1)


def box_l1(predicted_cxcywh: Tensor, truth_cxcywh: Tensor) -> Tensor:
    """Sum of absolute differences of the four numbers: (N, 4) twice -> (N,)."""
    return (predicted_cxcywh - truth_cxcywh).abs().sum(dim=-1)


def generalised_iou(one_cxcywh: Tensor, other_cxcywh: Tensor) -> Tensor:
    """Generalised IoU (Rezatofighi et al. 2019) of paired boxes.

    Args:
        one_cxcywh, other_cxcywh: (..., 4), broadcast against each other.

    Returns:
        (...) in [-1, 1].
    """
    one, other = cxcywh_to_xyxy(one_cxcywh), cxcywh_to_xyxy(other_cxcywh)
    inner = (one[..., 2:].minimum(other[..., 2:]) - one[..., :2].maximum(other[..., :2])).clamp(0)
    outer = (one[..., 2:].maximum(other[..., 2:]) - one[..., :2].minimum(other[..., :2])).clamp(0)
    shared, hull = inner.prod(dim=-1), outer.prod(dim=-1).clamp_min(1e-7)
    area = (one[..., 2:] - one[..., :2]).clamp(0).prod(dim=-1)
    joined = area + (other[..., 2:] - other[..., :2]).clamp(0).prod(dim=-1) - shared
    return shared / joined.clamp_min(1e-7) - (hull - joined) / hull
