"""Full-size click heads and trackers of SAM 3 and SAM 2 tiny against transformers."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from sam3_annotator.model.build_tracker import build_sam2, build_tracker_net
from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.segmenter import Segmenter
from sam3_annotator.model.track_prompts import Clicks
from sam3_annotator.model.tracker import Tracker
from sam3_annotator.model.tracker_config import (
    SAM3_TRACKER,
    SAM21_TINY,
    TrackerConfig,
    TrackingRules,
)
from tests.parity.table import record
from tests.support.reference import transformers
from tests.support.sam_reference import (
    ReferenceClip,
    keep_exact_memories,
    our_weights,
    part,
    random_levels,
    reference_mask,
    sam2_full_video_model,
    sam3_full_video_model,
)

pytestmark = [pytest.mark.parity, pytest.mark.timeout(3000)]

FRAMES = 10
# Float32 on both sides, sums over up to 36,000 keys; measured below 1e-5.
ALLOWED = 1e-4

sam2_module = transformers.models.sam2_video.modeling_sam2_video
sam3_module = transformers.models.sam3_tracker_video.modeling_sam3_tracker_video


def _gap(ours, theirs):
    return float((ours - theirs).abs().max())


def _always_present(model):
    with torch.no_grad():
        model.mask_decoder.pred_obj_score_head.proj_out.bias += 20.0


@pytest.fixture(scope="module")
def sam3():
    """(reference, our tracker without memory selection, which transformers does not have)."""
    model = sam3_full_video_model()
    _always_present(model)
    rules = TrackingRules(selects_memories=False)
    config = TrackerConfig(SAM3_TRACKER.image_size, SAM3_TRACKER.heads, rules=rules)
    net = build_tracker_net(config)
    net.load_state_dict(our_weights(model))
    return model, Tracker(net, memory_dtype=torch.float32)


@pytest.fixture
def sam3_clip(sam3, monkeypatch):
    model, tracker = sam3
    keep_exact_memories(sam3_module, monkeypatch)
    monkeypatch.setattr(tracker.net, "memory_mask", partial(reference_mask, tracker.net))
    return ReferenceClip(model, FRAMES, sam3_module, grid=72), tracker, TrackState(total=FRAMES)


def _levels(frame):
    return random_levels(frame, 72, 256)


def _track(clip, frames):
    """Track both; largest difference of masks and of object scores."""
    reference, tracker, state = clip
    masks = scores = 0.0
    for frame in frames:
        expected, logits = reference.run(frame)
        features = tracker.features(_levels(frame))
        outputs = tracker.step(features, state, frame)
        tracker.remember(features, state, frame, outputs)
        masks = max(masks, _gap(outputs[1].logits, expected[0]))
        scores = max(scores, abs(outputs[1].object_logit - float(logits[0])))
    return masks, scores


def test_sam3_clip_from_clicks(sam3_clip):
    reference, tracker, state = sam3_clip
    points, labels = torch.tensor([[0.4, 0.5], [0.8, 0.1]]), torch.tensor([1, 0])
    reference.click(0, 1, points, labels)
    tracker.prompt_clicks(tracker.features(_levels(0)), state, 1, 0, Clicks(points, labels))
    masks, scores = _track(sam3_clip, range(FRAMES))
    record("SAM 3 tracker, 10 frames from clicks: mask logits", masks, ALLOWED)
    record("SAM 3 tracker, 10 frames from clicks: object logits", scores, ALLOWED)
    assert masks <= ALLOWED
    assert scores <= ALLOWED


def test_sam3_clip_from_a_mask(sam3_clip):
    """Pointer and spatial memory of the prompted frame are the published ones on both sides."""
    reference, tracker, state = sam3_clip
    mask = torch.zeros(72, 72)
    mask[20:45, 30:60] = 1
    mask = mask.repeat_interleave(14, 0).repeat_interleave(14, 1)
    reference.mask(0, 1, mask)
    reference.run(0)
    tracker.prompt_masks(tracker.features(_levels(0)), state, 0, {1: mask})
    held = state.tracks[1].bank.conditioning[0]
    entry = reference.session.output_dict_per_obj[0]["cond_frame_outputs"][0]
    entry["object_pointer"] = held.pointer[None, None]
    entry["maskmem_features"] = held.memory[:, None]
    masks, _ = _track(sam3_clip, range(1, 4))
    record("SAM 3 tracker, 3 frames from a mask: mask logits", masks, ALLOWED)
    assert masks <= ALLOWED


@pytest.mark.parametrize("kind", ["one click", "box and clicks", "earlier mask"])
@torch.inference_mode()
def test_sam3_click_heads(sam3, kind):
    model, tracker = sam3
    segmenter = Segmenter(tracker.net.heads)
    features = segmenter.features(_levels(0))
    points = torch.tensor([[[0.2, 0.3], [0.7, 0.8], [0.5, 0.4]]])
    labels = torch.tensor([[2, 3, 1]])
    prompts, theirs = {}, {}
    if kind == "one click":
        prompts = {"points": points[:, 2:], "labels": labels[:, 2:]}
        theirs = {"input_points": points[None, :, 2:], "input_labels": labels[None, :, 2:]}
    elif kind == "box and clicks":
        prompts = {"points": points[:, 2:], "labels": labels[:, 2:]}
        prompts["boxes_cxcywh_unit"] = torch.tensor([[0.45, 0.55, 0.5, 0.5]])
        theirs = {"input_points": points[None], "input_labels": labels[None]}
    else:
        earlier = torch.randn(1, 1, 288, 288) * 4
        prompts, theirs = {"mask_logits": earlier}, {"input_masks": earlier}
    if "input_points" in theirs:
        theirs["input_points"] = theirs["input_points"] * 1008
    gap = 0.0
    for multimask in (True, False):
        answer = segmenter.segment(features, multimask=multimask, **prompts)
        decoded = model.mask_decoder(
            image_embeddings=features.embedding,
            image_positional_embeddings=model.get_image_wide_positional_embeddings(),
            **_reference_prompt(model, theirs),
            multimask_output=multimask,
            high_resolution_features=[features.fine, features.mid],
        )
        gap = max(gap, _gap(answer.logits, decoded[0][0]), _gap(answer.ious, decoded[1][0]))
    record(f"SAM 3 click heads, {kind}: mask logits", gap, ALLOWED)
    assert gap <= ALLOWED


def _reference_prompt(model, prompt):
    if "input_points" not in prompt:
        prompt = prompt | {
            "input_points": torch.zeros(1, 1, 1, 2),
            "input_labels": -torch.ones(1, 1, 1, dtype=torch.int32),
        }
    arguments = {"input_boxes": None, "input_masks": None} | prompt
    sparse, dense = model.prompt_encoder(**arguments)
    return {"sparse_prompt_embeddings": sparse, "dense_prompt_embeddings": dense}


@pytest.fixture(scope="module")
def sam2():
    model = sam2_full_video_model()
    _always_present(model)
    ours = build_sam2(SAM21_TINY)
    weights = our_weights(model)
    ours.encoder.load_state_dict(part(weights, "encoder."))
    ours.tracker.load_state_dict({k: v for k, v in weights.items() if k[:8] != "encoder."})
    return model, ours


def test_sam2_tiny_from_pixels(sam2, monkeypatch):
    """The whole tiny model: backbone at 1024, a click, and two more frames."""
    model, ours = sam2
    keep_exact_memories(sam2_module, monkeypatch)
    tracker, state = Tracker(ours.tracker, memory_dtype=torch.float32), TrackState(total=3)
    torch.manual_seed(0)
    pixels = torch.randn(3, 3, 1024, 1024)
    session = sam2_module.Sam2VideoInferenceSession(video=pixels, dtype=torch.float32)
    points, labels = torch.tensor([[0.4, 0.5]]), torch.tensor([1])
    inputs = {"point_coords": points[None, None] * 1024, "point_labels": labels[None, None]}
    session.add_point_inputs(session.obj_id_to_idx(1), 0, inputs)
    session.obj_with_new_inputs.append(1)
    levels_gap = masks_gap = 0.0
    for frame in range(3):
        expected = model(session, frame_idx=frame).pred_masks[0, 0]
        with torch.inference_mode():
            levels = ours.encoder(pixels[frame : frame + 1])
            theirs = model.vision_encoder(pixels[frame : frame + 1]).fpn_hidden_states
        levels_gap = max([levels_gap, *map(_gap, levels, theirs)])
        features = tracker.features(levels)
        if frame == 0:
            tracker.prompt_clicks(features, state, 1, 0, Clicks(points, labels))
        outputs = tracker.step(features, state, frame)
        tracker.remember(features, state, frame, outputs)
        masks_gap = max(masks_gap, _gap(outputs[1].logits, expected))
    record("SAM 2.1 tiny, 1024 px: backbone levels", levels_gap, ALLOWED)
    record("SAM 2.1 tiny, click and two tracked frames: mask logits", masks_gap, ALLOWED)
    assert levels_gap <= ALLOWED
    assert masks_gap <= ALLOWED
