"""Turns clicks, boxes and earlier masks into tokens and maps for the mask decoder."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from sam3_annotator.model.sam_layers import ChannelNorm

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from sam3_annotator.model.tracker_config import HeadsConfig

NEGATIVE, POSITIVE, BOX_TOP_LEFT, BOX_BOTTOM_RIGHT = 0, 1, 2, 3
"""Labels of a point; a box is two points with labels 2 and 3, placed before any click."""
NOT_A_POINT = -1
"""Label of the padding point that closes every prompt."""


class ClickEncoder(nn.Module):
    """Random Fourier positions plus one learned vector per kind of point.

    ``frequencies`` stays float32 whatever the module is cast to: rounded to bfloat16 it would
    move clicks by several pixels.
    """

    def __init__(self, config: HeadsConfig) -> None:
        super().__init__()
        width, hidden = config.width, config.mask_channels
        self.config = config
        self.frequencies: Tensor
        self.register_buffer("frequencies", torch.randn(2, width // 2))
        self.labels = nn.ParameterList(nn.Parameter(torch.zeros(1, width)) for _ in range(4))
        self.not_a_point = nn.Parameter(torch.zeros(1, width))
        self.no_mask = nn.Parameter(torch.zeros(1, width))
        self.mask_net = nn.Sequential(
            nn.Conv2d(1, hidden // 4, kernel_size=2, stride=2),
            ChannelNorm(hidden // 4),
            nn.GELU(),
            nn.Conv2d(hidden // 4, hidden, kernel_size=2, stride=2),
            ChannelNorm(hidden),
            nn.GELU(),
            nn.Conv2d(hidden, width, kernel_size=1),
        )
        self._grid: Tensor | None = None

    def forward(self, points: Tensor, labels: Tensor, grid: tuple[int, int]) -> Tensor:
        """Encode the points of several prompts.

        Args:
            points: (B, P, 2) float, x and y as fractions of the model input. The half model
                pixel that the weights expect is added here, so pass pixel *indices* divided by
                the picture's size.
            labels: (B, P) int64, one of the labels of this module. ``NOT_A_POINT`` marks a
                place that holds no point.
            grid: rows and columns of the image embedding the prompt is for.

        Returns:
            (B, P + 1, C): one token per point and the closing padding point.
        """
        stride = self.config.stride
        size = points.new_tensor([grid[1] * stride, grid[0] * stride], dtype=torch.float32)
        pad = points.new_zeros(points.shape[0], 1, 2, dtype=torch.float32)
        unit = torch.cat([points.float(), pad], dim=1) + 0.5 / size
        labels = torch.cat([labels, labels.new_full((labels.shape[0], 1), NOT_A_POINT)], dim=1)
        table = torch.cat([self.not_a_point, *self.labels])  # (5, C), row = label + 1
        is_point = (labels != NOT_A_POINT)[..., None]
        waves = self._waves(unit).to(table.dtype)
        return torch.where(is_point, waves, 0.0) + table[labels + 1]

    def mask(self, logits: Tensor) -> Tensor:
        """Encode earlier masks: ``logits: (B, 1, 4 h, 4 w)`` -> (B, C, h, w)."""
        dense: Tensor = self.mask_net(logits.to(self.no_mask.dtype))
        return dense

    def without_mask(self) -> Tensor:
        """The dense prompt that says "no earlier mask", (1, C, 1, 1)."""
        return self.no_mask[..., None, None]

    def grid_positions(self, height: int, width: int) -> Tensor:
        """Positions of the cells of an image embedding, (1, C, height, width)."""
        known = self._grid
        wanted = (height, width, self.no_mask.dtype, self.no_mask.device)
        if known is None or (*known.shape[-2:], known.dtype, known.device) != wanted:
            # A table made in inference mode could not be used by a later training step.
            with torch.inference_mode(mode=False), torch.no_grad():
                known = self._cell_waves(height, width).to(self.no_mask.dtype)
            self._grid = known
        return known

    def _cell_waves(self, height: int, width: int) -> Tensor:
        device = self.frequencies.device
        x = (torch.arange(width, device=device) + 0.5) / width
        y = (torch.arange(height, device=device) + 0.5) / height
        unit = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)  # (h, w, 2)
        return self._waves(unit).permute(2, 0, 1)[None]

    def _waves(self, unit: Tensor) -> Tensor:
        """Fourier features of points in [0, 1]: ``(..., 2)`` -> (..., C), float32."""
        phase = 2 * math.pi * ((2 * unit - 1) @ self.frequencies)
        return torch.cat([phase.sin(), phase.cos()], dim=-1)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> ClickEncoder:  # noqa: FBT001, FBT002 - torch's signature
        exact = self.frequencies
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self._grid = None
        if not exact.is_meta:
            self.frequencies = exact.to(self.frequencies.device)
        return self

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        *args: Any,  # noqa: ANN401 - torch's own
    ) -> None:
        self._grid = None
        name = f"{prefix}frequencies"
        if name in state_dict:  # weights of half precision are given as they are
            state_dict[name] = state_dict[name].float()
        super()._load_from_state_dict(state_dict, prefix, *args)
