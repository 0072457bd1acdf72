"""A small tracker with random weights, and clips of random frames to run it over."""

from __future__ import annotations

import torch

from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.track_prompts import Clicks
from sam3_annotator.model.tracker_config import SMALL_TRACKER
from sam3_annotator.model.tracker_net import TrackerNet
from tests.support.sam_reference import random_levels, shake

FRAMES = 9


def small_net(presence=3.0):
    net = TrackerNet(SMALL_TRACKER).eval()
    shake(net)
    with torch.no_grad():
        net.heads.decoder.object_head.layers[-1].bias += presence
    return net


def features_of(tracker, frame):
    return tracker.features(random_levels(frame))


def clicks_of(seed, count=1, **more):
    torch.manual_seed(seed)
    return Clicks(torch.rand(count, 2), torch.tensor([1, 0, 1])[:count], **more)


def start(tracker, *prompts):
    """A state with objects clicked at ``(object, frame)``."""
    state = TrackState(total=FRAMES)
    for object_id, frame in prompts:
        features = features_of(tracker, frame)
        tracker.prompt_clicks(features, state, object_id, frame, clicks_of(object_id))
    return state


def track(tracker, state, frames=range(FRAMES), *, reverse=False):
    """Track; {frame: {object: logits}}."""
    masks = {}
    for frame in frames:
        features = features_of(tracker, frame)
        outputs = tracker.step(features, state, frame, reverse=reverse)
        tracker.remember(features, state, frame, outputs, reverse=reverse)
        masks[frame] = {object_id: output.logits for object_id, output in outputs.items()}
    return masks


def assert_same_bits(first, second, object_id):
    assert first.keys() == second.keys()
    for frame, masks in first.items():
        assert torch.equal(masks[object_id], second[frame][object_id]), f"frame {frame}"
