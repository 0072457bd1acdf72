"""Finds objects: 200 queries refine their boxes in six rounds; another asks "any at all?"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam3_annotator.model.boxes import cxcywh_to_xyxy, logit
from sam3_annotator.model.layers import Attention, FeedForward, sine_code
from sam3_annotator.model.sam_layers import Mlp

if TYPE_CHECKING:
    from sam3_annotator.model.config import DetectorConfig, LayerConfig


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the last round leaves.

    Attributes:
        queries: (B, Q, C) float, normed query states.
        boxes: (B, Q, 4) float32, cxcywh in fractions of the picture.
        presence_logit: (B,) float32, whether the prompt's concept is in the picture at all.
    """

    queries: Tensor
    boxes: Tensor
    presence_logit: Tensor


class DecoderLayer(nn.Module):
    """One post-norm layer: queries among themselves, with the prompt, with the picture."""

    def __init__(self, width: int, config: LayerConfig) -> None:
        super().__init__()
        self.self_attn = Attention(width, config.heads)
        self.self_norm = nn.LayerNorm(width)
        self.prompt_attn = Attention(width, config.heads)
        self.prompt_norm = nn.LayerNorm(width)
        self.image_attn = Attention(width, config.heads)
        self.image_norm = nn.LayerNorm(width)
        self.mlp = FeedForward(width, config.mlp_width, "relu")
        self.mlp_norm = nn.LayerNorm(width)

    def forward(
        self,
        x: Tensor,
        place: Tensor,
        prompt: tuple[Tensor, Tensor],
        image: tuple[Tensor, Tensor],
        image_bias: Tensor,
    ) -> Tensor:
        """(B, 1 + Q, C) float to the same; arguments as in ``QueryDecoder``.

        Args:
            x: query states, the presence token first.
            place: (B, 1 + Q, C) float, code of the queries' boxes.
            prompt: tokens (B, L, C) float, and (B, 1, 1, L) bool, False on padding.
            image: values (B, S, C) float and keys (B, S, C) float.
            image_bias: (B, heads, 1 + Q, S) float, added to the scores on the picture.
        """
        placed = x + place
        x = self.self_norm(x + self.self_attn(placed, placed, x))
        tokens, mask = prompt
        x = self.prompt_norm(x + self.prompt_attn(x + place, tokens, tokens, mask))
        values, keys = image
        x = self.image_norm(x + self.image_attn(x + place, keys, values, image_bias))
        out: Tensor = self.mlp_norm(x + self.mlp(x))
        return out


class BoxBias(nn.Module):
    """Draws each query towards the cells around its box: a score per cell from signed distances.

    Distances to the four sides are compressed logarithmically; columns and rows are scored
    separately and added.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.columns = Mlp((2, width, heads))
        self.rows = Mlp((2, width, heads))

    def forward(self, boxes: Tensor, grid: tuple[int, int], dtype: torch.dtype) -> Tensor:
        """Scores to add in attention.

        Args:
            boxes: (B, Q, 4) float32, cxcywh in fractions of the picture.
            grid: rows and columns of the feature map.
            dtype: precision of the result.

        Returns:
            (B, heads, 1 + Q, S) float; the first row, for the presence token, is zero.
        """
        x0, y0, x1, y1 = cxcywh_to_xyxy(boxes).unbind(-1)
        rows = self._axis_scores(self.rows, y0, y1, grid[0], dtype)
        columns = self._axis_scores(self.columns, x0, x1, grid[1], dtype)
        return (rows[..., :, None] + columns[..., None, :]).flatten(-2)

    @staticmethod
    def _axis_scores(mlp: Mlp, low: Tensor, high: Tensor, cells: int, dtype: torch.dtype) -> Tensor:
        """(B, heads, 1 + Q, cells); cells are measured from their left edge, as trained."""
        edges = torch.arange(cells, device=low.device, dtype=torch.float32) / cells
        away = 8 * (edges[:, None] - torch.stack((low, high), dim=-1)[:, :, None])
        compressed = away.sign() * torch.log2(away.abs() + 1) / math.log2(8)
        scores = mlp(compressed.to(dtype)).permute(0, 3, 1, 2)  # (B, Q, cells, heads) -> heads up
        return F.pad(scores, (0, 0, 1, 0))


class QueryDecoder(nn.Module):
    """Queries, boxes and presence from the prompt-conditioned picture."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        width, layers = config.width, config.decoder
        self.query_embed = nn.Parameter(torch.empty(config.queries, width))
        self.anchors = nn.Parameter(torch.empty(config.queries, 4))
        self.presence_token = nn.Parameter(torch.empty(1, width))
        for parameter in (self.query_embed, self.anchors, self.presence_token):
            nn.init.normal_(parameter)
        self.layers = nn.ModuleList(DecoderLayer(width, layers) for _ in range(layers.depth))
        self.norm = nn.LayerNorm(width)
        self.box_head = Mlp((width, width, width, 4))
        self.place_head = Mlp((2 * width, width, width))
        self.box_bias = BoxBias(width, layers.heads)
        self.presence_norm = nn.LayerNorm(width)
        self.presence_head = Mlp((width, width, width, 1))

    def forward(
        self,
        image: Tensor,
        position: Tensor,
        grid: tuple[int, int],
        prompt: tuple[Tensor, Tensor],
    ) -> Decoded:
        """Look for the prompt's objects.

        Args:
            image: (B, S, C) float, cells conditioned on the prompt.
            position: (1, S, C) float, their position code.
            grid: rows and columns of the cells.
            prompt: tokens (B, L, C) float, and (B, 1, 1, L) bool, False on padding.
        """
        batch, dtype = image.shape[0], image.dtype
        boxes = self.anchors.float().sigmoid().expand(batch, -1, -1)
        x = torch.cat((self.presence_token, self.query_embed)).expand(batch, -1, -1)
        values_keys = (image, image + position)
        queries = x[:, 1:]
        for layer in self.layers:
            place = F.pad(self.place_head(self._box_code(boxes).to(dtype)), (0, 0, 1, 0))
            x = layer(x, place, prompt, values_keys, self.box_bias(boxes, grid, dtype))
            queries = self.norm(x[:, 1:])
            boxes = (logit(boxes) + self.box_head(queries).float()).sigmoid()
        presence = self.presence_head(self.presence_norm(x[:, 0])).float().squeeze(-1)
        return Decoded(queries=queries, boxes=boxes, presence_logit=presence)

    def _box_code(self, boxes: Tensor) -> Tensor:
        """(B, Q, 4) cxcywh to (B, Q, 2C) float32; y comes before x, as trained."""
        code = sine_code(boxes[..., [1, 0, 2, 3]], self.query_embed.shape[-1] // 2)
        return code.flatten(-2)


class Scorer(nn.Module):
    """How well each query fits the prompt: a dot product with the mean prompt token."""

    LIMIT = 12.0

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.prompt_mlp = Mlp((config.width, config.score_mlp_width, config.width))
        self.prompt_norm = nn.LayerNorm(config.width)
        self.prompt_proj = nn.Linear(config.width, config.width)
        self.query_proj = nn.Linear(config.width, config.width)

    def forward(self, queries: Tensor, prompt: Tensor, is_real: Tensor) -> Tensor:
        """Score queries.

        Args:
            queries: (B, Q, C) float.
            prompt: (B, L, C) float.
            is_real: (B, L) bool, False on padding.

        Returns:
            (B, Q) float32 logits in [-12, 12].
        """
        tokens = self.prompt_norm(prompt + self.prompt_mlp(prompt))
        weight = is_real.to(tokens.dtype)[..., None]
        mean = (tokens * weight).sum(1) / weight.sum(1).clamp_min(1)
        wanted = self.prompt_proj(mean)[:, :, None]  # (B, C, 1)
        scores: Tensor = (self.query_proj(queries) @ wanted).squeeze(-1).float()
        scores = scores / math.sqrt(queries.shape[-1])
        return scores.clamp(-self.LIMIT, self.LIMIT)
