"""The measuring of speed: every ability gets its rows, and clocks are read honestly."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.engine.protocol import Capability
from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.inference import random_weights, speed
from sam3_annotator.inference.device import Device
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.tracker_config import (
    SMALL_HIERA,
    SMALL_TRACKER,
    HeadsConfig,
    MemoryConfig,
    Sam2Config,
    TrackerConfig,
)
from tests.support.tiny_models import tiny_sam2, tiny_sam3, without_memory

pytestmark = pytest.mark.slow

CPU = Device(torch.device("cpu"), torch.float32, "CPU")
HALF = Device(torch.device("cpu"), torch.bfloat16, "CPU")


@pytest.fixture
def small_pictures(monkeypatch):
    monkeypatch.setattr(speed, "HEIGHT", 54)
    monkeypatch.setattr(speed, "WIDTH", 96)


def names(backend, objects=(1, 2)):
    stopwatch = speed.Stopwatch(backend.device, rounds=1, seconds=5)
    with torch.inference_mode():
        rows = list(speed.measure(Predictor(backend), stopwatch, objects))
    assert all(0 < row.best_s <= row.wall_s and row.rounds >= 1 for row in rows)
    return [row.name for row in rows]


@pytest.mark.usefixtures("small_pictures")
def test_every_ability_is_timed():
    found = names(tiny_sam3())
    for part in ("encode a picture", "click", "box", "new phrase", "known phrase", "exemplars"):
        assert any(part in name for name in found), part
    assert [n for n in found if n.startswith("follow")] == [
        "follow 1 object, frame encoded",
        "follow 2 objects, frame encoded",
    ]


@pytest.mark.usefixtures("small_pictures")
def test_batches_are_tried_one_size_after_the_other():
    backend = tiny_sam2()
    stopwatch = speed.Stopwatch(backend.device, rounds=1, seconds=5)
    with torch.inference_mode():
        rows = list(speed.measure(Predictor(backend), stopwatch, (2,), (1, 3)))
    followed = [row.name for row in rows if row.name.startswith("follow")]
    assert followed == [f"follow 2 objects, batches of {n}, frame encoded" for n in (1, 3)]
    assert backend.tracker.batch_size == 1


@pytest.mark.usefixtures("small_pictures")
def test_what_the_weights_cannot_do_is_not_timed():
    found = names(tiny_sam2())
    assert not any("phrase" in name or "exemplar" in name for name in found)
    still = names(without_memory(tiny_sam2()))
    assert not any("clip" in name or "follow" in name for name in still)


class Clock:
    """Time that passes only when somebody works."""

    def __init__(self):
        self.now = 0.0

    def work(self, seconds):
        def action():
            self.now += seconds

        return action


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(speed.time, "perf_counter", lambda: made.now)
    monkeypatch.setattr(speed.time, "process_time", lambda: 2 * made.now)
    return made


def test_rounds_end_with_the_time(clock):
    watch = speed.Stopwatch(torch.device("cpu"), rounds=10, seconds=4.5)
    quick = watch.time("quick", clock.work(0.1))
    assert (quick.rounds, quick.note) == (10, "")
    assert quick.wall_s == pytest.approx(0.1)
    assert quick.processor_s == pytest.approx(0.2)
    slow = watch.time("slow", clock.work(1.0))
    assert slow.rounds == 4  # one for the warm-up
    endless = watch.time("endless", clock.work(9.0), warm_up=3)
    assert endless.rounds == 1
    assert endless.note == "after 1 of 3 warm-up rounds"


def test_warm_up_is_not_counted(clock):
    lengths = iter((5.0, 1.0))

    def action():
        clock.now += next(lengths)

    row = speed.Stopwatch(torch.device("cpu"), rounds=1, seconds=60).time("row", action)
    assert (row.wall_s, row.rounds) == (1.0, 1)


def test_objects_differ_and_are_never_empty():
    masks = speed.made_up_objects(16, 108, 192)
    assert all(mask.any() for mask in masks.values())
    assert sum(mask.astype(int) for mask in masks.values()).max() == 1


def test_peak_memory_holds_what_is_held():
    kept = bytearray(1 << 20)
    assert speed.peak_bytes(torch.device("cpu")) > len(kept)


@pytest.mark.usefixtures("small_pictures")
@pytest.mark.parametrize("chosen", [CPU, HALF])
def test_random_weights_answer_everything(chosen, monkeypatch):
    """Sizes are cut down, the way they are built is the same."""
    sizes = Sam2Config(SMALL_HIERA, SMALL_TRACKER)
    monkeypatch.setattr(random_weights, "SAM2_SIZES", {"sam2.1_tiny": sizes})
    backend = random_weights.random_backend("sam2.1_tiny", chosen)
    assert names(backend, objects=(1,))
    assert Capability.TRACK in backend.info.capabilities
    assert all(p.isfinite().all() for p in backend._encoder.parameters())
    tracked = backend.clip_tracker(3)
    with torch.inference_mode():
        features = tracked.encode(speed.made_up_picture(54, 96))
        tracked.condition(0, features, speed.made_up_objects(2, 54, 96))
        found = tracked.step(1, features, reverse=False)
    assert all(answer.object_score > 0.99 for answer in found.values())


@pytest.mark.usefixtures("small_pictures")
def test_random_sam3_is_built_like_the_loaded_one(monkeypatch):
    heads = HeadsConfig(width=32, stride=7, mlp_width=32, attention_heads=4)
    memory = MemoryConfig(memory_width=16, layers=2, mlp_width=32, fuser_width=32)
    tracker = TrackerConfig(image_size=56, heads=heads, memory=memory)
    monkeypatch.setattr(random_weights, "DetectorConfig", DetectorConfig.tiny)
    monkeypatch.setattr(random_weights.sizes, "SAM3_TRACKER", tracker)
    backend = random_weights.random_backend("sam3", HALF)
    assert backend.info.capabilities == frozenset(Capability)
    assert backend.info.family == "sam3"
    assert backend._segmenter.heads.clicks.frequencies.dtype is torch.float32


def test_an_unknown_name_is_refused():
    with pytest.raises(WeightsTrouble, match="sam9") as caught:
        random_weights.random_backend("sam9", CPU)
    assert "sam2.1_tiny" in str(caught.value)
