"""What a weights file is by its first bytes, and a clear word about everything that is not one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.wording import Wording

_HEAD_BYTES = 512
_MAX_HEADER_BYTES = 100 << 20  # the limit of the safetensors library itself
_GET_AGAIN = Wording("Download it again, or copy it again from where you have it.")


class Kind(Enum):
    """Containers that can hold tensors for us."""

    SAFETENSORS = "safetensors"
    TORCH_ZIP = "torch"
    TORCH_LEGACY = "torch (old)"


@dataclass(frozen=True, slots=True)
class Found:
    """Where the tensors of a path lie.

    Attributes:
        path: what the user named: a file or a folder.
        kind: container of every file in ``files``.
        files: one file, or all shards of a folder.
    """

    path: Path
    kind: Kind
    files: tuple[Path, ...]

    @property
    def size_bytes(self) -> int:
        """Size of all files together."""
        return sum(file.stat().st_size for file in self.files)


@dataclass(frozen=True, slots=True)
class TensorHeader:
    """One entry of a safetensors header: its dtype as written there (``"BF16"``) and shape."""

    dtype: str
    shape: tuple[int, ...]


def find(path: Path) -> Found:
    """Find the files behind a user's path.

    Raises:
        WeightsTrouble: there is nothing, or what is there can be named and is not weights.
    """
    if path.is_dir():
        return _find_in_folder(path)
    if not path.exists():
        raise WeightsTrouble("There is no file {path}.", "Check the path.", path=path)
    if path.name.endswith(".index.json"):
        return _shards(path, named=path)
    return Found(path, sniff(path), (path,))


def sniff(path: Path) -> Kind:
    """Tell the container of one file by its first bytes.

    Raises:
        WeightsTrouble: it is something else, which the message names.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError as error:
        raise WeightsTrouble(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror or error
        ) from error
    if size == 0:
        raise WeightsTrouble("{path} is empty (0 bytes).", _GET_AGAIN, path=path)
    if _looks_like_safetensors(head, size):
        return Kind.SAFETENSORS
    _refuse_other(path, head)
    if head.startswith(b"PK\x03\x04"):
        return Kind.TORCH_ZIP
    if head[0] == 0x80 and head[1:2] in {b"\x02", b"\x03", b"\x04", b"\x05"}:
        return Kind.TORCH_LEGACY
    if not any(head):
        raise WeightsTrouble(
            "{path} holds only zeros: a download that never filled.", _GET_AGAIN, path=path
        )
    raise WeightsTrouble(
        "{path} is not a weights file that this program knows.",
        "Give a .safetensors file, a folder that holds one, or an official .pt file.",
        path=path,
    )


def read_safetensors_header(path: Path) -> tuple[dict[str, TensorHeader], dict[str, str]]:
    """Names, dtypes and shapes of a safetensors file and its metadata, without its data.

    Raises:
        WeightsTrouble: the header is damaged, or the file is shorter than its header says.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if 8 + length > size:
            raise WeightsTrouble("{path} is cut off inside its header.", _GET_AGAIN, path=path)
        text = stream.read(length)
    try:
        entries = json.loads(text)
        metadata = {str(k): str(v) for k, v in entries.pop("__metadata__", {}).items()}
        headers = {str(name): _entry(entry) for name, entry in entries.items()}
        end = max((int(entry["data_offsets"][1]) for entry in entries.values()), default=0)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WeightsTrouble(
            "{path} has a damaged safetensors header.", _GET_AGAIN, path=path
        ) from error
    missing = 8 + length + end - size
    if missing > 0:
        raise WeightsTrouble(
            "{path} is cut off: {missing:,} of {size:,} bytes are missing.",
            _GET_AGAIN,
            path=path,
            missing=missing,
            size=8 + length + end,
        )
    return headers, metadata


def _entry(entry: dict[str, Any]) -> TensorHeader:
    return TensorHeader(str(entry["dtype"]), tuple(int(side) for side in entry["shape"]))


def _looks_like_safetensors(head: bytes, size: int) -> bool:
    length = int.from_bytes(head[:8], "little")
    return head[8:9] == b"{" and 2 <= length <= min(_MAX_HEADER_BYTES, max(size, 1 << 20))


# First bytes -> what the file is, and the way out.
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"GGUF", Wording("is a GGUF file (quantised, for llama.cpp-like programs)"), "official"),
    (
        b"version https://git-lfs",
        Wording("is a Git LFS pointer, not the weights themselves"),
        "lfs",
    ),
    (b"\x1f\x8b", Wording("is a gzip archive"), "unpack"),
    (b"7z\xbc\xaf\x27\x1c", Wording("is a 7-Zip archive"), "unpack"),
    (b"Rar!", Wording("is a RAR archive"), "unpack"),
    (b"\x89HDF\r\n", Wording("is an HDF5 (Keras) file"), "official"),
    (b"%PDF", Wording("is a PDF document"), "official"),
    (b"\x89PNG", Wording("is a PNG picture"), "official"),
    (b"\xff\xd8\xff", Wording("is a JPEG picture"), "official"),
)
_WAYS_OUT = {
    "official": Wording("Give the official sam3.pt or a .safetensors file with the same weights."),
    "lfs": Wording("Run `git lfs pull` in its folder, or download the file itself."),
    "unpack": Wording("Unpack it and give the file inside."),
    "page": Wording("The link led to a page, perhaps a login page. Download the file itself."),
}


def _refuse_other(path: Path, head: bytes) -> None:
    for magic, what, way_out in _OTHERS:
        if head.startswith(magic):
            raise WeightsTrouble("{path} {what}.", _WAYS_OUT[way_out], path=path, what=what)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise WeightsTrouble("{path} is a web page saved as weights.", _WAYS_OUT["page"], path=path)
    if start.startswith((b"{", b"[")):
        raise WeightsTrouble(
            "{path} is a JSON text, not weights.", _WAYS_OUT["official"], path=path
        )
    if _is_onnx(head):
        raise WeightsTrouble(
            "{path} is an ONNX or ONNX Runtime model: a finished graph, not weights.",
            _WAYS_OUT["official"],
            path=path,
        )


def _is_onnx(head: bytes) -> bool:
    if head[4:8] == b"ORTM":
        return True
    # Protobuf: field 1 (ir_version, a small number) first, then the producer or a short text field.
    small_version = head[:1] == b"\x08" and 0 < head[1] < 0x20 if len(head) > 2 else False
    return small_version and head[2] in {0x12, 0x1A, 0x22, 0x3A, 0x42}


def _find_in_folder(folder: Path) -> Found:
    indexes = sorted(folder.glob("*.safetensors.index.json"))
    single = folder / "model.safetensors"
    if single.is_file():
        return Found(folder, sniff(single), (single,))
    if indexes:
        return _shards(indexes[0], named=folder)
    files = sorted(
        file
        for pattern in ("*.safetensors", "*.pt", "*.pth", "pytorch_model.bin")
        for file in folder.glob(pattern)
    )
    if len(files) == 1:
        return Found(folder, sniff(files[0]), (files[0],))
    if files:
        names = ", ".join(file.name for file in files[:5])
        raise WeightsTrouble(
            "The folder {folder} holds {count} weights files ({names}).",
            "Give one of them.",
            folder=folder,
            count=len(files),
            names=names,
        )
    raise WeightsTrouble(
        "The folder {folder} holds no weights.",
        "Give a folder with model.safetensors, its shards with their index, or one .pt file.",
        folder=folder,
    )


def _shards(index: Path, *, named: Path) -> Found:
    try:
        weight_map = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        names = sorted({str(name) for name in weight_map.values()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsTrouble(
            "{index} is not a readable list of shards.", _GET_AGAIN, index=index
        ) from error
    if any(Path(name).name != name for name in names):
        raise WeightsTrouble(
            "{index} names shards outside its own folder.", _GET_AGAIN, index=index
        )
    files = tuple(index.parent / name for name in names)
    absent = [file.name for file in files if not file.is_file()]
    if absent or not files:
        raise WeightsTrouble(
            "{folder} lacks {count} of {total} shards: {names}.",
            "Download the missing files into the same folder.",
            folder=index.parent,
            count=len(absent),
            total=len(files),
            names=", ".join(absent[:3]),
        )
    for file in files:
        if sniff(file) is not Kind.SAFETENSORS:
            raise WeightsTrouble(
                "The shard {file} is not a safetensors file.", _GET_AGAIN, file=file
            )
    return Found(named, Kind.SAFETENSORS, files)
