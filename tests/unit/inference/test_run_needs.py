"""What a run will need is said before it begins, from the model's own plan."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from sam3_annotator.domain.ids import MediaId
from sam3_annotator.engine.protocol import MediaRef, PlanRun, RunNeeds
from sam3_annotator.errors import Rejected
from sam3_annotator.inference import device as devices
from sam3_annotator.inference.device import DTYPES, Device
from sam3_annotator.inference.machine import MemoryFigures
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.random_weights import random_backend
from sam3_annotator.inference.run_needs import encoding_bytes, rules_with_room, run_needs
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.mini_follow import KEPT_FRAMES
from tests.support.memory_peaks import peak_bytes
from tests.support.tiny_models import tiny_sam2, tiny_sam3, without_memory

CLIP = MediaRef(MediaId(1), "/clip", 0, "clip", "h")
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _some_memory(monkeypatch):
    figures = MemoryFigures(1 << 30, 1 << 20, 0)
    monkeypatch.setattr(devices, "memory", lambda _: figures)


@pytest.mark.parametrize("make", [tiny_sam2, tiny_sam3])
def test_needs_grow_with_objects_and_human_frames(make):
    backend = make()
    one = run_needs(backend, CPU, PlanRun(CLIP, 1), 0)
    ten = run_needs(backend, CPU, PlanRun(CLIP, 10), 0)
    more = run_needs(backend, CPU, PlanRun(CLIP, 10, prompted_frames=5), 0)
    assert ten.total_bytes - one.total_bytes == 9 * one.object_bytes > 0
    assert more.object_bytes > ten.object_bytes


def test_a_search_remembers_more_frames_of_every_find():
    backend = tiny_sam3()
    told = run_needs(backend, CPU, PlanRun(CLIP, 1), 0)
    found = run_needs(backend, CPU, PlanRun(CLIP, 1, is_concept=True), 0)
    assert found.object_bytes > 1.3 * told.object_bytes


def test_a_search_follows_no_more_than_there_is_room_for():
    assert rules_with_room(RunNeeds(1, 100, 10, 150)).max_objects == 5
    assert rules_with_room(RunNeeds(1, 100, 10, 90)).max_objects == 1
    assert rules_with_room(RunNeeds(1, 100, 10, 0)) == ConceptRules(), "nothing is known"


@pytest.mark.slow
@pytest.mark.parametrize("prompted", [1, 3])
def test_the_bundled_model_says_what_it_remembers(prompted):
    """Per object within 5 % of what its memories hold when they are full."""
    backend = Predictor.load("mini", "cpu", "fp32").backend
    with torch.inference_mode():
        tracker = backend.clip_tracker(40)
        features = tracker.encode(np.zeros((90, 160, 3), np.uint8))
        mask = np.zeros((90, 160), bool)
        mask[40:48, 74:86] = True  # small: it is remembered close up as well
        for frame in range(prompted):
            tracker.condition(frame, features, {1: mask})
        banks = (tracker._trails[1].wide, tracker._trails[1].near)
        for bank in banks:
            memory = bank.prompted[0]
            bank.tracked = {f: (memory, torch.ones(1)) for f in range(10, 10 + KEPT_FRAMES + 1)}
    held = sum(
        bytes_of(m)
        for bank in banks
        for m in (*bank.prompted.values(), *(m for m, _ in bank.tracked.values()))
    )
    needs = run_needs(backend, CPU, PlanRun(CLIP, 1, prompted), 0)
    assert held <= needs.object_bytes <= 1.05 * held
    assert needs.shared_bytes > features.size_bytes


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["bf16", "fp32"])
@pytest.mark.parametrize("name", ["mini", "sam2.1_tiny"])
def test_what_encoding_a_frame_needs_was_measured_right(name, precision):
    """Within 25 % of what the allocator hands out."""
    if name == "mini":
        backend = Predictor.load("mini", "cpu", precision).backend
    else:
        backend = random_backend(name, Device(CPU, DTYPES[precision], "CPU"))
    frame = np.zeros((1080, 1920, 3), np.uint8)
    with torch.inference_mode():
        encode = backend.clip_tracker(2).encode
        measured = peak_bytes(lambda: encode(frame))
    assert encoding_bytes(backend.info) == pytest.approx(measured, rel=0.25)


@pytest.mark.slow
def test_what_a_search_needs_was_measured_right():
    """Within 25 % of what the allocator hands out, for the bundled model."""
    backend = Predictor.load("mini", "cpu", "fp32").backend
    boxes = np.array([[0.3, 0.3, 0.2, 0.2], [0.7, 0.6, 0.2, 0.3]], np.float32)
    with torch.inference_mode():
        features = backend.clip_tracker(2).encode(np.zeros((90, 160, 3), np.uint8))
        measured = peak_bytes(lambda: backend.similar(features, boxes, np.array([1, 0]), 0.0))
    assert encoding_bytes(backend.info, is_concept=True) == pytest.approx(measured, rel=0.25)


def test_a_model_that_was_never_measured_claims_nothing():
    assert encoding_bytes(tiny_sam2().info) == 0
    assert encoding_bytes(tiny_sam3().info, is_concept=True) == 0


def bytes_of(memory):
    return sum(getattr(memory, field.name).nbytes for field in fields(memory))


def test_caches_that_would_be_dropped_count_as_free():
    needs = run_needs(tiny_sam2(), CPU, PlanRun(CLIP, 1), 5000)
    assert needs.free_bytes == (1 << 20) + 5000


def test_weights_without_memory_are_refused():
    with pytest.raises(Rejected, match="cannot track"):
        run_needs(without_memory(tiny_sam2()), CPU, PlanRun(CLIP, 1), 0)


def test_a_model_that_cannot_tell_says_nothing():
    needs = run_needs(object(), CPU, PlanRun(CLIP, 3), 0)
    assert needs == RunNeeds(3, 0, 0, 0)
    assert needs.fits
    assert needs.objects_that_fit == 3


def test_how_many_objects_fit():
    assert RunNeeds(5, 100, 10, 150).fits
    assert RunNeeds(6, 100, 10, 150).objects_that_fit == 5
    assert RunNeeds(6, 100, 10, 99).objects_that_fit == 0
