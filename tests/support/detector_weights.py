"""A full-size SAM 3 file with random weights under the published names, and its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file

from sam3_annotator.model.build import build_detector
from sam3_annotator.model.checkpoint import open_checkpoint
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.keys_detector import PREFIX, to_ours
from sam3_annotator.model.keys_official import sam3_parts
from tests.support.detector_reference import reference_config, to_reference
from tests.support.reference import transformers

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.model.detector import Detector


TABLES = (
    "token_embedding.weight",
    "label_embed.weight",
    "cls_embed.weight",
    "query_embed.weight",
    "reference_points.weight",
    "presence_token.weight",
)
"""Rows that are used as they are, not multiplied."""


def write_random_weights(path: Path, *, dtype: torch.dtype = torch.float32) -> None:
    """All tensors of the published file, drawn so that signals keep an ordinary size."""
    generator = torch.Generator().manual_seed(0)
    shapes = {name: s for part in sam3_parts().values() for name, s in part.items()}
    save_file({n: _drawn(n, s, generator).to(dtype) for n, s in shapes.items()}, path)


def _drawn(name: str, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    noise = torch.empty(shape).normal_(generator=generator)
    if len(shape) < 2:
        is_scale = name.endswith("weight")
        return noise * 0.1 + (1.0 if is_scale else 0.0)
    if name.endswith("pos_embed") or "positional_embedding" in name:
        return noise * 0.02
    if name.endswith(TABLES):
        return noise
    return noise / (noise[0].numel() ** 0.5)


def load_ours(path: Path, dtype: torch.dtype = torch.float32) -> Detector:
    """Our detector from the file, through the loader that the program uses."""
    checkpoint = open_checkpoint(path)
    official = {
        name.removeprefix(PREFIX): tensor.to(dtype)
        for part in sam3_parts()
        for name, tensor in checkpoint.tensors(part).items()
        if name.startswith(PREFIX)
    }
    detector = build_detector(DetectorConfig(), device="meta", dtype=dtype)
    detector.load_state_dict(to_ours(official), assign=True)
    return detector.eval().requires_grad_(requires_grad=False)


def load_reference(ours: Detector, dtype: torch.dtype = torch.float32):
    """The reference with the very tensors of ours; what it never uses stays as it was drawn."""
    reference = transformers.Sam3Model(reference_config(DetectorConfig())).to(dtype)
    reference.load_state_dict(to_reference(ours.state_dict()), strict=False, assign=True)
    return reference.eval().requires_grad_(requires_grad=False)
