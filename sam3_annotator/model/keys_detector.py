"""Published names of the detector's tensors to ours, as one ordered table.

The published file calls these tensors ``detector.<name>``; the table starts after that prefix. The
fused query-key-value projections stay fused. Tensors that the published network stores and never
uses (or that we work out anew) are listed in ``INERT`` and dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

PREFIX = "detector."

INERT: tuple[tuple[str, str], ...] = (
    (r"backbone\.vision_backbone\.trunk\.blocks\.\d+\.attn\.freqs_cis", "rotations, worked out"),
    (r"backbone\.vision_backbone\.(sam2_)?convs\.3\..*", "fourth pyramid level, thrown away"),
    (r"backbone\.language_backbone\.encoder\.text_projection", "CLIP's own output, unused"),
    (r"segmentation_head\.pixel_decoder\.(conv_layers|norms)\.2\..*", "third stage, never run"),
)
"""Patterns of published names that carry nothing we need, with the reason."""

POSITION_TABLE = "image_encoder.trunk.position"
"""Published with one more row at the front, for a class token that does not exist."""

POINT_BRANCH = tuple(
    f"geometry_encoder.point_{part}.{kind}"
    for part in ("direct", "pooled", "position")
    for kind in ("weight", "bias")
)
"""Our names of the tensors that files written by transformers lack; see ``point_prompts``."""

_TRUNK, _NECK = r"backbone\.vision_backbone\.trunk\.", r"backbone\.vision_backbone\."
_TEXT = r"backbone\.language_backbone\."
_LAYER_NAMES: tuple[tuple[str, str], ...] = (
    (r"\.in_proj_(weight|bias)$", r".qkv.\1"),
    (r"\.out_proj\.", ".proj."),
    (r"\.linear([12])\.", r".mlp.fc\1."),
)

RENAMES: tuple[tuple[str, str], ...] = (
    # image trunk and pyramids
    (rf"^{_TRUNK}patch_embed\.proj\.", "image_encoder.trunk.patch_embed."),
    (rf"^{_TRUNK}pos_embed$", POSITION_TABLE),
    (rf"^{_TRUNK}ln_pre\.", "image_encoder.trunk.norm_pre."),
    (rf"^{_TRUNK}", "image_encoder.trunk."),
    (rf"^{_NECK}sam2_convs\.", "image_encoder.tracker_neck.levels."),
    (rf"^{_NECK}convs\.", "image_encoder.neck.levels."),
    (r"\.dconv_2x2_([01])\.", r".ups.\1."),
    (r"\.dconv_2x2\.", ".ups.0."),
    (r"\.conv_1x1\.", ".project."),
    (r"\.conv_3x3\.", ".smooth."),
    # phrases
    (rf"^{_TEXT}encoder\.token_embedding\.", "text_encoder.token_embed."),
    (rf"^{_TEXT}encoder\.positional_embedding$", "text_encoder.position"),
    (rf"^{_TEXT}encoder\.ln_final\.", "text_encoder.norm."),
    (rf"^{_TEXT}encoder\.transformer\.resblocks\.(\d+)\.ln_", r"text_encoder.blocks.\1.norm"),
    (rf"^{_TEXT}encoder\.transformer\.resblocks\.", "text_encoder.blocks."),
    (rf"^{_TEXT}resizer\.", "text_encoder.project."),
    (r"\.mlp\.c_fc\.", ".mlp.fc1."),
    (r"\.mlp\.c_proj\.", ".mlp.fc2."),
    # exemplars
    (r"^geometry_encoder\.cls_embed\.weight$", "geometry_encoder.summary_token"),
    (r"^geometry_encoder\.img_pre_norm\.", "geometry_encoder.image_norm."),
    (r"^geometry_encoder\.(box|point)e?s_direct_project\.", r"geometry_encoder.\1_direct."),
    (r"^geometry_encoder\.(box|point)e?s_pool_project\.", r"geometry_encoder.\1_pooled."),
    (r"^geometry_encoder\.(box|point)e?s_pos_enc_project\.", r"geometry_encoder.\1_position."),
    (r"^geometry_encoder\.final_proj\.", "geometry_encoder.project."),
    (r"^geometry_encoder\.norm\.", "geometry_encoder.norm_in."),
    (r"^geometry_encoder\.encode_norm\.", "geometry_encoder.norm_out."),
    (
        r"^geometry_encoder\.encode\.(\d+)\.cross_attn_image\.",
        r"geometry_encoder.layers.\1.image_attn.",
    ),
    (r"^geometry_encoder\.encode\.", "geometry_encoder.layers."),
    # fusion
    (r"^transformer\.encoder\.layers\.(\d+)\.cross_attn_image\.", r"fusion.layers.\1.prompt_attn."),
    (r"^transformer\.encoder\.", "fusion."),
    # decoder; the published norms are not numbered in the order they are used
    (r"^transformer\.decoder\.layers\.(\d+)\.ca_text\.", r"decoder.layers.\1.prompt_attn."),
    (r"^transformer\.decoder\.layers\.(\d+)\.cross_attn\.", r"decoder.layers.\1.image_attn."),
    (r"^transformer\.decoder\.layers\.(\d+)\.norm1\.", r"decoder.layers.\1.image_norm."),
    (r"^transformer\.decoder\.layers\.(\d+)\.norm2\.", r"decoder.layers.\1.self_norm."),
    (r"^transformer\.decoder\.layers\.(\d+)\.norm3\.", r"decoder.layers.\1.mlp_norm."),
    (r"^transformer\.decoder\.layers\.(\d+)\.catext_norm\.", r"decoder.layers.\1.prompt_norm."),
    (r"^transformer\.decoder\.bbox_embed\.", "decoder.box_head."),
    (r"^transformer\.decoder\.ref_point_head\.", "decoder.place_head."),
    (r"^transformer\.decoder\.boxRPB_embed_x\.", "decoder.box_bias.columns."),
    (r"^transformer\.decoder\.boxRPB_embed_y\.", "decoder.box_bias.rows."),
    (r"^transformer\.decoder\.presence_token\.weight$", "decoder.presence_token"),
    (r"^transformer\.decoder\.presence_token_head\.", "decoder.presence_head."),
    (r"^transformer\.decoder\.presence_token_out_norm\.", "decoder.presence_norm."),
    (r"^transformer\.decoder\.query_embed\.weight$", "decoder.query_embed"),
    (r"^transformer\.decoder\.reference_points\.weight$", "decoder.anchors"),
    (r"^transformer\.decoder\.", "decoder."),
    # scores and masks
    (r"^dot_prod_scoring\.prompt_mlp\.out_norm\.", "scorer.prompt_norm."),
    (r"^dot_prod_scoring\.hs_proj\.", "scorer.query_proj."),
    (r"^dot_prod_scoring\.", "scorer."),
    (r"^segmentation_head\.cross_attend_prompt\.", "mask_head.prompt_attn."),
    (r"^segmentation_head\.cross_attn_norm\.", "mask_head.prompt_norm."),
    (r"^segmentation_head\.pixel_decoder\.conv_layers\.(\d)\.", r"mask_head.stages.\1.conv."),
    (r"^segmentation_head\.pixel_decoder\.norms\.(\d)\.", r"mask_head.stages.\1.norm."),
    (r"^segmentation_head\.mask_predictor\.mask_embed\.", "mask_head.query_mlp."),
    (r"^segmentation_head\.instance_seg_head\.", "mask_head.instance."),
    (r"^segmentation_head\.semantic_seg_head\.", "mask_head.semantic."),
    *_LAYER_NAMES,
)
"""Applied in this order, each where it matches."""

_ONE_BY_ONE = re.compile(
    r"(neck\.levels\.\d\.project|mask_head\.instance|mask_head\.semantic)\.weight$"
)


def is_inert(name: str) -> bool:
    """Whether a published name (after ``detector.``) is one we knowingly leave out."""
    return any(re.fullmatch(pattern, name) for pattern, _ in INERT)


def our_name(name: str) -> str:
    """Our name for a published one (after ``detector.``); unknown names come back unchanged."""
    for pattern, replacement in RENAMES:
        name = re.sub(pattern, replacement, name)
    return name


def to_ours(official: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A published state dict as ours; nothing is copied, so memory-mapped tensors stay mapped.

    Args:
        official: tensors by published name, after ``detector.``.

    Returns:
        Tensors by our name. Inert tensors are gone; names the table does not know are passed on as
        they are, for strict loading to complain about.
    """
    ours = {our_name(name): tensor for name, tensor in official.items() if not is_inert(name)}
    return {name: _reshaped(name, tensor) for name, tensor in ours.items()}


def _reshaped(name: str, tensor: Tensor) -> Tensor:
    if name == POSITION_TABLE and tensor.ndim == 3:
        return tensor[:, 1:]
    if _ONE_BY_ONE.search(name) and tensor.ndim == 4:
        return tensor.flatten(1)  # a 1 x 1 convolution is a linear layer
    return tensor
