"""Turning masks into annotations: clipped to the picture, stamped with who and when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import MEASURED, Annotation, FrameFlag
from sam3_annotator.domain.geometry import EMPTY_PIXEL_BOX
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sam3_annotator.domain.commands_objects import FrameMask
    from sam3_annotator.domain.draft import Draft
    from sam3_annotator.domain.entities import Attributes, Media, Source, TrackedObject
    from sam3_annotator.domain.ids import PassId
    from sam3_annotator.domain.mask import Mask

GONE = FrameFlag.ABSENT | FrameFlag.OUT_OF_VIEW
"""Flags that say there is no mask."""


def check_frame(media: Media, frame: int) -> None:
    """Refuse a frame that the media does not have.

    Raises:
        Rejected: the frame is outside the media.
    """
    if not 0 <= frame < media.frame_count:
        raise Rejected(
            "There is no frame {frame}; the last one is {last}.",
            frame=frame,
            last=media.frame_count - 1,
        )


def frame_range(media: Media, start: int, stop: int) -> tuple[FrameIndex, FrameIndex]:
    """The part of a range (ends included, in any order) that the media has.

    Raises:
        Rejected: the range lies outside the media.
    """
    low, high = max(0, min(start, stop)), min(media.frame_count - 1, max(start, stop))
    if low > high:
        raise Rejected(
            "There are no such frames; the last one is {last}.", last=media.frame_count - 1
        )
    return FrameIndex(low), FrameIndex(high)


def annotations_of(
    draft: Draft,
    item: TrackedObject,
    masks: Iterable[FrameMask],
    source: Source,
    pass_id: PassId | None,
) -> list[Annotation]:
    """The annotations that say an object looks like these masks.

    Flags that do not speak about the mask (occluded, unsure) and per-frame attributes that a
    frame already has are kept, except those that were measured on the mask that goes.

    Raises:
        Rejected: a frame is outside the media.
    """
    media = draft.medium(item.media_id)
    masklet = draft.masklet(item.id)
    found = []
    for edit in masks:
        check_frame(media, edit.frame)
        mask = EMPTY_MASK if edit.mask is None else edit.mask.clipped(media.width, media.height)
        old = masklet.at(edit.frame)
        kept_flags = FrameFlag.NONE if old is None else old.flags & ~GONE
        flags = edit.flags | kept_flags
        if mask.is_empty and not flags & GONE:
            flags |= FrameFlag.ABSENT
        elif not mask.is_empty:
            flags &= ~GONE
        attributes = tuple(sorted(edit.attributes)) or lasting_attributes(old)
        blank = Annotation(
            item.id, edit.frame, None, EMPTY_PIXEL_BOX, 0, source,
            edit.score, flags, pass_id, attributes,
        )  # fmt: skip
        found.append(painted(draft, blank, mask))
    return found


def lasting_attributes(old: Annotation | None) -> Attributes:
    """A frame's attributes that stay true when its mask is replaced."""
    if old is None:
        return ()
    return tuple(item for item in old.attributes if item[0] not in MEASURED)


def painted(draft: Draft, annotation: Annotation, mask: Mask) -> Annotation:
    """The annotation with its mask replaced, by the person and at the time of the draft."""
    return replace(
        annotation,
        blob_id=None if mask.is_empty else draft.store(mask),
        box=mask.box,
        area=mask.area,
        author=draft.stamp.author,
        edited_at=draft.stamp.at,
    )
