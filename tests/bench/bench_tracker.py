"""Speed and memory of clicks and tracking at SAM 3's size beside transformers, on one machine.

``pytest -m bench tests/bench/bench_tracker.py -s`` prints the table; ``python -m
tests.bench.bench_tracker ours|reference cpu|cuda bfloat16`` measures one side in its own process.
Memories are filled with noise as after a long run (seven maps, sixteen pointers each): the work
is the same as with real ones.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import torch

from sam3_annotator.model.build_tracker import build_tracker_net
from sam3_annotator.model.memory_bank import MemoryEntry, TrackState
from sam3_annotator.model.memory_select import Moment
from sam3_annotator.model.object_batches import Batching
from sam3_annotator.model.segmenter import Segmenter
from sam3_annotator.model.tracker import Tracker
from sam3_annotator.model.tracker_config import SAM3_TRACKER
from tests.support.reference import transformers
from tests.support.sam_reference import random_levels, sam3_full_video_model, shake

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3000)]

GRID, CELLS, WIDTH = 72, 72 * 72, 256
FRAME = 20
REPEATS = 3
GPU_BATCHES = Batching(attention=1, decoder=8, encoder=4)

module = transformers.models.sam3_tracker_video.modeling_sam3_tracker_video


def object_counts(device: str) -> tuple[int, ...]:
    """A CPU takes tens of seconds for one object: sixteen would only repeat the fifth."""
    return (1, 5) if device == "cpu" else (1, 5, 16)


def filled_state(tracker: Tracker, objects: int, device: str, dtype: torch.dtype) -> TrackState:
    """Objects prompted on frame 0 and followed up to the frame before ``FRAME``."""
    state, rules = TrackState(total=FRAME + 1), tracker.config.rules
    attention = tracker.net.memory_attention
    for object_id in range(objects):
        bank = state.track(object_id).bank
        for frame in range(FRAME):
            memory = torch.randn(CELLS, 64, device=device, dtype=dtype)
            entry = MemoryEntry(
                frame,
                torch.zeros(4 * GRID, 4 * GRID, device=device),
                torch.randn(WIDTH, device=device, dtype=dtype),
                iou=0.9,
                object_logit=5.0,
                memory=memory,
                projected=attention.project(memory, (GRID, GRID)),
            )
            if frame == 0:
                bank.condition(entry)
            else:
                bank.remember(entry, Moment(frame), rules, tracker.config.memory.slots)
    return state


def our_steps(dtype: torch.dtype, device: str) -> dict[str, Callable[[], object]]:
    net = build_tracker_net(SAM3_TRACKER)
    shake(net)
    net.to(device, dtype)
    batching = Batching() if device == "cpu" else GPU_BATCHES
    tracker, segmenter = Tracker(net, batching=batching), Segmenter(net.heads)
    levels = [x.to(device, dtype) for x in random_levels(0, GRID, WIDTH)]
    features, picture = tracker.features(levels), segmenter.features(levels)
    point, label = torch.full((1, 1, 2), 0.4, device=device), torch.ones(1, 1, device=device).long()

    def tracked(objects: int) -> Callable[[], object]:
        state = filled_state(tracker, objects, device, dtype)
        moment = state.moment(FRAME)

        def step() -> None:
            outputs = tracker.step(features, state, moment.frame)
            tracker.remember(features, state, moment.frame, outputs)
            for object_id in outputs:
                state.tracks[object_id].bank.forget(moment.frame)

        return step

    steps = {"click": lambda: segmenter.segment(picture, points=point, labels=label)}
    return steps | {f"tracked frame, {n} objects": tracked(n) for n in object_counts(device)}


def filled_session(model, objects: int, device: str, dtype: torch.dtype):
    session = module.Sam3TrackerVideoInferenceSession(
        dtype=dtype, inference_device=device, inference_state_device=device
    )
    session.processed_frames = dict.fromkeys(range(FRAME + 1))
    for object_id in range(objects):
        index = session.obj_id_to_idx(object_id)
        for frame in range(FRAME):
            output = {
                "maskmem_features": torch.randn(CELLS, 1, 64, device=device, dtype=dtype),
                "maskmem_pos_enc": torch.randn(CELLS, 1, 64, device=device, dtype=dtype),
                "object_pointer": torch.randn(1, 1, WIDTH, device=device, dtype=dtype),
                "pred_masks": torch.zeros(1, 1, 4 * GRID, 4 * GRID, device=device, dtype=dtype),
                "object_score_logits": torch.ones(1, 1, 1, device=device, dtype=dtype),
            }
            session.store_output(index, frame, None, output, is_conditioning_frame=frame == 0)
    fine, mid, embedding = (x.to(device, dtype) for x in random_levels(0, GRID, WIDTH))
    levels = [model.mask_decoder.conv_s0(fine), model.mask_decoder.conv_s1(mid), embedding]
    flat = [level.flatten(2).permute(2, 0, 1) for level in levels]
    features = {"vision_feats": flat, "vision_pos_embeds": [flat[-1]] * 3}
    session.cache.cache_vision_features(FRAME, features)
    return session, levels


def reference_steps(dtype: torch.dtype, device: str) -> dict[str, Callable[[], object]]:
    model = sam3_full_video_model().to(device, dtype)
    points = torch.full((1, 1, 1, 2), 400.0, device=device, dtype=dtype)
    labels = torch.ones(1, 1, 1, device=device, dtype=torch.int32)

    def tracked(objects: int) -> Callable[[], object]:
        session, _ = filled_session(model, objects, device, dtype)
        return lambda: model(session, frame_idx=FRAME)

    _, levels = filled_session(model, 1, device, dtype)
    click = {"input_points": points, "input_labels": labels, "image_embeddings": levels}
    steps = {"click": lambda: model._single_frame_forward(**click)}
    return steps | {f"tracked frame, {n} objects": tracked(n) for n in object_counts(device)}


def seconds(step: Callable[[], object], device: str) -> tuple[float, float]:
    """Best wall time, and best processor time of all threads, over the repeats."""
    walls, works = [], []
    for _ in range(REPEATS):
        wall, work = time.perf_counter(), time.process_time()
        step()
        if device != "cpu":
            torch.cuda.synchronize()
        walls.append(time.perf_counter() - wall)
        works.append(time.process_time() - work)
    return min(walls), min(works)


def measure(side: str, device: str, dtype: torch.dtype) -> dict[str, float]:
    with torch.inference_mode():
        steps = (our_steps if side == "ours" else reference_steps)(dtype, device)
        result = {}
        for name, step in steps.items():
            result[name], result[f"{name}, processor time"] = seconds(step, device)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    result["peak memory, GB"] = peak if device == "cpu" else torch.cuda.max_memory_allocated() / 1e9
    return result


def in_own_process(side: str, device: str, dtype: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_tracker", side, device, dtype]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def table(device: str, sides: dict[str, dict[str, float]]) -> str:
    """Seconds of both sides, one line a step."""
    head = f"clicks and tracking, {device}, bfloat16, {torch.get_num_threads()} threads, seconds"
    lines = [head, f"{'':40}{'ours':>10}{'transformers':>14}"]
    for name, ours in sides["ours"].items():
        lines.append(f"{name:40}{ours:10.3f}{sides['reference'][name]:14.3f}")
    return "\n".join(lines)


def test_never_slower_than_transformers():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    sides = {side: in_own_process(side, device, "bfloat16") for side in ("ours", "reference")}
    sys.stdout.write(f"\n{table(device, sides)}\n")
    for step in ("click", *(f"tracked frame, {n} objects" for n in object_counts(device))):
        # Processor time where others may share the machine, wall time where the GPU does the work.
        name = f"{step}, processor time" if device == "cpu" else step
        assert sides["ours"][name] <= 1.05 * sides["reference"][name], name


if __name__ == "__main__":
    side, device, dtype = sys.argv[1:4]
    sys.stdout.write(json.dumps(measure(side, device, getattr(torch, dtype))) + "\n")
