"""Where a track should be next: its last two boxes, carried on in a straight line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.boxes import box_iou

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

Place = tuple[int, tuple[float, float, float, float]]
"""A frame and the xyxy box of a mask on it, in cells of the mask."""


def box_of(inside: Tensor) -> tuple[float, float, float, float] | None:
    """The tight xyxy box of a mask (h, w) bool, in cells; None when it is empty."""
    rows = torch.nonzero(inside.any(dim=1)).flatten()
    if rows.numel() == 0:
        return None
    columns = torch.nonzero(inside.any(dim=0)).flatten()
    return float(columns[0]), float(rows[0]), float(columns[-1]) + 1, float(rows[-1]) + 1


def noted(places: tuple[Place, ...], frame: int, inside: Tensor) -> tuple[Place, ...]:
    """The last two places, with this frame's added when the mask shows."""
    box = box_of(inside)
    return places if box is None else (*places[-1:], (frame, box))


def expected(places: tuple[Place, ...], frame: int) -> tuple[float, float, float, float] | None:
    """The box to expect on a frame; None without any place yet.

    The corners go on as fast as between the last two places, for as many frames as have passed.
    """
    if not places:
        return None
    (now, box), (before, old) = places[-1], places[0]
    if now == before:
        return box
    steps = (frame - now) / (now - before)
    left, top, right, bottom = (b + (b - o) * steps for b, o in zip(box, old, strict=True))
    return left, top, right, bottom


def closeness(tracks: Sequence[tuple[Place, ...]], masks: Tensor, frame: int) -> Tensor:
    """Overlap of detections with the places where tracks are expected.

    Args:
        tracks: places of N tracks.
        masks: (M, h, w) bool detections.
        frame: of the detections.

    Returns:
        (N, M) float32 in [0, 1]; 0 for tracks that were never seen.
    """
    nowhere = (0.0, 0.0, 0.0, 0.0)
    wanted = [expected(places, frame) or nowhere for places in tracks]
    found = [box_of(mask) or nowhere for mask in masks]
    if not wanted or not found:
        return torch.zeros(len(wanted), len(found), device=masks.device)
    return box_iou(torch.tensor(wanted), torch.tensor(found)).nan_to_num(0.0).to(masks.device)
