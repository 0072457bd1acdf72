"""Where each official tensor is found in a file written by the transformers library.

Files of that library split fused attention matrices, rename nearly everything and leave out what
it computes itself. The rules below turn an official name into the names it has there, so that a
missing tensor can be reported by the name that the file should have held.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_Rules = tuple[tuple[str, str], ...]

_NECK: _Rules = (
    (r"dconv_2x2_0\.", "scale_layers.0."),
    (r"dconv_2x2_1\.", "scale_layers.2."),
    (r"dconv_2x2\.", "scale_layers.0."),
    (r"conv_1x1\.", "proj1."),
    (r"conv_3x3\.", "proj2."),
)
_MLP3: _Rules = (
    (r"\.layers\.0\.(weight|bias)$", r".proj_in.\1"),
    (r"\.layers\.1\.(weight|bias)$", r".layers.0.\1"),
    (r"\.layers\.2\.(weight|bias)$", r".proj_out.\1"),
)
_NUMBERED: _Rules = (
    (r"\.layers\.0\.(weight|bias)$", r".layer1.\1"),
    (r"\.layers\.1\.(weight|bias)$", r".layer2.\1"),
    (r"\.layers\.2\.(weight|bias)$", r".layer3.\1"),
)
_FUSION_LAYER: _Rules = (
    (r"cross_attn_image\.", "cross_attn."),
    (r"attn\.out_proj\.", "attn.o_proj."),
    (r"linear([12])\.", r"mlp.fc\1."),
    (r"\.norm([123])\.", r".layer_norm\1."),
)
_DECODER_LAYER: _Rules = (
    (r"\.self_attn\.", ".SELF."),
    (r"\.ca_text\.", ".text_cross_attn."),
    (r"\.cross_attn\.", ".vision_cross_attn."),
    (r"\.SELF\.", ".self_attn."),
    (r"out_proj\.", "o_proj."),
    (r"\.catext_norm\.", ".text_cross_attn_layer_norm."),
    (r"\.norm1\.", ".vision_cross_attn_layer_norm."),
    (r"\.norm2\.", ".self_attn_layer_norm."),
    (r"\.norm3\.", ".mlp_layer_norm."),
    (r"linear([12])\.", r"mlp.fc\1."),
)

# Section of official names -> (its prefix in a Sam3VideoModel file, rules for the rest).
# The first section whose prefix fits is used, so longer prefixes stand first.
_SECTIONS: tuple[tuple[str, str, _Rules], ...] = (
    (
        "detector.backbone.vision_backbone.trunk.",
        "detector_model.vision_encoder.backbone.",
        (
            (r"^pos_embed$", "embeddings.position_embeddings"),
            (r"^patch_embed\.proj\.", "embeddings.patch_embeddings.projection."),
            (r"^ln_pre\.", "layer_norm."),
            (r"^blocks\.", "layers."),
            (r"\.norm([12])\.", r".layer_norm\1."),
            (r"\.attn\.proj\.", ".attention.o_proj."),
            (r"\.attn\.qkv\.", ".attention.qkv."),
        ),
    ),
    (
        "detector.backbone.vision_backbone.convs.",
        "detector_model.vision_encoder.neck.fpn_layers.",
        _NECK,
    ),
    ("detector.backbone.vision_backbone.sam2_convs.", "tracker_neck.fpn_layers.", _NECK),
    (
        "detector.backbone.language_backbone.encoder.",
        "detector_model.text_encoder.",
        (
            (r"^positional_embedding$", "text_model.embeddings.position_embedding.weight"),
            (r"^text_projection$", "text_projection.weight"),
            (r"^token_embedding\.", "text_model.embeddings.token_embedding."),
            (r"^ln_final\.", "text_model.final_layer_norm."),
            (r"^transformer\.resblocks\.", "text_model.encoder.layers."),
            (r"\.attn\.", ".self_attn."),
            (r"\.ln_([12])\.", r".layer_norm\1."),
            (r"\.c_fc\.", ".fc1."),
            (r"\.c_proj\.", ".fc2."),
        ),
    ),
    ("detector.backbone.language_backbone.resizer.", "detector_model.text_projection.", ()),
    (
        "detector.geometry_encoder.",
        "detector_model.geometry_encoder.",
        (
            (r"^norm\.", "prompt_layer_norm."),
            (r"^img_pre_norm\.", "vision_layer_norm."),
            (r"^encode_norm\.", "output_layer_norm."),
            (r"^encode\.", "layers."),
            *_FUSION_LAYER,
        ),
    ),
    ("detector.transformer.encoder.", "detector_model.detr_encoder.", _FUSION_LAYER),
    ("detector.transformer.decoder.layers.", "detector_model.detr_decoder.layers.", _DECODER_LAYER),
    (
        "detector.transformer.decoder.",
        "detector_model.detr_decoder.",
        (
            (r"^norm\.", "output_layer_norm."),
            (r"^presence_token_out_norm\.", "presence_layer_norm."),
            (r"^presence_token_head\.", "presence_head."),
            (r"^bbox_embed\.", "box_head."),
            (r"^boxRPB_embed_", "box_rpb_embed_"),
            *_NUMBERED,
        ),
    ),
    (
        "detector.dot_prod_scoring.",
        "detector_model.dot_product_scoring.",
        (
            (r"^prompt_mlp\.out_norm\.", "text_mlp_out_norm."),
            (r"^prompt_mlp\.", "text_mlp."),
            (r"^prompt_proj\.", "text_proj."),
            (r"^hs_proj\.", "query_proj."),
            *_NUMBERED,
        ),
    ),
    (
        "detector.segmentation_head.",
        "detector_model.mask_decoder.",
        (
            (r"^mask_predictor\.mask_embed\.", "mask_embedder."),
            (r"^cross_attend_prompt\.", "prompt_cross_attn."),
            (r"^prompt_cross_attn\.out_proj\.", "prompt_cross_attn.o_proj."),
            (r"^cross_attn_norm\.", "prompt_cross_attn_norm."),
            (r"^semantic_seg_head\.", "semantic_projection."),
            (r"^instance_seg_head\.", "instance_projection."),
        ),
    ),
)

# Names of the click head and the memory, the same in SAM 3 (below ``tracker.``) and in SAM 2.
_TRACKER: _Rules = (
    (r"^maskmem_tpos_enc$", "memory_temporal_positional_encoding"),
    (r"^no_mem_embed$", "no_memory_embedding"),
    (r"^no_mem_pos_enc$", "no_memory_positional_encoding"),
    (r"^no_obj_ptr$", "no_object_pointer"),
    (r"^no_obj_embed_spatial$", "occlusion_spatial_embedding_parameter"),
    (r"^obj_ptr_tpos_proj\.", "temporal_positional_encoding_projection_layer."),
    (r"^obj_ptr_proj\.", "object_pointer_proj."),
    (r"^(transformer\.encoder|memory_attention)\.", "memory_attention."),
    (r"^(maskmem_backbone|memory_encoder)\.", "memory_encoder."),
    (r"^memory_attention\.norm\.", "memory_attention.layer_norm."),
    (r"^memory_encoder\.pix_feat_proj\.", "memory_encoder.feature_projection."),
    (r"^memory_encoder\.out_proj\.", "memory_encoder.projection."),
    (r"\.mask_downsampler\.encoder\.12\.", ".mask_downsampler.final_conv."),
    (r"\.fuser\.", ".memory_fuser."),
    (r"\.dwconv\.", ".depthwise_conv."),
    (r"\.pwconv([12])\.", r".pointwise_conv\1."),
    (r"\.gamma$", ".scale"),
    (r"\.norm\.", ".layer_norm."),
    (r"\.norm([1234])\.", r".layer_norm\1."),
    (r"\.norm_final_attn\.", ".layer_norm_final_attn."),
    (r"_proj\.out_proj\.", "_proj.o_proj."),
    (r"(self_attn|cross_attn_image|token_to_image|image_to_token)\.out_proj\.", r"\1.o_proj."),
    (r"^sam_prompt_encoder\.", "prompt_encoder."),
    (r"\.pe_layer\.positional_encoding_gaussian_matrix$", ".shared_embedding.positional_embedding"),
    (r"\.point_embeddings\.\d\.", ".point_embed."),
    (r"\.mask_downscaling\.0\.", ".mask_embed.conv1."),
    (r"\.mask_downscaling\.1\.", ".mask_embed.layer_norm1."),
    (r"\.mask_downscaling\.3\.", ".mask_embed.conv2."),
    (r"\.mask_downscaling\.4\.", ".mask_embed.layer_norm2."),
    (r"\.mask_downscaling\.6\.", ".mask_embed.conv3."),
    (r"^sam_mask_decoder\.", "mask_decoder."),
    (r"\.output_upscaling\.0\.", ".upscale_conv1."),
    (r"\.output_upscaling\.1\.", ".upscale_layer_norm."),
    (r"\.output_upscaling\.3\.", ".upscale_conv2."),
    (r"\.mlp\.(lin1|layers\.0)\.", ".mlp.proj_in."),
    (r"\.mlp\.(lin2|layers\.1)\.", ".mlp.proj_out."),
)
_HIERA: _Rules = (
    (r"^trunk\.", "backbone."),
    (r"\.patch_embed\.proj\.", ".patch_embed.projection."),
    (r"\.norm([12])\.", r".layer_norm\1."),
    (r"\.mlp\.layers\.0\.", ".mlp.proj_in."),
    (r"\.mlp\.layers\.1\.", ".mlp.proj_out."),
    (r"^(neck\.convs\.\d)\.conv\.", r"\1."),
)
_MLP3_HEADS = re.compile(r"(_mlps\.\d|_head|^object_pointer_proj)\.layers\.")
_DOWNSAMPLER = re.compile(r"\.mask_downsampler\.encoder\.(\d+)\.")


_DOUBLED = re.compile(r"^tracker_model\.(?=(tracker_model|tracker_neck|detector_model)\.)")
_POINT_ROWS = 4  # negative click, positive click, top left and bottom right corner of a box


class Step(Enum):
    """How the tensors of the file make one official tensor."""

    COPY = "copy"
    ROWS = "rows of q, k and v below each other"
    TRANSPOSE = "transposed"
    CLASS_ROW = "with a zero row for the unused class position"
    ONE_ROW = "one row of a table"
    ABSENT = "not in such files"


_FOURIER = (
    "prompt_encoder.shared_embedding.positional_embedding",
    "shared_image_embedding.positional_embedding",
)
_SPECIAL = {
    "detector.backbone.vision_backbone.trunk.pos_embed": Step.CLASS_ROW,
    "detector.backbone.language_backbone.encoder.text_projection": Step.TRANSPOSE,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One official tensor made from tensors of the file.

    Attributes:
        step: what to do.
        sources: names in the file, in order; none for ``Step.ABSENT``.
        row: which row, for ``Step.ONE_ROW``.
        shared: further names in the file that repeat the first source.
    """

    step: Step
    sources: tuple[str, ...]
    row: int = 0
    shared: tuple[str, ...] = ()


@cache
def recipe(official: str) -> Recipe:
    """How to make the tensor called ``official`` from a transformers file.

    Names are those of ``Sam3VideoModel`` for SAM 3 and ``Sam2VideoModel`` for SAM 2.
    """
    if ".geometry_encoder.points_" in official:
        return Recipe(Step.ABSENT, ())
    name = transformers_name(official)
    if fused := re.search(r"\.(?:in_proj_|attention\.qkv\.)(weight|bias)$", name):
        stem = name[: fused.start()] + (".attention" if "qkv" in fused[0] else "")
        return Recipe(Step.ROWS, tuple(f"{stem}.{part}_proj.{fused[1]}" for part in "qkv"))
    if point := re.search(r"\.point_embeddings\.(\d)\.", f".{official}"):
        return Recipe(Step.ONE_ROW, (name,), row=int(point[1]))
    if official.endswith("gaussian_matrix"):
        return Recipe(Step.COPY, (name,), shared=(name.replace(*_FOURIER),))
    return Recipe(_SPECIAL.get(official, Step.COPY), (name,))


def twin(name: str) -> str | None:
    """The other name under which a file may hold the same tensor, if there is one.

    The Fourier matrix of clicks is stored twice now; earlier versions tied the two and wrote one.
    """
    for one, other in (_FOURIER, _FOURIER[::-1]):
        if name.endswith(one):
            return name.removesuffix(one) + other
    return None


def source_shape(made: Recipe, official: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that every source of ``made`` has, given the official shape of the result."""
    first, *rest = official
    if made.step is Step.ROWS:
        return (first // 3, *rest)
    if made.step is Step.TRANSPOSE:
        return official[::-1]
    if made.step is Step.CLASS_ROW:
        return (first, rest[0] - 1, *rest[1:])
    if made.step is Step.ONE_ROW:
        return (_POINT_ROWS, *rest)
    return official


def transformers_name(official: str) -> str:
    """The name of an official tensor in a transformers file, before splitting q, k and v."""
    for prefix, replacement, rules in _SECTIONS:
        if official.startswith(prefix):
            return replacement + _apply(rules, official.removeprefix(prefix))
    if official.startswith("image_encoder."):
        return "vision_encoder." + _apply(_HIERA, official.removeprefix("image_encoder."))
    bare = official.removeprefix("tracker.")
    renamed = _downsampler(_apply(_TRACKER, bare))
    if _MLP3_HEADS.search(renamed):
        renamed = _apply(_MLP3, renamed)
    return ("tracker_model." if bare != official else "") + renamed


def unify(names: Iterable[str]) -> dict[str, str]:
    """Name in the file -> name in a whole ``Sam3VideoModel``.

    Parts saved alone (``Sam3Model``, ``Sam3TrackerModel``, ``Sam3TrackerVideoModel``) lack the
    prefixes; transformers 5.23 writes some of them twice. Whole files and SAM 2 files come back
    unchanged.
    """
    names = list(names)
    whole = ("detector_model.", "tracker_model.", "vision_encoder.backbone.blocks.")
    if any(name.startswith(whole) for name in names):
        return {name: _DOUBLED.sub("", name) for name in names}
    if any(name.startswith("detr_decoder.") for name in names):
        return {name: f"detector_model.{name}" for name in names}
    return {name: _tracker_alone(name) for name in names}


def _apply(rules: _Rules, name: str) -> str:
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name


def _downsampler(name: str) -> str:
    """Convolutions and norms alternate with activations: 0, 1, (2), 3, 4, (5) ..."""
    match = _DOWNSAMPLER.search(name)
    if match is None:
        return name
    layer, place = divmod(int(match[1]), 3)
    kind = ("conv", "layer_norm")[place]
    start, end = match.span()
    return f"{name[:start]}.mask_downsampler.layers.{layer}.{kind}.{name[end:]}"


def _tracker_alone(name: str) -> str:
    if name.startswith("vision_encoder.backbone."):
        return f"detector_model.{name}"
    if name.startswith("vision_encoder.neck."):
        return "tracker_neck." + name.removeprefix("vision_encoder.neck.")
    return f"tracker_model.{name}"
