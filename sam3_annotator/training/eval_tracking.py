"""How well masks are carried through clips: J, F, identity, masks of what is not there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from sam3_annotator.domain.mask_scores import boundary_f, mask_iou
from sam3_annotator.model.mini_follow import MiniFollower
from sam3_annotator.model.mini_tracker import MiniTracker
from sam3_annotator.model.mini_window import WindowRules
from sam3_annotator.training.feature_cache import normalised
from sam3_annotator.training.followers import (
    Copy,
    Flow,
    Logits,
    Remember,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from sam3_annotator.model.build_tracker import Sam2ImageModel
    from sam3_annotator.model.mini_memory import MiniMemory
    from sam3_annotator.model.sam_heads import ImageFeatures
    from sam3_annotator.training.clips import Clip
    from sam3_annotator.training.followers import Follower

LEAST_START = 0.0015
"""Share of the picture a thing must cover in the first frame to be followed."""
FALSE_MASK = 0.0002
"""Share of the picture from which a mask of an absent thing counts as a false mask."""
SAME_THING = 0.3
"""IoU from which a mask is taken to mean a thing."""


@dataclass(frozen=True, slots=True)
class TrackScores:
    """Means over objects (and their frames after the first).

    Attributes:
        j: region IoU on frames that show the thing.
        f: boundary F on the same frames.
        jf: mean of both.
        j_all: region IoU on all frames, as DAVIS counts (1 for a rightly empty mask).
        false_masks: share of frames without the thing that got a mask all the same.
        identity: share of things that leave, hide or have a look-alike, whose last shown frame is
            still masked as themselves and as nothing else.
        things: how many.
        hard: how many of them ``identity`` looks at.
        absences: frames without the thing, over all things.
    """

    j: float
    f: float
    jf: float
    j_all: float
    false_masks: float
    identity: float
    things: int
    hard: int
    absences: int


@dataclass(slots=True)
class _Tally:
    j: list[float]
    f: list[float]
    j_all: list[float]
    false: list[float]
    kept: list[float]
    things: int = 0


def make_followers(image: Sam2ImageModel, memory: MiniMemory | None) -> dict[str, Follower]:
    """Every way to follow things, by the name it has in tables."""
    followers: dict[str, Follower] = {
        "copy of the first mask": Copy(),
        "optical flow": Flow(),
        "previous logits": Logits(image.heads, with_box=False),
        "logits + box, best of 3": Logits(image.heads, with_box=True),
    }
    if memory is not None:
        tracker = MiniTracker(image.heads, memory)
        never = WindowRules(small=0.0)
        for name, rules in (("mini memory, whole frames", never), ("mini memory", WindowRules())):
            side = rules.input_side
            encode = partial(encode_frame, image, side=side)
            followers[name] = Remember(MiniFollower(tracker, encode, rules))
    return followers


@torch.inference_mode()
def evaluate_tracking(
    image: Sam2ImageModel,
    followers: Mapping[str, Follower],
    clips: Iterable[Clip],
    *,
    side: int = 512,
) -> dict[str, TrackScores]:
    """Run every follower over every clip; each frame is encoded once for all.

    Args:
        image: image encoder and click heads.
        followers: from ``make_followers``.
        clips: frames with truth; things are taken from the first frame.
        side: model input, px.
    """
    tallies = {name: _Tally([], [], [], [], []) for name in followers}
    for clip in clips:
        areas = np.bincount(clip.labels[0].ravel(), minlength=256)
        numbers = [n for n in range(1, 256) if areas[n] >= LEAST_START * clip.labels[0].size]
        if not numbers:
            continue
        encoded = [encode_frame(image, frame, side) for frame in clip.frames]
        first = np.stack([clip.labels[0] == n for n in numbers])
        for name, follower in followers.items():
            follower.start(clip.frames[0], encoded[0], first)
            later = zip(clip.frames[1:], encoded[1:], strict=True)
            answers = [follower.step(frame, features) for frame, features in later]
            _score(tallies[name], clip, numbers, answers)
    return {name: _means(tally) for name, tally in tallies.items()}


def encode_frame(image: Sam2ImageModel, rgb: NDArray[np.uint8], side: int) -> ImageFeatures:
    """Features of one frame, squashed to ``side``; nothing added."""
    how = cv2.INTER_AREA if min(rgb.shape[:2]) > side else cv2.INTER_LINEAR
    squashed = cv2.resize(rgb, (side, side), interpolation=how)
    levels = image.encoder(normalised(np.asarray(squashed, np.uint8)[None]))
    return image.heads.features(levels)


def _score(tally: _Tally, clip: Clip, numbers: list[int], answers: list[NDArray[np.bool_]]) -> None:
    """Judge one clip; ``answers[t]`` is (N, H, W) bool for frame t + 1."""
    tally.things += len(numbers)
    for row, number in enumerate(numbers):
        shown = [bool((labels == number).any()) for labels in clip.labels]
        for t, labels in enumerate(clip.labels[1:], start=1):
            mask, truth = answers[t - 1][row], labels == number
            if shown[t]:
                overlap = mask_iou(mask, truth)
                tally.j.append(overlap)
                tally.f.append(boundary_f(mask, truth))
                tally.j_all.append(overlap)
            else:
                is_false = mask.sum() > FALSE_MASK * mask.size
                tally.false.append(float(is_false))
                tally.j_all.append(float(not is_false))
        if _is_hard(clip, number, shown):
            last = max(t for t, seen in enumerate(shown) if seen)
            if last > 0:
                tally.kept.append(
                    float(_is_itself(answers[last - 1][row], clip.labels[last], number))
                )


def _is_hard(clip: Clip, number: int, shown: list[bool]) -> bool:
    concepts = clip.concepts
    has_twin = number <= len(concepts) and concepts.count(concepts[number - 1]) > 1
    return has_twin or not all(shown)


def _is_itself(mask: NDArray[np.bool_], labels: NDArray[np.uint8], number: int) -> bool:
    overlaps = {int(n): mask_iou(mask, labels == n) for n in np.unique(labels) if n}
    best = max(overlaps, key=lambda n: overlaps[n])
    return best == number and overlaps[number] >= SAME_THING


def _means(tally: _Tally) -> TrackScores:
    def mean(values: list[float]) -> float:
        return float(np.mean(values)) if values else float("nan")

    j, f = mean(tally.j), mean(tally.f)
    return TrackScores(
        j, f, (j + f) / 2, mean(tally.j_all), mean(tally.false), mean(tally.kept),
        tally.things, len(tally.kept), len(tally.false),
    )  # fmt: skip
