"""Regions of a photo that the frozen click model is sure of, as pseudo-truth for training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from sam3_annotator.model.sam_heads import stability
from sam3_annotator.model.segmenter import Segmenter
from sam3_annotator.training.feature_cache import normalised

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.model.build_tracker import Sam2ImageModel

_CLICKS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class RegionRules:
    """Which masks count.

    Attributes:
        grid: clicks per side of the grid laid over the photo.
        side: model input, px.
        least_iou: predicted quality.
        least_stability: overlap of the mask cut at +1 and at -1.
        least_area, most_area: share of the photo.
        most_overlap: IoU with a better region from which a region is dropped.
    """

    grid: int = 10
    side: int = 1024
    least_iou: float = 0.86
    least_stability: float = 0.92
    least_area: float = 0.004
    most_area: float = 0.35
    most_overlap: float = 0.5


@torch.no_grad()
def regions(
    model: Sam2ImageModel, rgb: NDArray[np.uint8], rules: RegionRules | None = None
) -> list[NDArray[np.float32]]:
    """Segment what a grid of clicks finds.

    Args:
        model: image encoder and click heads.
        rgb: (H, W, 3) uint8.
        rules: which masks count; the default rules if None.

    Returns:
        Soft masks, (H, W) float32 in [0, 1], best predicted quality first, without duplicates.
    """
    rules = rules or RegionRules()
    small = np.asarray(
        cv2.resize(rgb, (rules.side, rules.side), interpolation=cv2.INTER_AREA), np.uint8
    )
    segmenter = Segmenter(model.heads)
    features = segmenter.features(model.encoder(normalised(small[None])))
    logits, ious = [], []
    for points in torch.split(_grid(rules.grid), _CLICKS_AT_ONCE):
        labels = torch.ones(points.shape[:2], dtype=torch.int64)
        answer = segmenter.segment(features, points=points, labels=labels)
        keep = _good(answer.logits.flatten(0, 1), answer.ious.flatten(), rules)
        logits.append(answer.logits.flatten(0, 1)[keep])
        ious.append(answer.ious.flatten()[keep])
    chosen = _without_duplicates(torch.cat(logits), torch.cat(ious), rules.most_overlap)
    height, width = rgb.shape[:2]
    if not len(chosen):
        return []
    enlarged = F.interpolate(chosen[:, None], size=(height, width), mode="bilinear")
    return [mask.numpy() for mask in enlarged[:, 0].sigmoid()]


def _grid(count: int) -> Tensor:
    """(count * count, 1, 2) click positions, fractions of the picture."""
    line = (torch.arange(count) + 0.5) / count
    return torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1).reshape(-1, 1, 2)


def _good(logits: Tensor, ious: Tensor, rules: RegionRules) -> Tensor:
    area = (logits > 0).float().mean(dim=(1, 2))
    steady = stability(logits, 1.0)
    return (
        (ious >= rules.least_iou)
        & (steady >= rules.least_stability)
        & (area >= rules.least_area)
        & (area <= rules.most_area)
    )


def _without_duplicates(logits: Tensor, ious: Tensor, most_overlap: float) -> Tensor:
    """Masks in order of quality, each only if it overlaps no better one too much."""
    kept: list[int] = []
    inside = (logits > 0).flatten(1)
    for index in ious.argsort(descending=True).tolist():
        overlaps = [
            float((inside[index] & inside[other]).sum() / (inside[index] | inside[other]).sum())
            for other in kept
        ]
        if max(overlaps, default=0.0) < most_overlap:
            kept.append(index)
    return logits[kept]
