"""transformers' whole clip model, small, with the weights of one of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.build import build_detector
from sam3_annotator.model.build_tracker import build_tracker_net
from sam3_annotator.model.config import DetectorConfig
from tests.support.detector_reference import randomise, reference_config, to_reference
from tests.support.reference import transformers
from tests.support.sam_reference import (
    GRID,
    SMALL_HEADS,
    our_weights,
    sam3_tracker_config,
    sam3_tracker_reference_config,
    shake,
)

if TYPE_CHECKING:
    from sam3_annotator.model.detector import Detector
    from sam3_annotator.model.tracker_net import TrackerNet

SIDE = 14 * GRID
TRACKER_NECK = "image_encoder.tracker_neck."
_module = transformers.models.sam3_video.modeling_sam3_video


def small_config() -> DetectorConfig:
    """Our smallest detector at the stride and the width of the small tracker."""
    tiny = DetectorConfig.tiny()
    vit = replace(tiny.vit, image_size=SIDE, patch=14)
    return replace(tiny, vit=vit, width=SMALL_HEADS.width)


def clip_models(seed: int = 0) -> tuple[Detector, TrackerNet, torch.nn.Module]:
    """(our detector, our tracker, the reference with both and the same weights)."""
    config = small_config()
    detector = build_detector(config)
    randomise(detector, seed)
    whole = transformers.Sam3VideoConfig(
        detector_config=reference_config(config),
        tracker_config=sam3_tracker_reference_config(),
        low_res_mask_size=4 * GRID,
    )
    reference = _module.Sam3VideoModel(whole).eval().requires_grad_(requires_grad=False)
    shake(reference.tracker_model, seed)
    with torch.no_grad():
        reference.tracker_model.mask_decoder.pred_obj_score_head.proj_out.bias += 6
    state = detector.state_dict()
    _, unexpected = reference.detector_model.load_state_dict(to_reference(state), strict=False)
    assert not unexpected
    # The tracker's neck has the shape of the detector's, so one table names both.
    neck = {
        "image_encoder.neck." + name.removeprefix(TRACKER_NECK): tensor
        for name, tensor in state.items()
        if name.startswith(TRACKER_NECK)
    }
    renamed = {n.removeprefix("vision_encoder.neck."): t for n, t in to_reference(neck).items()}
    missing, unexpected = reference.tracker_neck.load_state_dict(renamed, strict=False)
    assert not unexpected
    assert all(name.startswith("fpn_layers.3.") for name in missing), missing
    net = build_tracker_net(sam3_tracker_config()).eval()
    net.load_state_dict(our_weights(reference.tracker_model))
    return detector.eval(), net, reference


def session_of(pixels: torch.Tensor, ids: torch.Tensor, is_real: torch.Tensor):
    """The reference's state for a clip (frames, 3, side, side) and one phrase (1, L)."""
    session = _module.Sam3VideoInferenceSession(
        video=pixels, dtype=torch.float32, max_vision_features_cache_size=len(pixels)
    )
    prompt = session.add_prompt("phrase")
    session.prompt_input_ids[prompt] = ids
    session.prompt_attention_masks[prompt] = is_real
    return session
