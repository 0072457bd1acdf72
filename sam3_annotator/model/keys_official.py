"""The published names and shapes of every tensor in SAM 3 and SAM 2 checkpoints, as short tables.

A line of a table reads ``name kind numbers``; ``{0-3}`` in a name stands for several lines. The
kinds, with the tensors that they stand for:

=========  =====================  ==========================================================
kind       numbers                tensors
=========  =====================  ==========================================================
array      a b c ...              the name itself, of shape (a, b, c, ...)
table      rows width             ``.weight`` (rows, width)
norm       width                  ``.weight`` and ``.bias`` (width)
linear     out in                 ``.weight`` (out, in), ``.bias`` (out)
conv       out in side            ``.weight`` (out, in, side, side), ``.bias`` (out)
deconv     in out side            ``.weight`` (in, out, side, side), ``.bias`` (out)
fused      width                  attention with q, k and v in one ``.in_proj_weight``/``_bias``
split      width memory inner     attention with ``q_proj``, ``k_proj``, ``v_proj``, ``out_proj``
=========  =====================  ==========================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Shape = tuple[int, ...]
Shapes = dict[str, Shape]

_VISION = "detector.backbone.vision_backbone"

_TRUNK = """
pos_embed                  array 1 577 1024
patch_embed.proj.weight    array 1024 3 14 14
ln_pre                     norm 1024
blocks.{0-31}.norm1        norm 1024
blocks.{0-31}.norm2        norm 1024
blocks.{0-31}.attn.qkv     linear 3072 1024
blocks.{0-31}.attn.proj    linear 1024 1024
blocks.{0-31}.mlp.fc1      linear 4736 1024
blocks.{0-31}.mlp.fc2      linear 1024 4736
"""

_NECK = """
0.dconv_2x2_0     deconv 1024 512 2
0.dconv_2x2_1     deconv 512 256 2
1.dconv_2x2       deconv 1024 512 2
0.conv_1x1        conv 256 256 1
1.conv_1x1        conv 256 512 1
{2-3}.conv_1x1    conv 256 1024 1
{0-3}.conv_3x3    conv 256 256 3
"""

_TEXT = """
encoder.positional_embedding                     array 32 1024
encoder.text_projection                          array 1024 512
encoder.token_embedding                          table 49408 1024
encoder.transformer.resblocks.{0-23}.attn        fused 1024
encoder.transformer.resblocks.{0-23}.ln_{1-2}    norm 1024
encoder.transformer.resblocks.{0-23}.mlp.c_fc    linear 4096 1024
encoder.transformer.resblocks.{0-23}.mlp.c_proj  linear 1024 4096
encoder.ln_final                                 norm 1024
resizer                                          linear 256 1024
"""

_CONCEPT = """
geometry_encoder.label_embed                           table 2 256
geometry_encoder.cls_embed                             table 1 256
geometry_encoder.points_direct_project                 linear 256 2
geometry_encoder.points_pool_project                   linear 256 256
geometry_encoder.points_pos_enc_project                linear 256 256
geometry_encoder.boxes_direct_project                  linear 256 4
geometry_encoder.boxes_pool_project                    conv 256 256 7
geometry_encoder.boxes_pos_enc_project                 linear 256 258
geometry_encoder.final_proj                            linear 256 256
geometry_encoder.norm                                  norm 256
geometry_encoder.img_pre_norm                          norm 256
geometry_encoder.encode_norm                           norm 256
geometry_encoder.encode.{0-2}.self_attn                fused 256
geometry_encoder.encode.{0-2}.cross_attn_image         fused 256
geometry_encoder.encode.{0-2}.linear1                  linear 2048 256
geometry_encoder.encode.{0-2}.linear2                  linear 256 2048
geometry_encoder.encode.{0-2}.norm{1-3}                norm 256
transformer.encoder.layers.{0-5}.self_attn             fused 256
transformer.encoder.layers.{0-5}.cross_attn_image      fused 256
transformer.encoder.layers.{0-5}.linear1               linear 2048 256
transformer.encoder.layers.{0-5}.linear2               linear 256 2048
transformer.encoder.layers.{0-5}.norm{1-3}             norm 256
transformer.decoder.layers.{0-5}.self_attn             fused 256
transformer.decoder.layers.{0-5}.ca_text               fused 256
transformer.decoder.layers.{0-5}.cross_attn            fused 256
transformer.decoder.layers.{0-5}.linear1               linear 2048 256
transformer.decoder.layers.{0-5}.linear2               linear 256 2048
transformer.decoder.layers.{0-5}.norm{1-3}             norm 256
transformer.decoder.layers.{0-5}.catext_norm           norm 256
transformer.decoder.norm                               norm 256
transformer.decoder.query_embed                        table 200 256
transformer.decoder.reference_points                   table 200 4
transformer.decoder.bbox_embed.layers.{0-1}            linear 256 256
transformer.decoder.bbox_embed.layers.2                linear 4 256
transformer.decoder.boxRPB_embed_x.layers.0            linear 256 2
transformer.decoder.boxRPB_embed_x.layers.1            linear 8 256
transformer.decoder.boxRPB_embed_y.layers.0            linear 256 2
transformer.decoder.boxRPB_embed_y.layers.1            linear 8 256
transformer.decoder.ref_point_head.layers.0            linear 256 512
transformer.decoder.ref_point_head.layers.1            linear 256 256
transformer.decoder.presence_token                     table 1 256
transformer.decoder.presence_token_head.layers.{0-1}   linear 256 256
transformer.decoder.presence_token_head.layers.2       linear 1 256
transformer.decoder.presence_token_out_norm            norm 256
dot_prod_scoring.prompt_mlp.layers.0                   linear 2048 256
dot_prod_scoring.prompt_mlp.layers.1                   linear 256 2048
dot_prod_scoring.prompt_mlp.out_norm                   norm 256
dot_prod_scoring.prompt_proj                           linear 256 256
dot_prod_scoring.hs_proj                               linear 256 256
segmentation_head.pixel_decoder.conv_layers.{0-2}      conv 256 256 3
segmentation_head.pixel_decoder.norms.{0-2}            norm 256
segmentation_head.mask_predictor.mask_embed.layers.{0-2}  linear 256 256
segmentation_head.cross_attend_prompt                  fused 256
segmentation_head.cross_attn_norm                      norm 256
segmentation_head.semantic_seg_head                    conv 1 256 1
segmentation_head.instance_seg_head                    conv 256 256 1
"""

_CLICKS = """
no_mem_embed                                                    array 1 1 256
sam_prompt_encoder.pe_layer.positional_encoding_gaussian_matrix array 2 128
sam_prompt_encoder.point_embeddings.{0-3}                       table 1 256
sam_prompt_encoder.not_a_point_embed                            table 1 256
sam_prompt_encoder.no_mask_embed                                table 1 256
sam_prompt_encoder.mask_downscaling.0                           conv 4 1 2
sam_prompt_encoder.mask_downscaling.1                           norm 4
sam_prompt_encoder.mask_downscaling.3                           conv 16 4 2
sam_prompt_encoder.mask_downscaling.4                           norm 16
sam_prompt_encoder.mask_downscaling.6                           conv 256 16 1
sam_mask_decoder.iou_token                                      table 1 256
sam_mask_decoder.mask_tokens                                    table 4 256
sam_mask_decoder.obj_score_token                                table 1 256
sam_mask_decoder.transformer.layers.{0-1}.self_attn             split 256 256 256
sam_mask_decoder.transformer.layers.{0-1}.cross_attn_token_to_image  split 256 256 128
sam_mask_decoder.transformer.layers.{0-1}.cross_attn_image_to_token  split 256 256 128
sam_mask_decoder.transformer.layers.{0-1}.mlp.IN                linear 2048 256
sam_mask_decoder.transformer.layers.{0-1}.mlp.OUT               linear 256 2048
sam_mask_decoder.transformer.layers.{0-1}.norm{1-4}             norm 256
sam_mask_decoder.transformer.final_attn_token_to_image          split 256 256 128
sam_mask_decoder.transformer.norm_final_attn                    norm 256
sam_mask_decoder.output_upscaling.0                             deconv 256 64 2
sam_mask_decoder.output_upscaling.1                             norm 64
sam_mask_decoder.output_upscaling.3                             deconv 64 32 2
sam_mask_decoder.conv_s0                                        conv 32 256 1
sam_mask_decoder.conv_s1                                        conv 64 256 1
sam_mask_decoder.output_hypernetworks_mlps.{0-3}.layers.{0-1}   linear 256 256
sam_mask_decoder.output_hypernetworks_mlps.{0-3}.layers.2       linear 32 256
sam_mask_decoder.iou_prediction_head.layers.{0-1}               linear 256 256
sam_mask_decoder.iou_prediction_head.layers.2                   linear 4 256
"""

_OBJECT_SCORE = """
sam_mask_decoder.pred_obj_score_head.layers.{0-1}  linear 256 256
sam_mask_decoder.pred_obj_score_head.layers.2      linear 1 256
"""

_MEMORY = """
maskmem_tpos_enc                      array 7 1 1 64
no_mem_pos_enc                        array 1 1 256
no_obj_ptr                            array 1 256
mask_downsample                       conv 1 1 4
obj_ptr_proj.layers.{0-2}             linear 256 256
ATTENTION.layers.{0-3}.self_attn         split 256 256 256
ATTENTION.layers.{0-3}.cross_attn_image  split 256 64 256
ATTENTION.layers.{0-3}.linear1           linear 2048 256
ATTENTION.layers.{0-3}.linear2           linear 256 2048
ATTENTION.layers.{0-3}.norm{1-3}         norm 256
ATTENTION.norm                           norm 256
ENCODER.mask_downsampler.encoder.0    conv 4 1 3
ENCODER.mask_downsampler.encoder.1    norm 4
ENCODER.mask_downsampler.encoder.3    conv 16 4 3
ENCODER.mask_downsampler.encoder.4    norm 16
ENCODER.mask_downsampler.encoder.6    conv 64 16 3
ENCODER.mask_downsampler.encoder.7    norm 64
ENCODER.mask_downsampler.encoder.9    conv 256 64 3
ENCODER.mask_downsampler.encoder.10   norm 256
ENCODER.mask_downsampler.encoder.12   conv 256 256 1
ENCODER.pix_feat_proj                 conv 256 256 1
ENCODER.fuser.layers.{0-1}.gamma      array 256
ENCODER.fuser.layers.{0-1}.dwconv     conv 256 1 7
ENCODER.fuser.layers.{0-1}.norm       norm 256
ENCODER.fuser.layers.{0-1}.pwconv1    linear 1024 256
ENCODER.fuser.layers.{0-1}.pwconv2    linear 256 1024
ENCODER.out_proj                      conv 64 256 1
"""

_OCCLUSION = """
no_obj_embed_spatial    array 1 64
obj_ptr_tpos_proj       linear 64 256
"""


@dataclass(frozen=True, slots=True)
class HieraSize:
    """Numbers in which the four published SAM 2 backbones differ.

    Attributes:
        width: channels of the first stage; each further stage doubles them.
        blocks: blocks per stage.
        background: side of the coarse position table.
        window: side of the window position table.
    """

    width: int
    blocks: tuple[int, int, int, int]
    background: int = 7
    window: int = 8


HIERA = {
    "tiny": HieraSize(96, (1, 2, 7, 2)),
    "small": HieraSize(96, (1, 2, 11, 2)),
    "base+": HieraSize(112, (2, 3, 16, 3), background=14),
    "large": HieraSize(144, (2, 6, 36, 4)),
}


def sam3_parts() -> dict[str, Shapes]:
    """Names and shapes of the official SAM 3 file by part; computed rotary tables left out."""
    clicks = _CLICKS.replace("mlp.IN", "mlp.lin1").replace("mlp.OUT", "mlp.lin2")
    memory = _MEMORY.replace("ATTENTION", "transformer.encoder")
    memory = memory.replace("ENCODER", "maskmem_backbone")
    return {
        "trunk": _expand(_TRUNK, f"{_VISION}.trunk."),
        "detector": _expand(_NECK, f"{_VISION}.convs.")
        | _expand(_TEXT, "detector.backbone.language_backbone.")
        | _expand(_CONCEPT, "detector."),
        "clicks": _expand(_NECK, f"{_VISION}.sam2_convs.")
        | _expand(clicks, "tracker.")
        | _expand(_OBJECT_SCORE, "tracker."),
        "memory": _expand(memory, "tracker.") | _expand(_OCCLUSION, "tracker."),
    }


def sam2_parts(size: str, *, version: str) -> dict[str, Shapes]:
    """Names and shapes of an official SAM 2 file by part.

    Args:
        size: a key of ``HIERA``.
        version: ``"2"`` or ``"2.1"``; the latter adds the code of an absent object and the
            projected time code of pointers.
    """
    memory = _MEMORY.replace("ATTENTION", "memory_attention").replace("ENCODER", "memory_encoder")
    clicks = _CLICKS.replace("mlp.IN", "mlp.layers.0").replace("mlp.OUT", "mlp.layers.1")
    later = _OCCLUSION if version == "2.1" else ""
    return {
        "image": _expand(_hiera_table(HIERA[size]), "image_encoder.") | _expand(clicks, ""),
        "object_score": _expand(_OBJECT_SCORE, ""),
        "memory": _expand(memory, "") | _expand(later, ""),
    }


def _hiera_table(size: HieraSize) -> str:
    """The table of one Hiera backbone with its neck (SAM 2, ``hieradet``)."""
    lines = [
        f"trunk.pos_embed array 1 {size.width} {size.background} {size.background}",
        f"trunk.pos_embed_window array 1 {size.width} {size.window} {size.window}",
        f"trunk.patch_embed.proj conv {size.width} 3 7",
    ]
    before, block = size.width, 0
    for stage, count in enumerate(size.blocks):
        width = size.width * 2**stage
        for _ in range(count):
            name = f"trunk.blocks.{block}"
            lines += [
                f"{name}.norm1 norm {before}",
                f"{name}.attn.qkv linear {3 * width} {before}",
                f"{name}.attn.proj linear {width} {width}",
                f"{name}.norm2 norm {width}",
                f"{name}.mlp.layers.0 linear {4 * width} {width}",
                f"{name}.mlp.layers.1 linear {width} {4 * width}",
            ]
            if before != width:
                lines.append(f"{name}.proj linear {width} {before}")
            before, block = width, block + 1
        lines.append(f"neck.convs.{3 - stage}.conv conv 256 {width} 1")
    return "\n".join(lines)


def _expand(table: str, prefix: str) -> Shapes:
    shapes: Shapes = {}
    for line in filter(None, table.splitlines()):
        pattern, kind, *numbers = line.split()
        tensors = _KINDS[kind](*map(int, numbers))
        for name in _names(prefix + pattern):
            shapes.update({name + suffix: shape for suffix, shape in tensors.items()})
    return shapes


def _names(pattern: str) -> Iterator[str]:
    """``a.{0-2}.b`` -> ``a.0.b``, ``a.1.b``, ``a.2.b``; several ranges multiply."""
    match = re.search(r"\{(\d+)-(\d+)\}", pattern)
    if match is None:
        yield pattern
        return
    for number in range(int(match[1]), int(match[2]) + 1):
        yield from _names(f"{pattern[: match.start()]}{number}{pattern[match.end() :]}")


def _array(*shape: int) -> Shapes:
    return {"": shape}


def _table(rows: int, width: int) -> Shapes:
    return {".weight": (rows, width)}


def _norm(width: int) -> Shapes:
    return {".weight": (width,), ".bias": (width,)}


def _linear(out: int, inner: int) -> Shapes:
    return {".weight": (out, inner), ".bias": (out,)}


def _conv(out: int, inner: int, side: int) -> Shapes:
    return {".weight": (out, inner, side, side), ".bias": (out,)}


def _deconv(inner: int, out: int, side: int) -> Shapes:
    return {".weight": (inner, out, side, side), ".bias": (out,)}


def _fused(width: int) -> Shapes:
    return {
        ".in_proj_weight": (3 * width, width),
        ".in_proj_bias": (3 * width,),
        ".out_proj.weight": (width, width),
        ".out_proj.bias": (width,),
    }


def _split(width: int, memory: int, inner: int) -> Shapes:
    sizes = {"q": (inner, width), "k": (inner, memory), "v": (inner, memory), "out": (width, inner)}
    weights: Shapes = {f".{name}_proj.weight": shape for name, shape in sizes.items()}
    return weights | {f".{name}_proj.bias": shape[:1] for name, shape in sizes.items()}


_KINDS: dict[str, Callable[..., Shapes]] = {
    "array": _array,
    "table": _table,
    "norm": _norm,
    "linear": _linear,
    "conv": _conv,
    "deconv": _deconv,
    "fused": _fused,
    "split": _split,
}
