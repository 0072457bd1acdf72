"""Small transformers models of the SAM 2 family with random weights, and their weights as ours."""

from __future__ import annotations

import math
import re

import torch
from torch.nn import functional

from sam3_annotator.model.tracker_config import (
    SMALL_HEADS,
    SMALL_HIERA,
    SMALL_MEMORY,
    HeadsConfig,
    TrackerConfig,
    TrackingRules,
)
from tests.support.reference import transformers

SIDE = 128
GRID = SIDE // 16

_RULES = (
    (r"^prompt_encoder\.shared_embedding\.positional_embedding$", "heads.clicks.frequencies"),
    (r"^prompt_encoder\.(not_a_point|no_mask)_embed\.weight$", r"heads.clicks.\1"),
    (r"^prompt_encoder\.mask_embed\.conv1\.", "heads.clicks.mask_net.0."),
    (r"^prompt_encoder\.mask_embed\.layer_norm1\.", "heads.clicks.mask_net.1."),
    (r"^prompt_encoder\.mask_embed\.conv2\.", "heads.clicks.mask_net.3."),
    (r"^prompt_encoder\.mask_embed\.layer_norm2\.", "heads.clicks.mask_net.4."),
    (r"^prompt_encoder\.mask_embed\.conv3\.", "heads.clicks.mask_net.6."),
    (r"^no_memory_embedding$", "heads.no_memory"),
    (r"^mask_decoder\.obj_score_token\.weight$", "heads.decoder.object_token"),
    (r"^mask_decoder\.(iou_token|mask_tokens)\.weight$", r"heads.decoder.\1"),
    (r"^mask_decoder\.transformer\.layers\.", "heads.decoder.transformer.blocks."),
    (r"^mask_decoder\.upscale_conv([12])\.", r"heads.decoder.upscale\1."),
    (r"^mask_decoder\.upscale_layer_norm\.", "heads.decoder.upscale_norm."),
    (r"^mask_decoder\.conv_s0\.", "heads.decoder.fine_projection."),
    (r"^mask_decoder\.conv_s1\.", "heads.decoder.mid_projection."),
    (r"^mask_decoder\.output_hypernetworks_mlps\.", "heads.decoder.mask_heads."),
    (r"^mask_decoder\.iou_prediction_head\.", "heads.decoder.iou_head."),
    (r"^mask_decoder\.pred_obj_score_head\.", "heads.decoder.object_head."),
    (r"^mask_decoder\.", "heads.decoder."),
    (r"\.cross_attn_token_to_image\.", ".token_to_image."),
    (r"\.cross_attn_image_to_token\.", ".image_to_token."),
    (r"\.final_attn_token_to_image\.", ".final_attention."),
    (r"\.layer_norm_final_attn\.", ".final_norm."),
    (r"^memory_temporal_positional_encoding$", "time_codes"),
    (r"^no_object_pointer$", "no_object_pointer"),
    (r"^occlusion_spatial_embedding_parameter$", "absence"),
    (r"^mask_downsample\.", "mask_reducer."),
    (r"^object_pointer_proj\.", "pointer_projection."),
    (r"^temporal_positional_encoding_projection_layer\.", "pointer_time."),
    (r"^memory_encoder\.mask_downsampler\.final_conv\.", "memory_encoder.mask_net.12."),
    (r"^memory_encoder\.memory_fuser\.layers\.", "memory_encoder.fuser."),
    (r"\.depthwise_conv\.", ".depthwise."),
    (r"\.pointwise_conv1\.", ".mlp.layers.0."),
    (r"\.pointwise_conv2\.", ".mlp.layers.1."),
    (r"\.linear1\.", ".mlp.layers.0."),
    (r"\.linear2\.", ".mlp.layers.1."),
    (r"\.cross_attn_image\.", ".cross_attention."),
    (r"\.self_attn\.", ".self_attention."),
    (r"^vision_encoder\.backbone\.pos_embed_window$", "encoder.trunk.tile"),
    (r"^vision_encoder\.backbone\.pos_embed$", "encoder.trunk.background"),
    (r"^vision_encoder\.backbone\.patch_embed\.projection\.", "encoder.trunk.stem."),
    (r"^(vision_encoder\.backbone\.blocks\.\d+)\.proj\.", r"\1.widen."),
    (r"^(vision_encoder\.backbone\.blocks\.\d+)\.attn\.proj\.", r"\1.attention.output."),
    (r"^(vision_encoder\.backbone\.blocks\.\d+)\.attn\.qkv\.", r"\1.attention.qkv."),
    (r"^vision_encoder\.neck\.convs\.", "encoder.neck.lateral."),
    (r"^vision_encoder\.backbone\.", "encoder.trunk."),
    (r"\.layer_norm([1234])\.", r".norm\1."),
    (r"\.layer_norm\.", ".norm."),
    (r"\.q_proj\.", ".query."),
    (r"\.k_proj\.", ".key."),
    (r"\.v_proj\.", ".value."),
    (r"\.o_proj\.", ".output."),
)
_TWO_LAYERS = re.compile(r"(\.mlp)\.(proj_in|proj_out)\.")
_THREE_LAYERS = re.compile(r"\.(proj_in|layers\.0|proj_out)\.")
_DOWNSAMPLER = re.compile(r"memory_encoder\.mask_downsampler\.layers\.(\d)\.(conv|layer_norm)\.")


def our_name(name: str) -> str:
    """The name in our modules of a tensor of a transformers SAM 2 or SAM 3 tracker."""
    if match := _DOWNSAMPLER.match(name):
        place = 3 * int(match[1]) + (match[2] == "layer_norm")
        return f"memory_encoder.mask_net.{place}." + name[match.end() :]
    for pattern, new in _RULES:
        name = re.sub(pattern, new, name)
    name = _TWO_LAYERS.sub(lambda m: f"{m[1]}.layers.{int(m[2] == 'proj_out')}.", name)
    if re.search(r"mask_heads|_head\.|^pointer_projection", name):
        order = ("proj_in", "layers.0", "proj_out")
        name = _THREE_LAYERS.sub(lambda m: f".layers.{order.index(m[1])}.", name, count=1)
    return name


def our_weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Every weight of a transformers model under our names, the heads below ``heads.``."""
    ours = {}
    for name, value in model.state_dict().items():
        if name == "shared_image_embedding.positional_embedding":
            continue
        if name == "prompt_encoder.point_embed.weight":
            ours |= {f"heads.clicks.labels.{row}": value[row : row + 1] for row in range(4)}
            continue
        ours[our_name(name)] = value
    ours.pop("no_memory_positional_encoding", None)
    return ours


def part(weights: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """The weights below ``prefix``, without it."""
    return {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}


def shake(model: torch.nn.Module, seed: int = 0) -> None:
    """Random weights of a healthy size everywhere, also where the library starts with zeros."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if value.ndim < 2:
                is_factor = "norm" in name and name.endswith("weight")
                value.copy_(noise * 0.1 + (1.0 if is_factor else 0.0))
            elif value.shape[0] == 1 or value.ndim == 3:
                value.copy_(noise * 0.5)
            else:
                value.copy_(noise / math.sqrt(value[0].numel()))
        shared = getattr(model, "shared_image_embedding", None)
        if shared is not None:
            table = torch.randn(shared.positional_embedding.shape, generator=generator)
            shared.positional_embedding.copy_(table)
            model.prompt_encoder.shared_embedding.positional_embedding.copy_(table)


def _head_configs(side: int, stride: int) -> dict[str, dict[str, object]]:
    heads = SMALL_HEADS
    return {
        "prompt_encoder_config": {
            "hidden_size": heads.width, "image_size": side, "patch_size": stride,
        },
        "mask_decoder_config": {
            "hidden_size": heads.width, "mlp_dim": heads.mlp_width,
            "num_attention_heads": heads.attention_heads, "iou_head_hidden_dim": heads.width,
        },
    }  # fmt: skip


def _hiera_config(side: int) -> dict[str, object]:
    hiera, grid = SMALL_HIERA, side // 16
    return {
        "model_type": "sam2_vision_model",
        "backbone_config": {
            "model_type": "sam2_hiera_det_model",
            "hidden_size": hiera.width,
            "image_size": [side, side],
            "blocks_per_stage": list(hiera.blocks),
            "embed_dim_per_stage": list(hiera.stage_widths),
            "num_attention_heads_per_stage": [1, 2, 4, 8],
            "window_size_per_stage": list(hiera.windows),
            "global_attention_blocks": list(hiera.global_blocks),
            "window_positional_embedding_background_size": [hiera.background] * 2,
        },
        "backbone_channel_list": list(reversed(hiera.stage_widths)),
        "backbone_feature_sizes": [[4 * grid] * 2, [2 * grid] * 2, [grid] * 2],
        "fpn_hidden_size": SMALL_HEADS.width,
    }


def _memory_config(grid: int, rules: TrackingRules, *, dated: bool) -> dict[str, object]:
    memory, width = SMALL_MEMORY, SMALL_HEADS.width
    limit = rules.max_conditioning
    return {
        "enable_occlusion_spatial_embedding": dated,
        "enable_temporal_pos_encoding_for_object_pointers": dated,
        "max_cond_frame_num": -1 if limit is None else limit,
        "memory_attention_hidden_size": width,
        "memory_attention_num_layers": memory.layers,
        "memory_attention_feed_forward_hidden_size": memory.mlp_width,
        "memory_attention_rope_feat_sizes": [grid, grid],
        "memory_encoder_hidden_size": width,
        "mask_downsampler_embed_dim": width,
        "memory_fuser_embed_dim": width,
        "memory_fuser_intermediate_dim": memory.fuser_width,
    }


def sam2_image_model(seed: int = 0):
    """transformers' ``Sam2Model``, small, with random weights."""
    config = transformers.Sam2Config(vision_config=_hiera_config(SIDE), **_head_configs(SIDE, 16))
    model = transformers.Sam2Model(config).eval()
    shake(model, seed)
    return model


def sam2_video_model(seed: int = 0, *, dated: bool = True):
    """transformers' ``Sam2VideoModel``, small; ``dated=False`` is SAM 2.0."""
    rules = TrackingRules(max_conditioning=None, selects_memories=False)
    config = transformers.Sam2VideoConfig(
        vision_config=_hiera_config(SIDE),
        image_size=SIDE,
        **_head_configs(SIDE, 16),
        **_memory_config(GRID, rules, dated=dated),
    )
    model = transformers.Sam2VideoModel(config).eval()
    shake(model, seed)
    return model


def sam3_heads_config() -> HeadsConfig:
    """Our small heads at the stride of SAM 3."""
    return HeadsConfig(
        width=SMALL_HEADS.width,
        stride=14,
        mlp_width=SMALL_HEADS.mlp_width,
        attention_heads=SMALL_HEADS.attention_heads,
    )


def sam3_tracker_config() -> TrackerConfig:
    """Our small tracker at the proportions of SAM 3, selecting memories like transformers."""
    rules = TrackingRules(selects_memories=False)
    return TrackerConfig(14 * GRID, sam3_heads_config(), SMALL_MEMORY, rules)


def sam3_tracker_reference_config():
    """The configuration of transformers' tracker that ``sam3_tracker_config`` is ours of."""
    side, rules = 14 * GRID, TrackingRules()
    config = transformers.Sam3TrackerVideoConfig(
        **_head_configs(side, 14), **_memory_config(GRID, rules, dated=True)
    )
    config.vision_config.fpn_hidden_size = SMALL_HEADS.width
    config.image_size = side
    return config


def sam3_video_model(seed: int = 0):
    """transformers' ``Sam3TrackerVideoModel``, small, without its image encoder."""
    config = sam3_tracker_reference_config()
    model = transformers.Sam3TrackerVideoModel(config, remove_vision_encoder=True).eval()
    shake(model, seed)
    return model


def sam3_full_video_model(seed: int = 0):
    """transformers' ``Sam3TrackerVideoModel`` at full size, without its image encoder."""
    config = transformers.Sam3TrackerVideoConfig()
    model = transformers.Sam3TrackerVideoModel(config, remove_vision_encoder=True).eval()
    shake(model, seed)
    return model


def sam2_full_video_model(seed: int = 0):
    """transformers' ``Sam2VideoModel`` at the size of SAM 2.1 tiny."""
    model = transformers.Sam2VideoModel(transformers.Sam2VideoConfig()).eval()
    shake(model, seed)
    return model


def random_levels(
    seed: int, grid: int = GRID, width: int = SMALL_HEADS.width
) -> list[torch.Tensor]:
    """Neck levels of a made-up frame; neighbouring seeds give unrelated frames."""
    generator = torch.Generator().manual_seed(1000 + seed)
    return [
        torch.randn(1, width, scale * grid, scale * grid, generator=generator)
        for scale in (4, 2, 1)
    ]


class ReferenceClip:
    """A clip of made-up frames tracked by transformers.

    Its memories are kept in float32 instead of bfloat16, so that differences are not blown up
    by rounding; ours are set to the same.
    """

    def __init__(self, model, frames: int, module, grid: int = GRID) -> None:
        self.model = model
        self.frames = frames
        self.session = module.__dict__[_session_name(module)](
            dtype=torch.float32, max_vision_features_cache_size=frames
        )
        self.session.processed_frames = dict.fromkeys(range(frames))
        position = _reference_positions(model, grid)
        for frame in range(frames):
            fine, mid, embedding = random_levels(frame, grid, model.hidden_dim)
            decoder = model.mask_decoder
            with torch.inference_mode():
                levels = [decoder.conv_s0(fine), decoder.conv_s1(mid), embedding]
            flat = [level.flatten(2).permute(2, 0, 1) for level in levels]
            self.session.cache.cache_vision_features(
                frame, {"vision_feats": flat, "vision_pos_embeds": [position] * 3}
            )

    def click(self, frame: int, object_id: int, points, labels) -> None:
        """Store points (P, 2) as fractions and labels (P,)."""
        index = self.session.obj_id_to_idx(object_id)
        side = self.model.prompt_encoder.input_image_size
        inputs = {"point_coords": points[None, None] * side, "point_labels": labels[None, None]}
        self.session.add_point_inputs(index, frame, inputs)
        self.session.obj_with_new_inputs.append(object_id)

    def mask(self, frame: int, object_id: int, mask) -> None:
        """Store a mask (H, W)."""
        index = self.session.obj_id_to_idx(object_id)
        self.session.add_mask_inputs(index, frame, mask[None, None])
        self.session.obj_with_new_inputs.append(object_id)

    def run(self, frame: int, *, reverse: bool = False):
        """Track one frame; masks (N, 4 h, 4 w) and object logits (N,)."""
        out = self.model(self.session, frame_idx=frame, reverse=reverse)
        return out.pred_masks[:, 0], out.object_score_logits.flatten()

    def stored(self, object_id: int, frame: int, what: str, *, prompted: bool = False):
        """One stored tensor."""
        index = self.session.obj_id_to_idx(object_id)
        return self.session.get_output(index, frame, what, is_conditioning_frame=prompted)


def _session_name(module) -> str:
    return next(name for name in vars(module) if name.endswith("VideoInferenceSession"))


def _reference_positions(model, side):
    width = model.hidden_dim
    encoding = type(model.memory_encoder.position_encoding)(width // 2, normalize=True)
    grid = encoding((1, width, side, side), torch.device("cpu"), torch.float32)
    return grid.flatten(2).permute(2, 0, 1)


class _ExactTorch:
    """``torch`` with bfloat16 replaced by float32, for a module that rounds its memories."""

    bfloat16 = torch.float32

    def __getattr__(self, name: str) -> object:
        return getattr(torch, name)


def keep_exact_memories(module, monkeypatch) -> None:
    """Make a transformers module keep its memories in float32."""
    monkeypatch.setattr(module, "torch", _ExactTorch())


def reference_mask(net, logits, grid, *, binary):
    """The reference's order of resizing and sigmoid; ours is pinned by a test of its own."""
    heads, memory = net.config.heads, net.config.memory
    picture = (grid[0] * heads.stride, grid[1] * heads.stride)
    wanted = (grid[0] * memory.mask_scale, grid[1] * memory.mask_scale)
    if logits.shape[-2:] != wanted:
        logits = functional.interpolate(logits, size=picture, mode="bilinear")
        logits = functional.interpolate(logits, size=wanted, mode="bilinear", antialias=True)
    mask = (logits > 0).float() if binary else logits.sigmoid()
    return mask * memory.logit_scale + memory.logit_bias


def sam3_image_model(seed: int = 0):
    """transformers' ``Sam3TrackerModel`` (image clicks), small; its encoder is not looked at."""
    side = 14 * GRID
    vision = {
        "model_type": "sam3_vision_model",
        "backbone_config": {
            "model_type": "sam3_vit_model", "hidden_size": 32, "intermediate_size": 32,
            "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": side,
            "pretrain_image_size": side, "window_size": 4, "global_attn_indexes": [0],
        },
        "backbone_feature_sizes": [[4 * GRID] * 2, [2 * GRID] * 2, [GRID] * 2],
        "fpn_hidden_size": SMALL_HEADS.width,
    }  # fmt: skip
    config = transformers.Sam3TrackerConfig(vision_config=vision, **_head_configs(side, 14))
    model = transformers.Sam3TrackerModel(config).eval()
    shake(model, seed)
    return model


@torch.inference_mode()
def prepared_levels(model, levels: list[torch.Tensor]) -> list[torch.Tensor]:
    """Neck levels as a transformers image model wants its ``image_embeddings``."""
    fine, mid, embedding = levels
    decoder = model.mask_decoder
    no_memory = model.no_memory_embedding.transpose(1, 2)[..., None]
    return [decoder.conv_s0(fine), decoder.conv_s1(mid), embedding + no_memory]
