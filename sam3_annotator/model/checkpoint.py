"""Open a weights file of any known kind and hand out its tensors under the official names.

Nothing here runs code from a file: torch files are read with ``weights_only=True`` and
memory-mapped, safetensors files one tensor at a time.
"""

from __future__ import annotations

import json
import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.families import parts_of
from sam3_annotator.model.file_kinds import (
    Found,
    Kind,
    TensorHeader,
    find,
    read_safetensors_header,
)
from sam3_annotator.model.inspection import Inspection, compare
from sam3_annotator.model.keys_transformers import Recipe, Step, recipe, twin, unify
from sam3_annotator.model.quantized import FORMAT as QUANTISED_FORMAT
from sam3_annotator.model.quantized import read_quantized
from sam3_annotator.model.recognise import CODED, Layout, is_exact, recognise
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_GET_AGAIN = Wording("Download it again, or copy it again from where you have it.")
_MAPPED_BYTES = 1 << 30
_DAMAGE = (
    SafetensorError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    MemoryError,
    struct.error,
)
"""What the libraries raise on damaged files, as found by feeding them thousands."""
_WRAPPERS = ("model", "state_dict", "model_state_dict")
_DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.complex64: "C64",
    torch.int64: "I64",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2",
}


_Reader: TypeAlias = "Callable[[str], Tensor]"


class TensorFile:
    """The tensors of a file or of all its shards, read when asked for.

    Args:
        found: where they lie.

    Attributes:
        headers: type and shape by name; reading them touches no data of a safetensors file.
        metadata: notes of a safetensors file.
    """

    def __init__(self, found: Found) -> None:
        self.found = found
        self.headers: dict[str, TensorHeader] = {}
        self.metadata: dict[str, str] = {}
        self._file_of: dict[str, Path] = {}
        self._open: dict[Path, _Reader] = {}
        self._copied_bytes = 0
        for file in found.files:
            headers = self._describe(file)
            self.headers |= headers
            self._file_of |= dict.fromkeys(headers, file)

    def read(self, name: str) -> Tensor:
        """One tensor on the CPU, a view into the memory-mapped file where that is possible."""
        file = self._file_of[name]
        reader = self._open.get(file)
        if reader is None:
            reader = self._open[file] = self._opened(file)
        try:
            return reader(name)
        except _DAMAGE as error:
            raise WeightsTrouble(
                "{file} is damaged at {name}.", _GET_AGAIN, file=file, name=name
            ) from error

    def converted(self, name: str, dtype: torch.dtype | None, device: torch.device) -> Tensor:
        """One tensor in another precision or place; the file's own if neither differs.

        Tables of positions that are multiplied by coordinates keep the file's precision.
        What was copied needs the mapped file no more, yet its pages count as ours until the
        mapping ends; so the file is opened anew after every ``_MAPPED_BYTES``.
        """
        stored = self.read(name)
        converts = stored.is_floating_point() and not is_exact(name)
        tensor = stored.to(device=device, dtype=dtype if converts else None)
        if tensor is not stored and not self._is_quantised:
            self._copied_bytes += stored.nbytes
            if self._copied_bytes > _MAPPED_BYTES:
                self._copied_bytes = 0
                self._open.clear()
        return tensor

    def hollow(self, name: str) -> Tensor:
        """One tensor's shape on the meta device, float32."""
        return torch.empty(self.headers[name].shape, device="meta")

    @property
    def _is_quantised(self) -> bool:
        return self.metadata.get("format") == QUANTISED_FORMAT

    def _describe(self, file: Path) -> dict[str, TensorHeader]:
        if self.found.kind is not Kind.SAFETENSORS:
            tensors = _torch_tensors(file, mapped=self.found.kind is Kind.TORCH_ZIP)
            self._open[file] = tensors.__getitem__
            return {name: _header(tensor) for name, tensor in tensors.items()}
        headers, metadata = read_safetensors_header(file)
        self.metadata |= metadata
        return _decoded_headers(file, headers, metadata) if self._is_quantised else headers

    def _opened(self, file: Path) -> _Reader:
        if self.found.kind is not Kind.SAFETENSORS:
            return _torch_tensors(file, mapped=self.found.kind is Kind.TORCH_ZIP).__getitem__
        if self._is_quantised:
            return read_quantized(file).__getitem__
        try:
            reader: _Reader = safe_open(file, framework="pt", device="cpu").get_tensor
        except _DAMAGE as error:
            raise WeightsTrouble(
                "{file} cannot be read: {error}.", _GET_AGAIN, file=file, error=error
            ) from error
        return reader


def _header(tensor: Tensor) -> TensorHeader:
    return TensorHeader(_DTYPES.get(tensor.dtype, str(tensor.dtype)), tuple(tensor.shape))


def _decoded_headers(
    file: Path, headers: dict[str, TensorHeader], metadata: dict[str, str]
) -> dict[str, TensorHeader]:
    """Headers of our own shipped files, in which codes and scales stand for tensors."""
    try:
        shapes = json.loads(metadata["shapes"])
        coded = {
            str(name): TensorHeader(CODED, tuple(map(int, shape))) for name, shape in shapes.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsTrouble("{file} has a damaged header.", _GET_AGAIN, file=file) from error
    return {name: header for name, header in headers.items() if "::" not in name} | coded


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file that fits its family; its tensors are made when asked for.

    Attributes:
        inspection: what the file is.
    """

    inspection: Inspection
    _read: Callable[[str], Tensor]
    _names: Mapping[str, str]

    def tensors(self, part: str) -> dict[str, Tensor]:
        """Tensors of one complete part by official name.

        On the CPU in the file's own precision only fused matrices and the position table of a
        transformers file are copied; all else is a view into the mapped file.

        Raises:
            WeightsTrouble: the file does not hold that part.
        """
        if part not in self.inspection.parts:
            held = ", ".join(self.inspection.parts)
            raise WeightsTrouble(
                "{path} does not hold the part “{part}” of {title}, only: {held}.",
                "Give the full weights.",
                path=self.inspection.path,
                part=part,
                title=self.inspection.family.title,
                held=held,
            )
        names = parts_of(self.inspection.family)[part]
        return {name: self.tensor(name) for name in names if self.holds(name)}

    def holds(self, official: str) -> bool:
        """Whether the file has this official tensor; transformers files lack six of SAM 3's."""
        if self.inspection.layout is Layout.OFFICIAL:
            return official in self._names
        return recipe(official).step is not Step.ABSENT

    def tensor(self, official: str) -> Tensor:
        """One tensor that the file holds, by official name."""
        if self.inspection.layout is Layout.OFFICIAL:
            return self._read(official)
        made = recipe(official)
        held = [name if name in self._names else twin(name) for name in made.sources]
        parts = [self._read(self._names[name]) for name in held if name is not None]
        return _make(made, parts)


def inspect(path: Path) -> Inspection:
    """Say what a file or folder is, without loading it; a misfit is described, not raised.

    Raises:
        WeightsTrouble: it is not a checkpoint of any family that we can name.
    """
    return _inspect(TensorFile(find(path)))


def open_checkpoint(
    path: Path, *, dtype: torch.dtype | None = None, device: torch.device | str = "cpu"
) -> Checkpoint:
    """Open a file or folder strictly.

    Args:
        path: the file or folder.
        dtype: precision of the tensors handed out; ``None`` for the file's.
        device: where they go; ``"meta"`` gives shapes without reading a byte.

    Raises:
        WeightsTrouble: it is not a usable checkpoint, or tensors are missing, unexpected or of
            another shape; the message names the file, the counts and the first offenders.
    """
    file = TensorFile(find(path))
    inspection = _inspect(file)
    if trouble := inspection.trouble():
        raise trouble
    names = {unified: name for name, unified in unify(file.headers).items()}
    if inspection.layout is Layout.OFFICIAL:
        names = {name: name for name in file.headers}
    place = torch.device(device)
    reader = partial(file.converted, dtype=dtype, device=place)
    return Checkpoint(inspection, file.hollow if place.type == "meta" else reader, names)


def _inspect(file: TensorFile) -> Inspection:
    family, layout = recognise(file.found.path, file.headers)
    return compare(
        file.found.path,
        file.headers,
        family=family,
        layout=layout,
        container=file.found.kind.value,
        size_bytes=file.found.size_bytes,
        metadata=file.metadata,
    )


def _make(made: Recipe, parts: list[Tensor]) -> Tensor:
    """One official tensor from those of a transformers file; see ``Step``."""
    if made.step is Step.ROWS:
        return torch.cat(parts)
    (source,) = parts
    if made.step is Step.CLASS_ROW:
        return torch.cat([torch.zeros_like(source[:, :1]), source], dim=1)
    if made.step is Step.TRANSPOSE:
        return source.t()
    if made.step is Step.ONE_ROW:
        return source[made.row : made.row + 1]
    return source


def _torch_tensors(path: Path, *, mapped: bool) -> dict[str, Tensor]:
    if mapped:
        _check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it warns of ends in an error below, with a name
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        raise _unsafe(path, error) from error
    except _DAMAGE as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WeightsTrouble(
            "{path} is a damaged torch file ({reason}).", _GET_AGAIN, path=path, reason=reason
        ) from error
    return _unwrap(path, content)


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.rpartition("/")[2] for name in archive.namelist()}
    except (zipfile.BadZipFile, *_DAMAGE) as error:
        raise WeightsTrouble(
            "{path} is cut off: its list of contents at the end is missing.", _GET_AGAIN, path=path
        ) from error
    if "constants.pkl" in names:
        raise WeightsTrouble(
            "{path} is a TorchScript program, not weights.",
            "Give the official .pt file or a .safetensors file.",
            path=path,
        )
    if "data.pkl" not in names:
        raise WeightsTrouble(
            "{path} is a zip archive without torch weights.",
            "Unpack it and give the file inside.",
            path=path,
        )


def _unsafe(path: Path, error: pickle.UnpicklingError) -> WeightsTrouble:
    text = str(error)
    wanted = re.search(r"(?:GLOBAL|class|function)\s+([\w.]+)", text)
    if wanted:
        return WeightsTrouble(
            "{path} was refused: loading it would run code ({code}), not only read tensors.",
            "Use the official file, or a .safetensors file, which cannot hold code.",
            path=path,
            code=wanted[1],
        )
    return WeightsTrouble("{path} is a damaged torch file.", _GET_AGAIN, path=path)


def _unwrap(path: Path, content: object) -> dict[str, Tensor]:
    for wrapper in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
    if isinstance(content, Mapping):
        tensors = {str(k): v.detach() for k, v in content.items() if isinstance(v, Tensor)}
        if tensors:
            return tensors
    raise WeightsTrouble(
        "{path} is a torch file without named tensors.", "Give the weights.", path=path
    )
