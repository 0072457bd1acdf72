"""Exemplar prompts of the detector: boxes and points, "like this" or "not like this", as tokens.

Each exemplar becomes one token made of its label, its coordinates, and what the picture looks like
there; one summary token follows, even when there are no exemplars. The order of tokens does not
matter to anything downstream, so padding may stand anywhere as long as it is marked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam3_annotator.errors import Rejected
from sam3_annotator.model.boxes import cxcywh_to_xyxy
from sam3_annotator.model.layers import Attention, FeedForward, sine_code

if TYPE_CHECKING:
    from sam3_annotator.model.config import DetectorConfig, LayerConfig


@dataclass(frozen=True, slots=True)
class GeometryPrompts:
    """Exemplars for each prompt of a batch.

    Attributes:
        boxes: (B, P, 4) float32, cxcywh in fractions of the picture.
        box_labels: (B, P) int64, 1 like this, 0 not like this, -1 padding.
        points: (B, P', 2) float32, xy in fractions of the picture.
        point_labels: (B, P') int64, as for boxes.
    """

    boxes: Tensor
    box_labels: Tensor
    points: Tensor
    point_labels: Tensor

    @staticmethod
    def none(batch: int, device: torch.device) -> GeometryPrompts:
        """No exemplars for ``batch`` prompts."""
        labels = torch.zeros(batch, 0, dtype=torch.int64, device=device)
        return GeometryPrompts(
            boxes=torch.zeros(batch, 0, 4, device=device),
            box_labels=labels,
            points=torch.zeros(batch, 0, 2, device=device),
            point_labels=labels,
        )

    @staticmethod
    def of_boxes(boxes: Tensor, labels: Tensor) -> GeometryPrompts:
        """Boxes (B, P, 4) and labels (B, P) alone."""
        empty = GeometryPrompts.none(boxes.shape[0], boxes.device)
        return GeometryPrompts(boxes, labels, empty.points, empty.point_labels)

    def repeated(self, batch: int) -> GeometryPrompts:
        """One prompt's exemplars for ``batch`` prompts; nothing is copied."""
        return GeometryPrompts(
            boxes=self.boxes.expand(batch, -1, -1),
            box_labels=self.box_labels.expand(batch, -1),
            points=self.points.expand(batch, -1, -1),
            point_labels=self.point_labels.expand(batch, -1),
        )

    @property
    def count(self) -> int:
        """Exemplars per prompt, padding included."""
        return int(self.boxes.shape[1] + self.points.shape[1])


def roi_weights(low: Tensor, high: Tensor, cells: int, bins: int) -> Tensor:
    """How much each cell of one axis counts for each bin of an interval, RoI-align style.

    Every bin is the mean of evenly spread samples, as many as the bin is cells long (rounded up);
    each sample is interpolated linearly between cells. Intervals shorter than a cell are widened
    to one; samples more than a cell outside count as zero. Cell i's value sits at coordinate i
    (the "not aligned" convention the weights were trained with).

    Args:
        low: (P,) float32, start of each interval, cells.
        high: (P,) float32, end of each interval, cells.
        cells: length of the axis.
        bins: parts each interval is divided into.

    Returns:
        (P, bins, cells) float32.
    """
    length = (high - low).clamp_min(1.0)
    bin_length = length / bins
    per_bin = torch.ceil(length / bins)
    most = math.ceil(cells / bins) + 1  # enough for any interval inside the picture
    sample = torch.arange(most, device=low.device, dtype=torch.float32)
    part = (sample + 0.5) / per_bin[:, None]  # (P, most), position inside a bin
    start = low[:, None] + torch.arange(bins, device=low.device) * bin_length[:, None]
    at = start[:, :, None] + (part * bin_length[:, None])[:, None]  # (P, bins, most)
    counts = (sample < per_bin[:, None])[:, None] & (at >= -1) & (at <= cells)
    share = counts / per_bin.clamp_max(most)[:, None, None]
    distance = at.clamp(0, cells - 1)[..., None] - torch.arange(cells, device=low.device)
    hat = (1 - distance.abs()).clamp_min(0)  # (P, bins, most, cells)
    return (hat * share[..., None]).sum(2)


def roi_align(features: Tensor, boxes: Tensor, bins: int) -> Tensor:
    """Pool boxes of a feature map to a grid of ``bins`` x ``bins``, in float32.

    The average of bilinear samples on a regular grid separates into rows and columns, so it is two
    small products instead of a gather.

    Args:
        features: (B or 1, C, h, w) float.
        boxes: (B, P, 4) float32, cxcywh in fractions of the picture.
        bins: side of the pooled grid.

    Returns:
        (B, P, C, bins, bins) float32.
    """
    batch, count = boxes.shape[:2]
    rows, columns = features.shape[-2:]
    scale = torch.tensor((columns, rows, columns, rows), device=boxes.device)
    left, top, right, bottom = (cxcywh_to_xyxy(boxes.float()) * scale).flatten(0, 1).unbind(-1)
    by_row = torch.unflatten(roi_weights(top, bottom, rows, bins), 0, (batch, count))
    by_column = torch.unflatten(roi_weights(left, right, columns, bins), 0, (batch, count))
    cells = features.float().permute(0, 2, 3, 1).expand(batch, -1, -1, -1)  # (B, h, w, C)
    strips = by_row.flatten(1, 2) @ cells.flatten(2)  # (B, P * bins, w * C)
    strips = strips.view(batch, count, bins, columns, -1)
    pooled: Tensor = torch.einsum("npjx,npixc->npcij", by_column, strips)
    return pooled


class GeometryLayer(nn.Module):
    """One pre-norm layer: tokens look at each other, then at the picture."""

    def __init__(self, width: int, config: LayerConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.self_attn = Attention(width, config.heads)
        self.norm2 = nn.LayerNorm(width)
        self.image_attn = Attention(width, config.heads)
        self.norm3 = nn.LayerNorm(width)
        self.mlp = FeedForward(width, config.mlp_width, "relu")

    def forward(self, x: Tensor, mask: Tensor, image: Tensor, image_keys: Tensor) -> Tensor:
        """(B, L, C) to the same; image values and keys (B or 1, S, C), mask (B, 1, 1, L) bool."""
        normed = self.norm1(x)
        x = x + self.self_attn(normed, normed, normed, mask)
        x = x + self.image_attn(self.norm2(x), image_keys, image)
        out: Tensor = x + self.mlp(self.norm3(x))
        return out


class GeometryEncoder(nn.Module):
    """Exemplars on a picture to prompt tokens of detector width."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        width = config.width
        self.bins = config.roi
        self.label_embed = nn.Embedding(2, width)
        self.summary_token = nn.Parameter(torch.zeros(1, width))
        self.image_norm = nn.LayerNorm(width)
        self.box_direct = nn.Linear(4, width)
        self.box_pooled = nn.Conv2d(width, width, kernel_size=config.roi)
        self.box_position = nn.Linear(width + 2, width)
        self.point_direct = nn.Linear(2, width) if config.point_prompts else None
        self.point_pooled = nn.Linear(width, width) if config.point_prompts else None
        self.point_position = nn.Linear(width, width) if config.point_prompts else None
        self.project = nn.Linear(width, width)
        self.norm_in = nn.LayerNorm(width)
        self.layers = nn.ModuleList(
            GeometryLayer(width, config.geometry) for _ in range(config.geometry.depth)
        )
        self.norm_out = nn.LayerNorm(width)

    def forward(
        self, prompts: GeometryPrompts, image: Tensor, image_position: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Encode exemplars.

        Args:
            prompts: exemplars for B prompts.
            image: (B or 1, C, h, w) float, the coarsest detector map.
            image_position: (1, h * w, C) float, position code of its cells.

        Returns:
            tokens (B, P + P' + 1, C) float, and (B, P + P' + 1) bool, False on padding. The order
            is points, boxes, summary.

        Raises:
            Rejected: points were given to weights that have no point branch.
        """
        batch = prompts.boxes.shape[0]
        parts = [self.summary_token.expand(batch, 1, -1)]
        real = [torch.ones(batch, 1, dtype=torch.bool, device=image.device)]
        if prompts.count:
            looks = self.image_norm(image.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
            if prompts.boxes.shape[1]:
                parts.insert(0, self._box_tokens(prompts.boxes, prompts.box_labels, looks))
                real.insert(0, prompts.box_labels >= 0)
            if prompts.points.shape[1]:
                parts.insert(0, self._point_tokens(prompts.points, prompts.point_labels, looks))
                real.insert(0, prompts.point_labels >= 0)
        x = self.norm_in(self.project(torch.cat(parts, dim=1)))
        is_real = torch.cat(real, dim=1)
        cells = image.flatten(2).transpose(1, 2)  # (B, C, h, w) -> (B, S, C)
        keys = cells + image_position
        for layer in self.layers:
            x = layer(x, is_real[:, None, None], cells, keys)
        return self.norm_out(x), is_real

    def _box_tokens(self, boxes: Tensor, labels: Tensor, looks: Tensor) -> Tensor:
        """(B, P, 4), (B, P), (B or 1, C, h, w) to (B, P, C)."""
        width, dtype = self.label_embed.embedding_dim, looks.dtype
        centre_x, centre_y, box_w, box_h = boxes.float().unbind(-1)
        place = torch.cat(
            (
                sine_code(centre_y, width // 2),
                sine_code(centre_x, width // 2),
                box_h[..., None],
                box_w[..., None],
            ),
            dim=-1,
        )
        pooled = roi_align(looks, boxes, self.bins).flatten(2)  # (B, P, C * bins * bins)
        code: Tensor = self.label_embed(labels.clamp_min(0)) + self.box_direct(boxes.to(dtype))
        code += F.linear(pooled.to(dtype), self.box_pooled.weight.flatten(1), self.box_pooled.bias)
        code += self.box_position(place.to(dtype))
        return code

    def _point_tokens(self, points: Tensor, labels: Tensor, looks: Tensor) -> Tensor:
        """(B, P, 2), (B, P), (B or 1, C, h, w) to (B, P, C)."""
        if self.point_direct is None or self.point_pooled is None or self.point_position is None:
            raise Rejected("These weights have no point exemplars; use a box instead.")
        width, dtype = self.label_embed.embedding_dim, looks.dtype
        x, y = points.float().unbind(-1)
        place = torch.cat((sine_code(x, width // 2), sine_code(y, width // 2)), dim=-1)
        looks = looks.float().expand(points.shape[0], -1, -1, -1)
        seen = F.grid_sample(looks, points.float()[:, :, None] * 2 - 1, align_corners=False)
        seen = seen[..., 0].transpose(1, 2)  # (B, C, P, 1) -> (B, P, C)
        code: Tensor = self.label_embed(labels.clamp_min(0)) + self.point_direct(points.to(dtype))
        code += self.point_pooled(seen.to(dtype))
        code += self.point_position(place.to(dtype))
        return code
