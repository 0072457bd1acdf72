"""Write any weights file as one safetensors file, tensor by tensor, with its origin inside."""

from __future__ import annotations

import errno
import json
import math
from typing import TYPE_CHECKING

import torch

from sam3_annotator import paths
from sam3_annotator.errors import FileTrouble, WeightsTrouble
from sam3_annotator.inference.weights import sha256_of
from sam3_annotator.model.checkpoint import TensorFile, inspect
from sam3_annotator.model.file_kinds import find
from sam3_annotator.model.quantized import FORMAT as QUANTISED_FORMAT
from sam3_annotator.model.recognise import is_computed, is_exact
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sam3_annotator.model.file_kinds import TensorHeader

_DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_NAMES = {"fp32": "F32", "fp16": "F16", "bf16": "BF16"}


def convert(
    source: Path,
    *,
    dtype: str | None = None,
    target: Path | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Write ``source`` as safetensors under the names that it uses.

    Computed tables are left out. The family, the hash and the name of the source go into the
    file's metadata. Without ``target`` the result lies in the user's weights folder under its hash,
    so that a second call finds it there.

    Args:
        source: a usable weights file or folder.
        dtype: ``"fp32"``, ``"fp16"`` or ``"bf16"``; ``None`` keeps the stored precision.
        target: file to write.
        on_progress: called with bytes done and bytes in all, after each tensor.

    Raises:
        WeightsTrouble: the source is not usable, or is our own quantised format.
        FileTrouble: the disk is full or cannot be written.
    """
    inspection = inspect(source)
    if trouble := inspection.trouble():
        raise trouble
    if inspection.metadata.get("format") == QUANTISED_FORMAT:
        raise WeightsTrouble(
            "{source} is already in this program's own small format.", source=source
        )
    sha256 = sha256_of(source)
    if target is None:
        kept = dtype or "same"
        name = f"{inspection.family.name}-{sha256[:12]}-{kept}.safetensors"
        target = paths.weights_dir() / name
        if target.exists():
            return target
    metadata = {
        "format": "pt",
        "family": inspection.family.name,
        "source": source.name,
        "source_sha256": sha256,
    }
    file = TensorFile(find(source))
    _write(target, file, plan(file.headers, dtype), metadata, on_progress)
    return target


def plan(headers: Mapping[str, TensorHeader], dtype: str | None) -> dict[str, str]:
    """Which tensors are written, and as what: the stored precision unless ``dtype`` is given.

    Tables of click positions always keep it.
    """
    return {
        name: header.dtype if dtype is None or is_exact(name) else _NAMES[dtype]
        for name, header in headers.items()
        if not is_computed(name)
    }


def _write(
    target: Path,
    file: TensorFile,
    planned: dict[str, str],
    metadata: dict[str, str],
    on_progress: Callable[[int, int], None],
) -> None:
    head: dict[str, object] = {"__metadata__": metadata}
    end = 0
    for name, dtype in planned.items():
        shape = file.headers[name].shape
        start, end = end, end + math.prod(shape) * _DTYPES[dtype].itemsize
        head[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)  # the format wants the data aligned to 8 bytes
    scratch = target.with_name(target.name + ".part")
    try:
        with scratch.open("wb") as stream:
            stream.write(len(text).to_bytes(8, "little") + text)
            done = 0
            for name, dtype in planned.items():
                content = _bytes_of(file.read(name).to(_DTYPES[dtype]))
                stream.write(content)
                done += len(content)
                on_progress(done, end)
        scratch.replace(target)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        what = Wording("the disk is full") if full else (error.strerror or str(error))
        raise FileTrouble(
            "{target} cannot be written: {what}.", "Choose another place.", target=target, what=what
        ) from error
    finally:
        scratch.unlink(missing_ok=True)  # gigabytes, when interrupted


def _bytes_of(tensor: torch.Tensor) -> memoryview:
    flat = tensor.contiguous().flatten().view(torch.uint8)
    return flat.numpy().data
