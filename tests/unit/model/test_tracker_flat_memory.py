"""A long clip takes no more memory than a short one."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
import torch

from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.track_prompts import Clicks
from sam3_annotator.model.tracker import Tracker
from sam3_annotator.model.tracker_config import SMALL_TRACKER
from sam3_annotator.model.tracker_net import TrackerNet
from tests.support.sam_reference import random_levels, shake

FRAMES = 2000


def _resident_bytes():
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's process table")
def test_two_thousand_frames_stay_within_two_percent():
    """Objects come and go, prompts by a program arrive every 8 frames, one object is lost."""
    net = TrackerNet(SMALL_TRACKER).eval()
    shake(net)
    with torch.no_grad():
        net.heads.decoder.object_head.layers[-1].bias += 1
    tracker = Tracker(net)
    state = TrackState()
    levels = [random_levels(seed, grid=4) for seed in range(7)]
    mask = torch.zeros(8, 8)
    mask[2:5, 2:6] = 1
    clicks = Clicks(torch.full((1, 2), 0.5), torch.ones(1).long())
    resident, held = {}, {}
    for frame in range(FRAMES + 1):
        features = tracker.features(levels[frame % 7])
        if frame == 0:
            tracker.prompt_clicks(features, state, 1, frame, clicks)
        if frame % 40 == 0:
            state.remove(100 + frame - 40)
            tracker.prompt_masks(features, state, frame, {100 + frame: mask})
        if frame % 8 == 0:
            tracker.prompt_masks(features, state, frame, {2: mask}, automatic=True)
        tracker.remember(features, state, frame, tracker.step(features, state, frame))
        if frame in (200, FRAMES):
            resident[frame], held[frame] = _resident_bytes(), state.nbytes
    assert len(state.objects) == 3
    assert abs(held[FRAMES] / held[200] - 1) <= 0.02
    assert resident[FRAMES] / resident[200] <= 1.02
