"""Scores of detections, as the benchmarks define them; for masks see ``domain/mask_scores.py``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CG_THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""IoU thresholds over which the concept score averages, as for COCO and SA-Co."""


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives and false negatives; they add up over pictures."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.false + other.false, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Share of answers that are right; 1 where nothing was answered."""
        answered = self.hits + self.false
        return self.hits / answered if answered else 1.0

    @property
    def recall(self) -> float:
        """Share of the truth that was found; 1 where there was nothing."""
        wanted = self.hits + self.missed
        return self.hits / wanted if wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 1.0


def counts_at(overlaps: NDArray[np.floating], threshold: float) -> Counts:
    """Best one-to-one assignment of answers to truth.

    Args:
        overlaps: (answers, truths) IoU.
        threshold: least IoU of a hit.
    """
    answers, truths = overlaps.shape
    if not answers or not truths:
        return Counts(0, answers, truths)
    allowed = np.where(overlaps >= threshold, overlaps + 1.0, 0.0)
    rows, columns = linear_sum_assignment(-allowed)
    hits = int(np.count_nonzero(allowed[rows, columns]))
    return Counts(hits, answers - hits, truths - hits)


def box_overlaps(
    one_xyxy: NDArray[np.floating], other_xyxy: NDArray[np.floating]
) -> NDArray[np.floating]:
    """IoU of every two boxes: (A, 4) and (B, 4) -> (A, B)."""
    low = np.maximum(one_xyxy[:, None, :2], other_xyxy[None, :, :2])
    high = np.minimum(one_xyxy[:, None, 2:], other_xyxy[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=-1)
    areas = [np.clip(b[:, 2:] - b[:, :2], 0, None).prod(axis=-1) for b in (one_xyxy, other_xyxy)]
    union = areas[0][:, None] + areas[1][None] - shared
    overlaps: NDArray[np.floating] = np.where(union > 0, shared / np.maximum(union, 1e-9), 0.0)
    return overlaps


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt's outcome, for the concept score: (answers, truths) IoU."""

    overlaps: NDArray[np.floating]


def presence_correlation(asked: Sequence[Asked]) -> float:
    """Matthews correlation of "found something" with "there is something"; 0 if undefined."""
    found = np.array([a.overlaps.shape[0] > 0 for a in asked])
    there = np.array([a.overlaps.shape[1] > 0 for a in asked])
    tp, tn = np.count_nonzero(found & there), np.count_nonzero(~found & ~there)
    fp, fn = np.count_nonzero(found & ~there), np.count_nonzero(~found & there)
    product = float(tp + fp) * float(tp + fn) * float(tn + fp) * float(tn + fn)
    return float(tp * tn - fp * fn) / math.sqrt(product) if product else 0.0


def concept_score(asked: Sequence[Asked]) -> float:
    """SA-Co's cgF1 / 100: mean F1 over IoU thresholds, times the correlation of presence.

    The F1 counts only prompts whose concept is present, as in the paper's positive micro F1.
    """
    present = [a for a in asked if a.overlaps.shape[1] > 0]
    scores = []
    for threshold in CG_THRESHOLDS:
        total = sum((counts_at(a.overlaps, threshold) for a in present), Counts())
        scores.append(total.f1)
    return float(np.mean(scores)) * presence_correlation(asked)
