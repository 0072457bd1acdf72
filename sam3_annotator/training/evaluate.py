"""Measures the bundled model: clicks and boxes, similar things, clips; writes JSON and pictures."""

from __future__ import annotations

import json
import logging
import math
import platform
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from sam3_annotator import paths
from sam3_annotator.io.atomic import make_folder
from sam3_annotator.model.mini_image import IMAGE_FILE, load_mini_image
from sam3_annotator.model.mini_similar import LEAST_SCORE, SimilarFinder
from sam3_annotator.model.mini_weights import (
    FINDER_FILE,
    TRACKER_FILE,
    load_mini_memory,
    load_mini_similar,
)
from sam3_annotator.training.clips import ClipRecipe, make_clip
from sam3_annotator.training.contact_sheet import clip_sheet, followed_numbers, picture_sheet
from sam3_annotator.training.eval_clicks import evaluate_clicks
from sam3_annotator.training.eval_similar import evaluate_similar, with_finder
from sam3_annotator.training.eval_tracking import evaluate_tracking, make_followers
from sam3_annotator.training.real_scenes import scene_pairs
from sam3_annotator.training.scene_cache import encode_scene
from sam3_annotator.training.scenes import SceneRecipe, make_pair
from sam3_annotator.training.sprites import CutoutLibrary, PhotoLibrary
from sam3_annotator.training.truth_folders import davis_clips, picture_samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.model.build_tracker import Sam2ImageModel
    from sam3_annotator.model.mini_memory import MiniMemory
    from sam3_annotator.model.mini_similar import SimilarWeights
    from sam3_annotator.training.clips import Clip
    from sam3_annotator.training.scene_cache import EncodedScene

_log = logging.getLogger(__name__)
_SECTIONS = ("clicks", "similar_in_pictures", "clips", "synthetic_clips", "find_similar")
_SHEET_LINES, _SHEET_FRAMES = 8, 60
HELD_OUT_SEED = 1_000_003
"""Seed of held-out sets; training never draws from the held-out split, whatever the seed."""


@dataclass(frozen=True, slots=True)
class Model:
    """The parts that are measured; a part that is None is left out of the report."""

    image: Sam2ImageModel
    memory: MiniMemory | None = None
    similar: SimilarWeights | None = None

    @property
    def device(self) -> torch.device:
        """Where the image model lies."""
        return next(self.image.parameters()).device

    def encode(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The backbone in the form that caches want; see ``feature_cache.Encoder``."""
        features = self.image.heads.features(self.image.encoder(pixels))
        return features.fine, features.mid, features.embedding


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes:
        pictures: COCO file or folder, or LabelMe folder; None to leave clicks out.
        clips: DAVIS folder; None for none.
        material: training material, for held-out synthetic sets; None for none.
        synthetic_clips, synthetic_frames: how many, how long.
        synthetic_pairs: pairs of "find similar" pictures.
        side: model input for clicks, px.
        most_pictures, most_frames: limits; 0 for none.
    """

    pictures: Path | None = None
    clips: Path | None = None
    material: Path | None = None
    synthetic_clips: int = 12
    synthetic_frames: int = 16
    synthetic_pairs: int = 20
    side: int = 1024
    most_pictures: int = 0
    most_frames: int = 0


def open_model(tracker: Path | None = None, finder: Path | None = None) -> Model:
    """The bundled model, or parts of it from elsewhere.

    Args:
        tracker: memory weights; None for the bundled ones, if there are any.
        finder: finder weights; likewise.

    Raises:
        WeightsTrouble: a file is missing or damaged.
    """
    memory_path = tracker or paths.resource(TRACKER_FILE)
    finder_path = finder or paths.resource(FINDER_FILE)
    return Model(
        load_mini_image(paths.resource(IMAGE_FILE)),
        load_mini_memory(memory_path) if tracker or memory_path.exists() else None,
        load_mini_similar(finder_path) if finder or finder_path.exists() else None,
    )


def run_plan(model: Model, plan: Plan, folder: Path) -> dict[str, Any]:
    """Measure everything that the plan names; also writes ``report.json`` and contact sheets."""
    make_folder(folder)
    report: dict[str, Any] = {"hardware": hardware()}
    if plan.pictures is not None:
        report["clicks"] = _click(model, plan, folder, plan.pictures)
        _save(report, folder)
        scenes = scene_pairs(picture_samples(plan.pictures, most=plan.most_pictures))
        pairs = ((encode_scene(a, model.encode), encode_scene(b, model.encode)) for a, b in scenes)
        report |= _find_similar(model, "similar_in_pictures", pairs)
        _save(report, folder)
    if plan.clips is not None:
        report["clips"] = _track(model, davis_clips(plan.clips, most_frames=plan.most_frames))
        shortened = min(plan.most_frames or _SHEET_FRAMES, _SHEET_FRAMES)
        _draw_clip(model, davis_clips(plan.clips, most_frames=shortened), folder / "clips.png")
        _save(report, folder)
    if plan.material is not None and plan.synthetic_clips:
        report["synthetic_clips"] = _track(model, held_out_clips(plan))
        _draw_clip(model, held_out_clips(plan), folder / "synthetic_clips.png")
        _save(report, folder)
    if plan.material is not None and plan.synthetic_pairs:
        report |= _find_similar(model, "find_similar", held_out_pairs(model, plan))
        _save(report, folder)
    return report


def _click(model: Model, plan: Plan, folder: Path, pictures: Path) -> dict[str, Any]:
    samples = picture_samples(pictures, most=plan.most_pictures)
    scores = asdict(evaluate_clicks(model.image, samples, side=plan.side))
    shown = picture_samples(pictures, most=min(plan.most_pictures or _SHEET_LINES, _SHEET_LINES))
    _write_picture(folder / "clicks.png", picture_sheet(model.image, shown, side=plan.side))
    return scores


def _find_similar(
    model: Model, section: str, pairs: Iterator[tuple[EncodedScene, EncodedScene]]
) -> dict[str, Any]:
    """The section, unless there is no finder or nothing to look for."""
    if model.similar is None:
        return {}
    finder = SimilarFinder(model.image.heads, model.similar)
    scores = evaluate_similar(with_finder(finder, LEAST_SCORE), pairs)
    asked = {name: asdict(score) for name, score in scores.items() if score.prompts}
    return {section: asked} if asked else {}


def _draw_clip(model: Model, clips: Iterator[Clip], target: Path) -> None:
    """Draw the first clip that shows something in its first frame."""
    clip = next((clip for clip in clips if followed_numbers(clip)), None)
    if clip is not None:
        _write_picture(target, clip_sheet(model.image, model.memory, clip))


def _write_picture(target: Path, rgb: NDArray[np.uint8]) -> None:
    Image.fromarray(rgb).save(target)


def _track(model: Model, clips: Iterator[Clip]) -> dict[str, Any]:
    followers = make_followers(model.image, model.memory)
    scores = evaluate_tracking(model.image, followers, clips)
    return {name: asdict(score) for name, score in scores.items()}


def held_out_clips(plan: Plan) -> Iterator[Clip]:
    """Synthetic clips from concepts and photos that training never saw, twice its length."""
    if plan.material is None:
        return
    cutouts = CutoutLibrary(plan.material / "cutouts", "held_out")
    photos = PhotoLibrary(plan.material / "photos", "held_out")
    recipe = ClipRecipe(frames=plan.synthetic_frames, scenery=0.25)
    for index in range(plan.synthetic_clips):
        yield make_clip(np.random.default_rng([HELD_OUT_SEED, index]), recipe, cutouts, photos)


def held_out_pairs(model: Model, plan: Plan) -> Iterator[tuple[EncodedScene, EncodedScene]]:
    """Synthetic "find similar" pictures from concepts and photos that training never saw."""
    if plan.material is None:
        return
    cutouts = CutoutLibrary(plan.material / "cutouts", "held_out")
    photos = PhotoLibrary(plan.material / "photos", "held_out")
    for index in range(plan.synthetic_pairs):
        rng = np.random.default_rng([HELD_OUT_SEED + 1, index])
        first, second = make_pair(rng, SceneRecipe(), cutouts, photos)
        yield encode_scene(first, model.encode), encode_scene(second, model.encode)


def hardware() -> dict[str, Any]:
    """What the numbers were measured on."""
    return {
        "machine": platform.machine(),
        "processor": platform.processor() or platform.machine(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "date": time.strftime("%Y-%m-%d"),
    }


def _save(report: dict[str, Any], folder: Path) -> None:
    (folder / "report.json").write_text(json.dumps(without_nan(report), indent=1))
    _log.info("wrote %s", folder / "report.json")


def without_nan(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same report with None where nothing could be measured: JSON knows no NaN."""
    if isinstance(value, dict):
        return {key: without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def table(report: dict[str, Any]) -> str:
    """The report as plain text tables for a terminal."""
    lines: list[str] = []
    for section in _SECTIONS:
        if section not in report:
            continue
        lines.append(section.replace("_", " "))
        rows = report[section]
        if section == "clicks":
            rows = {"": rows}
        for name, row in rows.items():
            shown = "  ".join(f"{key} {_shown(value)}" for key, value in row.items())
            lines.append(f"  {name:<30} {shown}")
    return "\n".join(lines)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, (list, tuple)):
        return "/".join(_shown(v) for v in value)
    return str(value)
