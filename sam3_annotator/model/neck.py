"""Feature pyramids on the trunk, and the image encoder that joins trunk and pyramids.

The published network has a fourth, coarser level in each pyramid that is worked out and thrown
away; it is left out here. Maps are stored channels last, which is what the kernels like.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam3_annotator.model.vit import ViT

if TYPE_CHECKING:
    from sam3_annotator.model.config import DetectorConfig

Levels = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class ImageFeatures:
    """What the image encoder knows about pictures; prompts are answered from this alone.

    Attributes:
        detector: three maps (B, C, h, w) float, sides 4, 2 and 1 times the trunk's grid
            (288, 144 and 72 cells for the published model), stored channels last.
        tracker: the same from the second pyramid, for clicks and tracking; None if the network
            was built without it or it was not asked for.
    """

    detector: Levels
    tracker: Levels | None

    @property
    def batch(self) -> int:
        """Number of pictures."""
        return int(self.detector[0].shape[0])

    @property
    def size_bytes(self) -> int:
        """Memory the maps take, bytes."""
        maps = self.detector + (self.tracker or ())
        return sum(level.numel() * level.element_size() for level in maps)


class Upsample2x(nn.Module):
    """Transposed convolution of kernel and stride 2: no overlap, so one product per cell."""

    def __init__(self, width_in: int, width_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width_in, width_out, 2, 2))
        self.bias = nn.Parameter(torch.zeros(width_out))
        nn.init.trunc_normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        """(B, h, w, C) float to (B, 2h, 2w, C') float."""
        width_out = self.weight.shape[1]
        weight = self.weight.permute(2, 3, 1, 0).flatten(0, 2)
        x = torch.unflatten(F.linear(x, weight, self.bias.repeat(4)), -1, (2, 2, width_out))
        x = x.transpose(2, 3)  # (B, h, w, 2, 2, C') -> (B, h, 2, w, 2, C')
        return x.flatten(3, 4).flatten(1, 2)


class NeckLevel(nn.Module):
    """One level: double the map ``doublings`` times, halving channels, then project and smooth."""

    def __init__(self, width_in: int, width: int, doublings: int) -> None:
        super().__init__()
        widths = [width_in // 2**step for step in range(doublings + 1)]
        self.ups = nn.ModuleList(Upsample2x(a, b) for a, b in itertools.pairwise(widths))
        self.project = nn.Linear(widths[-1], width)
        self.smooth = nn.Conv2d(width, width, kernel_size=3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, h, w, C) float to (B, C', H', W') float, stored channels last."""
        for step, up in enumerate(self.ups):
            x = up(F.gelu(x) if step else x)
        out: Tensor = self.smooth(self.project(x).permute(0, 3, 1, 2))
        return out


class Neck(nn.Module):
    """Three maps of one width from the trunk's map: 4, 2 and 1 times its side."""

    def __init__(self, width_in: int, width: int) -> None:
        super().__init__()
        self.levels = nn.ModuleList(NeckLevel(width_in, width, n) for n in (2, 1, 0))

    def forward(self, x: Tensor) -> Levels:
        """(B, h, w, C) float to three (B, C', ...) float, finest first."""
        fine, middle, coarse = (level(x) for level in self.levels)
        return fine, middle, coarse


class ImageEncoder(nn.Module):
    """Trunk, detector pyramid and, where built, tracker pyramid; one trunk pass serves both."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.trunk = ViT(config.vit)
        self.neck = Neck(config.vit.width, config.width)
        self.tracker_neck = Neck(config.vit.width, config.width) if config.tracker_neck else None

    def forward(self, pixels: Tensor, *, with_tracker: bool = True) -> ImageFeatures:
        """Encode pictures.

        Args:
            pixels: (B, 3, H, W) float, in [-1, 1].
            with_tracker: also work out the tracker pyramid, if there is one.
        """
        x = self.trunk(pixels)
        wants_tracker = with_tracker and self.tracker_neck is not None
        tracker = self.tracker_neck(x) if wants_tracker and self.tracker_neck else None
        return ImageFeatures(detector=self.neck(x), tracker=tracker)
