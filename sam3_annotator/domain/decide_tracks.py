"""What commands about identity and time do to masklets, and when they make no sense."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.changes import Step, Table
from sam3_annotator.domain.commands_tracks import (
    CopyToFrame,
    DeleteRange,
    HoldRange,
    MergeTracks,
    SplitTrack,
    SwapTracks,
    TrackCommand,
)
from sam3_annotator.domain.decide_objects import remove_object
from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.domain.exclusion import apply_exclusion
from sam3_annotator.domain.ids import FrameIndex, ObjectId
from sam3_annotator.domain.masklet import HUMAN, SOURCE_CODES, Masklet
from sam3_annotator.domain.painting import GONE, check_frame, frame_range
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording, counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.domain.draft import Draft
    from sam3_annotator.domain.entities import TrackedObject


def decide_track(draft: Draft, command: TrackCommand) -> Step:
    """The step of a command about identity or time.

    Raises:
        Rejected: the command makes no sense now; the sentence says why.
    """
    match command:
        case SplitTrack():
            return _split(draft, command)
        case MergeTracks():
            return _merge(draft, command)
        case SwapTracks():
            return _swap(draft, command)
        case DeleteRange():
            return _delete_range(draft, command)
        case HoldRange():
            return _hold(draft, command)
        case CopyToFrame():
            return _copy(draft, command)


def _split(draft: Draft, command: SplitTrack) -> Step:
    item = draft.editable(command.object_id)
    masklet = draft.masklet(item.id)
    is_later = masklet.frames >= command.frame
    if is_later.all() or not is_later.any():
        raise Rejected("{name} has masks on one side of this frame only.", name=draft.name_of(item))
    new = replace(
        item,
        id=ObjectId(draft.new_id(Table.OBJECTS)),
        number=draft.next_number(item.media_id, item.category_id),
        z_order=draft.next_z_order(item.media_id),
        review=ReviewState.PROPOSED,
    )
    draft.put(Table.OBJECTS, None, new)
    draft.put_masklet(item.media_id, masklet.where(~is_later))
    draft.put_masklet(item.media_id, _moved(draft, masklet.where(is_later), new.id))
    return draft.step(Wording("Split {name}", name=draft.name_of(item)), made=(int(new.id),))


def _moved(draft: Draft, part: Masklet, object_id: ObjectId) -> Masklet:
    """The annotations as another object's, by the person and at the time of the draft."""
    rows = part.rows.copy()
    rows["author"] = draft.project.people.number(draft.stamp.author)
    rows["edited_at"] = draft.stamp.at
    return Masklet(object_id, rows, part.attributes, part.people)


def _pair(draft: Draft, first: ObjectId, second: ObjectId) -> tuple[TrackedObject, TrackedObject]:
    one, two = draft.editable(first), draft.editable(second)
    if one.id == two.id:
        raise Rejected("Choose two different objects.")
    if one.media_id != two.media_id:
        raise Rejected("The two objects are on different media.")
    return one, two


def _merge(draft: Draft, command: MergeTracks) -> Step:
    into, other = _pair(draft, command.into, command.other)
    title = Wording(
        "Merge {name} into {other}", name=draft.name_of(other), other=draft.name_of(into)
    )
    mine, theirs = draft.masklet(into.id), draft.masklet(other.id)
    _, at_mine, at_theirs = np.intersect1d(
        mine.frames, theirs.frames, assume_unique=True, return_indices=True
    )
    is_kept = mine.is_human[at_mine] | (
        ~theirs.is_human[at_theirs]
        & ((mine.rows["area"][at_mine] > 0) | (theirs.rows["area"][at_theirs] == 0))
    )
    comes = np.ones(len(theirs), np.bool_)
    comes[at_theirs[is_kept]] = False
    dropped = int(np.count_nonzero(theirs.is_human & ~comes))
    remove_object(draft, other)
    for comment in draft.project.contents(into.media_id).comments.values():
        if comment.object_id == other.id:
            draft.put(Table.COMMENTS, comment, replace(comment, object_id=into.id))
    draft.put_masklet(into.media_id, mine.merged(_moved(draft, theirs.where(comes), into.id)))
    return draft.step(title, skipped=dropped)


def _swap(draft: Draft, command: SwapTracks) -> Step:
    one, two = _pair(draft, command.first, command.second)
    start, stop = frame_range(draft.medium(one.media_id), command.start, command.stop)
    first, second = draft.masklet(one.id), draft.masklet(two.id)
    from_first, from_second = first.between(start, stop), second.between(start, stop)
    if not len(from_first) and not len(from_second):
        raise Rejected("Neither object has a mask on these frames.")
    new_first = first.without(from_first.frames).merged(_moved(draft, from_second, one.id))
    new_second = second.without(from_second.frames).merged(_moved(draft, from_first, two.id))
    draft.put_masklet(one.media_id, new_first)
    draft.put_masklet(two.media_id, new_second)
    return draft.step(
        Wording("Swap {name} and {other}", name=draft.name_of(one), other=draft.name_of(two))
    )


def _delete_range(draft: Draft, command: DeleteRange) -> Step:
    removed = 0
    for object_id in dict.fromkeys(command.object_ids):
        item = draft.editable(object_id)
        start, stop = frame_range(draft.medium(item.media_id), command.start, command.stop)
        masklet = draft.masklet(item.id)
        part = masklet.between(start, stop)
        removed += len(part)
        draft.put_masklet(item.media_id, masklet.without(part.frames))
    if not removed:
        raise Rejected("There is no mask on these frames.")
    return draft.step(counted(removed, "Delete mask", "Delete {count} masks"))


def _hold(draft: Draft, command: HoldRange) -> Step:
    item = draft.editable(command.object_id)
    start, stop = frame_range(draft.medium(item.media_id), command.start, command.stop)
    frames = np.arange(start, stop + 1)
    masklet = draft.masklet(item.id)
    human = masklet.frames[masklet.is_human]
    free = frames[~np.isin(frames, human) & (frames != command.frame)]
    held = _repeated(draft, item, command.frame, free, SOURCE_CODES[Source.INTERPOLATED])
    draft.put_masklet(item.media_id, masklet.merged(held))
    apply_exclusion(draft, item, free.tolist(), is_human=False)
    skipped = int(np.isin(frames[frames != command.frame], human).sum())
    return draft.step(Wording("Hold {name}", name=draft.name_of(item)), skipped=skipped)


def _copy(draft: Draft, command: CopyToFrame) -> Step:
    item = draft.editable(command.object_id)
    check_frame(draft.medium(item.media_id), command.to_frame)
    if command.frame == command.to_frame:
        raise Rejected("The mask is on this frame already.")
    copied = _repeated(draft, item, command.frame, np.array([command.to_frame]), HUMAN)
    draft.put_masklet(item.media_id, draft.masklet(item.id).merged(copied))
    apply_exclusion(draft, item, [command.to_frame], is_human=True)
    return draft.step(
        Wording(
            "Copy {name} to frame {frame}", name=draft.name_of(item), frame=int(command.to_frame)
        )
    )


def _repeated(
    draft: Draft, item: TrackedObject, frame: FrameIndex, frames: NDArray[np.integer], source: int
) -> Masklet:
    """The mask of one frame on others, as fresh annotations."""
    masklet = draft.masklet(item.id)
    model = masklet.only(np.array([frame])).rows
    if model.size == 0 or int(model["area"][0]) == 0:
        raise Rejected(
            "{name} has no mask on frame {frame}.", name=draft.name_of(item), frame=frame
        )
    rows = np.repeat(model, frames.size)
    rows["frame"] = frames
    rows["source"] = source
    rows["score"] = np.nan
    rows["pass_id"] = 0
    rows["flags"] &= np.uint16(255 - int(GONE))
    rows["author"] = draft.project.people.number(draft.stamp.author)
    rows["edited_at"] = draft.stamp.at
    return Masklet(item.id, rows, (), draft.project.people)
