"""Describes each cell of a picture so that cells of the same thing, or kind of thing, agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.sam_heads import ImageFeatures


@dataclass(frozen=True, slots=True)
class DescriptorConfig:
    """Sizes.

    Attributes:
        embedding, mid, fine: channels of the frozen feature maps.
        hidden: hidden width.
        width: channels of a descriptor.
        dropout: share of inputs left out in training; with a few hundred concepts, 0.1 overfits.
    """

    embedding: int = 256
    mid: int = 64
    fine: int = 32
    hidden: int = 256
    width: int = 96
    dropout: float = 0.4

    @property
    def inputs(self) -> int:
        """Channels of a cell of ``cells_of``."""
        return self.embedding + 2 * self.mid + 2 * self.fine


class Descriptor(nn.Module):
    """Cells of all three feature levels -> unit vectors; trained by contrast on frozen features."""

    def __init__(self, config: DescriptorConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or DescriptorConfig()
        self.mean: Tensor
        self.spread: Tensor
        self.register_buffer("mean", torch.zeros(config.inputs))
        self.register_buffer("spread", torch.ones(config.inputs))
        self.first = nn.Linear(config.inputs, config.hidden)
        self.second = nn.Linear(config.hidden, config.hidden)
        self.third = nn.Linear(config.hidden, config.width)
        self.direct = nn.Linear(config.inputs, config.width, bias=False)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, cells: Tensor) -> Tensor:
        """Describe ``cells: (..., inputs)`` from ``cells_of``: (..., width) unit vectors."""
        x = self.drop((cells.float() - self.mean) / self.spread)
        deep = self.third(F.gelu(self.second(F.gelu(self.first(x)))))
        return F.normalize((self.direct(x) + deep).float(), dim=-1)


def cells_of(features: ImageFeatures) -> Tensor:
    """All levels at the embedding's grid: (B, h * w, embedding + 2 mid + 2 fine) float32.

    The finer levels are pooled twice, by mean and by maximum.
    """
    mid, fine = features.mid.float(), features.fine.float()
    levels = (
        features.embedding.float(),
        F.avg_pool2d(mid, 2),
        F.max_pool2d(mid, 2),
        F.avg_pool2d(fine, 4),
        F.max_pool2d(fine, 4),
    )
    return torch.cat(levels, dim=1).flatten(2).transpose(1, 2)  # (B, C, h, w) -> (B, h * w, C)
