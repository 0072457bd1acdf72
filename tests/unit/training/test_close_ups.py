"""Clips seen through a following window: the thing stays in sight, truth still fits."""

from __future__ import annotations

import numpy as np

from sam3_annotator.model.mini_window import WindowRules
from sam3_annotator.training.clips import Clip
from sam3_annotator.training.close_ups import close_up

RULES = WindowRules(input_side=64)


def moving_square(columns: list[int | None], side: int = 160, size: int = 12) -> Clip:
    frames = np.full((len(columns), side, side, 3), 40, np.uint8)
    labels = np.zeros(frames.shape[:3], np.uint8)
    for t, column in enumerate(columns):
        if column is not None:
            frames[t, 70 : 70 + size, column : column + size] = (250, 20, 20)
            labels[t, 70 : 70 + size, column : column + size] = 1
    return Clip(frames, labels, ("square",))


def test_the_window_follows_and_enlarges() -> None:
    clip = moving_square([20, 26, 32, 38, 44, 50, 56])
    seen = close_up(np.random.default_rng(0), clip, RULES)
    assert seen is not None
    assert seen.frames.shape == (7, 64, 64, 3)
    areas = (seen.labels == 1).reshape(7, -1).sum(axis=1)
    assert areas.min() > 3 * (12 * 12 * 64 * 64 / 160 / 160)
    red = seen.frames[..., 0] > 150
    assert (red != (seen.labels == 1)).mean() < 0.05


def test_a_thing_out_of_sight_makes_the_window_grow() -> None:
    shown = close_up(np.random.default_rng(1), moving_square([70] * 6), RULES)
    gone = close_up(np.random.default_rng(1), moving_square([70, None, None, None, 70, 70]), RULES)
    assert shown is not None
    assert gone is not None
    at_return = (gone.labels[4] == 1).sum(), (shown.labels[4] == 1).sum()
    assert at_return[0] < 0.6 * at_return[1]


def test_large_and_invisible_things_give_no_close_up() -> None:
    rng = np.random.default_rng(2)
    assert close_up(rng, moving_square([10, 12], size=80), RULES) is None
    assert close_up(rng, moving_square([None, 12]), RULES) is None
