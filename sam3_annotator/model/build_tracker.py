"""Configurations -> modules of the SAM 2 family and of SAM 3's tracker, ready for weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from sam3_annotator.model.fpn import Sam2Encoder
from sam3_annotator.model.sam_heads import SamHeads
from sam3_annotator.model.tracker_net import TrackerNet

if TYPE_CHECKING:
    from sam3_annotator.model.tracker_config import (
        HeadsConfig,
        HieraConfig,
        Sam2Config,
        TrackerConfig,
    )


class Sam2Model(nn.Module):
    """A whole SAM 2 or 2.1: image backbone, click heads and memory."""

    def __init__(self, config: Sam2Config) -> None:
        super().__init__()
        self.encoder = Sam2Encoder(config.backbone, config.tracker.heads.width)
        self.tracker = TrackerNet(config.tracker)


class Sam2ImageModel(nn.Module):
    """Backbone and click heads of a SAM 2 model, without memory: for stills only."""

    def __init__(self, backbone: HieraConfig, heads: HeadsConfig) -> None:
        super().__init__()
        self.encoder = Sam2Encoder(backbone, heads.width)
        self.heads = SamHeads(heads)


def build_sam2(config: Sam2Config) -> Sam2Model:
    """A SAM 2 model in evaluation mode, with unset weights."""
    return Sam2Model(config).eval()


def build_sam2_image(backbone: HieraConfig, heads: HeadsConfig) -> Sam2ImageModel:
    """A SAM 2 image model in evaluation mode, with unset weights."""
    return Sam2ImageModel(backbone, heads).eval()


def build_tracker_net(config: TrackerConfig) -> TrackerNet:
    """A tracker without backbone (SAM 3 brings its own) in evaluation mode, weights unset."""
    return TrackerNet(config).eval()
