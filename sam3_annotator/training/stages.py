"""A training run from a configuration file: gather examples, train one stage, write its weights."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path  # noqa: TC003 - pydantic reads the annotations at run time
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sam3_annotator import paths
from sam3_annotator.errors import FileTrouble
from sam3_annotator.model.mini_detector import MiniDetector
from sam3_annotator.model.mini_image import IMAGE_FILE, load_mini_image
from sam3_annotator.model.mini_memory import MiniMemory
from sam3_annotator.model.mini_similar import SimilarFinder, SimilarWeights
from sam3_annotator.model.mini_weights import (
    load_mini_detector,
    load_mini_memory,
    load_mini_similar,
    write_mini,
)
from sam3_annotator.model.mini_window import WindowRules
from sam3_annotator.training.clips import ClipRecipe, make_clip
from sam3_annotator.training.close_ups import close_up
from sam3_annotator.training.detector_stage import DetectorStage
from sam3_annotator.training.evaluate import Model
from sam3_annotator.training.feature_cache import encode_clip, save_clip
from sam3_annotator.training.place import AUTO, training_device
from sam3_annotator.training.propagation_stage import PropagationStage
from sam3_annotator.training.saved_run import Progress, load_average
from sam3_annotator.training.scene_cache import encode_scene, save_pair
from sam3_annotator.training.scenes import SceneRecipe, make_pair
from sam3_annotator.training.similar_stage import (
    DescriptorStage,
    draw_prompts,
    fit_judge,
    gather_verdicts,
    pairs_of,
)
from sam3_annotator.training.sprites import CutoutLibrary, PhotoLibrary
from sam3_annotator.training.tracking_stage import TrackingStage
from sam3_annotator.training.trainer import Trainer, TrainingRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

_PARTS = {"similar": "finder", "tracker": "tracker", "detector": "detector"}
_CLIP_SEED, _PAIR_SEED = 7, 8


class RunConfig(BaseModel):
    """What ``sam3-annotator train`` reads; relative paths are relative to the file.

    Attributes:
        stage: ``"similar"`` (descriptor and judge of the finder), ``"tracker"`` (its keys, then
            the memory), or ``"detector"`` (an exemplar detector of SAM 3's shape).
        material: cut-outs and photos, see ``packaging/weights/gather_material.py``.
        cache: encoded examples; filled up to ``examples`` and used again by later runs.
        folder: checkpoints and curves; a run that is there is continued.
        output: quantised weights to write at the end; none if absent.
        examples: encoded clips or pairs of pictures to draw from.
        start_from: trained weights to begin with, else new ones.
        finder: finder weights whose descriptor a new tracker's keys begin with.
        key_steps: steps that teach a new tracker's keys before the memory is trained.
        judge_pairs: pairs of pictures that the judge learns from.
        training: see ``TrainingRules``.
        clips, scenes: see ``ClipRecipe`` and ``SceneRecipe``.
        close_ups: share of the clips that are seen through a window, where they show small things.
        threads: CPU threads; 0 leaves torch's choice.
        device: see ``training_device``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stage: Literal["similar", "tracker", "detector"]
    material: Path
    cache: Path
    folder: Path
    output: Path | None = None
    examples: int = Field(default=200, gt=0)
    start_from: Path | None = None
    finder: Path | None = None
    key_steps: int = Field(default=600, ge=0)
    judge_pairs: int = Field(default=60, gt=0)
    training: TrainingRules
    clips: ClipRecipe = ClipRecipe()
    close_ups: float = Field(default=0.5, ge=0, le=1)
    scenes: SceneRecipe = SceneRecipe()
    threads: int = Field(default=0, ge=0)
    device: str = AUTO


def read_config(path: Path) -> RunConfig:
    """Read a JSON configuration.

    Raises:
        FileTrouble: it cannot be read, or an entry is wrong; the message says which.
    """
    try:
        config = RunConfig.model_validate(json.loads(path.read_text()))
    except OSError as error:
        raise FileTrouble(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FileTrouble(f"{path}: {place}: {first['msg']}.") from error
    except ValueError as error:
        raise FileTrouble(f"{path} is not JSON: {error}.") from error
    base = path.resolve().parent
    names = ("material", "cache", "folder", "output", "start_from", "finder")
    absolute = {n: base / getattr(config, n) for n in names if getattr(config, n) is not None}
    return config.model_copy(update=absolute)


def run(config: RunConfig, say: Callable[[str], None]) -> Path | None:
    """Do everything that the configuration asks for; returns the weights written, if any.

    Raises:
        FileTrouble: material is missing, the folder holds another run, or something cannot be
            written.
        WeightsTrouble: the bundled image weights are missing.
        DeviceTrouble: the device cannot be used.
    """
    device = training_device(config.device)
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.training.seed)
    model = Model(load_mini_image(paths.resource(IMAGE_FILE)).to(device))
    config.cache.mkdir(parents=True, exist_ok=True)
    trainers = {"similar": _similar, "tracker": _tracker, "detector": _detector}
    module, progress = trainers[config.stage](config, model, say)
    if config.output is None:
        return None
    notes = {"steps": str(progress.step), "training": json.dumps(asdict(config.training))}
    try:
        config.output.parent.mkdir(parents=True, exist_ok=True)
        write_mini(config.output, module, _PARTS[config.stage], notes)
    except OSError as error:
        raise FileTrouble(
            f"{config.output} cannot be written: {error.strerror or error}.",
            f"The run is kept in {config.folder}: start it again once that is mended.",
        ) from error
    say(f"wrote {config.output}")
    return config.output


def _similar(
    config: RunConfig, model: Model, say: Callable[[str], None]
) -> tuple[nn.Module, Progress]:
    fill_pairs(config, model, say)
    weights = load_mini_similar(config.start_from) if config.start_from else SimilarWeights()
    weights.requires_grad_(requires_grad=True).train().to(model.device)
    stage = DescriptorStage(weights.descriptor, config.cache)
    progress = Trainer(stage, config.training, config.folder).run(say)
    weights.descriptor.load_state_dict(load_average(config.folder))
    weights.eval()
    say("trying prompts for the judge")
    rng = np.random.default_rng(config.training.seed)
    files = sorted(config.cache.glob("*.safetensors"))[: config.judge_pairs]
    prompts = (
        prompt for pair in pairs_of(files, model.device) for prompt in draw_prompts(rng, pair)
    )
    facts, right = gather_verdicts(SimilarFinder(model.image.heads, weights), prompts)
    say(f"judge: loss {fit_judge(weights, facts, right):.4f} on {len(facts)} masks")
    return weights, progress


def _tracker(
    config: RunConfig, model: Model, say: Callable[[str], None]
) -> tuple[nn.Module, Progress]:
    fill_clips(config, model, say)
    memory = load_mini_memory(config.start_from) if config.start_from else MiniMemory()
    memory.requires_grad_(requires_grad=True).train().to(model.device)
    stage = TrackingStage(model.image.heads, memory, config.cache)
    if config.start_from is None and config.key_steps:
        if config.finder is not None:
            memory.keys.load_state_dict(load_mini_similar(config.finder).descriptor.state_dict())
        rules = replace(config.training, steps=config.key_steps, bf16=False)
        Trainer(PropagationStage(memory, stage), rules, config.folder / "keys").run(say)
    memory.keys.eval()
    progress = Trainer(stage, config.training, config.folder).run(say)
    memory.load_state_dict(load_average(config.folder))
    return memory, progress


def _detector(
    config: RunConfig, model: Model, say: Callable[[str], None]
) -> tuple[nn.Module, Progress]:
    fill_pairs(config, model, say)
    detector = load_mini_detector(config.start_from) if config.start_from else MiniDetector()
    detector.requires_grad_(requires_grad=True).to(model.device)
    stage = DetectorStage(detector, config.cache)
    progress = Trainer(stage, config.training, config.folder).run(say)
    detector.load_state_dict(load_average(config.folder))
    return detector, progress


def fill_clips(config: RunConfig, model: Model, say: Callable[[str], None]) -> None:
    """Make and encode the clips that the cache still lacks."""
    cutouts = CutoutLibrary(config.material / "cutouts", "train")
    photos = PhotoLibrary(config.material / "photos", "train")
    for index, path in lacking_examples(config, "clip", say):
        rng = np.random.default_rng([_CLIP_SEED, index])
        clip = make_clip(rng, config.clips, cutouts, photos)
        if rng.random() < config.close_ups:
            clip = close_up(rng, clip, WindowRules()) or clip
        bf16 = config.training.bf16
        save_clip(path, encode_clip(clip, model.encode, bf16=bf16, device=model.device))


def fill_pairs(config: RunConfig, model: Model, say: Callable[[str], None]) -> None:
    """Make and encode the pairs of pictures that the cache still lacks."""
    cutouts = CutoutLibrary(config.material / "cutouts", "train")
    photos = PhotoLibrary(config.material / "photos", "train")
    for index, path in lacking_examples(config, "pair", say):
        rng = np.random.default_rng([_PAIR_SEED, index])
        first, second = make_pair(rng, config.scenes, cutouts, photos)
        encoded = partial(
            encode_scene, encoder=model.encode, bf16=config.training.bf16, device=model.device
        )
        save_pair(path, (encoded(first), encoded(second)))


def lacking_examples(
    config: RunConfig, what: str, say: Callable[[str], None]
) -> Iterator[tuple[int, Path]]:
    """Number and file of each example that the cache lacks.

    Whoever takes the next one has made the one before; then it is told how long the rest will take.
    """
    wanted = [(i, config.cache / f"{i:05d}.safetensors") for i in range(config.examples)]
    lacking = [(index, path) for index, path in wanted if not path.exists()]
    began = time.monotonic()
    for done, (index, path) in enumerate(lacking, start=1):
        yield index, path
        left = (time.monotonic() - began) / done * (len(lacking) - done) / 60
        say(f"encoded {what} {index + 1} of {config.examples}  {left:.0f} min left")
