"""Models of the real shape and a thousandth of the size, with random weights."""

from __future__ import annotations

import torch

from sam3_annotator import paths
from sam3_annotator.engine.protocol import Capability, ModelInfo
from sam3_annotator.inference.backend_sam2 import Sam2Backend
from sam3_annotator.inference.backend_sam3 import Sam3Backend
from sam3_annotator.inference.opening import MERGES
from sam3_annotator.model.build import build_detector
from sam3_annotator.model.build_tracker import build_sam2, build_tracker_net
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.tokenizer import Tokenizer
from sam3_annotator.model.tracker import Tracker
from sam3_annotator.model.tracker_config import (
    SMALL_HIERA,
    SMALL_TRACKER,
    HeadsConfig,
    MemoryConfig,
    Sam2Config,
    TrackerConfig,
)


def info(name, *can):
    return ModelInfo(name, name, frozenset(can), f"hash of {name}", "cpu", "fp32")


def randomised(module, seed=0):
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.08, generator=generator)
    return module.eval().requires_grad_(requires_grad=False)


class ShortTokenizer(Tokenizer):
    """Token ids that fit the tiny vocabulary."""

    def encode(self, phrases):
        return super().encode(phrases)[:, :8] % 96


def tiny_sam3():
    config = DetectorConfig.tiny()
    detector = randomised(build_detector(config))
    heads = HeadsConfig(width=32, stride=7, mlp_width=32, attention_heads=4)
    memory = MemoryConfig(memory_width=16, layers=2, mlp_width=32, fuser_width=32)
    sizes = TrackerConfig(image_size=56, heads=heads, memory=memory)
    net = randomised(build_tracker_net(sizes), 1)
    every = info("tiny SAM 3", *Capability)
    tokenizer = ShortTokenizer(paths.resource(MERGES))
    return Sam3Backend(detector, net.heads, Tracker(net), tokenizer, every)


def tiny_sam2():
    model = randomised(build_sam2(Sam2Config(SMALL_HIERA, SMALL_TRACKER)))
    can = info("tiny SAM 2", Capability.CLICK, Capability.BOX, Capability.TRACK)
    tracker = Tracker(model.tracker)
    return Sam2Backend(model.encoder, model.tracker.heads, tracker, can, image_size=128)


def without_memory(backend):
    can = info("tiny still", Capability.CLICK, Capability.BOX)
    return Sam2Backend(backend._encoder, backend._segmenter.heads, None, can, image_size=128)
