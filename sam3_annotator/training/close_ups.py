"""Clips seen through the window that follows one thing, as the tracker looks at small things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sam3_annotator.model.mini_window import Box, WindowRules, mask_box, window_around
from sam3_annotator.training.clips import Clip

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_PIXELS = 40
"""Visible pixels from which a thing can be followed through a window."""
SLIP, SWELL = 0.12, 0.12
"""How far a tracker's own boxes are off: centre in box sides, size as a factor (deviations)."""


def close_up(rng: np.random.Generator, clip: Clip, rules: WindowRules) -> Clip | None:
    """The clip as the window around one of its things shows it; None where nothing is small.

    Args:
        rng: chooses the thing, and how far the window is off.
        clip: frames with truth.
        rules: of the windows; a thing that is out of sight makes them grow.
    """
    numbers = [
        number
        for number in range(1, len(clip.concepts) + 1)
        if (clip.labels[0] == number).sum() >= LEAST_PIXELS
        and window_around(mask_box(clip.labels[0] == number), clip.labels.shape[1:], 3.0, 16)
    ]
    if not numbers:
        return None
    number = int(rng.choice(numbers))
    reach = rules.reach * float(rng.uniform(0.8, 1.5))
    frames, labels = [], []
    box: Box = mask_box(clip.labels[0] == number)
    lost = 0
    for rgb, label in zip(clip.frames, clip.labels, strict=True):
        grown = reach * rules.widening ** min(lost, rules.patience)
        window = window_around(_shaken(rng, box), label.shape, grown, 16)
        rows, columns = (window.rows, window.columns) if window else (slice(None), slice(None))
        frames.append(_enlarged(rgb[rows, columns], rules.input_side, cv2.INTER_LINEAR))
        labels.append(_enlarged(label[rows, columns], rules.input_side, cv2.INTER_NEAREST))
        inside = label == number
        if inside.sum() >= LEAST_PIXELS:
            box, lost = mask_box(inside), 0
        else:
            lost += 1
    return Clip(np.stack(frames), np.stack(labels), clip.concepts)


def _shaken(rng: np.random.Generator, box: Box) -> Box:
    x0, y0, x1, y1 = box
    side = max(x1 - x0, y1 - y0)
    x = (x0 + x1) / 2 + rng.normal(0, SLIP) * side
    y = (y0 + y1) / 2 + rng.normal(0, SLIP) * side
    half = side / 2 * float(np.exp(rng.normal(0, SWELL)))
    return x - half, y - half, x + half, y + half


def _enlarged(picture: NDArray[np.uint8], side: int, how: int) -> NDArray[np.uint8]:
    if how == cv2.INTER_LINEAR and picture.shape[0] > side:
        how = cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.uint8)
