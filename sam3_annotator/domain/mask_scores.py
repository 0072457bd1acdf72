"""Scores of one mask against the truth: J (overlap) and F (outline), as DAVIS defines them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.bool_]

BOUNDARY_SHARE = 0.008
"""Tolerance of the boundary measure, share of the picture's diagonal (DAVIS 2016)."""


def mask_iou(one: Pixels, other: Pixels) -> float:
    """Intersection over union of two (H, W) masks; two empty masks agree fully."""
    union = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / union if union else 1.0


def boundary_f(predicted: Pixels, truth: Pixels) -> float:
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


def _outline(mask: Pixels) -> NDArray[np.uint8]:
    """Pixels of a mask that touch its outside, the picture's border not counted as outside."""
    pixels = mask.astype(np.uint8)
    inner = cv2.erode(pixels, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(pixels - inner, np.uint8)
