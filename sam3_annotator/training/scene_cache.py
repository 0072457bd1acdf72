"""Encoded pairs of "find similar" pictures on disk, with boxes and concepts of their instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from sam3_annotator.model.sam_heads import ImageFeatures
from sam3_annotator.training.clips import Clip
from sam3_annotator.training.feature_cache import Encoder, encode_clip

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.training.scenes import Scene

_CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class EncodedScene:
    """A picture as the frozen backbone sees it.

    Attributes:
        fine: (1, 32, H/4, W/4) float.
        mid: (1, 64, H/8, W/8) float.
        embedding: (1, 256, H/16, W/16) float.
        labels: (H/4, W/4) uint8, visible instance by number.
        boxes: (G, 4) float32, cxcywh in fractions, tight around what is visible.
        numbers: (G,) int64, label of each box.
        concepts: (G,) int64, index into the pair's concepts.
    """

    fine: Tensor
    mid: Tensor
    embedding: Tensor
    labels: Tensor
    boxes: Tensor
    numbers: Tensor
    concepts: Tensor

    def to(self, device: torch.device) -> EncodedScene:
        """The same picture on a device."""
        return EncodedScene(*(getattr(self, name).to(device) for name in self.__slots__))

    def features(self) -> ImageFeatures:
        """Float32 features, batch 1."""
        return ImageFeatures(self.embedding.float(), self.mid.float(), self.fine.float())


def encode_scene(
    scene: Scene, encoder: Encoder, *, bf16: bool = True, device: torch.device = _CPU
) -> EncodedScene:
    """Run the backbone, which lies on ``device``, over one picture; the result is on the CPU."""
    clip = Clip(scene.rgb[None], scene.labels[None], ())
    encoded = encode_clip(clip, encoder, bf16=bf16, device=device)
    numbers, boxes = visible_boxes(scene.labels)
    concepts = [scene.concepts[n - 1] for n in numbers.tolist()]
    return EncodedScene(
        encoded.fine,
        encoded.mid,
        encoded.embedding,
        encoded.labels[0],
        torch.from_numpy(boxes),
        torch.from_numpy(numbers),
        torch.tensor(concepts, dtype=torch.int64),
    )


def visible_boxes(labels: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Numbers (G,) and tight boxes (G, 4), cxcywh in fractions, of ``labels: (H, W)``."""
    height, width = labels.shape
    numbers = [int(n) for n in np.unique(labels) if n]
    boxes = np.zeros((len(numbers), 4), np.float32)
    for row, number in enumerate(numbers):
        inside = labels == number
        ys, xs = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        top, bottom, left, right = ys[0], ys[-1] + 1, xs[0], xs[-1] + 1
        boxes[row] = (
            (left + right) / 2 / width,
            (top + bottom) / 2 / height,
            (right - left) / width,
            (bottom - top) / height,
        )
    return np.array(numbers, dtype=np.int64), boxes


def save_pair(path: Path, pair: tuple[EncodedScene, EncodedScene]) -> None:
    """Write two pictures that share their concepts."""
    tensors = {
        f"{index}.{name}": getattr(scene, name).contiguous()
        for index, scene in enumerate(pair)
        for name in scene.__slots__
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, partial)
    partial.replace(path)


def load_pair(path: Path) -> tuple[EncodedScene, EncodedScene]:
    """Read what ``save_pair`` wrote."""
    tensors = load_file(path)
    names = EncodedScene.__slots__
    first, second = (
        EncodedScene(*(tensors[f"{index}.{name}"] for name in names)) for index in range(2)
    )
    return first, second
