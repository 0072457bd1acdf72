"""Hiera, the windowed image backbone of SAM 2 (Ryali et al. 2023, as SAM 2 uses it)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.layers import attend
from sam3_annotator.model.sam_layers import Mlp

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.tracker_config import HieraConfig


class Hiera(nn.Module):
    """Picture -> four feature maps with strides 4, 8, 16 and 32."""

    def __init__(self, config: HieraConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = nn.Conv2d(3, config.width, kernel_size=7, stride=4, padding=3)
        self.background = nn.Parameter(
            torch.zeros(1, config.width, config.background, config.background)
        )
        tile = config.windows[0]
        self.tile = nn.Parameter(torch.zeros(1, config.width, tile, tile))
        self.blocks = nn.ModuleList(
            HieraBlock(config, stage, place, running)
            for running, (stage, place) in enumerate(_places(config.blocks))
        )
        self._ends = {sum(config.blocks[: stage + 1]) - 1 for stage in range(len(config.blocks))}

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Run the trunk.

        Args:
            pixels: (B, 3, H, W), ImageNet-normalised; H and W multiples of
                ``config.input_multiple``.

        Returns:
            One map per stage, finest first: (B, C_stage, H / stride, W / stride).

        Raises:
            ValueError: a side is not a multiple of ``config.input_multiple``.
        """
        multiple = self.config.input_multiple
        if pixels.shape[-1] % multiple or pixels.shape[-2] % multiple:
            sides = tuple(pixels.shape[-2:])
            raise ValueError(f"sides {sides} must be multiples of {multiple} pixels")
        x = self.stem(pixels).permute(0, 2, 3, 1)  # (B, C, h, w) -> (B, h, w, C)
        x = x + self._positions(x.shape[1], x.shape[2])
        maps = []
        for running, block in enumerate(self.blocks):
            x = block(x)
            if running in self._ends:
                maps.append(x.permute(0, 3, 1, 2))  # (B, h, w, C) -> (B, C, h, w)
        return maps

    def _positions(self, height: int, width: int) -> Tensor:
        """Coarse background enlarged to the grid, plus the fine tile repeated over it."""
        rows, columns = (_enlarging(n, self.background) for n in (height, width))
        positions = rows @ self.background[0].float() @ columns.T  # (C, b, b) -> (C, h, w)
        side = self.tile.shape[-1]
        tiles = torch.unflatten(torch.unflatten(positions, 2, (-1, side)), 1, (-1, side))
        tiles += self.tile[0].float()[:, None, :, None, :]  # a view: fills ``positions``
        return positions.permute(1, 2, 0)[None].to(self.tile.dtype)


def _enlarging(cells: int, background: Tensor) -> Tensor:
    """(cells, b) float32: shares of a bicubic enlargement along one axis.

    Both axes as two small products take a sixth of the time of torch's kernel.
    """
    side = background.shape[-1]
    steps = torch.eye(side, device=background.device)[None, None]
    return F.interpolate(steps, size=(cells, side), mode="bicubic")[0, 0]


def _places(blocks: tuple[int, ...]) -> list[tuple[int, int]]:
    """(stage, place within the stage) of every block, in order."""
    return [(stage, place) for stage, count in enumerate(blocks) for place in range(count)]


class HieraBlock(nn.Module):
    """Windowed (or global) attention and an MLP; the first block of a stage halves the grid."""

    def __init__(self, config: HieraConfig, stage: int, place: int, running: int) -> None:
        super().__init__()
        first = stage > 0 and place == 0
        widths = config.stage_widths
        width, before = widths[stage], widths[stage - 1] if first else widths[stage]
        self.pools = first and stage <= config.pooled_stages
        window = config.windows[stage - 1] if first else config.windows[stage]
        self.window = 0 if running in config.global_blocks else window
        self.norm1 = nn.LayerNorm(before, eps=config.norm_eps)
        self.attention = PooledAttention(before, width, config.heads * 2**stage, pools=self.pools)
        self.norm2 = nn.LayerNorm(width, eps=config.norm_eps)
        self.mlp = Mlp((width, int(width * config.mlp_ratio), width), F.gelu)
        self.widen = nn.Linear(before, width) if before != width else None

    def forward(self, x: Tensor) -> Tensor:
        """Map ``x: (B, h, w, C)`` to the same grid, or half of it, and the stage's width."""
        normed = self.norm1(x)
        residual = x
        if self.widen is not None:
            residual = self.widen(normed)
            residual = _halve(residual) if self.pools else residual
        x = residual + self._attend(normed, residual.shape[1], residual.shape[2])
        out: Tensor = x + self.mlp(self.norm2(x))
        return out

    def _attend(self, x: Tensor, height: int, width: int) -> Tensor:
        """Attend within windows of ``x``; ``height, width`` are the output's grid."""
        if self.window == 0:
            mixed: Tensor = self.attention(x)
            return mixed
        mixed = self.attention(split_windows(x, self.window))
        side = self.window // 2 if self.pools else self.window
        return join_windows(mixed, side, height, width)


class PooledAttention(nn.Module):
    """Self-attention within one window; the queries may be max-pooled to a coarser grid."""

    def __init__(self, width: int, width_out: int, heads: int, *, pools: bool) -> None:
        super().__init__()
        self.heads = heads
        self.pools = pools
        self.qkv = nn.Linear(width, 3 * width_out)
        self.output = nn.Linear(width_out, width_out)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``x: (B, h, w, C)`` to (B, h or h / 2, w or w / 2, C_out)."""
        query, key, value = self.qkv(x).chunk(3, dim=-1)
        if self.pools:
            query = _halve(query)
        height, width = query.shape[1:3]
        q, k, v = (self._split(t) for t in (query, key, value))
        mixed = attend(q, k, v).transpose(1, 2)
        out: Tensor = self.output(torch.unflatten(mixed.flatten(2), 1, (height, width)))
        return out

    def _split(self, x: Tensor) -> Tensor:
        tokens = torch.unflatten(x.flatten(1, 2), -1, (self.heads, -1))
        return tokens.transpose(1, 2)  # (B, h, w, C) -> (B, heads, h * w, c)


def _halve(x: Tensor) -> Tensor:
    """Max-pool ``x: (B, h, w, C)`` by two."""
    pooled = F.max_pool2d(x.permute(0, 3, 1, 2), kernel_size=2, stride=2)
    return pooled.permute(0, 2, 3, 1)


def split_windows(x: Tensor, side: int) -> Tensor:
    """Cut a grid into windows, padding with zeros at the right and the bottom.

    Args:
        x: (B, h, w, C).
        side: cells per side of a window.

    Returns:
        (B * windows, side, side, C).
    """
    x = F.pad(x, (0, 0, 0, -x.shape[2] % side, 0, -x.shape[1] % side))
    rows, columns = x.shape[1] // side, x.shape[2] // side
    x = torch.unflatten(torch.unflatten(x, 2, (columns, side)), 1, (rows, side))
    return x.transpose(2, 3).flatten(0, 2)  # (B, rows, side, columns, side, C) -> windows


def join_windows(windows: Tensor, side: int, height: int, width: int) -> Tensor:
    """Undo ``split_windows`` for a grid of ``height`` x ``width`` cells.

    Args:
        windows: (B * windows, side, side, C).
        side: cells per side of a window.
        height: rows of the grid without its padding.
        width: columns of the grid without its padding.

    Returns:
        (B, height, width, C).
    """
    rows, columns = -(-height // side), -(-width // side)
    x = torch.unflatten(windows, 0, (-1, rows, columns)).transpose(2, 3)
    x = x.flatten(3, 4).flatten(1, 2)  # (B, rows, side, columns, side, C) -> (B, h, w, C)
    return x[:, :height, :width]
