"""Synthetic pictures for "find similar": a few concepts, each shown several times or not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.training.compositing import (
    Pose,
    View,
    background,
    pasted,
    recoloured,
    textured,
    weathered,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.training.sprites import Cutout, CutoutLibrary, PhotoLibrary


@dataclass(frozen=True, slots=True)
class SceneRecipe:
    """What the pictures of a set look like.

    Attributes:
        side: pixels per side.
        concepts: concepts that a pair of pictures draws from, at most.
        copies: instances of one concept in one picture, at most.
        shown: probability that a concept appears in a picture at all.
        variety: colour changes between instances of one concept, 0 to 1.
    """

    side: int = 512
    concepts: int = 4
    copies: int = 7
    shown: float = 0.75
    variety: float = 0.25


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture with truth.

    Attributes:
        rgb: (H, W, 3) uint8.
        labels: (H, W) uint8, visible instance by number, 0 = none.
        concepts: concept of instance 1, 2, ... as an index into the pair's list.
    """

    rgb: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    concepts: tuple[int, ...]


def make_pair(
    rng: np.random.Generator, recipe: SceneRecipe, cutouts: CutoutLibrary, photos: PhotoLibrary
) -> tuple[Scene, Scene]:
    """Two pictures that draw from the same few concepts: exemplars may come from either."""
    chosen: list[Cutout] = []
    for _ in range(int(rng.integers(2, recipe.concepts + 1))):
        chosen.append(cutouts.draw(rng, other_than=[c.concept for c in chosen]))
    sizes = [recipe.side * _log_uniform(rng, 0.07, 0.3) for _ in chosen]
    looks = [_look(rng, cutout.rgba, photos) for cutout in chosen]
    first, second = (_scene(rng, recipe, looks, sizes, photos) for _ in range(2))
    return first, second


def _look(
    rng: np.random.Generator, rgba: NDArray[np.uint8], photos: PhotoLibrary
) -> NDArray[np.uint8]:
    coloured = recoloured(rgba, rng, strength=0.5)
    return textured(coloured, photos.draw(rng), rng, amount=float(rng.uniform(0, 0.5)))


def _scene(
    rng: np.random.Generator,
    recipe: SceneRecipe,
    looks: list[NDArray[np.uint8]],
    sizes: list[float],
    photos: PhotoLibrary,
) -> Scene:
    photo = photos.draw(rng)
    height, width = photo.rgb.shape[:2]
    span = min(height, width) * rng.uniform(0.5, 1.0)
    view = View(rng.uniform(0.3, 0.7) * width, rng.uniform(0.3, 0.7) * height, span)
    rgb = background(photo, view, recipe.side)[0]
    todo = [
        index
        for index in range(len(looks))
        if rng.random() < recipe.shown
        for _ in range(int(rng.integers(1, recipe.copies + 1)))
    ]
    labels = np.zeros(rgb.shape[:2], np.uint8)
    concepts: list[int] = []
    spread = rng.uniform(0, 1)
    for index in rng.permutation(np.array(todo, dtype=np.int64)).tolist():
        pose = _pose(rng, recipe.side, sizes[index], float(spread))
        rgba = recoloured(looks[index], rng, strength=recipe.variety)
        candidate, covered = pasted(rgb, rgba, pose)
        if _is_crowded(covered, labels):
            continue
        rgb = candidate
        concepts.append(index)
        labels = np.where(covered, np.uint8(len(concepts)), labels)
    return Scene(weathered(rgb, rng), labels, tuple(concepts))


def _is_crowded(covered: NDArray[np.bool_], labels: NDArray[np.uint8]) -> bool:
    """Whether pasting would hide most of something, or hardly show anything."""
    if covered.sum() < 150:
        return True
    hidden, counts = np.unique(labels[covered], return_counts=True)
    totals = np.bincount(labels.ravel(), minlength=256)
    return any(
        number > 0 and count > 0.4 * totals[number]
        for number, count in zip(hidden.tolist(), counts.tolist(), strict=True)
    )


def _pose(rng: np.random.Generator, side: int, size: float, spread: float) -> Pose:
    x, y = rng.uniform(0.04, 0.96, 2) * side
    return Pose(
        float(x),
        float(y),
        size * math.exp(rng.normal(0, 0.3 * spread)),
        angle=float(rng.normal(0, 0.7 * spread)),
        stretch=math.exp(rng.normal(0, 0.12 * spread)),
        mirrored=bool(rng.random() < 0.5 * spread),
        bend=float(rng.uniform(0, 0.05) * spread),
        phase=float(rng.uniform(0, 6)),
    )


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))
