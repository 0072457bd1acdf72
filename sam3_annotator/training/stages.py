"""A training run from a configuration file: gather examples, train one stage, write its weights."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - pydantic reads the annotations at run time
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sam3_annotator import paths
from sam3_annotator.errors import FileTrouble
from sam3_annotator.model.mini_finder import MiniFinder
from sam3_annotator.model.mini_image import IMAGE_FILE, load_mini_image
from sam3_annotator.model.mini_memory import MiniMemory
from sam3_annotator.model.mini_weights import load_mini_finder, load_mini_memory, write_mini
from sam3_annotator.training.clips import ClipRecipe, make_clip
from sam3_annotator.training.evaluate import Model
from sam3_annotator.training.feature_cache import encode_clip, save_clip
from sam3_annotator.training.finder_stage import FinderStage
from sam3_annotator.training.saved_run import load_average
from sam3_annotator.training.scene_cache import encode_scene, save_pair
from sam3_annotator.training.scenes import SceneRecipe, make_pair
from sam3_annotator.training.sprites import CutoutLibrary, PhotoLibrary
from sam3_annotator.training.tracking_stage import TrackingStage
from sam3_annotator.training.trainer import Trainer, TrainingRules

if TYPE_CHECKING:
    from collections.abc import Callable

_CLIP_SEED, _PAIR_SEED = 7, 8


class RunConfig(BaseModel):
    """What ``sam3-annotator train`` reads; relative paths are relative to the file.

    Attributes:
        stage: ``"tracker"`` (the memory) or ``"finder"`` (the exemplar detector).
        material: cut-outs and photos, see ``packaging/weights/gather_material.py``.
        cache: encoded examples; filled up to ``examples`` and used again by later runs.
        folder: checkpoints and curves; a run that is there is continued.
        output: quantised weights to write at the end; none if absent.
        examples: encoded clips or pairs of pictures to draw from.
        start_from: trained weights to begin with, else new ones.
        training: see ``TrainingRules``.
        clips, scenes: see ``ClipRecipe`` and ``SceneRecipe``.
        threads: CPU threads; 0 leaves torch's choice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stage: Literal["tracker", "finder"]
    material: Path
    cache: Path
    folder: Path
    output: Path | None = None
    examples: int = Field(default=200, gt=0)
    start_from: Path | None = None
    training: TrainingRules
    clips: ClipRecipe = ClipRecipe()
    scenes: SceneRecipe = SceneRecipe()
    threads: int = Field(default=0, ge=0)


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
    names = ("material", "cache", "folder", "output", "start_from")
    absolute = {n: base / getattr(config, n) for n in names if getattr(config, n) is not None}
    return config.model_copy(update=absolute)


def run(config: RunConfig, say: Callable[[str], None]) -> Path | None:
    """Do everything that the configuration asks for; returns the weights written, if any.

    Raises:
        FileTrouble: material is missing, or the folder holds another run.
        WeightsTrouble: the bundled image weights are missing.
    """
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.training.seed)
    model = Model(load_mini_image(paths.resource(IMAGE_FILE)))
    config.cache.mkdir(parents=True, exist_ok=True)
    stage: TrackingStage | FinderStage
    if config.stage == "tracker":
        fill_clips(config, model, say)
        memory = load_mini_memory(config.start_from) if config.start_from else MiniMemory()
        stage = TrackingStage(
            model.image.heads, memory.requires_grad_(requires_grad=True), config.cache
        )
    else:
        fill_pairs(config, model, say)
        finder = load_mini_finder(config.start_from) if config.start_from else MiniFinder()
        stage = FinderStage(finder.requires_grad_(requires_grad=True), config.cache)
    progress = Trainer(stage, config.training, config.folder).run(say)
    if config.output is None:
        return None
    stage.module.load_state_dict(load_average(config.folder))
    notes = {"steps": str(progress.step), "training": json.dumps(asdict(config.training))}
    write_mini(config.output, stage.module, config.stage, notes)
    say(f"wrote {config.output}")
    return config.output


def fill_clips(config: RunConfig, model: Model, say: Callable[[str], None]) -> None:
    """Make and encode the clips that the cache still lacks."""
    cutouts = CutoutLibrary(config.material / "cutouts", "train")
    photos = PhotoLibrary(config.material / "photos", "train")
    for index, path in _lacking(config):
        rng = np.random.default_rng([_CLIP_SEED, index])
        clip = make_clip(rng, config.clips, cutouts, photos)
        save_clip(path, encode_clip(clip, model.encode, bf16=config.training.bf16))
        say(f"encoded clip {index + 1} of {config.examples}")


def fill_pairs(config: RunConfig, model: Model, say: Callable[[str], None]) -> None:
    """Make and encode the pairs of pictures that the cache still lacks."""
    cutouts = CutoutLibrary(config.material / "cutouts", "train")
    photos = PhotoLibrary(config.material / "photos", "train")
    for index, path in _lacking(config):
        rng = np.random.default_rng([_PAIR_SEED, index])
        first, second = make_pair(rng, config.scenes, cutouts, photos)
        bf16 = config.training.bf16
        save_pair(
            path,
            (
                encode_scene(first, model.encode, bf16=bf16),
                encode_scene(second, model.encode, bf16=bf16),
            ),
        )
        say(f"encoded pair {index + 1} of {config.examples}")


def _lacking(config: RunConfig) -> list[tuple[int, Path]]:
    wanted = [(i, config.cache / f"{i:05d}.safetensors") for i in range(config.examples)]
    return [(index, path) for index, path in wanted if not path.exists()]
