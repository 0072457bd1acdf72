"""Encoded training clips on disk: the backbone is frozen, so each frame goes through it once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.training.clips import Clip

Encoder = Callable[["Tensor"], tuple["Tensor", "Tensor", "Tensor"]]
"""(B, 3, H, W) normalised pixels -> (B, 32, H/4, W/4), (B, 64, H/8, W/8), (B, 256, H/16, W/16)."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
MASK_STRIDE = 4
_CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class EncodedClip:
    """A clip as the frozen backbone sees it.

    Attributes:
        fine: (T, 32, H/4, W/4) float, skip features of the mask decoder.
        mid: (T, 64, H/8, W/8) float, likewise.
        embedding: (T, 256, H/16, W/16) float, neck output without the no-memory vector.
        labels: (T, H/4, W/4) uint8, visible thing by number, 0 = none.
    """

    fine: Tensor
    mid: Tensor
    embedding: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return int(self.labels.shape[0])

    def to(self, device: torch.device) -> EncodedClip:
        """The same clip on a device."""
        return EncodedClip(*(getattr(self, name).to(device) for name in self.__slots__))


def normalised(frames: NDArray[np.uint8]) -> Tensor:
    """(T, H, W, 3) uint8 RGB -> (T, 3, H, W) float32, scaled to 0..1, then ImageNet-normalised."""
    pixels = torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float() / 255
    mean = torch.tensor(IMAGENET_MEAN)[:, None, None]
    std = torch.tensor(IMAGENET_STD)[:, None, None]
    return (pixels - mean) / std


@torch.no_grad()
def encode_clip(
    clip: Clip,
    encoder: Encoder,
    *,
    bf16: bool = True,
    chunk: int = 4,
    device: torch.device = _CPU,
) -> EncodedClip:
    """Run the backbone over a clip.

    Args:
        clip: what to encode.
        encoder: the backbone.
        bf16: compute in bfloat16.
        chunk: frames at a time.
        device: where the backbone lies.

    Returns:
        Features as float16, on the CPU.
    """
    parts: list[tuple[Tensor, ...]] = []
    for start in range(0, len(clip.frames), chunk):
        pixels = normalised(clip.frames[start : start + chunk]).to(device)
        with torch.autocast(device.type, torch.bfloat16) if bf16 else nullcontext():
            parts.append(tuple(level.half().cpu() for level in encoder(pixels)))
    fine, mid, embedding = (torch.cat(level) for level in zip(*parts, strict=True))
    centre = MASK_STRIDE // 2
    labels = clip.labels[:, centre::MASK_STRIDE, centre::MASK_STRIDE]
    return EncodedClip(fine, mid, embedding, torch.from_numpy(np.ascontiguousarray(labels)))


def save_clip(path: Path, clip: EncodedClip) -> None:
    """Write one encoded clip; a reader never sees a half-written file."""
    tensors = {name: getattr(clip, name).contiguous() for name in clip.__slots__}
    partial = path.with_suffix(".partial")
    save_file(tensors, partial)
    partial.replace(path)


def load_clip(path: Path, frames: slice | None = None) -> EncodedClip:
    """Read one encoded clip, or some of its frames; memory-mapped, so only those are read."""
    chosen = frames or slice(None)
    with safe_open(path, framework="pt") as file:
        return EncodedClip(*(file.get_slice(name)[chosen] for name in EncodedClip.__slots__))
