"""The neck of SAM 2: Hiera's four maps brought to one width, the coarsest feeding the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch.nn.functional as F
from torch import nn

from sam3_annotator.model.hiera import Hiera

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.tracker_config import HieraConfig


class Sam2Neck(nn.Module):
    """One 1x1 convolution per map; the stride-32 map is added into the stride-16 one only.

    Args:
        widths: channels of the trunk's maps, finest first.
        width: channels of every output map.
    """

    def __init__(self, widths: tuple[int, ...], width: int) -> None:
        super().__init__()
        # Coarsest first, as the published weights number them.
        self.lateral = nn.ModuleList(nn.Conv2d(before, width, 1) for before in reversed(widths))

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        """Project the trunk's maps.

        Args:
            maps: (B, C_stage, h, w) with strides 4, 8, 16 and 32.

        Returns:
            Three maps with strides 4, 8 and 16, each (B, width, h, w).
        """
        levels = [conv(x) for conv, x in zip(self.lateral, reversed(maps), strict=True)]
        coarsest, embedding, mid, fine = levels
        above = F.interpolate(coarsest.float(), scale_factor=2.0, mode="nearest")
        return [fine, mid, embedding + above.to(embedding.dtype)]


class Sam2Encoder(nn.Module):
    """Picture -> the three feature levels that the click heads and the tracker want."""

    def __init__(self, config: HieraConfig, width: int = 256) -> None:
        super().__init__()
        self.trunk = Hiera(config)
        self.neck = Sam2Neck(config.stage_widths, width)

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Encode pictures.

        Args:
            pixels: (B, 3, H, W), scaled to 0..1 and then ImageNet-normalised; sides multiples
                of 32 pixels.

        Returns:
            Levels with strides 4, 8 and 16: (B, width, H / stride, W / stride).
        """
        levels: list[Tensor] = self.neck(self.trunk(pixels.to(self.trunk.stem.weight.dtype)))
        return levels
