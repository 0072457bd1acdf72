"""Arrival: whether a correction's walk stayed with its object up to the next settled frame.

Settled are frames that a person has drawn or accepted. Where new and old masks part for a while, at
most one of them is right. The old ones were followed from the settled frame that lies ahead. If
they run on smoothly into what both say there and the new ones do not, the walk has lost its way
(two look-alikes crossed, say), and the old masks come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import FrameMask, ObjectFrames, SetMasks
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.domain.review import accepted_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sam3_annotator.domain.entities import Annotation
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.project import Project

_PARTED = 0.6
"""Below this overlap old and new are taken for different things."""
_TORN = 0.65
"""A mask that meets its neighbour by less than this share of what its rival does, is torn off.

Both were chosen on clips of ``tests/bench/bench_corrections.py``; values near them do as well.
"""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a walk has replaced on one frame.

    Attributes:
        old: what was there.
        old_mask: its mask; None when it had none.
        mask: what the walk has put there; may be empty.
    """

    old: Annotation
    old_mask: Mask | None
    mask: Mask

    @property
    def before(self) -> Mask:
        """The old mask, empty where there was none."""
        return self.old_mask or EMPTY_MASK

    @property
    def overlap(self) -> float:
        """IoU of old and new; 1 when both are empty."""
        return self.before.iou(self.mask)

    @property
    def is_absence(self) -> bool:
        """Whether neither shows anything."""
        return self.before.is_empty and self.mask.is_empty


def settled_mask(project: Project, object_id: ObjectId, frame: int) -> Mask | None:
    """What a person has drawn or accepted on a frame; None when nobody has."""
    contents = project.contents(project.object(object_id).media_id)
    note = project.masklet(object_id).at(frame)
    is_human = note is not None and note.source is Source.HUMAN
    if not is_human and not accepted_frames(contents, object_id, (frame,)):
        return None
    return project.mask(object_id, FrameIndex(frame))


def second_thoughts(
    walk: Sequence[Replaced], corrected: Mask | None, beyond: Mask | None
) -> tuple[SetMasks, ...]:
    """The commands that bring back old masks a walk should not have replaced; mostly none.

    Args:
        walk: what was replaced, in the order of the walk, no frame left out.
        corrected: the mask on the frame before the walk's first: a person's, or what the walk had
            come to when it was stopped; None when the object is not there.
        beyond: the mask that a person drew or accepted on the frame after the walk's last; None
            when there is none.
    """
    back: list[Replaced] = []
    for first, last in _partings(walk):
        is_end = last + 1 == len(walk)
        ahead = beyond if is_end else walk[last + 1].mask
        ends = walk[last]
        if ahead is None or not _is_torn(ends.mask, ends.before, ahead):
            continue
        behind = walk[first - 1].mask if first else corrected
        begins = walk[first]
        if ends.mask.is_empty and not is_end and not _joins(begins, behind):
            continue  # the walk says "gone", and the old masks do not run through either
        is_mixed = behind is not None and _is_torn(begins.before, begins.mask, behind)
        half = (last - first + 1) // 2 if is_mixed else 0  # each is right on its own side
        back += walk[first + half : last + 1]
    return _restoring(back)


def _partings(walk: Sequence[Replaced]) -> Iterator[tuple[int, int]]:
    """First and last place of every run of frames on which old and new are different things."""
    for is_parted, run in groupby(range(len(walk)), lambda place: walk[place].overlap < _PARTED):
        places = list(run)
        if is_parted:
            yield places[0], places[-1]


def _joins(one: Replaced, beside: Mask | None) -> bool:
    """Whether the old mask runs on smoothly into the mask on the frame beside."""
    return beside is not None and one.before.iou(beside) >= _PARTED


def _is_torn(mask: Mask, rival: Mask, beside: Mask) -> bool:
    """Whether a mask has far less to do with the mask on the frame beside than its rival has."""
    return mask.iou(beside) < _TORN * rival.iou(beside)


def _restoring(frames: Sequence[Replaced]) -> tuple[SetMasks, ...]:
    by_origin: dict[tuple[object, object], list[Replaced]] = {}
    for one in frames:
        by_origin.setdefault((one.old.source, one.old.pass_id), []).append(one)
    commands = []
    for group in by_origin.values():
        old = group[0].old
        edits = tuple(
            FrameMask(o.old.frame, o.old_mask, o.old.score, o.old.flags, o.old.attributes)
            for o in group
        )
        commands.append(SetMasks((ObjectFrames(old.object_id, edits),), old.source, old.pass_id))
    return tuple(commands)
