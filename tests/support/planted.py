"""Synthetic masklets with planted errors of a tracker, and the truth about which frames are wrong.

Objects are textured blobs that drift, breathe and turn through a picture, behind and in front of
each other. The tracker's masks are the truth with noise along the outline; then errors are planted
as trackers make them. Scores are nearly as high on wrong frames as on right ones, as published
checks of SAM's scores found (ROC AUC about 0.6).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from sam3_annotator.domain.entities import MEASURED_PASSES, Annotation, FrameFlag, Source
from sam3_annotator.domain.geometry import EMPTY_PIXEL_BOX
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.masklet import Masklet, People

KINDS = ("drift", "swap", "flicker", "lost", "restart")
ERROR_IOU = 0.7
"""A frame below this overlap with the truth is an error that a person would correct."""


@dataclass
class Planted:
    """One synthetic clip.

    Attributes:
        masks: (object, frame) -> what the tracker says; empty when it says "absent".
        truth: (object, frame) -> what is right.
        events: (kind, object, first frame, last frame) of every planted error.
        swaps: (one object, other object, frame) of every planted swap.
    """

    width: int
    height: int
    frame_count: int
    masklets: dict[ObjectId, Masklet]
    masks: dict[tuple[int, int], Mask]
    truth: dict[tuple[int, int], Mask]
    events: list[tuple[str, int, int, int]] = field(default_factory=list)
    swaps: list[tuple[int, int, int]] = field(default_factory=list)

    def mask_at(self, object_id, frame):
        return self.masks.get((int(object_id), int(frame)))

    def is_error(self, object_id: int) -> np.ndarray:
        """(A,) whether each annotation of an object overlaps the truth too little."""
        masklet = self.masklets[ObjectId(object_id)]
        return np.array(
            [
                self.masks[object_id, f].iou(self.truth[object_id, f]) < ERROR_IOU
                for f in masklet.frames.tolist()
            ]
        )


def planted_clip(
    seed: int,
    *,
    objects: int = 5,
    frame_count: int = 160,
    size: tuple[int, int] = (480, 270),
    kinds: tuple[str, ...] = KINDS,
    events: int = 4,
    with_passes: bool = True,
) -> Planted:
    """A clip of moving blobs, tracked with errors."""
    rng = np.random.default_rng(seed)
    width, height = size
    courses = [_Course(rng, size, frame_count) for _ in range(objects)]
    truth = {
        (number + 1, frame): course.mask(frame, size)
        for number, course in enumerate(courses)
        for frame in range(frame_count)
    }
    masks = {key: _roughened(mask, rng, size) for key, mask in truth.items()}
    clip = Planted(width, height, frame_count, {}, masks, truth)
    busy: dict[int, list[tuple[int, int]]] = {n + 1: [] for n in range(objects)}
    for _ in range(events):
        _plant(clip, str(rng.choice(kinds)), rng, busy)
    _build(clip, rng, with_passes=with_passes)
    return clip


class _Course:
    """A smooth path, size and turn of one blob."""

    def __init__(self, rng, size, frame_count):
        width, height = size
        self.radius = rng.uniform(14, 34)
        self.stretch = rng.uniform(0.6, 1.6)
        self.lobes = rng.uniform(0.0, 0.28, 3)
        self.phases = rng.uniform(0, 2 * np.pi, 3)
        t = np.arange(frame_count) / frame_count
        centre = rng.uniform((0.2 * width, 0.2 * height), (0.8 * width, 0.8 * height))
        sway = rng.uniform(0.08, 0.3, 2) * size
        rates = rng.uniform(0.5, 2.5, 2) * 2 * np.pi
        start = rng.uniform(0, 2 * np.pi, 2)
        self.x = centre[0] + sway[0] * np.sin(rates[0] * t + start[0])
        self.y = centre[1] + sway[1] * np.sin(rates[1] * t + start[1])
        self.scale = 1 + rng.uniform(0.05, 0.25) * np.sin(rng.uniform(1, 5) * 2 * np.pi * t)
        self.turn = rng.uniform(-2, 2) * np.pi * t
        self.wobble = rng.uniform(0.02, 0.1)
        self.wobble_rate = rng.uniform(4, 12) * 2 * np.pi
        self.t = t

    def mask(self, frame, size):
        angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        edge = 1 + sum(
            lobe * np.cos((k + 2) * angles + phase)
            for k, (lobe, phase) in enumerate(zip(self.lobes, self.phases, strict=True))
        )
        edge = edge + self.wobble * np.sin(3 * angles + self.wobble_rate * self.t[frame])
        r = self.radius * self.scale[frame] * edge
        a = angles + self.turn[frame]
        dx, dy = r * np.cos(angles) * self.stretch, r * np.sin(angles) / self.stretch
        turn = self.turn[frame]
        x = self.x[frame] + dx * np.cos(turn) - dy * np.sin(turn)
        y = self.y[frame] + dx * np.sin(turn) + dy * np.cos(turn)
        del a
        canvas = np.zeros((size[1], size[0]), np.uint8)
        cv2.fillPoly(canvas, [np.stack((x, y), 1).round().astype(np.int32)], 1)
        return Mask.from_array(canvas)


def _roughened(mask: Mask, rng, size) -> Mask:
    """The mask as a good tracker sees it: outline off by a pixel here and there."""
    if mask.is_empty:
        return mask
    pixels = mask.to_array(size[1], size[0]).astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    choice = rng.random()
    if choice < 0.3:
        pixels = cv2.dilate(pixels, kernel)
    elif choice < 0.6 and mask.area > 200:
        pixels = cv2.erode(pixels, kernel)
    if rng.random() < 0.03 and mask.area > 200:  # a speck, harmless
        y, x = rng.integers(0, size[1] - 4), rng.integers(0, size[0] - 4)
        pixels[y : y + 3, x : x + 3] = 1
    return Mask.from_array(pixels)


def _free(busy, number, rng, frame_count, length):
    for _ in range(40):
        start = int(rng.integers(12, max(13, frame_count - length - 8)))
        if all(start > stop + 12 or start + length < first - 12 for first, stop in busy[number]):
            return start
    return None


def _plant(clip: Planted, kind: str, rng, busy) -> None:
    number = int(rng.integers(1, len(busy) + 1))
    if kind == "swap":
        _plant_swap(clip, number, rng, busy)
        return
    length = {
        "drift": int(rng.integers(12, 30)),
        "flicker": int(rng.integers(1, 4)),
        "lost": int(rng.integers(8, 30)),
        "restart": int(rng.integers(8, 30)),
    }[kind]
    start = _free(busy, number, rng, clip.frame_count, length)
    if start is None:
        return
    stop = min(clip.frame_count - 2, start + length - 1)
    busy[number].append((start, stop))
    size = (clip.width, clip.height)
    away = rng.normal(size=2)
    away = away / np.linalg.norm(away)
    for frame in range(start, stop + 1):
        right = clip.truth[number, frame]
        step = frame - start + 1
        if kind == "drift":
            wrong = _drifted(right, away, step, size)
        elif kind == "lost":
            wrong = EMPTY_MASK
        elif kind == "flicker":
            wrong = EMPTY_MASK if rng.random() < 0.4 else _part(right, rng)
        else:
            wrong = EMPTY_MASK if step <= 3 else _restarted(right, away, size)
        clip.masks[number, frame] = wrong
    clip.events.append((kind, number, start, stop))


def _drifted(right: Mask, away, step, size) -> Mask:
    """Slides off and swells, slowly at first."""
    side = np.sqrt(max(1, right.area))
    shift = away * side * min(1.2, 0.002 * step**2 + 0.02 * step)
    moved = right.translated(int(shift[0]), int(shift[1])).clipped(*size)
    if step % 4 == 0 and not moved.is_empty:
        pixels = moved.to_array(size[1], size[0]).astype(np.uint8)
        moved = Mask.from_array(cv2.dilate(pixels, np.ones((3, 3), np.uint8), iterations=2))
    return moved


def _part(right: Mask, rng) -> Mask:
    if right.is_empty:
        return right
    crop = right.crop()
    cut = int(crop.shape[1] * rng.uniform(0.35, 0.6))
    crop[:, :cut] = False
    return Mask.from_array(crop, right.box.left, right.box.top)


def _restarted(right: Mask, away, size) -> Mask:
    """Comes back on something else of about the same size."""
    side = np.sqrt(max(1, right.area))
    moved = right.translated(int(away[0] * 2.2 * side), int(away[1] * 2.2 * side)).clipped(*size)
    if moved.is_empty:
        moved = right.translated(int(-away[0] * 2.2 * side), int(-away[1] * 2.2 * side))
        moved = moved.clipped(*size)
    return moved


def _nearest(clip: Planted, number, busy):
    """(distance in sizes, object, frame) of the nearest approach of any other object."""
    found = []
    for other in set(busy) - {number}:
        for frame in range(15, clip.frame_count - 15):
            one, two = clip.truth[number, frame], clip.truth[other, frame]
            if not one.is_empty and not two.is_empty:
                away = np.hypot(
                    one.box.left + one.box.right - two.box.left - two.box.right,
                    one.box.top + one.box.bottom - two.box.top - two.box.bottom,
                )
                found.append((away / (2 * np.sqrt(min(one.area, two.area))), other, frame))
    return min(found, default=None)


def _plant_swap(clip: Planted, number, rng, busy) -> None:
    """Exchange with the object that comes nearest, where it does, for a while or for good."""
    best = _nearest(clip, number, busy)
    if best is None or best[0] > 2.5:
        return
    _, other, start = best
    stop = clip.frame_count - 1
    if rng.random() < 0.5:
        stop = min(stop, start + int(rng.integers(15, 50)))
    for n in (number, other):
        if any(first <= stop + 12 and last >= start - 12 for first, last in busy[n]):
            return
    for frame in range(start, stop + 1):
        pair = clip.masks[number, frame], clip.masks[other, frame]
        clip.masks[other, frame], clip.masks[number, frame] = pair
    for n in (number, other):
        busy[n].append((start, stop))
        clip.events.append(("swap", n, start, stop))
    clip.swaps.append((number, other, start))


def _build(clip: Planted, rng, *, with_passes: bool) -> None:
    people = People()
    for number in range(1, 1 + max(n for n, _ in clip.masks)):
        rows = []
        for frame in range(clip.frame_count):
            mask, right = clip.masks[number, frame], clip.truth[number, frame]
            is_wrong = mask.iou(right) < ERROR_IOU
            source = Source.HUMAN if frame == 0 else Source.MODEL
            if frame == 0:
                mask = clip.masks[number, 0] = right
            score = float(np.clip(rng.normal(0.88 - (0.02 if is_wrong else 0.0), 0.07), 0, 1))
            attributes = ()
            if with_passes and number % 2 == 0 and frame:
                attributes = ((MEASURED_PASSES, _agreement(mask, right, rng)),)
            rows.append(
                Annotation(
                    ObjectId(number),
                    FrameIndex(frame),
                    None if mask.is_empty else mask.blob_id,
                    EMPTY_PIXEL_BOX if mask.is_empty else mask.box,
                    mask.area,
                    source,
                    None if source is Source.HUMAN else score,
                    FrameFlag.ABSENT if mask.is_empty else FrameFlag.NONE,
                    attributes=attributes,
                )
            )
        clip.masklets[ObjectId(number)] = Masklet.of(ObjectId(number), rows, people)


def _agreement(mask: Mask, right: Mask, rng) -> float:
    """What a second pass would agree with: it makes the same mistake two times out of five."""
    if rng.random() < 0.4:
        return float(np.clip(rng.normal(0.9, 0.05), 0, 1))
    return float(np.clip(mask.iou(right) * rng.normal(0.96, 0.04), 0, 1))
