"""Speed and memory of the full-size detector beside transformers, in one run on one machine.

``pytest -m bench tests/bench/bench_detector.py -s`` prints the table; ``python -m
tests.bench.bench_detector ours|reference cpu|cuda bfloat16`` measures one side in its own process,
so that peak memory is that side's alone. Weights are random: the work is the same.
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

from sam3_annotator.model.build import build_detector
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.prompt_encoder import GeometryPrompts
from tests.support.detector_reference import reference_config, to_reference
from tests.support.reference import transformers

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3000)]

IDS = torch.tensor([[49406, 320, 4481, 1228, 2840, 49407] + [0] * 26])
BOXES = torch.tensor([[[0.4, 0.5, 0.3, 0.2], [0.62, 0.6, 0.5, 0.7]]])
LABELS = torch.tensor([[1, 0]])
REPEATS = 3


def our_detector(dtype: torch.dtype, device: str):
    detector = build_detector(DetectorConfig(), device="meta", dtype=dtype)
    detector.to_empty(device=device)
    for parameter in detector.parameters():
        torch.nn.init.normal_(parameter, std=0.02)
    return detector


def our_steps(dtype: torch.dtype, device: str) -> dict[str, Callable[[], object]]:
    ours = our_detector(dtype, device)
    pixels = torch.zeros(1, 3, 1008, 1008, device=device, dtype=dtype).uniform_(-1, 1)
    ids, boxes, labels = IDS.to(device), BOXES.to(device), LABELS.to(device)
    features = ours.encode_image(pixels, with_tracker=False)
    text = ours.encode_text(ids)
    exemplars = GeometryPrompts.of_boxes(boxes, labels)
    return {
        "encode": lambda: ours.encode_image(pixels, with_tracker=False),
        "phrase": lambda: ours.encode_text(ids),
        "text": lambda: ours.detect(features, text),
        "exemplar": lambda: ours.detect(features, text, exemplars),
    }


def reference_steps(dtype: torch.dtype, device: str) -> dict[str, Callable[[], object]]:
    torch.set_default_dtype(dtype)
    reference = transformers.Sam3Model(reference_config(DetectorConfig())).to(device).eval()
    torch.set_default_dtype(torch.float32)
    reference.load_state_dict(
        to_reference(our_detector(dtype, device).state_dict()), strict=False, assign=True
    )
    pixels = torch.zeros(1, 3, 1008, 1008, device=device, dtype=dtype).uniform_(-1, 1)
    ids, labels = IDS.to(device), LABELS.to(device)
    boxes, mask = BOXES.to(device, dtype), (IDS != 0).long().to(device)
    vision = reference.get_vision_features(pixels)
    text = reference.get_text_features(input_ids=ids, attention_mask=mask)
    prompt = {"vision_embeds": vision, "text_embeds": text, "attention_mask": mask}
    return {
        "encode": lambda: reference.get_vision_features(pixels),
        "phrase": lambda: reference.get_text_features(input_ids=ids, attention_mask=mask),
        "text": lambda: reference(**prompt),
        "exemplar": lambda: reference(**prompt, input_boxes=boxes, input_boxes_labels=labels),
    }


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
    for kind in ("", ", processor time"):
        parts = (result[f"{name}{kind}"] for name in ("encode", "phrase", "text"))
        result[f"picture and phrase{kind}"] = sum(parts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    result["peak memory, GB"] = peak if device == "cpu" else torch.cuda.max_memory_allocated() / 1e9
    return result


def in_own_process(side: str, device: str, dtype: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_detector", side, device, dtype]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def table(device: str, sides: dict[str, dict[str, float]]) -> str:
    """Seconds of both sides, one line a step."""
    head = f"detector, {device}, bfloat16, {torch.get_num_threads()} threads, seconds"
    lines = [head, f"{'':40}{'ours':>10}{'transformers':>14}"]
    for name, ours in sides["ours"].items():
        lines.append(f"{name:40}{ours:10.3f}{sides['reference'][name]:14.3f}")
    return "\n".join(lines)


def test_never_slower_than_transformers():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    sides = {side: in_own_process(side, device, "bfloat16") for side in ("ours", "reference")}
    sys.stdout.write(f"\n{table(device, sides)}\n")
    for step in ("encode", "text", "exemplar", "picture and phrase"):
        # Processor time where others may share the machine, wall time where the GPU does the work.
        name = f"{step}, processor time" if device == "cpu" else step
        assert sides["ours"][name] <= 1.05 * sides["reference"][name], name


if __name__ == "__main__":
    side, device, dtype = sys.argv[1:4]
    sys.stdout.write(json.dumps(measure(side, device, getattr(torch, dtype))) + "\n")
