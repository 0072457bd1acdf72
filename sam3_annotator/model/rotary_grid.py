"""Rotary positions on a grid of cells: pairs of channels turned by column or by row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class GridRotation:
    """Cosines and sines of every cell of a grid.

    Attributes:
        cos: (S, C / 2) float32, cells row by row; the first half of the pairs turns with the
            column, the second with the row.
        sin: (S, C / 2) float32.
        grid: rows and columns.
    """

    cos: Tensor
    sin: Tensor
    grid: tuple[int, int]

    def columns(self) -> GridRotation:
        """The part that depends on the column: (w, C / 4)."""
        half, width = self.cos.shape[1] // 2, self.grid[1]
        return replace(self, cos=self.cos[:width, :half], sin=self.sin[:width, :half])

    def rows(self) -> GridRotation:
        """The part that depends on the row: (h, C / 4)."""
        half, width = self.cos.shape[1] // 2, self.grid[1]
        return replace(self, cos=self.cos[::width, half:], sin=self.sin[::width, half:])


@lru_cache(maxsize=8)
def grid_rotation(
    height: int, width: int, channels: int, theta: float, device: torch.device
) -> GridRotation:
    """Axial rotary table (Su et al. 2021, on two axes as in SAM 2).

    Args:
        height: rows of the grid.
        width: columns of the grid.
        channels: of the vectors to be turned, a multiple of 4.
        theta: base of the frequencies.
        device: where the table is kept.
    """
    # A table made in inference mode could not be used by a later training step.
    with torch.inference_mode(mode=False):
        return _table(height, width, channels, theta, device)


def _table(
    height: int, width: int, channels: int, theta: float, device: torch.device
) -> GridRotation:
    steps = torch.arange(0, channels, 4, device=device).float() / channels
    frequencies = 1.0 / theta**steps
    cells = torch.arange(height * width, device=device)
    columns = (cells % width).float()[:, None] * frequencies
    rows = torch.div(cells, width, rounding_mode="floor").float()[:, None] * frequencies
    angles = torch.cat([columns, rows], dim=1)
    return GridRotation(angles.cos(), angles.sin(), (height, width))


def rotate(x: Tensor, rotation: GridRotation) -> Tensor:
    """Turn neighbouring channel pairs of ``x: (..., S, C)`` by position, in float32."""
    pairs = torch.unflatten(x.float(), -1, (-1, 2))
    first, second = pairs.unbind(-1)
    turned = torch.stack(
        [
            first * rotation.cos - second * rotation.sin,
            second * rotation.cos + first * rotation.sin,
        ],
        dim=-1,
    )
    return turned.flatten(-2).to(x.dtype)
