"""Every stage on a device that is not the CPU; see ``tests/support/pretend_device.py``."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sam3_annotator.errors import DeviceTrouble
from sam3_annotator.model.mini_detector import MiniDetector
from sam3_annotator.model.mini_memory import MiniMemory, MiniMemoryConfig
from sam3_annotator.model.mini_similar import SimilarFinder, SimilarWeights
from sam3_annotator.model.sam_heads import SamHeads
from sam3_annotator.model.tracker_config import BUNDLED_HEADS
from sam3_annotator.training.detector_stage import DetectorStage
from sam3_annotator.training.feature_cache import encode_clip, load_clip, save_clip
from sam3_annotator.training.place import training_device
from sam3_annotator.training.propagation_stage import PropagationStage
from sam3_annotator.training.saved_run import load_average
from sam3_annotator.training.scene_cache import encode_scene, save_pair
from sam3_annotator.training.similar_stage import (
    DescriptorStage,
    draw_prompts,
    fit_judge,
    gather_verdicts,
    pairs_of,
)
from sam3_annotator.training.tracking_stage import TrackingStage
from sam3_annotator.training.trainer import Trainer
from tests.support.pretend_device import pretended_device
from tests.unit.training.test_training_loop import encoder, moving_square, rules, squares


def heads():
    torch.manual_seed(0)
    return SamHeads(BUNDLED_HEADS).eval().requires_grad_(requires_grad=False)


def tracker(device, cache):
    memory = MiniMemory(MiniMemoryConfig(width=40, value=24)).to(device)
    return TrackingStage(heads().to(device), memory, cache)


STAGES = {
    "tracker": tracker,
    "keys": lambda device, cache: PropagationStage((t := tracker(device, cache)).memory, t),
    "detector": lambda device, cache: DetectorStage(MiniDetector().to(device), cache),
    "descriptor": lambda device, cache: DescriptorStage(
        SimilarWeights().to(device).descriptor, cache
    ),
}


@pytest.fixture
def cache(tmp_path):
    for part in ("clips", "pairs"):
        (tmp_path / part).mkdir()
    save_clip(
        tmp_path / "clips" / "c.safetensors", encode_clip(moving_square(), encoder, bf16=False)
    )
    pair = tuple(encode_scene(squares(), encoder, bf16=False) for _ in range(2))
    save_pair(tmp_path / "pairs" / "p.safetensors", pair)
    return tmp_path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:for .* a no-op")  # true of tensors that really are meta
@pytest.mark.parametrize("name", STAGES)
def test_a_run_and_its_resumption(name, cache):
    folder = cache / ("clips" if name in {"tracker", "keys"} else "pairs")
    with pretended_device() as device:
        stage = STAGES[name](device, folder)
        before = [p.detach().cpu().clone() for p in stage.module.parameters()]
        Trainer(stage, rules(steps=2, save_every=1), cache / "run").run(lambda _: None)
        after = list(stage.module.parameters())
        assert all(p.device == device for p in after)
        assert any(not torch.equal(p.cpu(), b) for p, b in zip(after, before, strict=True))
        again = Trainer(STAGES[name](device, folder), rules(steps=3), cache / "run")
        assert again.progress.step == 2
        assert again.run(lambda _: None).step == 3
    average = load_average(cache / "run")
    assert all(value.isfinite().all() for value in average.values())


def test_the_judge(cache):
    with pretended_device() as device:
        finder = SimilarFinder(heads().to(device), SimilarWeights().to(device))
        pairs = pairs_of(sorted((cache / "pairs").iterdir()), device)
        prompts = draw_prompts(np.random.default_rng(0), next(iter(pairs)))
        facts, right = gather_verdicts(finder, prompts)
        finder.weights.requires_grad_(requires_grad=True)
        assert np.isfinite(fit_judge(finder.weights, facts, right, steps=3))


def test_encoding_gives_back_to_main_memory(tmp_path):
    backbone = torch.nn.Conv2d(3, 352, 1)

    def levels(pixels):
        assert pixels.device == backbone.weight.device
        parts = backbone(pixels).split((32, 64, 256), dim=1)
        pool = torch.nn.functional.avg_pool2d
        return tuple(pool(p, stride) for p, stride in zip(parts, (4, 8, 16), strict=True))

    with pretended_device() as device, torch.no_grad():
        backbone.to(device)
        clip = encode_clip(moving_square(), levels, bf16=False, device=device)
    save_clip(tmp_path / "c.safetensors", clip)
    assert load_clip(tmp_path / "c.safetensors").embedding.shape == (6, 256, 4, 4)


def test_devices_by_name():
    assert training_device("cpu") == torch.device("cpu")
    assert training_device().type in {"cpu", "cuda", "xpu"}
    for name in ("cuda:99", "nonsense"):
        with pytest.raises(DeviceTrouble, match=name):
            training_device(name)
