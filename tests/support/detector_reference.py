"""The detector of transformers with the sizes and the weights of one of ours, to compare with.

The names are mapped here once more, apart from the loader's own tables, so that a mistake in one
of the two shows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.build import build_detector
from tests.support.reference import transformers

if TYPE_CHECKING:
    from sam3_annotator.model.config import DetectorConfig

OURS_TO_REFERENCE = (
    (
        r"^image_encoder\.trunk\.patch_embed\.",
        "vision_encoder.backbone.embeddings.patch_embeddings.projection.",
    ),
    (r"^image_encoder\.trunk\.position$", "vision_encoder.backbone.embeddings.position_embeddings"),
    (r"^image_encoder\.trunk\.norm_pre\.", "vision_encoder.backbone.layer_norm."),
    (
        r"^image_encoder\.trunk\.blocks\.(\d+)\.norm",
        r"vision_encoder.backbone.layers.\1.layer_norm",
    ),
    (
        r"^image_encoder\.trunk\.blocks\.(\d+)\.attn\.proj",
        r"vision_encoder.backbone.layers.\1.attention.o_proj",
    ),
    (
        r"^image_encoder\.trunk\.blocks\.(\d+)\.attn\.",
        r"vision_encoder.backbone.layers.\1.attention.",
    ),
    (r"^image_encoder\.trunk\.blocks\.", "vision_encoder.backbone.layers."),
    (r"^image_encoder\.neck\.levels\.", "vision_encoder.neck.fpn_layers."),
    (r"\.ups\.0\.", ".scale_layers.0."),
    (r"\.ups\.1\.", ".scale_layers.2."),
    (r"(fpn_layers\.\d)\.project\.", r"\1.proj1."),
    (r"(fpn_layers\.\d)\.smooth\.", r"\1.proj2."),
    (r"^text_encoder\.project\.", "text_projection."),
    (r"^text_encoder\.token_embed\.", "text_encoder.text_model.embeddings.token_embedding."),
    (r"^text_encoder\.position$", "text_encoder.text_model.embeddings.position_embedding.weight"),
    (r"^text_encoder\.norm\.", "text_encoder.text_model.final_layer_norm."),
    (
        r"^text_encoder\.blocks\.(\d+)\.norm",
        r"text_encoder.text_model.encoder.layers.\1.layer_norm",
    ),
    (
        r"^text_encoder\.blocks\.(\d+)\.attn\.proj",
        r"text_encoder.text_model.encoder.layers.\1.self_attn.out_proj",
    ),
    (
        r"^text_encoder\.blocks\.(\d+)\.attn\.",
        r"text_encoder.text_model.encoder.layers.\1.self_attn.",
    ),
    (r"^text_encoder\.blocks\.", "text_encoder.text_model.encoder.layers."),
    (r"^geometry_encoder\.summary_token$", "geometry_encoder.cls_embed.weight"),
    (r"^geometry_encoder\.image_norm\.", "geometry_encoder.vision_layer_norm."),
    (r"^geometry_encoder\.box_direct\.", "geometry_encoder.boxes_direct_project."),
    (r"^geometry_encoder\.box_pooled\.", "geometry_encoder.boxes_pool_project."),
    (r"^geometry_encoder\.box_position\.", "geometry_encoder.boxes_pos_enc_project."),
    (r"^geometry_encoder\.project\.", "geometry_encoder.final_proj."),
    (r"^geometry_encoder\.norm_in\.", "geometry_encoder.prompt_layer_norm."),
    (r"^geometry_encoder\.norm_out\.", "geometry_encoder.output_layer_norm."),
    (r"^(geometry_encoder\.layers\.\d+)\.image_attn\.", r"\1.cross_attn."),
    (r"^fusion\.(layers\.\d+)\.prompt_attn\.", r"detr_encoder.\1.cross_attn."),
    (r"^fusion\.", "detr_encoder."),
    (r"^((?:detr_encoder|geometry_encoder)\.layers\.\d+)\.norm", r"\1.layer_norm"),
    (r"^decoder\.(layers\.\d+)\.self_norm\.", r"detr_decoder.\1.self_attn_layer_norm."),
    (r"^decoder\.(layers\.\d+)\.prompt_norm\.", r"detr_decoder.\1.text_cross_attn_layer_norm."),
    (r"^decoder\.(layers\.\d+)\.image_norm\.", r"detr_decoder.\1.vision_cross_attn_layer_norm."),
    (r"^decoder\.(layers\.\d+)\.mlp_norm\.", r"detr_decoder.\1.mlp_layer_norm."),
    (r"^decoder\.(layers\.\d+)\.prompt_attn\.", r"detr_decoder.\1.text_cross_attn."),
    (r"^decoder\.(layers\.\d+)\.image_attn\.", r"detr_decoder.\1.vision_cross_attn."),
    (r"^decoder\.query_embed$", "detr_decoder.query_embed.weight"),
    (r"^decoder\.anchors$", "detr_decoder.reference_points.weight"),
    (r"^decoder\.presence_token$", "detr_decoder.presence_token.weight"),
    (r"^decoder\.norm\.", "detr_decoder.output_layer_norm."),
    (r"^decoder\.presence_norm\.", "detr_decoder.presence_layer_norm."),
    (r"^decoder\.place_head\.", "detr_decoder.ref_point_head."),
    (r"^decoder\.box_bias\.columns\.", "detr_decoder.box_rpb_embed_x."),
    (r"^decoder\.box_bias\.rows\.", "detr_decoder.box_rpb_embed_y."),
    (r"^decoder\.", "detr_decoder."),
    (r"^scorer\.prompt_norm\.", "dot_product_scoring.text_mlp_out_norm."),
    (r"^scorer\.prompt_mlp\.", "dot_product_scoring.text_mlp."),
    (r"^scorer\.prompt_proj\.", "dot_product_scoring.text_proj."),
    (r"^scorer\.", "dot_product_scoring."),
    (r"((?:head|mlp|_x|_y))\.layers\.0\.", r"\1.layer1."),
    (r"((?:head|mlp|_x|_y))\.layers\.1\.", r"\1.layer2."),
    (r"((?:head|mlp|_x|_y))\.layers\.2\.", r"\1.layer3."),
    (r"^mask_head\.prompt_norm\.", "mask_decoder.prompt_cross_attn_norm."),
    (r"^mask_head\.prompt_attn\.", "mask_decoder.prompt_cross_attn."),
    (r"^mask_head\.stages\.(\d)\.conv\.", r"mask_decoder.pixel_decoder.conv_layers.\1."),
    (r"^mask_head\.stages\.(\d)\.norm\.", r"mask_decoder.pixel_decoder.norms.\1."),
    (r"^mask_head\.query_mlp\.layer(\d)\.", r"mask_decoder.mask_embedder.layers.\1."),
    (r"^mask_head\.instance\.", "mask_decoder.instance_projection."),
    (r"^mask_head\.semantic\.", "mask_decoder.semantic_projection."),
    (r"_attn\.proj\.", "_attn.o_proj."),
)
ONE_BY_ONE = (".proj1.weight", "instance_projection.weight", "semantic_projection.weight")
ABSENT = ("geometry_encoder.point_", "image_encoder.tracker_neck.")


def to_reference(ours: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Our detector's state dict under the reference's names; the mask MLP counts from 0 there."""
    result = {}
    for name, tensor in ours.items():
        if name.startswith(ABSENT):
            continue
        renamed = name
        for pattern, replacement in OURS_TO_REFERENCE:
            renamed = re.sub(pattern, replacement, renamed)
        renamed = re.sub(
            r"mask_embedder\.layers\.(\d)",
            lambda m: f"mask_embedder.layers.{int(m[1]) - 1}",
            renamed,
        )
        if ".qkv." in renamed:
            for letter, part in zip("qkv", tensor.chunk(3), strict=True):
                result[renamed.replace(".qkv.", f".{letter}_proj.")] = part
        elif renamed.endswith(ONE_BY_ONE):
            result[renamed] = tensor[:, :, None, None]
        else:
            result[renamed] = tensor
    return result


def reference_config(config: DetectorConfig, *, norm_eps: float = 1e-5):
    """The reference's configuration of the same sizes.

    ``norm_eps`` overrides its trunk's 1e-6, which is not what the weights were trained with.
    """
    vit, text, width = config.vit, config.text, config.width

    def layer(part):
        return {
            "hidden_size": width,
            "num_layers": part.depth,
            "num_attention_heads": part.heads,
            "intermediate_size": part.mlp_width,
            "dropout": 0.0,
        }

    grid = vit.grid
    return transformers.Sam3Config(
        vision_config={
            "fpn_hidden_size": width,
            "backbone_feature_sizes": [[grid * n, grid * n] for n in (4, 2, 1)],
            "backbone_config": {
                "model_type": "sam3_vit_model",
                "hidden_size": vit.width,
                "intermediate_size": vit.mlp_width,
                "num_hidden_layers": vit.depth,
                "num_attention_heads": vit.heads,
                "image_size": vit.image_size,
                "patch_size": vit.patch,
                "window_size": vit.window,
                "global_attn_indexes": list(vit.global_blocks),
                "pretrain_image_size": vit.position_grid * vit.patch,
                "layer_norm_eps": norm_eps,
            },
        },
        text_config={
            "vocab_size": text.vocabulary,
            "hidden_size": text.width,
            "intermediate_size": text.mlp_width,
            "num_hidden_layers": text.depth,
            "num_attention_heads": text.heads,
            "max_position_embeddings": text.context,
            "projection_dim": text.width // 2,
            "hidden_act": "gelu",
            "eos_token_id": text.vocabulary - 1,
            "bos_token_id": text.vocabulary - 2,
            "pad_token_id": text.vocabulary - 1,
        },
        geometry_encoder_config=layer(config.geometry),
        detr_encoder_config=layer(config.fusion),
        detr_decoder_config={**layer(config.decoder), "num_queries": config.queries},
        mask_decoder_config={
            "hidden_size": width,
            "num_attention_heads": config.mask_attention_heads,
        },
    )


def randomise(module: torch.nn.Module, seed: int = 0) -> None:
    """Weights that let signals of ordinary size through every path, biases and norms included."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in module.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        with torch.no_grad():
            if parameter.ndim >= 2 and "embed.weight" not in name.replace("patch_embed", ""):
                fan_in = parameter[0].numel()
                noise = noise / fan_in**0.5
            elif parameter.ndim == 1:
                noise = noise * 0.1 + (1.0 if "norm" in name and name.endswith("weight") else 0.0)
            parameter.copy_(noise)


def matched_pair(config: DetectorConfig, *, norm_eps: float = 1e-5, seed: int = 0):
    """(our detector, the reference with the same weights), float32, evaluation mode."""
    ours = build_detector(config)
    randomise(ours, seed)
    reference = transformers.Sam3Model(reference_config(config, norm_eps=norm_eps)).eval()
    reference.requires_grad_(requires_grad=False)
    missing, unexpected = reference.load_state_dict(to_reference(ours.state_dict()), strict=False)
    inert = re.compile(
        r"fpn_layers\.3\.|pixel_decoder\.(conv_layers|norms)\.2\.|text_encoder\.text_projection|inv_freq"
        r"|position_ids"
    )
    assert not unexpected, unexpected
    assert not [name for name in missing if not inert.search(name)], missing
    return ours, reference
