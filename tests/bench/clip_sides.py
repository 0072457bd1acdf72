"""Clicks and tracking, ours and transformers', as steps to time.

Memories are filled with noise as after a long run (seven maps, sixteen pointers each): the work is
the same as with real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from sam3_annotator.inference.tracking_setup import tracker_on
from sam3_annotator.model.build_tracker import build_sam2, build_tracker_net
from sam3_annotator.model.memory_bank import MemoryEntry, ObjectTrack, TrackState
from sam3_annotator.model.memory_select import Moment
from sam3_annotator.model.segmenter import Segmenter
from sam3_annotator.model.tracker_config import SAM3_TRACKER, SAM21_TINY
from tests.support.reference import transformers
from tests.support.sam_reference import (
    random_levels,
    sam2_full_video_model,
    sam3_full_video_model,
    shake,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.model.tracker import Tracker

WIDTH = 256
FRAME = 20

Steps = dict[str, "Callable[[], object]"]


@dataclass(frozen=True)
class Kind:
    """What differs between SAM 3's tracker and SAM 2.1: the grid, the backbone, the classes."""

    grid: int
    side: int
    has_backbone: bool
    module: Any
    session: str


def kind_of(model: str) -> Kind:
    if model == "SAM 2.1 tiny":
        module = transformers.models.sam2_video.modeling_sam2_video
        return Kind(64, 1024, True, module, "Sam2VideoInferenceSession")
    module = transformers.models.sam3_tracker_video.modeling_sam3_tracker_video
    return Kind(72, 1008, False, module, "Sam3TrackerVideoInferenceSession")


def filled_state(tracker: Tracker, grid: int, objects: int, device: str, dtype: torch.dtype):
    """Objects prompted on frame 0 and followed up to the frame before ``FRAME``."""
    state, rules = TrackState(total=FRAME + 1), tracker.config.rules
    attention, caches = tracker.net.memory_attention, tracker.projection_bytes > 0
    for object_id in range(objects):
        bank = state.track(object_id).bank
        for frame in range(FRAME):
            memory = torch.randn(grid * grid, 64, device=device, dtype=dtype)
            entry = MemoryEntry(
                frame,
                torch.zeros(4 * grid, 4 * grid, device=device),
                torch.randn(WIDTH, device=device, dtype=dtype),
                iou=0.9,
                object_logit=5.0,
                memory=memory,
                projected=attention.project(memory, (grid, grid)) if caches else None,
            )
            if frame == 0:
                bank.condition(entry)
            else:
                bank.remember(entry, Moment(frame), rules, tracker.config.memory.slots)
    return state


def our_steps(model: str, dtype: torch.dtype, device: str, counts: tuple[int, ...]) -> Steps:
    kind, steps = kind_of(model), {}
    if kind.has_backbone:
        whole = build_sam2(SAM21_TINY)
        net, encoder = whole.tracker, whole.encoder
        shake(encoder)
        encoder.to(device, dtype)
        pixels = torch.zeros(1, 3, kind.side, kind.side, device=device, dtype=dtype).uniform_(-1, 1)
        steps["encode a picture"] = lambda: net.heads.features(encoder(pixels))
    else:
        net = build_tracker_net(SAM3_TRACKER)
    shake(net)
    net.to(device, dtype)
    tracker, segmenter = tracker_on(net, torch.device(device)), Segmenter(net.heads)
    levels = [x.to(device, dtype) for x in random_levels(0, kind.grid, WIDTH)]
    features, picture = tracker.features(levels), segmenter.features(levels)
    point, label = torch.full((1, 1, 2), 0.4, device=device), torch.ones(1, 1, device=device).long()
    steps["answer a click"] = lambda: segmenter.segment(picture, points=point, labels=label)
    state = filled_state(tracker, kind.grid, max(counts), device, dtype)
    for count in counts:
        steps[f"follow {count} object{'s' * (count > 1)}"] = _tracked(
            tracker, features, state, count
        )
    return steps


def _tracked(tracker: Tracker, features, state: TrackState, count: int) -> Callable[[], object]:
    # Seats of its own: whom it was timed with before must not matter.
    state = TrackState(state.total, {i: ObjectTrack(i, state.tracks[i].bank) for i in range(count)})

    def step() -> None:
        outputs = tracker.step(features, state, FRAME)
        tracker.remember(features, state, FRAME, outputs)
        for object_id in outputs:
            state.tracks[object_id].bank.forget(FRAME)

    return step


def filled_session(model, kind: Kind, objects: int, device: str, dtype: torch.dtype):
    session = getattr(kind.module, kind.session)(
        dtype=dtype, inference_device=device, inference_state_device=device
    )
    session.processed_frames = dict.fromkeys(range(FRAME + 1))
    cells = kind.grid * kind.grid
    for object_id in range(objects):
        index = session.obj_id_to_idx(object_id)
        for frame in range(FRAME):
            output = {
                "maskmem_features": torch.randn(cells, 1, 64, device=device, dtype=dtype),
                "maskmem_pos_enc": torch.randn(cells, 1, 64, device=device, dtype=dtype),
                "object_pointer": torch.randn(1, 1, WIDTH, device=device, dtype=dtype),
                "pred_masks": torch.zeros(
                    1, 1, 4 * kind.grid, 4 * kind.grid, device=device, dtype=dtype
                ),
                "object_score_logits": torch.ones(1, 1, 1, device=device, dtype=dtype),
            }
            session.store_output(index, frame, None, output, is_conditioning_frame=frame == 0)
    fine, mid, embedding = (x.to(device, dtype) for x in random_levels(0, kind.grid, WIDTH))
    levels = [model.mask_decoder.conv_s0(fine), model.mask_decoder.conv_s1(mid), embedding]
    flat = [level.flatten(2).permute(2, 0, 1) for level in levels]
    features = {"vision_feats": flat, "vision_pos_embeds": [flat[-1]] * 3}
    session.cache.cache_vision_features(FRAME, features)
    return session, levels


def reference_steps(model: str, dtype: torch.dtype, device: str, counts: tuple[int, ...]) -> Steps:
    kind, steps = kind_of(model), {}
    made = sam2_full_video_model() if kind.has_backbone else sam3_full_video_model()
    made.to(device, dtype)
    if kind.has_backbone:
        pixels = torch.zeros(1, 3, kind.side, kind.side, device=device, dtype=dtype).uniform_(-1, 1)
        steps["encode a picture"] = lambda: made.get_image_features(pixels)
    points = torch.full((1, 1, 1, 2), 400.0, device=device, dtype=dtype)
    labels = torch.ones(1, 1, 1, device=device, dtype=torch.int32)
    _, levels = filled_session(made, kind, 1, device, dtype)
    click = {"input_points": points, "input_labels": labels, "image_embeddings": levels}
    steps["answer a click"] = lambda: made._single_frame_forward(**click)

    def tracked(count: int) -> Callable[[], object]:
        session, _ = filled_session(made, kind, count, device, dtype)
        return lambda: made(session, frame_idx=FRAME)

    return steps | {f"follow {count} object{'s' * (count > 1)}": tracked(count) for count in counts}
