"""Tell a checkpoint's family from the names and shapes in it; the file's own name never counts."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model import keys_detector
from sam3_annotator.model.families import SAM2, SAM3, SAM31, Family
from sam3_annotator.model.keys_official import HIERA
from sam3_annotator.model.keys_tracker import INERT_TRACKER_NAMES
from sam3_annotator.model.keys_transformers import unify
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sam3_annotator.model.file_kinds import TensorHeader

_MULTIPLEX_MASK_TOKENS = 48  # 16 objects of 3 masks each; SAM 3.0 has 4
_MOSTLY = 0.5
CODED = "coded"
"""Stands for the dtype of a matrix that our own quantised files store as codes and scales."""

_PLAIN = {"F64", "F32", "F16", "BF16", CODED, "C64", "I64", "I32", "I16", "BOOL"}
"""Types of weights, tables and counters; anything else with rows and columns is quantised."""

_ADAPTER = re.compile(r"(^|[._])lora_?(A|B|a|b|up|down|embedding)|\.lokr_|\.hada_w|\.dora_scale$")
_COMPUTED = re.compile(r"\.attn\.freqs_cis(_real|_imag)?$|\.position_ids$")
_EXACT = (
    "pe_layer.positional_encoding_gaussian_matrix",
    "shared_embedding.positional_embedding",
    "shared_image_embedding.positional_embedding",
)


class Layout(Enum):
    """Whose names the file uses."""

    OFFICIAL = "official"
    TRANSFORMERS = "transformers"


def is_computed(name: str) -> bool:
    """True for stored rotary tables and position counters, which are worked out anew."""
    return _COMPUTED.search(name) is not None


def is_exact(name: str) -> bool:
    """True for tables of waves that click coordinates are multiplied by; rounding moves clicks."""
    return name.endswith(_EXACT)


def is_inert(name: str) -> bool:
    """True for an official tensor that has no effect on any answer and is left out."""
    if name.startswith(keys_detector.PREFIX):
        return keys_detector.is_inert(name.removeprefix(keys_detector.PREFIX))
    return name.removeprefix("tracker.") in INERT_TRACKER_NAMES


def recognise(path: Path, headers: Mapping[str, TensorHeader]) -> tuple[Family, Layout]:
    """Family and naming of the tensors in ``path``.

    Raises:
        WeightsTrouble: they belong to nothing that can be named as a SAM 2 or SAM 3 checkpoint.
    """
    if not headers:
        raise WeightsTrouble("{path} holds no tensors.", "Give the official weights.", path=path)
    _refuse_adapters(path, headers)
    known = _sam3(headers) or _sam2(headers)
    if known is None:
        raise _unknown(path, headers)
    _refuse_quantised(path, headers, known[0])
    return known


def _sam3(headers: Mapping[str, TensorHeader]) -> tuple[Family, Layout] | None:
    if _is_multiplex(headers):
        return SAM31, Layout.OFFICIAL
    if any(name.startswith("detector.backbone.vision_backbone.") for name in headers):
        return SAM3, Layout.OFFICIAL
    trunk = "detector_model.vision_encoder.backbone.layers."
    if any(name.startswith(trunk) for name in unify(headers).values()):
        return SAM3, Layout.TRANSFORMERS
    return None


def _is_multiplex(headers: Mapping[str, TensorHeader]) -> bool:
    if any(name.startswith(("tracker.model.", "sam2_predictor.")) for name in headers):
        return True
    if any(".interactive_convs." in name or ".propagation_convs." in name for name in headers):
        return True
    return any(
        name.endswith("sam_mask_decoder.mask_tokens.weight")
        and header.shape[:1] == (_MULTIPLEX_MASK_TOKENS,)
        for name, header in headers.items()
    )


def _sam2(headers: Mapping[str, TensorHeader]) -> tuple[Family, Layout] | None:
    for layout, blocks in (
        (Layout.OFFICIAL, "image_encoder.trunk.blocks."),
        (Layout.TRANSFORMERS, "vision_encoder.backbone.blocks."),
    ):
        found = [name for name in headers if name.startswith(blocks)]
        if found:
            depth = 1 + max(_number(name.removeprefix(blocks)) for name in found)
            size = _hiera_size(headers, blocks, depth)
            return (SAM2[_version(headers), size], layout) if size else None
    return None


def _number(rest: str) -> int:
    digits = rest.partition(".")[0]
    return int(digits) if digits.isdigit() else -1


def _hiera_size(headers: Mapping[str, TensorHeader], blocks: str, depth: int) -> str:
    """The published size with the file's width, and of those the nearest in depth; or ``""``."""
    attention = headers.get(f"{blocks}0.attn.proj.weight") or headers.get(f"{blocks}0.norm1.weight")
    table = headers.get(blocks.removesuffix("blocks.") + "pos_embed")
    if attention is not None and attention.shape:
        width = attention.shape[0]
    elif table is not None and len(table.shape) > 1:
        width = table.shape[1]
    else:
        return ""
    sizes = [name for name, size in HIERA.items() if size.width == width]
    return min(sizes, key=lambda name: abs(sum(HIERA[name].blocks) - depth), default="")


def _version(headers: Mapping[str, TensorHeader]) -> str:
    """2.1 stores two more things; a file without any memory cannot be told apart, so is 2."""
    later = (
        "no_obj_embed_spatial",
        "obj_ptr_tpos_proj.weight",
        "occlusion_spatial_embedding_parameter",
        "temporal_positional_encoding_projection_layer.weight",
    )
    return "2.1" if any(name in headers for name in later) else "2"


def _refuse_adapters(path: Path, headers: Mapping[str, TensorHeader]) -> None:
    adapters = sum(1 for name in headers if _ADAPTER.search(name))
    if adapters > _MOSTLY * len(headers):
        raise WeightsTrouble(
            "{path} holds only a LoRA adapter ({adapters} of {count} tensors), not the model that "
            "it adapts.",
            "Merge it into the full model with the tool that made it, and give the merged file.",
            path=path,
            adapters=adapters,
            count=len(headers),
        )


def _refuse_quantised(path: Path, headers: Mapping[str, TensorHeader], family: Family) -> None:
    odd = {
        name: header.dtype
        for name, header in headers.items()
        if header.dtype not in _PLAIN and len(header.shape) > 1 and not is_computed(name)
    }
    if not odd:
        return
    first, dtype = next(iter(odd.items()))
    what = "fp8" if dtype.startswith("F8") else Wording("quantised ({dtype})", dtype=dtype)
    raise WeightsTrouble(
        "{path} was recognised as {title}, but {count} of its tensors are {what}, the first is "
        "{first}. Such files need their own scales and are not supported.",
        "Give the weights as fp32, fp16 or bf16.",
        path=path,
        title=family.title,
        count=len(odd),
        what=what,
        first=first,
    )


_KNOWN_STRANGERS = (
    (
        re.compile(r"^(model\.)?image_encoder\.(blocks|patch_embed)\."),
        Wording("a SAM 1 checkpoint"),
    ),
    (re.compile(r"^vision_encoder\.layers\.\d+\.attn\.rel_pos"), Wording("a SAM 1 checkpoint")),
    (
        re.compile(r"^model\.diffusion_model\.|^first_stage_model\."),
        Wording("a Stable Diffusion checkpoint"),
    ),
    (re.compile(r"^(model\.)?layers\.\d+\.self_attn\.q_proj"), Wording("a language model")),
)


def _unknown(path: Path, headers: Mapping[str, TensorHeader]) -> WeightsTrouble:
    remedy = Wording("Give SAM 3, SAM 2 or SAM 2.1 weights.")
    for pattern, what in _KNOWN_STRANGERS:
        if any(pattern.search(name) for name in headers):
            return WeightsTrouble(
                "{path} is {what}, which is not supported.", remedy, path=path, what=what
            )
    names = ", ".join(list(headers)[:3])
    return WeightsTrouble(
        "{path} holds {count} tensors, but not those of a SAM 2 or SAM 3 model (first names: "
        "{names}).",
        remedy,
        path=path,
        count=len(headers),
        names=names,
    )
