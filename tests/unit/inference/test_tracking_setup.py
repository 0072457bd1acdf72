"""Trackers are set up for their device: one by one on a CPU, in batches where there is room."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from sam3_annotator.inference import device as devices
from sam3_annotator.inference.machine import MemoryFigures
from sam3_annotator.inference.tracking_setup import tracker_on
from sam3_annotator.model.tracker_config import SAM3_TRACKER

GB = 1 << 30


@pytest.fixture
def net():
    """A tracker of SAM 3's size without weights, in bfloat16."""
    weight = torch.empty(0, dtype=torch.bfloat16)
    return SimpleNamespace(config=SAM3_TRACKER, parameters=lambda: iter([weight]))


def set_up(net, kind, free_bytes, monkeypatch):
    figures = MemoryFigures(80 * GB, free_bytes, 0)
    monkeypatch.setattr(devices, "memory", lambda _: figures)
    tracker = tracker_on(net, torch.device(kind))
    return tracker.batch_size, tracker.projection_bytes


@pytest.mark.parametrize("kind", ["cpu", "mps"])
def test_one_by_one_and_nothing_kept_beside_memories(net, kind, monkeypatch):
    assert set_up(net, kind, 64 * GB, monkeypatch) == (1, 0)


@pytest.mark.parametrize("kind", ["cuda", "xpu"])
def test_batches_on_a_gpu_as_far_as_there_is_room(net, kind, monkeypatch):
    assert set_up(net, kind, 64 * GB, monkeypatch) == (4, 8 * GB)
    assert set_up(net, kind, GB, monkeypatch)[0] == 2
    assert set_up(net, kind, GB // 8, monkeypatch) == (1, GB // 64)
