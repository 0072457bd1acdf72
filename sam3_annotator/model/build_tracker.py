"""Configurations -> modules of the SAM 2 family, ready for weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from sam3_annotator.model.fpn import Sam2Encoder
from sam3_annotator.model.sam_heads import SamHeads

if TYPE_CHECKING:
    from sam3_annotator.model.tracker_config import HeadsConfig, HieraConfig


class Sam2ImageModel(nn.Module):
    """Backbone and click heads of a SAM 2 model, without memory: for stills only."""

    def __init__(self, backbone: HieraConfig, heads: HeadsConfig) -> None:
        super().__init__()
        self.encoder = Sam2Encoder(backbone, heads.width)
        self.heads = SamHeads(heads)


def build_sam2_image(backbone: HieraConfig, heads: HeadsConfig) -> Sam2ImageModel:
    """A SAM 2 image model in evaluation mode, with unset weights."""
    return Sam2ImageModel(backbone, heads).eval()
