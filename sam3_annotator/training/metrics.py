"""Scores of masks, clips and detections, as the benchmarks define them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

BOUNDARY_SHARE = 0.008
"""Tolerance of the boundary measure, share of the picture's diagonal (DAVIS 2016)."""
CG_THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""IoU thresholds over which the concept score averages, as for COCO and SA-Co."""


def mask_iou(one: Mask, other: Mask) -> float:
    """Intersection over union of two (H, W) masks; two empty masks agree fully."""
    union = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / union if union else 1.0


def boundary_f(predicted: Mask, truth: Mask) -> float:
    """DAVIS' F: how well the outlines agree within a small distance; 1 for two empty masks."""
    if not predicted.any() and not truth.any():
        return 1.0
    if not predicted.any() or not truth.any():
        return 0.0
    radius = math.ceil(BOUNDARY_SHARE * math.hypot(*truth.shape))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    outline, wanted = _outline(predicted), _outline(truth)
    if not outline.any() or not wanted.any():  # a mask of the whole picture has no outline
        return float(not outline.any() and not wanted.any())
    near_truth = cv2.dilate(wanted, disc) > 0
    near_outline = cv2.dilate(outline, disc) > 0
    precision = float(near_truth[outline > 0].mean())
    recall = float(near_outline[wanted > 0].mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _outline(mask: Mask) -> NDArray[np.uint8]:
    """Pixels of a mask that touch its outside, the picture's border not counted as outside."""
    pixels = mask.astype(np.uint8)
    inner = cv2.erode(pixels, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(pixels - inner, np.uint8)


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
