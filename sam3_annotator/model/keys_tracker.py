"""Official tensor names of the click heads and the tracker -> names of our modules.

``renamed`` applies every rule in order; the tables say nothing about which names must be there,
that is the business of strict loading.
"""

from __future__ import annotations

import re

Rules = tuple[tuple[str, str], ...]
"""Ordered (regular expression, replacement) pairs."""

_ATTENTION: Rules = (
    (r"\.q_proj\.", ".query."),
    (r"\.k_proj\.", ".key."),
    (r"\.v_proj\.", ".value."),
    (r"\.out_proj\.", ".output."),
)

_CLICKS: Rules = (
    (
        r"\bsam_prompt_encoder\.pe_layer\.positional_encoding_gaussian_matrix$",
        "@clicks.frequencies",
    ),
    (r"\bsam_prompt_encoder\.point_embeddings\.(\d)\.weight$", r"@clicks.labels.\1"),
    (r"\bsam_prompt_encoder\.not_a_point_embed\.weight$", "@clicks.not_a_point"),
    (r"\bsam_prompt_encoder\.no_mask_embed\.weight$", "@clicks.no_mask"),
    (r"\bsam_prompt_encoder\.mask_downscaling\.", "@clicks.mask_net."),
)

_DECODER: Rules = (
    (r"\bsam_mask_decoder\.obj_score_token\.weight$", "@decoder.object_token"),
    (r"\bsam_mask_decoder\.(iou_token|mask_tokens)\.weight$", r"@decoder.\1"),
    (r"\bsam_mask_decoder\.output_upscaling\.0\.", "@decoder.upscale1."),
    (r"\bsam_mask_decoder\.output_upscaling\.1\.", "@decoder.upscale_norm."),
    (r"\bsam_mask_decoder\.output_upscaling\.3\.", "@decoder.upscale2."),
    (r"\bsam_mask_decoder\.conv_s0\.", "@decoder.fine_projection."),
    (r"\bsam_mask_decoder\.conv_s1\.", "@decoder.mid_projection."),
    (r"\bsam_mask_decoder\.output_hypernetworks_mlps\.", "@decoder.mask_heads."),
    (r"\bsam_mask_decoder\.iou_prediction_head\.", "@decoder.iou_head."),
    (r"\bsam_mask_decoder\.pred_obj_score_head\.", "@decoder.object_head."),
    (r"\bsam_mask_decoder\.transformer\.layers\.", "@decoder.transformer.blocks."),
    (r"\bsam_mask_decoder\.", "@decoder."),
    (r"\.cross_attn_token_to_image\.", ".token_to_image."),
    (r"\.cross_attn_image_to_token\.", ".image_to_token."),
    (r"\.final_attn_token_to_image\.", ".final_attention."),
    (r"\.norm_final_attn\.", ".final_norm."),
    (r"\.mlp\.lin1\.", ".mlp.layers.0."),  # SAM 3; SAM 2 numbers these two layers as we do
    (r"\.mlp\.lin2\.", ".mlp.layers.1."),
    (r"\bno_mem_embed$", "@no_memory"),
)

_MEMORY: Rules = (
    (r"\bmaskmem_tpos_enc$", "time_codes"),
    (r"\bno_obj_ptr$", "no_object_pointer"),
    (r"\bno_obj_embed_spatial$", "absence"),
    (r"\bmask_downsample\.", "mask_reducer."),
    (r"\bobj_ptr_proj\.", "pointer_projection."),
    (r"\bobj_ptr_tpos_proj\.", "pointer_time."),
    (r"\btransformer\.encoder\.", "memory_attention."),  # the name in SAM 3
    (r"\bmaskmem_backbone\.", "memory_encoder."),  # the name in SAM 3
    (r"\bmemory_encoder\.mask_downsampler\.encoder\.", "memory_encoder.mask_net."),
    (r"\bmemory_encoder\.pix_feat_proj\.", "memory_encoder.feature_projection."),
    (r"\bmemory_encoder\.out_proj\.", "memory_encoder.projection."),
    (r"\bmemory_encoder\.fuser\.layers\.", "memory_encoder.fuser."),
    (r"\.dwconv\.", ".depthwise."),
    (r"\.gamma$", ".scale"),
    (r"\.pwconv1\.", ".mlp.layers.0."),
    (r"\.pwconv2\.", ".mlp.layers.1."),
    (r"\.cross_attn_image\.", ".cross_attention."),
    (r"\.linear1\.", ".mlp.layers.0."),
    (r"\.linear2\.", ".mlp.layers.1."),
    (r"\.self_attn\.", ".self_attention."),
)

INERT_TRACKER_NAMES = ("no_mem_pos_enc",)
"""Tensors of every tracker file that no published model reads (below ``tracker.`` in SAM 3)."""


def head_rules(place: str) -> Rules:
    """Rules for the click heads.

    Args:
        place: where the heads stand in the module, with a closing dot; may be empty.
    """
    return tuple((pattern, new.replace("@", place)) for pattern, new in _CLICKS + _DECODER)


TRACKER_RULES: Rules = head_rules("heads.") + _MEMORY + _ATTENTION
"""SAM 3 ``tracker.*`` and SAM 2 names -> ``TrackerNet`` (a leading ``tracker.`` is kept)."""


def renamed(name: str, rules: Rules) -> str:
    """``name`` after every rule has been applied to it in order."""
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name
