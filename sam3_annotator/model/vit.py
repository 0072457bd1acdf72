"""The SAM 3 image trunk: a vision transformer that looks mostly through windows ("PE-L+").

Tokens are kept window by window from the first layer to the last, not row by row: attention within
windows then needs no copying, and attention over the whole grid does not care about the order as
long as the position rotations are in the same order. They are put back into rows once, at the end.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam3_annotator.model.layers import (
    FeedForward,
    TableCache,
    attend,
    axial_rotary,
    merge_heads,
    rotate,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sam3_annotator.model.config import ViTConfig


WINDOWS_AT_ONCE_ON_CPU = 3


def to_windows(x: Tensor, window: int) -> Tensor:
    """Reorder a grid into its windows: (B, h, w, ...) to (B, h * w, ...), window after window."""
    batch, rows, columns = x.shape[:3]
    x = x.reshape(batch, rows // window, window, columns // window, window, *x.shape[3:])
    return x.transpose(2, 3).flatten(1, 4)


def from_windows(x: Tensor, rows: int, columns: int, window: int) -> Tensor:
    """The inverse of ``to_windows``: (B, h * w, ...) to (B, h, w, ...)."""
    x = torch.unflatten(x, 1, (rows // window, columns // window, window, window))
    return x.transpose(2, 3).flatten(3, 4).flatten(1, 2)


class PatchEmbed(nn.Module):
    """Cuts the picture into patches, window by window, and projects each; no bias."""

    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width, 3, patch, patch))
        nn.init.trunc_normal_(self.weight, std=0.02)

    def forward(self, pixels: Tensor, window: int) -> Tensor:
        """Args and result: pixels (B, 3, H, W) float to tokens (B, S, C) float, by windows."""
        patch = self.weight.shape[-1]
        grid = torch.unflatten(torch.unflatten(pixels, 3, (-1, patch)), 2, (-1, patch))
        grid = grid.permute(0, 2, 4, 1, 3, 5)  # (B, 3, h, p, w, p) -> (B, h, w, 3, p, p)
        tokens = to_windows(grid, window).flatten(2)
        return F.linear(tokens, self.weight.flatten(1))


class RotaryAttention(nn.Module):
    """Self-attention within groups of tokens, queries and keys turned by position."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor, rotations: Tensor) -> Tensor:
        """Attend.

        Args:
            x: (B, S, C) float, tokens of one group.
            rotations: (S, C / heads / 2) complex64.
        """
        qkv = torch.unflatten(self.qkv(x), -1, (3, self.heads, -1))  # (B, S, 3, heads, d)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each (B, heads, S, d)
        mixed = attend(rotate(q, rotations), rotate(k, rotations), v)
        out: Tensor = self.proj(merge_heads(mixed))
        return out


class Block(nn.Module):
    """One pre-norm transformer block; ``is_global`` says whether it attends over the whole grid."""

    def __init__(self, config: ViTConfig, *, is_global: bool) -> None:
        super().__init__()
        self.is_global = is_global
        self.norm1 = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.attn = RotaryAttention(config.width, config.heads)
        self.norm2 = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.mlp = FeedForward(config.width, config.mlp_width, "gelu")

    def forward(self, x: Tensor, rotations: Tensor) -> Tensor:
        """(B, S, C) float to the same; tokens of one row attend to each other."""
        x = x + self.attn(self.norm1(x), rotations)
        out: Tensor = x + self.mlp(self.norm2(x))
        return out


def _run(blocks: Iterable[nn.Module], x: Tensor, rotations: Tensor) -> Tensor:
    for block in blocks:
        x = block(x, rotations)
    return x


class ViT(nn.Module):
    """Picture to one feature map at a fourteenth of its size."""

    def __init__(self, config: ViTConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbed(config.width, config.patch)
        self.position = nn.Parameter(torch.zeros(1, config.position_grid**2, config.width))
        nn.init.trunc_normal_(self.position, std=0.02)
        self.norm_pre = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.blocks = nn.ModuleList(
            Block(config, is_global=index in config.global_blocks) for index in range(config.depth)
        )
        self._tables = TableCache()

    def forward(self, pixels: Tensor) -> Tensor:
        """Encode pictures.

        Args:
            pixels: (B, 3, H, W) float, in [-1, 1]; H and W multiples of patch x window.

        Returns:
            (B, h, w, C) float, the residual stream after the last block; h = H / patch.

        Raises:
            ValueError: the picture cannot be cut into whole windows.
        """
        rows, columns = (side // self.config.patch for side in pixels.shape[-2:])
        unit = self.config.patch * self.config.window
        if pixels.shape[-2] % unit or pixels.shape[-1] % unit:
            raise ValueError(f"picture of {tuple(pixels.shape[-2:])} is no multiple of {unit}")
        x = self.patch_embed(pixels, self.config.window)
        x = self.norm_pre(x + self.position[:, self._position_index(rows, columns, x.device)])
        for is_global, blocks in groupby(self.blocks, key=lambda block: block.is_global):
            if is_global:
                x = _run(blocks, x, self._rotations(rows, columns, x.device))
            else:
                x = self._run_windows(list(blocks), x)
        return from_windows(x, rows, columns, self.config.window)

    def _run_windows(self, blocks: list[nn.Module], x: Tensor) -> Tensor:
        """(B, S, C) through blocks that look no further than their window.

        Windows are strangers until the next global block. A processor takes a few of them through
        all the blocks before the next few, so that what passes between layers stays in its cache.
        """
        window = self.config.window
        rotations = self._rotations(window, window, x.device)
        windows = x.reshape(-1, window * window, x.shape[-1])
        if not x.is_cpu:
            return _run(blocks, windows, rotations).view_as(x)
        parts = torch.split(windows, WINDOWS_AT_ONCE_ON_CPU)
        return torch.cat([_run(blocks, part, rotations) for part in parts]).view_as(x)

    def _position_index(self, rows: int, columns: int, device: torch.device) -> Tensor:
        """(S,) int64: the row of the learned table for each token; the table repeats, unscaled."""

        def make() -> Tensor:
            side = self.config.position_grid
            y, x = (torch.arange(n, device=device) % side for n in (rows, columns))
            return to_windows((y[:, None] * side + x)[None], self.config.window)[0]

        return self._tables.get(("position", rows, columns, device), make)

    def _rotations(self, rows: int, columns: int, device: torch.device) -> Tensor:
        """(S, d / 2) complex64, by windows; grids beyond the window are squeezed into its range."""

        def make() -> Tensor:
            y, x = torch.meshgrid(
                torch.arange(rows, device=device),
                torch.arange(columns, device=device),
                indexing="ij",
            )
            xy = to_windows(torch.stack((x, y), dim=-1)[None], self.config.window)[0].float()
            squeeze = torch.tensor((columns, rows), device=device) / self.config.window
            head_width = self.config.width // self.config.heads
            return axial_rotary(xy / squeeze, head_width, theta=self.config.rope_theta)

        return self._tables.get(("rotations", rows, columns, device), make)
