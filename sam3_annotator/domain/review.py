"""What reviewers said, laid over the frames; and what changed after they signed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.entities import ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sam3_annotator.domain.contents import MediaContents
    from sam3_annotator.domain.entities import ReviewMark, SignOff
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.masklet import Masklet

REVIEW_CODES = {
    ReviewState.PROPOSED: 0,
    ReviewState.ACCEPTED: 1,
    ReviewState.REJECTED: 2,
    ReviewState.NEEDS_WORK: 3,
}
"""How :func:`review_codes` writes a state."""


def review_codes(
    object_id: ObjectId, marks: Iterable[ReviewMark], frame_count: int
) -> NDArray[np.uint8]:
    """(frame_count,) uint8 :data:`REVIEW_CODES`; on each frame the newest mark holds."""
    codes = np.zeros(frame_count, np.uint8)
    for mark in sorted(marks, key=lambda m: m.id):
        if mark.object_id == object_id:
            codes[mark.start : mark.stop + 1] = REVIEW_CODES[mark.state]
    return codes


def fingerprint(
    contents: MediaContents, sign_off_object: ObjectId | None, start: int, stop: int
) -> str:
    """A hash of the masks and flags of a span (ends included), for one object or for all."""
    digest = blake2b(digest_size=16)
    for object_id, masklet in sorted(_signed(contents, sign_off_object)):
        rows = masklet.between(start, stop).rows
        digest.update(f"{int(object_id)}:{rows.size};".encode())
        for name in ("frame", "flags", "blob"):
            digest.update(rows[name].tobytes())
    return digest.hexdigest()


def _signed(contents: MediaContents, object_id: ObjectId | None) -> list[tuple[ObjectId, Masklet]]:
    return [
        (key, masklet)
        for key, masklet in contents.masklets.items()
        if object_id is None or key == object_id
    ]


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """What is different from what was signed.

    Attributes:
        is_changed: whether anything is.
        frames: (object, frame) of every annotation edited later, by object and frame. Empty
            although ``is_changed`` when annotations were only taken away.
    """

    is_changed: bool
    frames: tuple[tuple[ObjectId, int], ...] = ()


def changed_since(contents: MediaContents, sign_off: SignOff) -> ChangedSince:
    """What changed on a media since a sign-off; an edit that was undone is no change."""
    span = (sign_off.start, sign_off.stop)
    if fingerprint(contents, sign_off.object_id, *span) == sign_off.digest:
        return ChangedSince(is_changed=False)
    edited: list[tuple[ObjectId, int]] = []
    for object_id, masklet in sorted(_signed(contents, sign_off.object_id)):
        rows = masklet.between(*span).rows
        late = rows["frame"][rows["edited_at"] > sign_off.signed_at]
        edited.extend((object_id, int(frame)) for frame in late)
    return ChangedSince(is_changed=True, frames=tuple(edited))
