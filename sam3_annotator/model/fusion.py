"""Lets the picture read the prompt: every cell attends to its picture and to the prompt tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from sam3_annotator.model.layers import Attention, FeedForward

if TYPE_CHECKING:
    from sam3_annotator.model.config import LayerConfig


class FusionLayer(nn.Module):
    """One pre-norm layer: picture with itself, picture with prompt, feed-forward."""

    def __init__(self, width: int, config: LayerConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.self_attn = Attention(width, config.heads)
        self.norm2 = nn.LayerNorm(width)
        self.prompt_attn = Attention(width, config.heads)
        self.norm3 = nn.LayerNorm(width)
        self.mlp = FeedForward(width, config.mlp_width, "relu")

    def forward(self, x: Tensor, position: Tensor, prompt: Tensor, prompt_mask: Tensor) -> Tensor:
        """(B, S, C) float to the same; see ``FusionEncoder.forward``."""
        normed = self.norm1(x)
        placed = normed + position
        x = x + self.self_attn(placed, placed, normed)
        x = x + self.prompt_attn(self.norm2(x), prompt, prompt, prompt_mask)
        out: Tensor = x + self.mlp(self.norm3(x))
        return out


class FusionEncoder(nn.Module):
    """A stack of fusion layers; there is no norm at the end."""

    def __init__(self, width: int, config: LayerConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(FusionLayer(width, config) for _ in range(config.depth))

    def forward(self, x: Tensor, position: Tensor, prompt: Tensor, prompt_mask: Tensor) -> Tensor:
        """Condition the picture on the prompt.

        Args:
            x: (B, S, C) float, cells of the coarsest detector map.
            position: (1, S, C) float, their position code.
            prompt: (B, L, C) float, prompt tokens; used without positions.
            prompt_mask: (B, 1, 1, L) bool, False on padding.

        Returns:
            (B, S, C) float.
        """
        for layer in self.layers:
            x = layer(x, position, prompt, prompt_mask)
        return x
