"""The image part of the bundled model: SAM 2 hiera-tiny, read from its quantised file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.build_tracker import Sam2ImageModel, build_sam2_image
from sam3_annotator.model.keys_sam2 import SAM2_IMAGE_RULES
from sam3_annotator.model.keys_tracker import renamed
from sam3_annotator.model.quantized import read_quantized
from sam3_annotator.model.tracker_config import BUNDLED_HEADS, HIERA_TINY

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

IMAGE_FILE = "weights/mini_image.safetensors"
"""Where the file lies among the program's resources."""


def load_mini_image(path: Path) -> Sam2ImageModel:
    """Read the image model, float32 on the CPU, frozen, in evaluation mode.

    Raises:
        WeightsTrouble: the file is missing, damaged, or not the image part of ``mini``.
    """
    return mini_image_from(read_quantized(path), name=str(path))


def mini_image_from(tensors: dict[str, Tensor], *, name: str) -> Sam2ImageModel:
    """Build the image model from tensors with official SAM 2 names.

    Args:
        tensors: exactly the image part of a hiera-tiny without object score.
        name: what to call them in an error.

    Raises:
        WeightsTrouble: a tensor is missing, unexpected or of another shape.
    """
    with torch.device("meta"):
        model = build_sam2_image(HIERA_TINY, BUNDLED_HEADS)
    state = {renamed(key, SAM2_IMAGE_RULES): value for key, value in tensors.items()}
    try:
        model.load_state_dict(state, strict=True, assign=True)
    except RuntimeError as error:
        raise WeightsTrouble(
            "{name} is not the image part of the bundled model.", name=name
        ) from error
    return model.requires_grad_(requires_grad=False)
