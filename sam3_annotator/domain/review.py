"""What reviewers said, laid over the frames; and what changed after they signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.contents import MediaContents
from sam3_annotator.domain.entities import ReviewState
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.masklet import HUMAN, Masklet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from sam3_annotator.domain.entities import ReviewMark, SignOff
    from sam3_annotator.domain.ids import FrameIndex

REVIEW_CODES = {
    ReviewState.PROPOSED: 0,
    ReviewState.ACCEPTED: 1,
    ReviewState.REJECTED: 2,
    ReviewState.NEEDS_WORK: 3,
}
"""How :func:`standing_codes` writes a state."""


def standing_codes(contents: MediaContents, object_id: ObjectId) -> NDArray[np.uint8]:
    """(A,) uint8 :data:`REVIEW_CODES` of every annotation of an object.

    On each frame the newest mark holds; what was edited after it was marked is proposed again.
    """
    masklet = contents.masklets.get(object_id)
    if masklet is None:
        return np.zeros(0, np.uint8)
    codes = np.zeros(len(masklet), np.uint8)
    edited_at = masklet.rows["edited_at"]
    for mark in sorted(contents.reviews.values(), key=lambda m: m.id):
        if mark.object_id == object_id:
            first, last = np.searchsorted(masklet.frames, (mark.start, mark.stop + 1))
            part = slice(int(first), int(last))
            codes[part] = np.where(edited_at[part] > mark.marked_at, 0, REVIEW_CODES[mark.state])
    return codes


def frame_codes(
    contents: MediaContents, object_id: ObjectId, frame_count: int
) -> NDArray[np.uint8]:
    """(frame_count,) uint8 :func:`standing_codes` by frame; 0 where nothing is annotated."""
    codes = np.zeros(frame_count, np.uint8)
    masklet = contents.masklets.get(object_id)
    if masklet is not None:
        is_inside = masklet.frames < frame_count
        codes[masklet.frames[is_inside]] = standing_codes(contents, object_id)[is_inside]
    return codes


def standing_states(contents: MediaContents, object_id: ObjectId) -> list[ReviewState]:
    """What is thought of every annotation of an object, in the order of its masklet."""
    states = {code: state for state, code in REVIEW_CODES.items()}
    return [states[code] for code in standing_codes(contents, object_id).tolist()]


def standing_mark(
    contents: MediaContents, object_id: ObjectId, frame: FrameIndex
) -> ReviewMark | None:
    """The verdict that holds on a frame; None where nobody gave one, or the mask changed since."""
    masklet = contents.masklets.get(object_id)
    note = None if masklet is None else masklet.at(frame)
    marks = (
        mark
        for mark in contents.reviews.values()
        if mark.object_id == object_id and mark.start <= frame <= mark.stop
    )
    newest = max(marks, key=lambda mark: mark.id, default=None)
    if note is None or newest is None or note.edited_at > newest.marked_at:
        return None
    return newest


def standing_state(contents: MediaContents, object_id: ObjectId) -> ReviewState:
    """What reviewers say of an object as it is now, all its frames together.

    It is accepted, or rejected, once every frame is; one frame that is rejected or needs work makes
    the object one that needs work.
    """
    said = {int(code) for code in np.unique(standing_codes(contents, object_id))}
    if not said:
        return contents.objects[object_id].review
    for state in (ReviewState.ACCEPTED, ReviewState.REJECTED):
        if said == {REVIEW_CODES[state]}:
            return state
    is_open = said <= {REVIEW_CODES[ReviewState.PROPOSED], REVIEW_CODES[ReviewState.ACCEPTED]}
    return ReviewState.PROPOSED if is_open else ReviewState.NEEDS_WORK


def accepted_frames(
    contents: MediaContents, object_id: ObjectId, frames: Iterable[int]
) -> set[int]:
    """Those of some frames on which a reviewer accepted the mask as it is now."""
    marks = [m for m in contents.reviews.values() if m.object_id == object_id]
    masklet = contents.masklets.get(object_id)
    if not marks or masklet is None:
        return set()
    wanted = masklet.only(np.fromiter(frames, np.int64))
    part = MediaContents(masklets={object_id: wanted}, reviews={mark.id: mark for mark in marks})
    codes = standing_codes(part, object_id)
    return set(wanted.frames[codes == REVIEW_CODES[ReviewState.ACCEPTED]].tolist())


def settled(contents: MediaContents, object_id: ObjectId) -> Masklet | None:
    """An object's masklet with accepted frames as human ones, because no run changes either.

    None when the object has nothing.
    """
    masklet = contents.masklets.get(object_id)
    if masklet is None:
        return None
    rows = masklet.rows.copy()
    is_accepted = standing_codes(contents, object_id) == REVIEW_CODES[ReviewState.ACCEPTED]
    rows["source"][is_accepted] = HUMAN
    return Masklet(object_id, rows, masklet.attributes, masklet.people)


def objections(contents: MediaContents, object_id: ObjectId | None, start: int, stop: int) -> int:
    """How many annotations of a span (ends included) are rejected or need work, as they are now.

    Args:
        object_id: one object, or None for all.
    """
    against = [REVIEW_CODES[state] for state in (ReviewState.REJECTED, ReviewState.NEEDS_WORK)]
    count = 0
    for key, masklet in _signed(contents, object_id):
        is_inside = (masklet.frames >= start) & (masklet.frames <= stop)
        count += int(np.isin(standing_codes(contents, key)[is_inside], against).sum())
    return count


def fingerprint(contents: MediaContents, object_id: ObjectId | None, start: int, stop: int) -> str:
    """What the masks and flags of a span (ends included) are, in a few characters per object.

    Args:
        object_id: one object, or None for all that have something in the span.

    Returns:
        "object:hash" of every object, separated by spaces.
    """
    parts = []
    for key, masklet in sorted(_signed(contents, object_id)):
        rows = masklet.between(start, stop).rows
        if rows.size:
            digest = blake2b(digest_size=8)
            for name in ("frame", "flags", "blob"):
                digest.update(rows[name].tobytes())
            parts.append(f"{int(key)}:{digest.hexdigest()}")
    return " ".join(parts)


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
        objects: objects with any difference, those that are gone included.
        frames: for each of them the frames to look at again, ascending; none where
            annotations were only taken away.
    """

    objects: tuple[ObjectId, ...] = ()
    frames: Mapping[ObjectId, NDArray[np.int32]] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        """Whether anything is different."""
        return bool(self.objects)


def changed_since(contents: MediaContents, sign_off: SignOff) -> ChangedSince:
    """What changed on a media since a sign-off; an edit that was undone is no change."""
    span = (sign_off.start, sign_off.stop)
    then = set(sign_off.digest.split())
    now = set(fingerprint(contents, sign_off.object_id, *span).split())
    objects = sorted({ObjectId(int(part.split(":")[0])) for part in then ^ now})
    frames = {}
    for object_id in objects:
        masklet = contents.masklets.get(object_id)
        if masklet is not None:
            rows = masklet.between(*span).rows
            late = rows["frame"][rows["edited_at"] > sign_off.signed_at]
            # An older edit that was brought back by Redo has an older date: show the whole span.
            frames[object_id] = late if late.size else rows["frame"]
    return ChangedSince(tuple(objects), frames)


def unsigned_frames(contents: MediaContents, object_id: ObjectId) -> NDArray[np.int32]:
    """Frames of an object that nobody has signed as they are now, ascending.

    On each frame the newest sign-off that covers it counts.
    """
    return all_unsigned_frames(contents, (object_id,)).get(object_id, np.zeros(0, np.int32))


def all_unsigned_frames(
    contents: MediaContents, objects: Iterable[ObjectId] | None = None
) -> dict[ObjectId, NDArray[np.int32]]:
    """:func:`unsigned_frames` of several objects at once (None for all that have masks)."""
    wanted = contents.masklets if objects is None else objects
    masklets = {o: contents.masklets[o] for o in wanted if o in contents.masklets}
    is_open = {o: np.ones(len(masklet), np.bool_) for o, masklet in masklets.items()}
    for sign_off in sorted(contents.signoffs.values(), key=lambda s: s.id):
        later = changed_since(contents, sign_off).frames
        for object_id, masklet in masklets.items():
            if sign_off.object_id not in (None, object_id):
                continue
            frames = masklet.frames
            covers = (frames >= sign_off.start) & (frames <= sign_off.stop)
            changed = later.get(object_id)
            is_open[object_id][covers] = (
                False if changed is None else np.isin(frames[covers], changed)
            )
    return {o: masklet.frames[is_open[o]] for o, masklet in masklets.items()}
