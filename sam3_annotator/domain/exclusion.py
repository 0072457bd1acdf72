"""The overlap rule of exclusive categories: a pixel belongs to the nearest object only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.masklet import Masklet
from sam3_annotator.domain.painting import painted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sam3_annotator.domain.draft import Draft
    from sam3_annotator.domain.entities import TrackedObject
    from sam3_annotator.domain.mask import Mask


def apply_exclusion(
    draft: Draft, item: TrackedObject, frames: Iterable[int], *, is_human: bool
) -> None:
    """Take pixels that ``item`` shares with others of its category from the lower object.

    Locked objects keep theirs, and so do human frames when ``is_human`` is false; then ``item``
    gives way.
    """
    if not draft.category(item.category_id).is_exclusive:
        return
    rivals = [
        other
        for other in draft.objects(item.media_id)
        if other.category_id == item.category_id and other.id != item.id
    ]
    for number in frames:
        frame = FrameIndex(number)
        mask = draft.mask(item.id, frame)
        if mask is not None:
            _settle(draft, item, rivals, frame, mask, is_human)


def _settle(
    draft: Draft,
    item: TrackedObject,
    rivals: list[TrackedObject],
    frame: FrameIndex,
    mask: Mask,
    is_human: bool,  # noqa: FBT001 - private, one caller
) -> None:
    yielding = []
    mine = mask
    for rival in rivals:
        theirs = draft.mask(rival.id, frame)
        if theirs is None or mask.intersection(theirs).is_empty:
            continue
        annotation = draft.masklet(rival.id).at(frame)
        is_sacred = not is_human and annotation is not None and annotation.source is Source.HUMAN
        is_above = (rival.z_order, rival.id) > (item.z_order, item.id)
        if rival.is_locked or is_sacred or is_above:
            mine = mine.minus(theirs)
        else:
            yielding.append((rival, theirs))
    if mine != mask:
        _repaint(draft, item, frame, mine)
    for rival, theirs in yielding:
        rest = theirs.minus(mine)
        if rest != theirs:
            _repaint(draft, rival, frame, rest)


def _repaint(draft: Draft, item: TrackedObject, frame: FrameIndex, mask: Mask) -> None:
    masklet = draft.masklet(item.id)
    annotation = masklet.at(frame)
    if annotation is None:
        return
    if mask.is_empty:
        new = masklet.without(np.array([frame]))
    else:
        change = Masklet.of(item.id, [painted(draft, annotation, mask)], draft.project.people)
        new = masklet.merged(change)
    draft.put_masklet(item.media_id, new)
