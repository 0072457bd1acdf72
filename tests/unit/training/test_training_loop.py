"""The loop learns, stops, resumes exactly, and both stages give finite losses with gradients."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from sam3_annotator.errors import FileTrouble
from sam3_annotator.model.mini_detector import MiniDetector
from sam3_annotator.model.mini_memory import MiniMemory, MiniMemoryConfig
from sam3_annotator.model.sam_heads import SamHeads
from sam3_annotator.model.tracker_config import BUNDLED_HEADS
from sam3_annotator.training.clips import Clip
from sam3_annotator.training.detector_losses import cell_owners
from sam3_annotator.training.detector_stage import DetectorStage, truth_of
from sam3_annotator.training.feature_cache import EncodedClip, encode_clip, load_clip, save_clip
from sam3_annotator.training.saved_run import load_average
from sam3_annotator.training.scene_cache import (
    EncodedScene,
    encode_scene,
    load_pair,
    save_pair,
    visible_boxes,
)
from sam3_annotator.training.scenes import Scene
from sam3_annotator.training.stages import RunConfig, lacking_examples, read_config
from sam3_annotator.training.tracking_stage import TrackingStage
from sam3_annotator.training.trainer import Trainer, TrainingRules, learning_rate

GRID = 4


class Line(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1, 1))


class LineStage:
    """Learns y = 3 x."""

    def __init__(self) -> None:
        self.module = Line()

    def losses(self, rng: np.random.Generator, step: int) -> dict[str, torch.Tensor]:
        x = float(rng.normal())
        return {"square": ((self.module.weight * x - 3 * x) ** 2).sum()}


def rules(**changes) -> TrainingRules:
    base = {"steps": 60, "rate": 0.2, "warm_up": 5, "save_every": 20, "bf16": False, "decay": 0.0}
    return TrainingRules(**{**base, **changes})


def test_the_loop_learns_and_leaves_curves(tmp_path) -> None:
    stage = LineStage()
    lines: list[str] = []
    Trainer(stage, rules(), tmp_path).run(lines.append)
    assert stage.module.weight.item() == pytest.approx(3, abs=0.3)
    assert len(lines) == 3
    assert "min left" in lines[0]
    assert (tmp_path / "curves.png").stat().st_size > 1000
    assert len((tmp_path / "curves.csv").read_text().splitlines()) == 4


def test_an_interrupted_run_goes_on_exactly(tmp_path) -> None:
    whole, first, second = LineStage(), LineStage(), LineStage()
    Trainer(whole, rules(), tmp_path / "whole").run(lambda _: None)
    stopped = Trainer(first, rules(max_seconds=1e-9, save_every=1), tmp_path / "cut")
    assert stopped.run(lambda _: None).step == 1
    Trainer(second, rules(), tmp_path / "cut").run(lambda _: None)
    assert torch.equal(whole.module.weight, second.module.weight)
    averages = [load_average(tmp_path / name)["weight"] for name in ("whole", "cut")]
    assert torch.equal(*averages)


class SometimesStage(LineStage):
    """Has a second loss, of 4, on every other step, and none at all on the first."""

    def losses(self, rng: np.random.Generator, step: int) -> dict[str, torch.Tensor]:
        if step == 0:
            return {}
        more = {"rare": 4 + 0 * self.module.weight.sum()} if step % 2 else {}
        return {**more, **super().losses(rng, step)}


def test_a_loss_that_comes_now_and_then_is_averaged_where_it_was(tmp_path) -> None:
    trainer = Trainer(SometimesStage(), rules(steps=8, save_every=2, accumulate=2), tmp_path)
    trainer.run(lambda _: None)
    rows = trainer.curves.rows()
    assert [row["rare"] for row in rows] == [4, 4, 4, 4]
    assert {frozenset(row) for row in rows} == {
        frozenset({"step", "seconds", "rate", "square", "rare", "gradient"})
    }


KILLED = """
import sys
from pathlib import Path
from tests.unit.training.test_training_loop import LineStage, rules
from sam3_annotator.training.trainer import Trainer
Trainer(LineStage(), rules(steps=100_000, save_every=1), Path(sys.argv[1])).run(
    lambda line: print(line, flush=True)
)
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was_saved(tmp_path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "cut")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert b"step 3/" in b"".join(run.stdout.readline() for _ in range(3))
        run.kill()
    cut = Trainer(LineStage(), rules(steps=100_000, save_every=1), tmp_path / "cut")
    done = cut.progress.step
    assert done >= 3
    assert [row["step"] for row in cut.curves.rows()] == list(range(1, done + 1))
    whole = Trainer(LineStage(), rules(steps=100_000, max_seconds=1e-9), tmp_path / "whole")
    while whole.progress.step < done:  # the limit ends every turn after one step
        whole.run(lambda _: None)
    assert torch.equal(whole.stage.module.weight, cut.stage.module.weight)
    assert torch.equal(whole.average.values["weight"], cut.average.values["weight"])


def test_a_disk_that_fills_up_is_told_and_the_last_checkpoint_kept(tmp_path, monkeypatch) -> None:
    Trainer(LineStage(), rules(steps=1), tmp_path).run(lambda _: None)

    def full(tensors, path, metadata):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sam3_annotator.training.saved_run.save_file", full)
    with pytest.raises(FileTrouble, match="No space left"):
        Trainer(LineStage(), rules(steps=2), tmp_path).run(lambda _: None)
    assert Trainer(LineStage(), rules(), tmp_path).progress.step == 1
    assert not list(tmp_path.glob("*.partial"))


def test_a_damaged_run_is_told(tmp_path) -> None:
    Trainer(LineStage(), rules(steps=1), tmp_path).run(lambda _: None)
    (tmp_path / "run.safetensors").write_bytes(b"nothing")
    with pytest.raises(FileTrouble, match="damaged"):
        Trainer(LineStage(), rules(), tmp_path)
    with pytest.raises(FileTrouble, match="damaged"):
        load_average(tmp_path)


def test_a_folder_of_another_run_is_refused(tmp_path) -> None:
    Trainer(LineStage(), rules(steps=1), tmp_path).run(lambda _: None)
    other = LineStage()
    other.module.weight = torch.nn.Parameter(torch.zeros(2, 2))
    with pytest.raises(FileTrouble, match="other sizes"):
        Trainer(other, rules(), tmp_path)


def test_the_rate_rises_falls_and_ends() -> None:
    plan = TrainingRules(steps=1000, rate=1.0, warm_up=100, cool_down=0.2)
    assert learning_rate(49, plan) == pytest.approx(0.5)
    assert learning_rate(99, plan) == pytest.approx(1.0)
    assert learning_rate(399, plan) == pytest.approx(0.5)
    assert learning_rate(999, plan) < 0.01


def encoder(pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A stand-in backbone: colours, pooled and repeated over channels."""

    def level(stride: int, channels: int) -> torch.Tensor:
        pooled = torch.nn.functional.avg_pool2d(pixels, stride)
        return pooled.repeat(1, -(-channels // 3), 1, 1)[:, :channels]

    return level(4, 32), level(8, 64), level(16, 256)


def moving_square(frames: int = 6, side: int = 16 * GRID) -> Clip:
    rgb = np.full((frames, side, side, 3), 60, np.uint8)
    labels = np.zeros((frames, side, side), np.uint8)
    for t in range(frames):
        rgb[t, 16:40, 4 * t : 4 * t + 24] = (220, 40, 40)
        labels[t, 16:40, 4 * t : 4 * t + 24] = 1
    return Clip(rgb, labels, ("square",))


def test_an_encoded_clip_comes_back(tmp_path) -> None:
    encoded = encode_clip(moving_square(), encoder, bf16=False)
    save_clip(tmp_path / "c.safetensors", encoded)
    back = load_clip(tmp_path / "c.safetensors", slice(2, 4))
    assert isinstance(back, EncodedClip)
    assert len(back) == 2
    assert torch.equal(back.labels, encoded.labels[2:4])
    assert torch.equal(back.embedding, encoded.embedding[2:4])
    assert encoded.labels.shape == (6, 4 * GRID, 4 * GRID)


def test_the_tracker_stage_learns_on_a_moving_square(tmp_path) -> None:
    save_clip(tmp_path / "c.safetensors", encode_clip(moving_square(), encoder, bf16=False))
    torch.manual_seed(0)
    memory = MiniMemory(MiniMemoryConfig(width=40, value=24))
    heads = SamHeads(BUNDLED_HEADS).eval().requires_grad_(requires_grad=False)
    stage = TrackingStage(heads, memory, tmp_path)
    losses = stage.losses(np.random.default_rng(0), 0)
    assert set(losses) == {"focal", "dice", "presence", "guess"}
    sum(losses.values()).backward()
    still = [name for name, p in memory.named_parameters() if p.grad is None]
    assert not still
    assert all(torch.isfinite(p.grad).all() for p in memory.parameters())


def squares() -> Scene:
    side = 16 * GRID
    rgb = np.full((side, side, 3), 60, np.uint8)
    labels = np.zeros((side, side), np.uint8)
    for number, (x, y, colour) in enumerate([(4, 4, 220), (36, 4, 220), (20, 36, 120)], start=1):
        rgb[y : y + 16, x : x + 16, 0] = colour
        labels[y : y + 16, x : x + 16] = number
    return Scene(rgb, labels, (0, 0, 1))


def pair() -> tuple[EncodedScene, EncodedScene]:
    first, second = (encode_scene(squares(), encoder, bf16=False) for _ in range(2))
    return first, second


def test_boxes_are_tight() -> None:
    numbers, boxes = visible_boxes(squares().labels)
    assert numbers.tolist() == [1, 2, 3]
    assert boxes[1].tolist() == pytest.approx([44 / 64, 12 / 64, 0.25, 0.25])


def test_the_detector_stage_gives_losses_and_gradients(tmp_path) -> None:
    save_pair(tmp_path / "p.safetensors", pair())
    assert torch.equal(load_pair(tmp_path / "p.safetensors")[1].boxes, pair()[1].boxes)
    torch.manual_seed(0)
    finder = MiniDetector()
    losses = DetectorStage(finder, tmp_path).losses(np.random.default_rng(1), 0)
    assert {"presence", "score", "l1", "giou", "mask", "semantic", "proposal"} == set(losses)
    sum(losses.values()).backward()
    still = [name for name, p in finder.named_parameters() if p.grad is None]
    assert not still


def test_every_thing_owns_a_cell() -> None:
    scene = pair()[0]
    truth = truth_of(scene, 0)
    assert len(truth.boxes) == 2
    finder = MiniDetector()
    tokens = finder.exemplars(scene.features(), scene.boxes[:1][None], torch.tensor([[1]]))
    proposals = finder.find(scene.features(), tokens).proposals
    owners = cell_owners(truth, proposals, (4 * GRID, 4 * GRID))
    assert set(owners.tolist()) == {-1, 0, 1}
    owners = cell_owners(
        type(truth)(truth.boxes, torch.zeros_like(truth.masks)), proposals, (4 * GRID, 4 * GRID)
    )
    assert set(owners.tolist()) == {-1, 0, 1}  # too small to own a cell by area


def test_only_what_the_cache_lacks_is_made_and_the_time_left_is_told(tmp_path) -> None:
    config = RunConfig(
        stage="tracker", material=tmp_path, cache=tmp_path, folder=tmp_path, examples=4,
        training=rules(),
    )  # fmt: skip
    (tmp_path / "00001.safetensors").touch()
    lines: list[str] = []
    made = [(index, path.name) for index, path in lacking_examples(config, "clip", lines.append)]
    assert made == [(0, "00000.safetensors"), (2, "00002.safetensors"), (3, "00003.safetensors")]
    assert [line.split("  ")[0] for line in lines] == [
        "encoded clip 1 of 4", "encoded clip 3 of 4", "encoded clip 4 of 4",
    ]  # fmt: skip
    assert all(line.endswith(" min left") for line in lines)


def test_configurations_are_checked(tmp_path) -> None:
    good = {
        "stage": "detector", "material": "m", "cache": "c", "folder": "f", "training": {"steps": 5},
    }  # fmt: skip
    path = tmp_path / "run.json"
    path.write_text(json.dumps(good))
    config = read_config(path)
    assert config.material == tmp_path / "m"
    assert config.training.steps == 5
    for broken, word in (({**good, "stage": "x"}, "stage"), ({**good, "typo": 1}, "typo")):
        path.write_text(json.dumps(broken))
        with pytest.raises(FileTrouble, match=word):
            read_config(path)
    path.write_text("{")
    with pytest.raises(FileTrouble, match="not JSON"):
        read_config(path)
    with pytest.raises(FileTrouble, match="cannot be read"):
        read_config(tmp_path / "absent.json")
