"""What commands about masks and flags do to the rows, and when they make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sam3_annotator.domain.commands_objects import (
    ClearMask,
    FrameMask,
    MaskCommand,
    SetFlags,
    SetMask,
    SetMasks,
)
from sam3_annotator.domain.decide_objects import log_prompts
from sam3_annotator.domain.entities import FrameFlag, Source
from sam3_annotator.domain.exclusion import apply_exclusion
from sam3_annotator.domain.masklet import HUMAN, ROW, Masklet
from sam3_annotator.domain.painting import GONE, annotations_of, frame_range
from sam3_annotator.domain.review import accepted_frames
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording, listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.domain.changes import Step
    from sam3_annotator.domain.commands_objects import ObjectFrames
    from sam3_annotator.domain.draft import Draft
    from sam3_annotator.domain.entities import TrackedObject


def decide_mask(draft: Draft, command: MaskCommand) -> Step:
    """The step of a command about masks or flags.

    Raises:
        Rejected: the command makes no sense now; the sentence says why.
    """
    match command:
        case SetMask():
            return _set_mask(draft, command)
        case SetMasks():
            return _set_masks(draft, command)
        case ClearMask():
            return _clear_mask(draft, command)
        case SetFlags():
            return _set_flags(draft, command)


def _set_mask(draft: Draft, command: SetMask) -> Step:
    item = draft.editable(command.object_id)
    old = draft.masklet(item.id).at(command.frame)
    is_human = command.source is Source.HUMAN
    if old is not None and old.source is Source.HUMAN and not is_human:
        raise Rejected("A person worked on this frame; a model does not change it.")
    edit = FrameMask(command.frame, command.mask, command.score, command.flags)
    new = annotations_of(draft, item, [edit], command.source, command.pass_id)
    change = Masklet.of(item.id, new, draft.project.people)
    draft.put_masklet(item.media_id, draft.masklet(item.id).merged(change))
    apply_exclusion(draft, item, [command.frame], is_human=is_human)
    if not command.mask.is_empty and draft.mask(item.id, command.frame) is None:
        raise Rejected(
            "Nothing of {name} would be left: it lies under objects of the same category, which "
            "may not overlap, or outside the picture.",
            name=draft.name_of(item),
        )
    if command.prompts is not None:
        log_prompts(draft, item.media_id, item.id, command.frame, command.prompts)
    return draft.step(Wording("{title}: {name}", title=command.title, name=draft.name_of(item)))


def _set_masks(draft: Draft, command: SetMasks) -> Step:
    is_human = command.source is Source.HUMAN
    skipped = 0
    for entry in command.items:
        item = draft.editable(entry.object_id) if is_human else draft.object(entry.object_id)
        if item.is_locked:
            skipped += len(entry.masks)
            continue
        skipped += _set_frames(draft, item, entry, command)
    return draft.step(command.title, skipped=skipped)


def _set_frames(draft: Draft, item: TrackedObject, entry: ObjectFrames, command: SetMasks) -> int:
    """Put one object's part of a batch into the draft and count what was left out."""
    masklet = draft.masklet(item.id)
    is_human = command.source is Source.HUMAN
    sacred = set() if is_human else set(masklet.frames[masklet.is_human].tolist())
    if not is_human:
        contents = draft.project.contents(item.media_id)
        sacred |= accepted_frames(contents, item.id, [edit.frame for edit in entry.masks])
    allowed = [edit for edit in entry.masks if edit.frame not in sacred]
    if allowed:
        new = annotations_of(draft, item, allowed, command.source, command.pass_id)
        change = Masklet.of(item.id, new, draft.project.people)
        draft.put_masklet(item.media_id, masklet.merged(change))
        apply_exclusion(draft, item, [edit.frame for edit in allowed], is_human=is_human)
    return len(entry.masks) - len(allowed)


def _clear_mask(draft: Draft, command: ClearMask) -> Step:
    item = draft.editable(command.object_id)
    masklet = draft.masklet(item.id)
    rest = masklet.without(np.array(command.frames, np.int64))
    if len(rest) == len(masklet):
        raise Rejected("{name} has no mask here.", name=draft.name_of(item))
    draft.put_masklet(item.media_id, rest)
    return draft.step(Wording("Clear mask: {name}", name=draft.name_of(item)))


def _set_flags(draft: Draft, command: SetFlags) -> Step:
    if not command.flags or not command.object_ids:
        raise Rejected("There is nothing to mark.")
    items = [draft.editable(object_id) for object_id in dict.fromkeys(command.object_ids)]
    for item in items:
        start, stop = frame_range(draft.medium(item.media_id), command.start, command.stop)
        masklet = draft.masklet(item.id)
        part = masklet.between(start, stop)
        if not command.is_on:
            new = _unflagged(draft, part, command.flags)
        elif command.flags & GONE:
            frames = np.arange(start, stop + 1, dtype=np.int32)
            new = _gone(draft, part, frames, command.flags)
        else:
            new = _flagged(draft, part, command.flags)
        draft.put_masklet(item.media_id, masklet.without(part.frames).merged(new))
    title = (
        Wording("Mark {flags}: {names}") if command.is_on else Wording("Unmark {flags}: {names}")
    )
    return draft.step(Wording(title, flags=_words(command.flags), names=draft.names_of(items)))


def _words(flags: FrameFlag) -> str:
    words = {
        FrameFlag.ABSENT: Wording("absent"),
        FrameFlag.OCCLUDED: Wording("occluded"),
        FrameFlag.OUT_OF_VIEW: Wording("out of view"),
        FrameFlag.UNSURE: Wording("unsure"),
    }
    return listed(word for flag, word in words.items() if flag & flags)


def _flagged(draft: Draft, part: Masklet, flags: FrameFlag) -> Masklet:
    if not len(part):
        raise Rejected("There is nothing on these frames to mark.")
    rows = part.rows.copy()
    return _stamped(draft, part, rows, rows["flags"] | np.uint16(int(flags)))


def _unflagged(draft: Draft, part: Masklet, flags: FrameFlag) -> Masklet:
    rows = part.rows.copy()
    new = _stamped(draft, part, rows, rows["flags"] & np.uint16(255 - int(flags)))
    is_said = (new.rows["area"] > 0) | ((new.rows["flags"] & int(GONE)) > 0)
    return new.where(is_said)


def _gone(draft: Draft, part: Masklet, frames: NDArray[np.int32], flags: FrameFlag) -> Masklet:
    rows = np.zeros(frames.size, ROW)
    rows["frame"] = frames
    rows["flags"][np.searchsorted(frames, part.frames)] = part.rows["flags"]
    rows["source"] = HUMAN
    rows["score"] = np.nan
    return _stamped(draft, part, rows, rows["flags"] | np.uint16(int(flags)))


def _stamped(
    draft: Draft, part: Masklet, rows: NDArray[np.void], flags: NDArray[np.uint16]
) -> Masklet:
    is_new = rows["flags"] != flags
    rows["flags"] = flags
    rows["author"][is_new] = draft.project.people.number(draft.stamp.author)
    rows["edited_at"][is_new] = draft.stamp.at
    return Masklet(part.object_id, rows, part.attributes, part.people)
