"""Full-size models with random weights: speed and memory can be measured without any file."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch

from sam3_annotator import paths
from sam3_annotator.engine.protocol import Capability, ModelInfo
from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.inference.backend_sam2 import Sam2Backend
from sam3_annotator.inference.backend_sam3 import Sam3Backend
from sam3_annotator.inference.device import DTYPES, Device
from sam3_annotator.inference.opening import MERGES
from sam3_annotator.inference.tracking_setup import tracker_on
from sam3_annotator.model import tracker_config as sizes
from sam3_annotator.model.build import build_detector
from sam3_annotator.model.build_tracker import build_sam2, build_tracker_net
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.tokenizer import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sam3_annotator.inference.backend import Backend
    from sam3_annotator.model.sam_heads import SamHeads

SAM3_NAME = "sam3"
SAM2_SIZES: Mapping[str, sizes.Sam2Config] = MappingProxyType(
    {
        "sam2_tiny": sizes.SAM2_TINY,
        "sam2_small": sizes.SAM2_SMALL,
        "sam2_base_plus": sizes.SAM2_BASE_PLUS,
        "sam2_large": sizes.SAM2_LARGE,
        "sam2.1_tiny": sizes.SAM21_TINY,
        "sam2.1_small": sizes.SAM21_SMALL,
        "sam2.1_base_plus": sizes.SAM21_BASE_PLUS,
        "sam2.1_large": sizes.SAM21_LARGE,
    }
)
NAMES = (SAM3_NAME, *SAM2_SIZES)
"""What :func:`random_backend` can build."""

_ALWAYS_PRESENT = 20.0  # object logit, so that no memory is skipped
_CLICKS = frozenset({Capability.CLICK, Capability.BOX, Capability.TRACK})
_DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}


def random_backend(name: str, chosen: Device) -> Backend[Any]:
    """A model of the published size that has learned nothing, made in place on its device.

    The work is that of real weights; its answers mean nothing.

    Args:
        name: one of ``NAMES``.
        chosen: where, and in which precision.

    Raises:
        WeightsTrouble: no model of that name can be built.
    """
    if name == SAM3_NAME:
        return _sam3(chosen)
    if name not in SAM2_SIZES:
        raise WeightsTrouble(
            "No model called {name} can be built.",
            "Use {choices}.",
            name=name,
            choices=", ".join(NAMES),
        )
    with torch.device("meta"):
        model = build_sam2(SAM2_SIZES[name])
    _draw(model, chosen)
    _finish(model.tracker.heads)
    info = _info(name, _CLICKS, chosen)
    tracker = tracker_on(model.tracker, chosen.torch_device)
    return Sam2Backend(model.encoder, model.tracker.heads, tracker, info)


def _sam3(chosen: Device) -> Backend[Any]:
    detector = build_detector(DetectorConfig(), device="meta")
    with torch.device("meta"):
        net = build_tracker_net(sizes.SAM3_TRACKER)
    _draw(detector, chosen)
    _draw(net, chosen)
    _finish(net.heads)
    info = _info(SAM3_NAME, frozenset(Capability), chosen)
    tokenizer = Tokenizer(paths.resource(MERGES))
    tracker = tracker_on(net, chosen.torch_device)
    return Sam3Backend(detector, net.heads, tracker, tokenizer, info)


def _info(family: str, can: frozenset[Capability], chosen: Device) -> ModelInfo:
    precision = _DTYPE_NAMES[chosen.dtype]
    name = f"{family} with random weights"
    return ModelInfo(name, family, can, "random", str(chosen.torch_device), precision)


@torch.no_grad()
def _draw(module: torch.nn.Module, chosen: Device) -> None:
    """Give a module made on the meta device weights that keep signals at an ordinary size."""
    module.to(chosen.dtype).to_empty(device=chosen.torch_device)
    for name, value in (*module.named_parameters(), *module.named_buffers()):
        if value.ndim >= 2:
            value.normal_(std=value[0].numel() ** -0.5)
        else:
            value.fill_(float("norm" in name and name.endswith("weight")))
    module.eval().requires_grad_(requires_grad=False)


@torch.no_grad()
def _finish(heads: SamHeads) -> None:
    """Let every object be seen on every frame, so that all memories are read and written."""
    # What was cast while it had no memory yet: these stay float32 (see ``ClickEncoder``).
    heads.clicks.frequencies = heads.clicks.frequencies.float()
    if heads.decoder.object_head is not None:
        heads.decoder.object_head.layers[-1].get_parameter("bias").fill_(_ALWAYS_PRESENT)
