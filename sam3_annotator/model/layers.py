"""Parts that the image, text and detection networks share: attention, feed-forward, position codes.

Every table of positions is worked out in float32, whatever the precision of the network, and kept
per size, device and precision.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Activation = Literal["relu", "gelu"]

TILE_SCORES = 2**22
"""Attention scores worked on at once on a processor: 8 MB in bfloat16."""
TILE_HEADS = 4
"""Heads among which they are shared; fewer heads make taller, faster products."""
TILED_KEYS = 128
"""With fewer keys the fused kernel is as fast."""


class TableCache:
    """Keeps tables that depend on nothing but sizes, device and precision.

    Owned by the module that uses the tables, so they go when it goes. Tables are ordinary tensors
    even when first asked for under ``inference_mode``: training may use them later.
    """

    def __init__(self) -> None:
        self._tables: dict[Hashable, Tensor] = {}

    def get(self, key: Hashable, make: Callable[[], Tensor]) -> Tensor:
        """The table called ``key``; ``make`` is called the first time only."""
        table = self._tables.get(key)
        if table is None:
            with torch.inference_mode(mode=False), torch.no_grad():
                table = make()
            self._tables[key] = table
        return table


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, S, C) to (B, heads, S, C / heads), without a copy."""
    return torch.unflatten(x, -1, (heads, -1)).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """(B, heads, S, C / heads) back to (B, S, C)."""
    return x.transpose(1, 2).flatten(2)


def attend(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, *, causal: bool = False
) -> Tensor:
    """Scaled dot-product attention by the fastest exact kernel at hand.

    Args:
        q: (B, heads, S, d) float.
        k: (B, heads, L, d) float.
        v: (B, heads, L, d) float.
        mask: broadcastable to (B, heads, S, L); bool, True where looking is allowed, or float,
            added to the scores.
        causal: let position i see positions up to i only.

    Returns:
        (B, heads, S, d) float.
    """
    wants_gradient = torch.is_grad_enabled() and (q.requires_grad or k.requires_grad)
    is_plain = mask is None and not causal and not wants_gradient
    if is_plain and q.is_cpu and q.dtype is torch.bfloat16 and k.shape[2] >= TILED_KEYS:
        return _attend_in_tiles(q, k, v)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)


def _attend_in_tiles(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The same for bfloat16 on a processor, 2.5 times as fast as the fused kernel.

    WORKAROUND(torch, 2.13): without AMX the fused kernel multiplies in float32. Tiles of scores
    that stay in the cache go through the bfloat16 product instead; the price is that scores are
    rounded to bfloat16, which doubles the rounding error of the result (0.4 % instead of 0.2 %).
    """
    batch, heads, length, width = q.shape
    tiles = math.ceil(min(TILE_HEADS, heads) * length * k.shape[2] / TILE_SCORES)
    rows = math.ceil(length / tiles)
    q, k, v = (q * width**-0.5).contiguous(), k.contiguous(), v.contiguous()
    out = torch.empty(batch, length, heads, width, dtype=q.dtype, device=q.device).transpose(1, 2)
    for index, head in product(range(batch), range(0, heads, TILE_HEADS)):
        group = slice(head, head + TILE_HEADS)
        keys, values = k[index, group].transpose(1, 2), v[index, group]
        for start in range(0, length, rows):
            tile = slice(start, start + rows)
            weights = torch.bmm(q[index, group, tile], keys).softmax(-1)
            out[index, group, tile] = torch.bmm(weights, values)
    return out


class Attention(nn.Module):
    """Multi-head attention whose three input projections are stored as one, as published.

    Inputs that are the very same tensor are projected together in one product.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        mask: Tensor | None = None,
        *,
        causal: bool = False,
    ) -> Tensor:
        """Mix ``value`` by the likeness of ``query`` to ``key``.

        Args:
            query: (B, S, C) float.
            key: (B or 1, L, C) float; one row serves the whole batch.
            value: (B or 1, L, C) float.
            mask: broadcastable to (B, heads, S, L); bool, True where looking is allowed, or float,
                added to the scores.
            causal: let position i see positions up to i only.

        Returns:
            (B, S, C) float.
        """
        q, k, v = (split_heads(x, self.heads) for x in self._project(query, key, value))
        if k.shape[0] != q.shape[0]:
            k, v = (x.expand(q.shape[0], -1, -1, -1) for x in (k, v))
        mixed = attend(q, k, v, mask, causal=causal)
        out: Tensor = self.proj(merge_heads(mixed))
        return out

    def _project(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        weight, bias, width = self.qkv.weight, self.qkv.bias, query.shape[-1]
        if query is key and key is value:
            q, k, v = F.linear(query, weight, bias).chunk(3, dim=-1)
        elif query is key:
            q, k = F.linear(query, weight[: 2 * width], bias[: 2 * width]).chunk(2, dim=-1)
            v = F.linear(value, weight[2 * width :], bias[2 * width :])
        elif key is value:
            q = F.linear(query, weight[:width], bias[:width])
            k, v = F.linear(key, weight[width:], bias[width:]).chunk(2, dim=-1)
        else:
            q, k, v = (
                F.linear(x, w, b)
                for x, w, b in zip((query, key, value), weight.chunk(3), bias.chunk(3), strict=True)
            )
        return q, k, v


class FeedForward(nn.Module):
    """Two linear layers with an activation between them, applied to each position alone."""

    def __init__(self, width: int, hidden: int, activation: Activation) -> None:
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """(..., C) float to (..., C) float."""
        hidden = self.fc1(x)
        if self.activation == "relu":
            hidden = F.relu(hidden, inplace=not hidden.requires_grad)
        else:
            hidden = F.gelu(hidden)
        out: Tensor = self.fc2(hidden)
        return out


def axial_rotary(
    positions_xy: Tensor, head_width: int, *, theta: float = 10000.0, scale: float = 1.0
) -> Tensor:
    """Rotations that tell attention where a token lies on a grid (RoPE, one half per axis).

    Channels (2i, 2i + 1) form a complex pair. The first half of the pairs turns with x, the second
    with y, both by frequencies ``theta ** (-4k / head_width)``.

    Args:
        positions_xy: (S, 2) column and row of each token, cells.
        head_width: channels of one attention head, a multiple of four.
        scale: multiplies the positions; below 1 it squeezes a large grid into the trained range.

    Returns:
        (S, head_width / 2) complex64, unit length.
    """
    steps = torch.arange(0, head_width, 4, device=positions_xy.device, dtype=torch.float32)
    frequencies = theta ** (-steps / head_width)
    angles = (positions_xy.float() * scale)[:, :, None] * frequencies  # (S, 2, head_width / 4)
    angles = angles.flatten(1)
    return torch.polar(torch.ones_like(angles), angles)


def rotate(x: Tensor, rotations: Tensor) -> Tensor:
    """Turn each channel pair of queries or keys, in float32.

    Args:
        x: (..., C) float, C even.
        rotations: complex64, broadcastable to (..., C / 2).

    Returns:
        (..., C), precision of ``x``.
    """
    pairs = torch.view_as_complex(torch.unflatten(x.float(), -1, (-1, 2)))
    return torch.view_as_real(pairs * rotations).flatten(-2).to(x.dtype)


def sine_code(positions: Tensor, width: int, *, temperature: float = 10000.0) -> Tensor:
    """Sines and cosines of a coordinate, in turns: even channels sine, odd channels cosine.

    Args:
        positions: (...) float; 1 is one full turn of the first channel pair.
        width: channels, even.

    Returns:
        (..., width) float32.
    """
    steps = torch.arange(0, width, 2, device=positions.device, dtype=torch.float32)
    angles = positions.float()[..., None] * (2 * math.pi) / temperature ** (steps / width)
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)


def sine_map(rows: int, columns: int, width: int, device: torch.device) -> Tensor:
    """Position code of a grid: half the channels for the row, then half for the column.

    Cells count from 1 and the last one lies at one full turn.

    Returns:
        (rows, columns, width) float32.
    """
    half = width // 2
    y, x = (
        sine_code(torch.arange(1, n + 1, device=device, dtype=torch.float32) / (n + 1e-6), half)
        for n in (rows, columns)
    )
    return torch.cat((y[:, None].expand(-1, columns, -1), x[None].expand(rows, -1, -1)), dim=-1)
