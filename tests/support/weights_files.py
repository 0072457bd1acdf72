"""Weights files of full size by name and shape that take no room on the disk."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import torch

KEYS = Path(__file__).parents[1] / "golden" / "keys"
_BYTES = {"F32": 4, "F16": 2, "BF16": 2, "C64": 8, "F8_E4M3": 1, "I8": 1, "I64": 8}
_SAFE = {"float32": "F32", "complex64": "C64"}

Shapes = dict[str, tuple[int, ...]]


def golden_rows(name: str) -> list[list[str]]:
    """Rows of one list in ``tests/golden/keys``."""
    text = gzip.decompress((KEYS / f"{name}.txt.gz").read_bytes()).decode()
    return [line.split("\t") for line in text.splitlines()]


def golden_shapes(name: str, *, computed: bool = True) -> Shapes:
    """Names and shapes of one list; ``computed=False`` leaves out complex tables."""
    return {
        row[0]: tuple(int(side) for side in row[1].split(",") if side)
        for row in golden_rows(name)
        if computed or row[2] != "complex64"
    }


def golden_dtypes(name: str) -> dict[str, str]:
    """Safetensors dtype of every tensor in one list."""
    return {row[0]: _SAFE[row[2]] for row in golden_rows(name)}


def write_safetensors(path: Path, shapes: Shapes, dtype="F32", metadata=None) -> Path:
    """Write a valid safetensors file of zeros as a hole in the file system.

    ``dtype`` is one name for all tensors, or a mapping by tensor.
    """
    header: dict[str, object] = {"__metadata__": metadata} if metadata else {}
    end = 0
    for name, shape in shapes.items():
        kind = dtype if isinstance(dtype, str) else dtype[name]
        start, end = end, end + _BYTES[kind] * math.prod(shape)
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        stream.truncate(8 + len(text) + end)
    return path


def hollow(shapes: Shapes, dtype=torch.float32) -> dict[str, torch.Tensor]:
    """Tensors of these shapes that all repeat one number."""
    return {name: torch.ones(1, dtype=dtype).expand(shape) for name, shape in shapes.items()}


def write_torch(path: Path, shapes: Shapes, wrapper: str | None = None) -> Path:
    """Write an official-looking torch file, flat or inside ``{wrapper: ...}``."""
    tensors = hollow(shapes)
    torch.save({wrapper: tensors} if wrapper else tensors, path)
    return path
