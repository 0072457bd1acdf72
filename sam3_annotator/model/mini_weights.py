"""The trained parts of the bundled model as files: memory for clips, finder, detector."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.mini_detector import MiniDetector
from sam3_annotator.model.mini_memory import MiniMemory
from sam3_annotator.model.mini_similar import SimilarWeights
from sam3_annotator.model.quantized import read_metadata, read_quantized, write_quantized

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

TRACKER_FILE = "weights/mini_tracker.safetensors"
FINDER_FILE = "weights/mini_finder.safetensors"
"""Where the files lie among the program's resources."""

_BITS = 8
_SMALLEST = 2048  # values from which a tensor is coded

_Part = TypeVar("_Part", MiniMemory, SimilarWeights, MiniDetector)


def mini_part(path: Path) -> str:
    """The trained part of the bundled model that a file holds.

    Returns:
        ``"tracker"``, ``"finder"`` or ``"detector"``; "" for every other file, and for none.
    """
    try:
        notes = read_metadata(path) if path.is_file() else {}
    except WeightsTrouble:
        return ""
    return notes.get("part", "") if notes.get("family") == "mini" else ""


def load_mini_memory(path: Path) -> MiniMemory:
    """Read the memory, float32 on the CPU, frozen, in evaluation mode.

    Raises:
        WeightsTrouble: the file is missing, damaged, or something else.
    """
    return _load(path, MiniMemory(), "tracker")


def load_mini_similar(path: Path) -> SimilarWeights:
    """Read what the finder of similar things was taught, in the same way.

    Raises:
        WeightsTrouble: the file is missing, damaged, or something else.
    """
    return _load(path, SimilarWeights(), "finder")


def load_mini_detector(path: Path) -> MiniDetector:
    """Read a detector that somebody trained, in the same way; none is bundled.

    Raises:
        WeightsTrouble: the file is missing, damaged, or something else.
    """
    return _load(path, MiniDetector(), "detector")


def write_mini(path: Path, module: nn.Module, part: str, notes: dict[str, str]) -> None:
    """Store a trained part with 8 bits per value.

    Args:
        path: file to write.
        module: a ``MiniMemory``, ``SimilarWeights`` or a ``MiniDetector``.
        part: ``"tracker"``, ``"finder"`` or ``"detector"``.
        notes: what to remember in the header: steps, seed, data.
    """
    tensors = {key: value.detach().cpu() for key, value in module.state_dict().items()}
    widths = {
        key: _BITS
        for key, value in tensors.items()
        if value.dim() >= 2 and value.numel() >= _SMALLEST
    }
    write_quantized(path, tensors, widths, {**notes, "family": "mini", "part": part})


def _load(path: Path, module: _Part, part: str) -> _Part:
    tensors = read_quantized(path)
    found = read_metadata(path).get("part")
    if found != part:
        raise WeightsTrouble(
            "{path} holds the part “{found}” of the bundled model, not {part}.",
            path=path,
            found=found,
            part=part,
        )
    try:
        module.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise WeightsTrouble(
            "{path} does not fit this version of the program.", path=path
        ) from error
    return module.eval().requires_grad_(requires_grad=False)
