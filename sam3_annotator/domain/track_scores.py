"""Scores of tracks against the truth: HOTA, IDF1 and identity switches.

HOTA after Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking" (IJCV
2021); IDF1 after Ristani et al., "Performance Measures and a Data Set for Multi-Target,
Multi-Camera Tracking" (2016); switches after Bernardin and Stiefelhagen, "Evaluating Multiple
Object Tracking Performance: The CLEAR MOT Metrics" (2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Overlaps = NDArray[np.float64]

ALPHAS = np.arange(0.05, 0.99, 0.05)
"""Overlaps from which a match counts, over which HOTA averages."""
MATCH_IOU = 0.5
"""Overlap from which IDF1 and switches count a match."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is on one frame.

    Attributes:
        truths: (G,) int numbers of the true tracks, counted from 0 over the whole clip.
        answers: (P,) int numbers of the answered tracks, likewise.
        overlaps: (G, P) float64 IoU in [0, 1].
    """

    truths: NDArray[np.intp]
    answers: NDArray[np.intp]
    overlaps: Overlaps


@dataclass(frozen=True, slots=True)
class HotaScore:
    """HOTA and its parts, each in [0, 1], averaged over :data:`ALPHAS`."""

    hota: float
    detection: float
    association: float
    localisation: float


def hota(scenes: Sequence[Scene]) -> HotaScore:
    """Higher order tracking accuracy of one clip; 1 for an empty clip answered with nothing."""
    truths, answers = _sizes(scenes)
    hits = np.zeros(ALPHAS.size)
    overlap = np.zeros(ALPHAS.size)
    together = np.zeros((ALPHAS.size, truths.size, answers.size))
    alike = _alignment(scenes, truths, answers)
    for scene in scenes:
        score = alike[np.ix_(scene.truths, scene.answers)] * scene.overlaps
        rows, columns = linear_sum_assignment(-score)
        found = scene.overlaps[rows, columns]
        counts = found[None] >= ALPHAS[:, None] - _ROUNDING
        hits += counts.sum(axis=1)
        overlap += (counts * found[None]).sum(axis=1)
        together[:, scene.truths[rows], scene.answers[columns]] += counts
    missed, false = truths.sum() - hits, answers.sum() - hits
    if not truths.sum() and not answers.sum():
        return HotaScore(1.0, 1.0, 1.0, 1.0)
    detection = hits / np.maximum(1.0, hits + missed + false)
    union = truths[None, :, None] + answers[None, None, :] - together
    pairs = together * together / np.maximum(1.0, union)
    association = pairs.sum(axis=(1, 2)) / np.maximum(1.0, hits)
    localisation = np.where(hits > 0, overlap / np.maximum(1.0, hits), 1.0)
    return HotaScore(
        float(np.sqrt(detection * association).mean()),
        float(detection.mean()),
        float(association.mean()),
        float(localisation.mean()),
    )


def _alignment(
    scenes: Iterable[Scene], truths: NDArray[np.float64], answers: NDArray[np.float64]
) -> Overlaps:
    """(G, P) how well two tracks fit over the whole clip; guides the matching on each frame."""
    shared = np.zeros((truths.size, answers.size))
    for scene in scenes:
        rivals = scene.overlaps.sum(axis=1, keepdims=True) + scene.overlaps.sum(axis=0)
        share = scene.overlaps / np.maximum(_ROUNDING, rivals - scene.overlaps)
        shared[np.ix_(scene.truths, scene.answers)] += np.where(scene.overlaps > 0, share, 0.0)
    union = truths[:, None] + answers[None] - shared
    return np.asarray(shared / np.maximum(_ROUNDING, union))


@dataclass(frozen=True, slots=True)
class IdentityScore:
    """Matched, false and missed detections under the best one-to-one matching of whole tracks."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: IdentityScore) -> IdentityScore:
        return IdentityScore(
            self.hits + other.hits, self.false + other.false, self.missed + other.missed
        )

    @property
    def idf1(self) -> float:
        """In [0, 1]; 1 where there is nothing and nothing was answered."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 1.0


def identity(scenes: Sequence[Scene], least: float = MATCH_IOU) -> IdentityScore:
    """How many detections keep their identity over a clip."""
    truths, answers = _sizes(scenes)
    together = np.zeros((truths.size, answers.size))
    for scene in scenes:
        is_match = scene.overlaps >= least - _ROUNDING
        together[np.ix_(scene.truths, scene.answers)] += is_match
    rows, columns = linear_sum_assignment(-together)
    hits = int(together[rows, columns].sum())
    return IdentityScore(hits, int(answers.sum()) - hits, int(truths.sum()) - hits)


def switches(scenes: Sequence[Scene], least: float = MATCH_IOU) -> int:
    """How often a true track is taken over by another answered track.

    On each frame a pair that belonged together before stays together while it overlaps enough;
    the rest is matched for the most pairs, then for the largest overlap.
    """
    last: dict[int, int] = {}
    count = 0
    for scene in scenes:
        allowed = scene.overlaps >= least - _ROUNDING
        worth = np.where(allowed, 10.0 + scene.overlaps, 0.0)
        before = np.array([last.get(int(truth), -1) for truth in scene.truths], np.intp)
        stays = allowed & (before[:, None] == scene.answers[None])
        worth[stays] += 1000.0
        rows, columns = linear_sum_assignment(-worth)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if not allowed[row, column]:
                continue
            truth, answer = int(scene.truths[row]), int(scene.answers[column])
            count += truth in last and last[truth] != answer
            last[truth] = answer
    return count


def _sizes(scenes: Sequence[Scene]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Detections of every true track (G,) and of every answered track (P,)."""
    truths = np.concatenate([np.zeros(0, np.intp), *(s.truths for s in scenes)])
    answers = np.concatenate([np.zeros(0, np.intp), *(s.answers for s in scenes)])
    return np.bincount(truths).astype(np.float64), np.bincount(answers).astype(np.float64)
