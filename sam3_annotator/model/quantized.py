"""Weights stored with few bits per value, the form in which the bundled model is shipped.

A file is an ordinary safetensors container. A matrix named ``K`` is cut along each row into groups
of equal length; every group has one float16 scale, every value an integer code of ``b`` bits. The
codes are stored as planes of 8, 4, 2 or 1 bits, highest bits first (9 bits = a plane of 8 and a
plane of 1), so that reading needs only shifts:

    ``K::scale``  (rows, groups) float16
    ``K::8`` ``K::4`` ``K::2`` ``K::1``  uint8, 8 / bits codes per byte, first code lowest

Everything else (biases, norms, embeddings) is plain float under its own name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

FORMAT = "sam3-annotator-quantized"
VERSION = "1"
PLANES = (8, 4, 2, 1)
WIDEST_GROUP = 64
_SEPARATOR = "::"
_REPAIR = Wording("Install the program again, or copy the file again from where you have it.")


@dataclass(frozen=True, slots=True)
class Coded:
    """One matrix as integers.

    Attributes:
        codes: (rows, groups, group) int16 in [-(2^(bits-1) - 1), 2^(bits-1) - 1].
        scales: (rows, groups) float16; value = code * scale.
        bits: width of a code, 2 to 15.
    """

    codes: Tensor
    scales: Tensor
    bits: int

    def values(self) -> Tensor:
        """(rows, groups * group) float32."""
        scales = self.scales.float().unsqueeze(-1)
        return (self.codes.float() * scales).flatten(1)


def coded(matrix: Tensor, bits: int) -> Coded:
    """Round a matrix to codes of ``bits`` bits, with the scale of least squared error per group.

    Args:
        matrix: (rows, columns) float.
        bits: 2 to 15.
    """
    limit = 2 ** (bits - 1) - 1
    groups = torch.unflatten(matrix.float(), 1, (-1, group_length(matrix.shape[1])))
    peak = groups.abs().amax(dim=-1)
    best = torch.zeros_like(peak)
    least = torch.full_like(peak, float("inf"))
    for share in torch.linspace(0.7, 1.0, 13).tolist():
        scales = (peak * share / limit).half().clamp_min(torch.finfo(torch.float16).tiny)
        rounded = _rounded(groups, scales, limit).float() * scales.float().unsqueeze(-1)
        error = (rounded - groups).square().sum(dim=-1)
        better = error < least
        best = torch.where(better, scales.float(), best)
        least = torch.where(better, error, least)
    scales = best.half()
    return Coded(_rounded(groups, scales, limit), scales, bits)


def _rounded(groups: Tensor, scales: Tensor, limit: int) -> Tensor:
    codes = (groups / scales.float().unsqueeze(-1)).round()
    return codes.clamp(-limit, limit).to(torch.int16)


def group_length(columns: int) -> int:
    """Longest divisor of a row's length that is at most ``WIDEST_GROUP``."""
    return next(n for n in range(min(columns, WIDEST_GROUP), 0, -1) if columns % n == 0)


def plane_widths(bits: int) -> list[int]:
    """The planes that make up a width, highest first: 9 -> [8, 1], 6 -> [4, 2]."""
    widths = []
    for width in PLANES:
        if bits >= width:
            widths.append(width)
            bits -= width
    if bits:
        raise ValueError("a code has at most 15 bits")
    return widths


def split_planes(codes: Tensor, bits: int) -> dict[int, Tensor]:
    """Codes, int16 of any shape -> flat uint8 planes by width."""
    offset = (codes.flatten().to(torch.int32)) + 2 ** (bits - 1)
    planes, left = {}, bits
    for width in plane_widths(bits):
        left -= width
        part = (offset >> left) & (2**width - 1)
        per_byte = 8 // width
        padded = torch.nn.functional.pad(part, (0, -len(part) % per_byte)).view(-1, per_byte)
        shifts = torch.arange(per_byte, dtype=torch.int32) * width
        planes[width] = (padded << shifts).sum(dim=1).to(torch.uint8)
    return planes


def join_planes(planes: Mapping[int, Tensor], bits: int, count: int) -> Tensor:
    """Undo ``split_planes``: the first ``count`` codes, flat int16."""
    codes = torch.zeros(count, dtype=torch.int16)
    for width in plane_widths(bits):
        plane = planes[width]
        if width == 8:
            part = plane.to(torch.int16)
        else:
            shifts = torch.arange(8 // width, dtype=torch.uint8) * width
            part = ((plane.unsqueeze(1) >> shifts) & (2**width - 1)).flatten().to(torch.int16)
        codes = torch.bitwise_or(codes << width, part[:count])
    signed: Tensor = codes - 2 ** (bits - 1)
    return signed


def write_quantized(
    path: Path,
    tensors: Mapping[str, Tensor],
    widths: Mapping[str, int],
    metadata: Mapping[str, str],
) -> None:
    """Write a quantised file; one that is there is replaced whole.

    Args:
        path: file to write.
        tensors: official key -> float tensor.
        widths: bits of every tensor to be coded; the others are stored as they are.
        metadata: more entries for the header, ``family`` among them.
    """
    stored: dict[str, Tensor] = {}
    shapes: dict[str, list[int]] = {}
    for key, tensor in tensors.items():
        if key not in widths:
            stored[key] = tensor.contiguous()
            continue
        entry = coded(tensor.flatten(1), widths[key])
        shapes[key] = list(tensor.shape)
        stored[f"{key}{_SEPARATOR}scale"] = entry.scales.contiguous()
        for width, plane in split_planes(entry.codes, entry.bits).items():
            stored[f"{key}{_SEPARATOR}{width}"] = plane
    header = {
        **metadata,
        "format": FORMAT,
        "version": VERSION,
        "shapes": json.dumps(shapes),
        "bits": json.dumps(dict(widths)),
    }
    # The library's own writer makes files that nobody else may read.
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(save(stored, metadata=header))
    partial.replace(path)


def read_quantized(path: Path) -> dict[str, Tensor]:
    """Read a quantised file.

    Returns:
        Official key -> float32 tensor of the original shape.

    Raises:
        WeightsTrouble: the file is missing, damaged, of another format or of a newer version.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            _check_format(path, metadata)
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        shapes = json.loads(metadata["shapes"])
        bits = json.loads(metadata["bits"])
        out = {key: _decoded(stored, key, shape, bits[key]) for key, shape in shapes.items()}
    except (OSError, SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise WeightsTrouble(
            "{path} is missing or damaged: {error}.", _REPAIR, path=path, error=error
        ) from error
    plain = {key: value.float() for key, value in stored.items() if _SEPARATOR not in key}
    return {**plain, **out}


def read_metadata(path: Path) -> dict[str, str]:
    """The header of a safetensors file; empty where it has none.

    Raises:
        WeightsTrouble: the file is missing or damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise WeightsTrouble(
            "{path} is missing or damaged: {error}.", _REPAIR, path=path, error=error
        ) from error


def _check_format(path: Path, metadata: Mapping[str, str]) -> None:
    if metadata.get("format") != FORMAT:
        raise WeightsTrouble("{path} is not one of this program's own weights files.", path=path)
    if metadata.get("version") != VERSION:
        found = metadata.get("version")
        raise WeightsTrouble(
            "{path} has version {found}; this program reads version {version}.",
            "Update the program.",
            path=path,
            found=found,
            version=VERSION,
        )


def _decoded(stored: Mapping[str, Tensor], key: str, shape: list[int], bits: int) -> Tensor:
    scales = stored[f"{key}{_SEPARATOR}scale"]
    planes = {width: stored[f"{key}{_SEPARATOR}{width}"] for width in plane_widths(bits)}
    count = torch.Size(shape).numel()
    codes = join_planes(planes, bits, count)
    return Coded(codes.view(*scales.shape, -1), scales, bits).values().view(shape)
