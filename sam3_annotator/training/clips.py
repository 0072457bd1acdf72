"""Synthetic clips: things move over a photo, cross, hide behind others, leave and return."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
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

    from sam3_annotator.training.sprites import CutoutLibrary, Photo, PhotoLibrary


@dataclass(frozen=True, slots=True)
class ClipRecipe:
    """What the clips of a set look like; shares are probabilities.

    Attributes:
        side: pixels per side of the square frames.
        frames: frames per clip.
        objects: tracked things per clip, at most.
        twins: a thing has a look-alike among the others.
        absences: a thing leaves, hides completely or vanishes for a while, and returns.
        camera: the camera moves.
        smallest, largest: longest side of a thing as a share of the side, drawn log-uniformly.
        slowest, fastest: displacement per frame as a share of the side, drawn log-uniformly.
        scenery: one region of the photo itself is tracked, where pseudo-masks are known.
        photographic: a cut-out comes from a photo rather than from a drawing, where there are any.
        blurred: the shutter of a clip stays open long enough to blur what moves.
        bending: a thing bends like something alive.
        dusk: the light of a clip changes while it runs.
    """

    side: int = 512
    frames: int = 8
    objects: int = 3
    twins: float = 0.5
    absences: float = 0.45
    camera: float = 0.6
    smallest: float = 0.05
    largest: float = 0.75
    slowest: float = 0.002
    fastest: float = 0.11
    scenery: float = 0.5
    photographic: float = 0.4
    blurred: float = 0.5
    bending: float = 0.7
    dusk: float = 0.3


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames with truth.

    Attributes:
        frames: (T, H, W, 3) uint8 RGB.
        labels: (T, H, W) uint8, visible part of every thing by number; 0 = none of them.
        concepts: what thing 1, 2, ... shows.
    """

    frames: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    concepts: tuple[str, ...]


@dataclass(slots=True)
class _Actor:
    """A pasted thing with its pose in every frame; number 0 is scenery that nobody tracks."""

    number: int
    rgba: NDArray[np.uint8]
    poses: list[Pose]
    depth: float


def make_clip(
    rng: np.random.Generator, recipe: ClipRecipe, cutouts: CutoutLibrary, photos: PhotoLibrary
) -> Clip:
    """Draw one clip; the same generator state gives the same clip."""
    photo = photos.draw(rng)
    views = _views(rng, recipe, photo)
    actors, concepts = _cast(rng, recipe, cutouts, photos)
    for actor in actors:
        if rng.random() < 0.5:
            _ride_along(actor, views, recipe.side)
    region = _scenery(rng, recipe, photo, views, number=len(concepts) + 1)
    if region:
        concepts.append(f"photo/{photo.name}")
    frames, labels = [], []
    seed = int(rng.integers(2**32))
    shutter = rng.uniform(0.1, 0.6) if rng.random() < recipe.blurred else 0.0
    light = _light(rng, recipe)
    for t, view in enumerate(views):
        rgb, segments = background(photo, view, recipe.side)
        label = (
            np.where(segments == region, np.uint8(len(concepts)), np.uint8(0))
            if region
            else (np.zeros(rgb.shape[:2], np.uint8))
        )
        for actor in sorted(actors, key=lambda a: a.depth):
            rgb, covered = pasted(rgb, actor.rgba, actor.poses[t], _smear(actor, t, shutter))
            label = np.where(covered, np.uint8(actor.number), label)
        lit = (rgb * light[t]).clip(0, 255).astype(np.uint8)
        frames.append(weathered(lit, np.random.default_rng(seed)))
        labels.append(label)
    return Clip(np.stack(frames), np.stack(labels), tuple(concepts))


def _light(rng: np.random.Generator, recipe: ClipRecipe) -> NDArray[np.float32]:
    """(T, 3) gain of every frame's red, green and blue: it drifts, and sways a little."""
    if rng.random() >= recipe.dusk:
        return np.ones((recipe.frames, 3), np.float32)
    t = np.linspace(0, 1, recipe.frames)[:, None]
    drift = rng.normal(0, 0.25) + rng.normal(0, 0.06, 3)
    sway = rng.uniform(0, 0.12) * np.sin(rng.uniform(2, 12) * t + rng.uniform(0, 6))
    return np.exp(drift * t + sway).astype(np.float32)


def _smear(actor: _Actor, t: int, shutter: float) -> tuple[float, float]:
    """How far an actor moves while the shutter is open, px; jumps in and out of sight do not."""
    if t == 0 or actor.poses[t - 1].opacity <= 0:
        return (0.0, 0.0)
    here, before = actor.poses[t], actor.poses[t - 1]
    return ((here.x - before.x) * shutter, (here.y - before.y) * shutter)


def _views(rng: np.random.Generator, recipe: ClipRecipe, photo: Photo) -> list[View]:
    """Where the camera looks in every frame."""
    height, width = photo.rgb.shape[:2]
    span = min(height, width) * rng.uniform(0.45, 0.95)
    moves = rng.random() < recipe.camera
    speed = _log_uniform(rng, 0.002, 0.05) * span if moves else 0.0
    heading, turn = rng.uniform(0, 2 * math.pi), rng.normal(0, 0.015) if moves else 0.0
    zoom = rng.normal(0, 0.012) if moves else 0.0
    x = rng.uniform(span / 2, max(width - span / 2, span / 2 + 1))
    y = rng.uniform(span / 2, max(height - span / 2, span / 2 + 1))
    shake = rng.uniform(0, 0.004) * span if moves else 0.0
    views = []
    for t in range(recipe.frames):
        swing = math.sin(2.2 * t / recipe.frames) * speed * recipe.frames / 2.2
        views.append(
            View(
                float(
                    np.clip(x + math.cos(heading) * swing + rng.normal(0, shake + 1e-9), 0, width)
                ),
                float(
                    np.clip(y + math.sin(heading) * swing + rng.normal(0, shake + 1e-9), 0, height)
                ),
                span * math.exp(zoom * t),
                turn * t,
            )
        )
    return views


def _cast(
    rng: np.random.Generator, recipe: ClipRecipe, cutouts: CutoutLibrary, photos: PhotoLibrary
) -> tuple[list[_Actor], list[str]]:
    """Tracked things, then distractors and occluders."""
    actors: list[_Actor] = []
    concepts: list[str] = []
    for number in range(1, int(rng.integers(1, recipe.objects + 1)) + 1):
        if actors and rng.random() < recipe.twins:
            model = actors[int(rng.integers(len(actors)))]
            rgba, concept = recoloured(model.rgba, rng, strength=0.15), concepts[model.number - 1]
            size = model.poses[0].size * rng.uniform(0.75, 1.3)
        else:
            cutout = cutouts.draw(rng, photographic=recipe.photographic)
            rgba, concept = _dressed(cutout.rgba, rng, photos), cutout.concept
            size = recipe.side * _log_uniform(rng, recipe.smallest, recipe.largest)
        actor = _Actor(number, rgba, _path(rng, recipe, size), depth=rng.random())
        if rng.random() < recipe.absences:
            actors.extend(_make_absent(rng, recipe, actor, cutouts))
        actors.append(actor)
        concepts.append(concept)
    for _ in range(int(rng.integers(0, 3))):
        rgba = _dressed(cutouts.draw(rng, photographic=recipe.photographic).rgba, rng, photos)
        size = recipe.side * _log_uniform(rng, 0.08, 0.4)
        actors.append(_Actor(0, rgba, _path(rng, recipe, size), depth=rng.random()))
    return actors, concepts


def _dressed(
    rgba: NDArray[np.uint8], rng: np.random.Generator, photos: PhotoLibrary
) -> NDArray[np.uint8]:
    coloured = recoloured(rgba, rng, strength=0.6)
    return textured(coloured, photos.draw(rng), rng, amount=float(rng.uniform(0, 0.6)))


def _path(rng: np.random.Generator, recipe: ClipRecipe, size: float) -> list[Pose]:
    """A smooth way across the picture; it turns back at the borders."""
    side, speed = recipe.side, _log_uniform(rng, recipe.slowest, recipe.fastest) * recipe.side
    x, y = rng.uniform(0.12, 0.88, 2) * side
    heading, curve = rng.uniform(0, 2 * math.pi), rng.normal(0, 0.25)
    spin = rng.normal(0, 0.12) if rng.random() < 0.6 else 0.0
    grow = rng.normal(0, 0.03) if rng.random() < 0.6 else 0.0
    bend = rng.uniform(0.02, 0.13) if rng.random() < recipe.bending else 0.0
    limber = rng.uniform(0.15, 1.0)
    pose = Pose(
        float(x), float(y), size, angle=rng.normal(0, 0.5),
        stretch=float(np.exp(rng.normal(0, 0.12))), mirrored=bool(rng.random() < 0.5),
        bend=float(bend), phase=float(rng.uniform(0, 6)),
    )  # fmt: skip
    poses = []
    for _ in range(recipe.frames):
        poses.append(pose)
        heading += curve
        step_x, step_y = math.cos(heading) * speed, math.sin(heading) * speed
        if not 0.05 * side < pose.x + step_x < 0.95 * side:
            heading, step_x = math.pi - heading, -step_x
        if not 0.05 * side < pose.y + step_y < 0.95 * side:
            heading, step_y = -heading, -step_y
        pose = replace(
            pose, x=pose.x + step_x, y=pose.y + step_y, angle=pose.angle + spin,
            size=min(pose.size * math.exp(grow), 0.8 * side), phase=pose.phase + limber,
        )  # fmt: skip
    return poses


def _make_absent(
    rng: np.random.Generator, recipe: ClipRecipe, actor: _Actor, cutouts: CutoutLibrary
) -> list[_Actor]:
    """Take an actor out of sight for some frames; returns the occluder where there is one."""
    length = int(rng.integers(1, max(2, recipe.frames // 2)))
    start = int(rng.integers(1, max(2, recipe.frames - length)))
    gone = range(start, min(start + length, recipe.frames))
    kind = rng.choice(("leave", "hide", "vanish"), p=(0.45, 0.35, 0.2))
    if kind == "vanish":
        for t in gone:
            actor.poses[t] = replace(actor.poses[t], opacity=0.0)
        return []
    if kind == "leave":
        _leave(rng, actor, gone, recipe.side)
        return []
    for t in gone:  # it slows down behind what hides it
        actor.poses[t] = replace(actor.poses[t], x=actor.poses[start].x, y=actor.poses[start].y)
    poses = _passing(actor, gone, recipe, slide=rng.uniform(0, 2 * math.pi))
    rgba = cutouts.draw(rng).rgba.copy()
    rgba[..., 3] = np.maximum(rgba[..., 3], _solid(rgba.shape))
    return [_Actor(0, recoloured(rgba, rng, strength=1.0), poses, depth=actor.depth + 1.0)]


def _leave(rng: np.random.Generator, actor: _Actor, gone: range, side: int) -> None:
    """Move out over the nearest border before, and back in after, the frames ``gone``."""
    first = actor.poses[gone.start]
    away = actor.poses[0].size * 0.75
    ways = {(-away, first.y): first.x, (side + away, first.y): side - first.x,
            (first.x, -away): first.y, (first.x, side + away): side - first.y}  # fmt: skip
    (x, y) = min(ways, key=lambda place: ways[place])
    ease = int(rng.integers(1, 3))
    for t, pose in enumerate(actor.poses):
        distance = max(gone.start - t, t - gone.stop + 1, 0)
        share = max(0.0, 1 - distance / (ease + 1))
        actor.poses[t] = replace(
            pose, x=pose.x + (x - pose.x) * share, y=pose.y + (y - pose.y) * share
        )


def _passing(actor: _Actor, gone: range, recipe: ClipRecipe, slide: float) -> list[Pose]:
    """An occluder that stands on the actor during ``gone`` and comes and goes sideways."""
    poses = []
    for t, pose in enumerate(actor.poses):
        distance = max(gone.start - t, t - gone.stop + 1, 0)
        step = distance * pose.size * 0.8
        poses.append(
            Pose(
                pose.x + math.cos(slide) * step,
                pose.y + math.sin(slide) * step,
                min(pose.size * 1.5, float(recipe.side)),
            )
        )
    return poses


def _solid(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """(h, w) uint8 alpha of a filled ellipse: an occluder without holes."""
    yy, xx = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    return np.where(xx**2 + yy**2 < 1, 255, 0).astype(np.uint8)


def _ride_along(actor: _Actor, views: list[View], side: int) -> None:
    """Fix an actor to the scenery: it moves with the camera as well."""
    first = views[0]
    for t, (pose, view) in enumerate(zip(actor.poses, views, strict=True)):
        scale = side / view.span
        actor.poses[t] = replace(
            pose, x=pose.x - (view.x - first.x) * scale, y=pose.y - (view.y - first.y) * scale
        )


def _scenery(
    rng: np.random.Generator, recipe: ClipRecipe, photo: Photo, views: list[View], number: int
) -> int:
    """Value in ``photo.segments`` of a region to track, or 0; ``number`` must fit a uint8."""
    if number > 255 or rng.random() >= recipe.scenery:
        return 0
    segments = background(photo, views[0], recipe.side)[1]
    values, areas = np.unique(segments, return_counts=True)
    fits = (values > 0) & (areas > 0.004 * segments.size) & (areas < 0.4 * segments.size)
    chosen = values[fits]
    return int(chosen[int(rng.integers(len(chosen)))]) if len(chosen) else 0


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))
