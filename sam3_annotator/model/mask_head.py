"""Draws the masks: a pixel decoder on the prompt-conditioned picture, one product per query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam3_annotator.model.layers import Attention
from sam3_annotator.model.sam_layers import Mlp

if TYPE_CHECKING:
    from sam3_annotator.model.config import DetectorConfig
    from sam3_annotator.model.neck import Levels


class UpStage(nn.Module):
    """Add the coarse map, doubled by repetition, to a finer one and smooth."""

    def __init__(self, width: int, groups: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, kernel_size=3, padding=1)
        self.norm = nn.GroupNorm(groups, width)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """(B, C, h, w) and (B or 1, C, 2h, 2w) float to (B, C, 2h, 2w) float."""
        joined = fine + F.interpolate(coarse, size=fine.shape[-2:], mode="nearest")
        return F.relu(self.norm(self.conv(joined)))


class MaskHead(nn.Module):
    """Mask logits for every query, and one semantic map for the whole prompt, at 288 x 288.

    The published network projects the pixel map once more before the product with the queries.
    Both are linear, so here the queries are projected instead: the same numbers for a thousandth
    of the work. The semantic map rides along as one more query.
    """

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        width = config.width
        self.prompt_norm = nn.LayerNorm(width)
        self.prompt_attn = Attention(width, config.mask_attention_heads)
        self.stages = nn.ModuleList(UpStage(width, config.norm_groups) for _ in range(2))
        self.query_mlp = Mlp((width, width, width, width))
        self.instance = nn.Linear(width, width)
        self.semantic = nn.Linear(width, 1)

    def forward(
        self,
        image: Tensor,
        levels: Levels,
        queries: Tensor,
        prompt: tuple[Tensor, Tensor],
    ) -> tuple[Tensor, Tensor]:
        """Masks.

        Args:
            image: (B, S, C) float, cells conditioned on the prompt.
            levels: the detector's three maps, (B or 1, C, h, w) float, finest first.
            queries: (B, Q, C) float, from the decoder.
            prompt: tokens (B, L, C) float, and (B, 1, 1, L) bool, False on padding.

        Returns:
            instance logits (B, Q, h, w) and semantic logits (B, 1, h, w), precision of ``image``;
            h and w of the finest level.
        """
        tokens, mask = prompt
        image = image + self.prompt_attn(self.prompt_norm(image), tokens, tokens, mask)
        x = torch.unflatten(image.transpose(1, 2), -1, levels[2].shape[-2:])  # (B, C, h, w)
        x = self.stages[0](x, levels[1])
        x = self.stages[1](x, levels[0])
        filters, offsets = self._filters(self.query_mlp(queries))
        cells = x.permute(0, 2, 3, 1).flatten(1, 2)  # (B, h * w, C)
        masks = torch.baddbmm(offsets, filters, cells.transpose(1, 2))
        masks = torch.unflatten(masks, -1, x.shape[-2:])
        return masks[:, :-1], masks[:, -1:]

    def _filters(self, embedded: Tensor) -> tuple[Tensor, Tensor]:
        """Queries (B, Q, C) to per-pixel filters (B, Q + 1, C) and offsets (B, Q + 1, 1)."""
        batch = embedded.shape[0]
        filters = torch.cat(
            (embedded @ self.instance.weight, self.semantic.weight.expand(batch, 1, -1)), dim=1
        )
        offsets = torch.cat(
            (embedded @ self.instance.bias, self.semantic.bias.expand(batch, 1)), dim=1
        )
        return filters, offsets[..., None]
