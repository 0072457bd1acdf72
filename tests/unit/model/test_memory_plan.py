"""The planner against what a tracker really holds."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.memory_plan import RunSize, plan_memory
from sam3_annotator.model.object_batches import Batching
from sam3_annotator.model.track_prompts import Clicks, TrackOutput
from sam3_annotator.model.tracker import Tracker
from sam3_annotator.model.tracker_config import SAM3_TRACKER, SAM21_TINY, SMALL_TRACKER
from sam3_annotator.model.tracker_net import TrackerNet
from tests.support.sam_reference import random_levels, shake


@pytest.mark.parametrize("caches", [True, False])
def test_the_plan_is_what_is_held(caches):
    """At most 20 % above what 30 frames of two objects hold, and never below."""
    net = TrackerNet(SMALL_TRACKER).eval()
    shake(net)
    with torch.no_grad():
        net.heads.decoder.object_head.layers[-1].bias += 4
    tracker = Tracker(net, caches_projections=caches)
    state = TrackState()
    for frame in range(30):
        features = tracker.features(random_levels(frame))
        for object_id in (1, 2) if frame in (0, 5) else ():
            clicks = Clicks(torch.rand(1, 2), torch.ones(1).long())
            tracker.prompt_clicks(features, state, object_id, frame, clicks)
        tracker.remember(features, state, frame, tracker.step(features, state, frame))
    run = RunSize(objects=2, prompted_frames=2, compute_bytes=4, caches_projections=caches)
    plan = plan_memory(SMALL_TRACKER, run, Batching())
    assert state.nbytes <= 2 * plan.per_object <= 1.2 * state.nbytes


def filled(config, frames, refreshed, *, caches=True):
    """Most bytes held of one object on the way; its masks are made up, its memories are written."""
    net = TrackerNet(config).eval()
    shake(net)
    tracker, state = Tracker(net, caches_projections=caches), TrackState()
    features = tracker.features(random_levels(0, config.grid, config.heads.width))
    mask = torch.zeros(config.grid, config.grid)
    mask[2:5, 2:6] = 1
    seen = torch.ones(4 * config.grid, 4 * config.grid)
    answer = TrackOutput(seen, 0.9, 5.0, torch.zeros(config.heads.width))
    held = []
    for frame in range(frames):
        if frame in refreshed:
            tracker.prompt_masks(features, state, frame, {1: mask}, automatic=frame > 0)
        else:
            tracker.remember(features, state, frame, {1: answer})
        held.append(state.nbytes)
    return max(held)


@pytest.mark.parametrize("caches", [True, False])
def test_concept_runs_hold_the_frames_they_refresh(caches):
    """At most 25 % above what 150 frames refreshed every 16 hold, and never below."""
    held = filled(SMALL_TRACKER, 150, range(0, 150, 16), caches=caches)
    run = RunSize(1, is_concept=True, compute_bytes=4, caches_projections=caches)
    plan = plan_memory(SMALL_TRACKER, run, Batching())
    assert held <= plan.per_object <= 1.25 * held


@pytest.mark.slow
def test_the_plan_holds_for_sam21_tiny():
    """At its full size: at most 20 % above, and never below."""
    config = SAM21_TINY.tracker
    held = filled(config, 9, [0])
    plan = plan_memory(config, RunSize(1, compute_bytes=4), Batching())
    assert held <= plan.per_object <= 1.2 * held


def test_sam3_needs_what_the_fact_sheet_says():
    """664 kB per stored memory, 332 kB per mask; K/V caches cost about 30 times as much."""
    lean = plan_memory(SAM3_TRACKER, RunSize(1, caches_projections=False), Batching())
    assert lean.per_object == pytest.approx(8 * (663_552 + 331_776), rel=0.01)
    rich = plan_memory(SAM3_TRACKER, RunSize(1), Batching())
    assert rich.per_object == pytest.approx(8 * (663_552 + 331_776 + 21_233_664), rel=0.01)


def test_objects_cost_the_same_each_and_batches_only_work_space():
    one, ten = (plan_memory(SAM3_TRACKER, RunSize(n), Batching()) for n in (1, 10))
    assert ten.total - one.total == 9 * one.per_object
    wide = plan_memory(SAM3_TRACKER, RunSize(10), Batching(4, 8, 4))
    assert wide.per_object == ten.per_object
    assert wide.working > ten.working
