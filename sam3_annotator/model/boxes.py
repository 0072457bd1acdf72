"""Boxes as tensors: the two formats and overlap, all in whatever unit the caller uses."""

from __future__ import annotations

import torch
from torch import Tensor


def cxcywh_to_xyxy(boxes_cxcywh: Tensor) -> Tensor:
    """Centre and size to corners.

    Args:
        boxes_cxcywh: (..., 4) float, centre x, centre y, width, height.

    Returns:
        (..., 4) float, left, top, right, bottom.
    """
    centre, size = boxes_cxcywh[..., :2], boxes_cxcywh[..., 2:]
    half = 0.5 * size
    return torch.cat((centre - half, centre + half), dim=-1)


def xyxy_to_cxcywh(boxes_xyxy: Tensor) -> Tensor:
    """Corners to centre and size; the inverse of ``cxcywh_to_xyxy``.

    Args:
        boxes_xyxy: (..., 4) float, left, top, right, bottom.

    Returns:
        (..., 4) float, centre x, centre y, width, height.
    """
    low, high = boxes_xyxy[..., :2], boxes_xyxy[..., 2:]
    return torch.cat(((low + high) * 0.5, high - low), dim=-1)


def box_iou(one_xyxy: Tensor, other_xyxy: Tensor) -> Tensor:
    """Overlap of every box with every other.

    Args:
        one_xyxy: (N, 4) float, corners.
        other_xyxy: (P, 4) float, corners in the same unit.

    Returns:
        (N, P) float, intersection over union in [0, 1]; 0 where both boxes are empty.
    """
    low = torch.maximum(one_xyxy[:, None, :2], other_xyxy[None, :, :2])
    high = torch.minimum(one_xyxy[:, None, 2:], other_xyxy[None, :, 2:])
    common = (high - low).clamp_min(0).prod(-1)
    areas = [
        (boxes[:, 2:] - boxes[:, :2]).clamp_min(0).prod(-1) for boxes in (one_xyxy, other_xyxy)
    ]
    union = areas[0][:, None] + areas[1][None] - common
    return torch.where(union > 0, common / union.clamp_min(1e-12), 0.0)


def mask_iou(one: Tensor, other: Tensor) -> Tensor:
    """Overlap of every mask with every other.

    Args:
        one: (N, h, w) bool.
        other: (P, h, w) bool.

    Returns:
        (N, P) float32, intersection over union in [0, 1]; 0 where both masks are empty.
    """
    a, b = one.flatten(1).float(), other.flatten(1).float()
    common = a @ b.T
    union = a.sum(-1)[:, None] + b.sum(-1)[None] - common
    return torch.where(union > 0, common / union.clamp_min(1), 0.0)


def logit(probability: Tensor, *, margin: float = 1e-3) -> Tensor:
    """Inverse sigmoid that never leaves [-6.907, 6.907] at the default margin.

    Args:
        probability: float, fractions; values outside [0, 1] are clamped.
        margin: nearest that a value may come to 0 or 1. The weights were trained with 1e-3.
    """
    inside = probability.clamp(0, 1)
    return torch.log(inside.clamp_min(margin) / (1 - inside).clamp_min(margin))
