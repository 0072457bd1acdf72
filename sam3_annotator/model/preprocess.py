"""The customs office: pixels to network input, and network output back to the original picture.

The only place that rescales coordinates. Outside, boxes are xyxy and points xy in pixels of the
original picture, where pixel i covers [i, i + 1). Inside, boxes are cxcywh and points xy in
fractions of the picture. Pictures are stretched to the square input, without keeping their shape,
so fractions are the same on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from sam3_annotator.model.boxes import cxcywh_to_xyxy, mask_iou, xyxy_to_cxcywh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.model.detector import DetectorOutput

Size = tuple[int, int]
"""Height and width of the original picture, pixels."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a network wants to be fed.

    Attributes:
        size: side of the square input, pixels.
        mean: subtracted from each colour after it is brought to [0, 1].
        std: each colour is then divided by this.
    """

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


SAM3_INPUT = InputSpec(size=1008, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
SAM2_INPUT = InputSpec(size=1024, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def prepare_image(
    image: np.ndarray | Tensor,
    spec: InputSpec = SAM3_INPUT,
    *,
    device: torch.device | None = None,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """A picture as network input.

    Resized as bytes, bilinear with antialiasing, always on the processor: that is how the weights
    were trained, and resizing as floats differs by up to one grey level.

    Args:
        image: (H, W, 3) or (B, H, W, 3) uint8 RGB.
        spec: what the network wants.
        device: where the result goes; None leaves it on the processor.
        dtype: precision of the result.

    Returns:
        (B, 3, size, size) float; B is 1 for a single picture.

    Raises:
        ValueError: the picture is not uint8 RGB.
    """
    if isinstance(image, np.ndarray):
        shared = image.flags.writeable and image.flags.c_contiguous
        image = torch.from_numpy(image if shared else image.copy())
    if image.dtype != torch.uint8 or image.ndim not in (3, 4) or image.shape[-1] != 3:
        raise ValueError(f"expected uint8 RGB, got {image.dtype} of shape {tuple(image.shape)}")
    pixels = image.reshape(-1, *image.shape[-3:]).cpu().permute(0, 3, 1, 2)  # (B, 3, H, W)
    if pixels.shape[-2:] != (spec.size, spec.size):
        pixels = F.interpolate(
            pixels, (spec.size, spec.size), mode="bilinear", antialias=True, align_corners=False
        )
    pixels = pixels.to(device).float() / 255
    mean, std = (torch.tensor(colours, device=pixels.device) for colours in (spec.mean, spec.std))
    return ((pixels - mean[:, None, None]) / std[:, None, None]).to(dtype).contiguous()


def boxes_to_unit(boxes_xyxy_px: Tensor, size: Size) -> Tensor:
    """Boxes (..., 4) xyxy in pixels to cxcywh in fractions, float32."""
    return xyxy_to_cxcywh(boxes_xyxy_px.float() / _scale(size, boxes_xyxy_px.device))


def boxes_to_pixels(boxes_cxcywh_unit: Tensor, size: Size) -> Tensor:
    """Boxes (..., 4) cxcywh in fractions to xyxy in pixels, float32; not clipped."""
    corners = cxcywh_to_xyxy(boxes_cxcywh_unit.float())
    return corners * _scale(size, boxes_cxcywh_unit.device)


def points_to_unit(points_px: Tensor, size: Size) -> Tensor:
    """Points (..., 2) xy in pixels to fractions, float32."""
    return points_px.float() / _scale(size, points_px.device)[:2]


def _scale(size: Size, device: torch.device) -> Tensor:
    height, width = size
    return torch.tensor((width, height, width, height), dtype=torch.float32, device=device)


@dataclass(frozen=True, slots=True)
class MaskCrop:
    """A mask of the original picture, stored around the object only.

    Attributes:
        left: first column of the crop, pixels.
        top: first row of the crop, pixels.
        inside: (h, w) bool, the crop; pixels beyond it are outside the object. It may have empty
            borders, and no pixels at all for an empty mask.
    """

    left: int
    top: int
    inside: Tensor

    def whole(self, size: Size) -> Tensor:
        """The mask as (H, W) bool."""
        canvas = torch.zeros(size, dtype=torch.bool, device=self.inside.device)
        rows, columns = self.inside.shape
        canvas[self.top : self.top + rows, self.left : self.left + columns] = self.inside
        return canvas


def masks_to_pixels(mask_logits: Tensor, size: Size) -> list[MaskCrop]:
    """Masks at the size of the original picture.

    The published rule: interpolate logits bilinearly, then cut at one half of their sigmoid (D7:
    transformers takes the sigmoid first, which moves borders). Only what can become positive is
    interpolated, which for small objects on a large picture is nearly nothing.

    Args:
        mask_logits: (N, h, w) float.
        size: of the original picture.
    """
    crops = []
    for logits, spans in zip(mask_logits, _positive_spans(mask_logits), strict=True):
        rows = _covered(spans[0], spans[1], logits.shape[0], size[0])
        columns = _covered(spans[2], spans[3], logits.shape[1], size[1])
        inside = _upsample(logits, size, rows, columns) > 0
        crops.append(MaskCrop(columns.start, rows.start, inside))
    return crops


def _positive_spans(mask_logits: Tensor) -> list[list[int]]:
    """First row, end row, first column, end column of the positive cells of each mask."""
    positive = mask_logits > 0
    ends = []
    for axis in (2, 1):
        line = positive.any(axis)  # (N, h) or (N, w)
        first = line.int().argmax(1)
        last = line.shape[1] - line.flip(1).int().argmax(1)
        ends += [first, torch.where(line.any(1), last, first)]
    spans: list[list[int]] = torch.stack(ends, dim=1).tolist()
    return spans


def _covered(first: int, end: int, cells: int, pixels: int) -> range:
    """Pixels of one axis that interpolation can give a share of cells [first, end)."""
    if first == end:
        return range(0)
    low = int((first - 0.5) * pixels / cells - 0.5)
    high = int((end + 0.5) * pixels / cells - 0.5) + 2
    return range(max(0, low), min(pixels, high))


def _upsample(logits: Tensor, size: Size, rows: range, columns: range) -> Tensor:
    """Bilinear interpolation (half-pixel centres) of a window of the picture.

    (h, w) float to (len(rows), len(columns)) float32. Large windows are cut from the whole, which
    a fused kernel makes faster.
    """
    if 8 * len(rows) * len(columns) > size[0] * size[1]:
        whole = F.interpolate(logits.float()[None, None], size, mode="bilinear")[0, 0]
        return whole[rows.start : rows.stop, columns.start : columns.stop]
    low, high, share = _neighbours(rows, logits.shape[0], size[0], logits.device)
    values = logits.float()
    strips = torch.lerp(values[low], values[high], share[:, None])
    low, high, share = _neighbours(columns, logits.shape[1], size[1], logits.device)
    return torch.lerp(strips[:, low], strips[:, high], share)


def _neighbours(
    window: range, cells: int, pixels: int, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """The two cells each pixel lies between, and how far it is towards the second."""
    centres = torch.arange(window.start, window.stop, device=device, dtype=torch.float32) + 0.5
    at = (centres * (cells / pixels) - 0.5).clamp(0, cells - 1)
    low = at.long()
    return low, (low + 1).clamp_max(cells - 1), at - low


def suppress_duplicates(
    scores: Tensor, mask_logits: Tensor, *, score_threshold: float = 0.5, iou_threshold: float = 0.1
) -> Tensor:
    """Which candidates survive when each object may be found only once (published clip model).

    Best first; a candidate whose mask overlaps that of a better survivor by more than the
    threshold goes.

    Args:
        scores: (Q,) float in [0, 1].
        mask_logits: (Q, h, w) float.
        score_threshold: candidates must exceed it.
        iou_threshold: largest overlap of two survivors.

    Returns:
        (Q,) bool.
    """
    keep = torch.zeros_like(scores, dtype=torch.bool)
    order = scores.argsort(descending=True, stable=True)
    order = order[scores[order] > score_threshold]
    overlap = (mask_iou(*[mask_logits[order] > 0] * 2) > iou_threshold).tolist()
    survivors: list[int] = []
    for rank in range(len(order)):
        if not any(overlap[rank][better] for better in survivors):
            survivors.append(rank)
    keep[order[survivors]] = True
    return keep


@dataclass(frozen=True, slots=True)
class Detections:
    """What was found for one prompt, in pixels of the original picture, best first.

    Attributes:
        queries: (N,) int64, which of the detector's queries each came from.
        scores: (N,) float32 in [0, 1].
        boxes_xyxy_px: (N, 4) float32, not clipped to the picture.
        masks: N crops.
        presence: how surely the concept is in the picture at all, in [0, 1].
    """

    queries: Tensor
    scores: Tensor
    boxes_xyxy_px: Tensor
    masks: Sequence[MaskCrop]
    presence: float


def detections(
    output: DetectorOutput,
    size: Size,
    *,
    prompt: int = 0,
    score_threshold: float = 0.5,
    iou_threshold: float | None = None,
) -> Detections:
    """Candidates of one prompt that score above the threshold, in pixels.

    Args:
        output: of the detector.
        size: of the original picture.
        prompt: row of ``output``.
        score_threshold: candidates must exceed it; the published picture model uses 0.5.
        iou_threshold: drop duplicates that overlap more than this; None keeps all, as the
            published picture model does.
    """
    scores, masks = output.scores[prompt], output.mask_logits[prompt]
    keep = scores > score_threshold
    if iou_threshold is not None:
        keep = suppress_duplicates(
            scores, masks, score_threshold=score_threshold, iou_threshold=iou_threshold
        )
    found = keep.nonzero().flatten()
    found = found[scores[found].argsort(descending=True, stable=True)]
    return Detections(
        queries=found,
        scores=scores[found],
        boxes_xyxy_px=boxes_to_pixels(output.boxes[prompt, found], size),
        masks=masks_to_pixels(masks[found], size),
        presence=float(output.presence_logit[prompt].sigmoid()),
    )
