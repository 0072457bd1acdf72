"""Time tools: fill, smooth and repaint stretches of a masklet, worked out from its masks.

Each tool is a generator that computes one frame per step and ends with the command to be given, so
that a window stays alive meanwhile. Human frames are never among the results, unless a person
paints on every frame of a range.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.commands import FrameMask, ObjectFrames, SetMasks
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.domain.mask_edit import between
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.masklet import Masklet
    from sam3_annotator.domain.project import Project

    Steps = Generator[tuple[int, int], None, SetMasks]

SMOOTH_REACH = 2


def interpolated(project: Project, object_id: ObjectId, start: int, stop: int) -> Steps:
    """Fill the frames between neighbouring human frames by blending their shapes.

    Frames between two human frames that both have a mask are replaced; where a person said that
    the object is absent, nothing is made up.

    Args:
        project: the rows.
        object_id: whose frames.
        start: first frame that may change.
        stop: last frame that may change, included.

    Raises:
        Rejected: there are no two human frames with frames between them in the range.
    """
    masklet = project.masklet(object_id)
    pairs = [
        (a, b)
        for a, b in _human_pairs(masklet)
        if b - a > 1 and a < stop and b > start and _has_mask(masklet, a) and _has_mask(masklet, b)
    ]
    total = sum(b - a - 1 for a, b in pairs)
    if not total:
        raise Rejected("Interpolation needs two human frames with frames between them.")
    made: list[FrameMask] = []
    for a, b in pairs:
        first, second = (
            project.mask(object_id, FrameIndex(a)),
            project.mask(object_id, FrameIndex(b)),
        )
        if first is None or second is None:
            continue
        for frame in range(max(a + 1, start), min(b, stop + 1)):
            mask = between(first, second, (frame - a) / (b - a))
            made.append(FrameMask(FrameIndex(frame), None if mask.is_empty else mask))
            yield len(made), total
    return SetMasks(
        (ObjectFrames(object_id, tuple(made)),), Source.INTERPOLATED, title=Wording("Interpolate")
    )


def smoothed(project: Project, object_id: ObjectId, start: int, stop: int) -> Steps:
    """Even out flicker: each mask becomes the weighted majority of its neighbours' shapes.

    Neighbours are moved to a common centre first, so that motion stays. Human frames are looked at
    and left alone; so are frames without a mask.

    Raises:
        Rejected: there is nothing in the range that may change.
    """
    masklet = project.masklet(object_id).between(start - SMOOTH_REACH, stop + SMOOTH_REACH)
    known = masklet.frames[masklet.rows["area"] > 0].tolist()
    human = set(masklet.frames[masklet.is_human].tolist())
    frames = [f for f in known if start <= f <= stop and f not in human]
    if not frames:
        raise Rejected("There are no masks of a model here that could be smoothed.")
    there = set(known)
    made: list[FrameMask] = []
    for frame in frames:
        near = [f for f in range(frame - SMOOTH_REACH, frame + SMOOTH_REACH + 1) if f in there]
        masks = [project.mask(object_id, FrameIndex(f)) for f in near]
        weights = [math.exp(-((f - frame) ** 2) / SMOOTH_REACH) for f in near]
        mask = _majority([m or EMPTY_MASK for m in masks], weights, near.index(frame))
        if not mask.is_empty:
            made.append(FrameMask(FrameIndex(frame), mask))
        yield len(made), len(frames)
    return SetMasks(
        (ObjectFrames(object_id, tuple(made)),),
        Source.INTERPOLATED,
        title=Wording("Smooth over time"),
    )


def painted(
    project: Project, object_id: ObjectId, start: int, stop: int, stroke: Mask, *, is_erase: bool
) -> Steps:
    """Apply one brush stroke to every frame of a range that has a mask; they become human frames.

    Raises:
        Rejected: no frame of the range has a mask.
    """
    masklet = project.masklet(object_id).between(start, stop)
    frames = masklet.frames[masklet.rows["area"] > 0].tolist()
    if not frames:
        raise Rejected("The object has no mask on these frames.")
    made: list[FrameMask] = []
    for frame in frames:
        before = project.mask(object_id, FrameIndex(frame)) or EMPTY_MASK
        after = before.minus(stroke) if is_erase else before.union(stroke)
        if after != before:
            made.append(FrameMask(FrameIndex(frame), None if after.is_empty else after))
        yield len(made), len(frames)
    title = Wording("Erase on a range") if is_erase else Wording("Brush on a range")
    return SetMasks((ObjectFrames(object_id, tuple(made)),), Source.HUMAN, title=title)


def _human_pairs(masklet: Masklet) -> Iterator[tuple[int, int]]:
    human = masklet.frames[masklet.is_human].tolist()
    yield from pairwise(human)


def _has_mask(masklet: Masklet, frame: int) -> bool:
    return masklet.blob_at(frame) is not None


def _majority(masks: list[Mask], weights: list[float], middle: int) -> Mask:
    """The pixels that more than half of the weight covers, around the middle mask's centre."""
    x, y = _centre(masks[middle])
    moved = []
    for mask in masks:
        own_x, own_y = _centre(mask)
        moved.append(mask.translated(round(x - own_x), round(y - own_y)))
    window = moved[0].box
    for mask in moved[1:]:
        window = window.united(mask.box)
    votes = np.zeros((window.height, window.width), np.float64)
    for mask, weight in zip(moved, weights, strict=True):
        votes += weight * mask.window(window)
    return Mask.from_array(votes > sum(weights) / 2, window.left, window.top)


def _centre(mask: Mask) -> tuple[float, float]:
    rows, columns = np.nonzero(mask.crop())
    return float(columns.mean()) + mask.box.left, float(rows.mean()) + mask.box.top
