"""Layers that the click heads, the memory and the SAM 2 backbone share; some serve the detector."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


class Mlp(nn.Module):
    """A stack of linear layers with an activation between them.

    Args:
        widths: channels before the first layer, between layers and after the last.
        activation: applied after every layer but the last.
    """

    def __init__(
        self, widths: tuple[int, ...], activation: Callable[[Tensor], Tensor] = F.relu
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Linear(before, after) for before, after in itertools.pairwise(widths)
        )
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """Map ``x: (..., widths[0])`` to ``(..., widths[-1])``."""
        last = len(self.layers) - 1
        for index, layer in enumerate(self.layers):
            x = layer(x)
            if index < last:
                x = self.activation(x)
        return x


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of each cell of a feature map."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise ``x: (B, C, h, w)`` over ``C``."""
        cells = super().forward(x.permute(0, 2, 3, 1))  # (B, C, h, w) -> (B, h, w, C)
        return cells.permute(0, 3, 1, 2)  # (B, h, w, C) -> (B, C, h, w)


class Attention(nn.Module):
    """Multi-head attention whose inner width may be smaller than its outer one.

    A batch of one on either side is shared with the other side's batch after projection, so
    that many prompts on one picture project the picture once.
    """

    def __init__(self, width: int, inner_width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, inner_width)
        self.key = nn.Linear(width, inner_width)
        self.value = nn.Linear(width, inner_width)
        self.output = nn.Linear(inner_width, width)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attend from ``query: (B, S, C)`` to ``key, value: (B, L, C)``; returns (B, S, C)."""
        q, k, v = self._split(self.query(query)), self._split(self.key(key)), self.value(value)
        v = self._split(v)
        batch = max(q.shape[0], k.shape[0])
        q, k, v = (x.expand(batch, -1, -1, -1) for x in (q, k, v))
        mixed = F.scaled_dot_product_attention(q, k, v)
        out: Tensor = self.output(mixed.transpose(1, 2).flatten(2))  # (B, heads, S, c) -> (B, S, C)
        return out

    def _split(self, x: Tensor) -> Tensor:
        return torch.unflatten(x, -1, (self.heads, -1)).transpose(
            1, 2
        )  # (B, S, C) -> (B, heads, S, c)


def sine_positions(height: int, width: int, channels: int, like: Tensor) -> Tensor:
    """Fixed sine positions of a feature grid (Carion et al. 2020, normalised to 2 pi).

    Args:
        height: rows of the grid.
        width: columns of the grid.
        channels: even; the first half codes the row, the second the column.
        like: tensor whose device and dtype the result takes.

    Returns:
        (1, channels, height, width), values in [-1, 1].
    """
    half = channels // 2
    exponent = 2 * torch.div(torch.arange(half), 2, rounding_mode="floor") / half
    divisor = 10000.0 ** exponent.to(torch.float32)
    rows = torch.arange(1, height + 1, dtype=torch.float32) / (height + 1e-6) * (2 * math.pi)
    columns = torch.arange(1, width + 1, dtype=torch.float32) / (width + 1e-6) * (2 * math.pi)
    y = _interleaved_waves(rows[:, None] / divisor)  # (h, half)
    x = _interleaved_waves(columns[:, None] / divisor)  # (w, half)
    y = y[:, None].expand(height, width, half)
    x = x[None].expand(height, width, half)
    grid = torch.cat([y, x], dim=-1).permute(2, 0, 1)  # (h, w, C) -> (C, h, w)
    return grid[None].to(like)


def _interleaved_waves(phase: Tensor) -> Tensor:
    """Sine at even, cosine at odd channels of ``phase: (n, channels)``."""
    return torch.stack([phase[:, 0::2].sin(), phase[:, 1::2].cos()], dim=-1).flatten(1)


def sine_times(times: Tensor, channels: int) -> Tensor:
    """Sine code of points in time.

    Args:
        times: (n,) float32.
        channels: even; the first half are sines, the second cosines.

    Returns:
        (n, channels) float32.
    """
    half = channels // 2
    index = torch.arange(half, dtype=torch.float32, device=times.device)
    divisor = 10000.0 ** (2 * torch.div(index, 2, rounding_mode="floor") / half)
    phase = times[:, None] / divisor
    return torch.cat([phase.sin(), phase.cos()], dim=-1)
