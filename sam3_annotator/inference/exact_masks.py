"""Low-resolution answers as exact masks of the original picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from sam3_annotator.domain.mask import Mask
from sam3_annotator.model.preprocess import masks_to_pixels

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from sam3_annotator.inference.clip_tracking import TrackedMask
    from sam3_annotator.model.mini_window import CloseUp


def full_masks(logits: NDArray[np.float32], height: int, width: int) -> tuple[Mask, ...]:
    """Low-resolution logits as exact masks of the original picture.

    Args:
        logits: (M, h, w) float32 over the whole picture; above 0 is inside.
        height: rows of the original picture.
        width: columns of the original picture.
    """
    crops = masks_to_pixels(torch.from_numpy(np.array(logits, np.float32)), (height, width))
    return tuple(Mask.from_array(c.inside.numpy(), c.left, c.top) for c in crops)


def answer_masks(answers: Collection[TrackedMask], height: int, width: int) -> tuple[Mask, ...]:
    """What a clip tracker answers, as exact masks; see :func:`exact_masks`."""
    rows = [answer.logits for answer in answers]
    return exact_masks(rows, [answer.close_up for answer in answers], height, width)


def exact_masks(
    rows: Sequence[NDArray[np.float32]],
    close_ups: Sequence[CloseUp | None],
    height: int,
    width: int,
) -> tuple[Mask, ...]:
    """Masks of the original picture, from the finer logits where there are such.

    Args:
        rows: M times (h, w) float32 over the whole picture; above 0 is inside.
        close_ups: M times the same answer over a window, or None.
        height: rows of the original picture.
        width: columns of the original picture.
    """
    plain = [row for row, close_up in zip(rows, close_ups, strict=True) if close_up is None]
    whole = iter(full_masks(np.stack(plain), height, width) if plain else ())
    return tuple(next(whole) if close is None else _seen_close(close) for close in close_ups)


def _seen_close(close_up: CloseUp) -> Mask:
    window = close_up.window
    inside = full_masks(close_up.logits[None], window.side, window.side)[0]
    return inside.translated(window.left, window.top)
