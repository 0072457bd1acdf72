"""Fills small holes and removes specks in mask logits, by connected components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

_EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=bool)

HOLE_LOGIT = 0.1
SPECK_LOGIT = -0.1


def fill_holes(logits: Tensor, max_area: int, value: float = HOLE_LOGIT) -> Tensor:
    """Turn small patches of background into foreground.

    Args:
        logits: (..., h, w) float; above 0 is inside.
        max_area: largest patch, in cells of ``logits``, that is filled.
        value: logit written into filled cells. The published image predictor fills up to 256
            cells with 10, the published clip pipeline up to 16 with 0.1.

    Returns:
        A new tensor of the same shape, dtype and device.
    """
    return _repaint(logits, max_area, value, background=True)


def remove_specks(logits: Tensor, max_area: int, value: float = SPECK_LOGIT) -> Tensor:
    """Turn small patches of foreground into background.

    A patch goes if it is no larger than ``max_area`` and no larger than half of its mask, so
    that a small object is never removed altogether.

    Args:
        logits: (..., h, w) float; above 0 is inside.
        max_area: largest patch, in cells of ``logits``, that is removed.
        value: logit written into removed cells.

    Returns:
        A new tensor of the same shape, dtype and device.
    """
    return _repaint(logits, max_area, value, background=False)


def _repaint(logits: Tensor, max_area: int, value: float, *, background: bool) -> Tensor:
    inside = (logits > 0).cpu().numpy()
    masks = inside.reshape(-1, *inside.shape[-2:])
    small = np.stack([_small_patches(mask, max_area, background=background) for mask in masks])
    where = torch.from_numpy(small.reshape(inside.shape)).to(logits.device)
    return logits.masked_fill(where, value)


def _small_patches(
    mask: NDArray[np.bool_], max_area: int, *, background: bool
) -> NDArray[np.bool_]:
    from scipy import ndimage  # noqa: PLC0415 - takes 0.15 s, and most sessions never need it

    limit = max_area if background else min(max_area, int(mask.sum()) // 2)
    patches, count = ndimage.label(~mask if background else mask, structure=_EIGHT_NEIGHBOURS)
    areas = np.bincount(patches.ravel(), minlength=count + 1)
    is_small = areas <= limit
    is_small[0] = False  # not a patch: everything of the other kind
    small: NDArray[np.bool_] = is_small[patches]
    return small
