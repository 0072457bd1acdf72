"""The life of a concept track: probation, confirmation, hiding, ending. Pure bookkeeping."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from torch import Tensor

    from sam3_annotator.model.concept_rules import ConceptRules


@dataclass(frozen=True, slots=True)
class TrackLife:
    """What is known of one track besides its memories.

    Attributes:
        concept: number of the concept it was found for.
        born: frame of its first detection.
        score: of that detection; what people are shown.
        appearance: (C,) what the detector saw, newest; None if it was never detected.
        unmatched: frames without a confirming detection, in all.
        duplicates: frames shared with each older track.
        confirmed: detections in a row at the start of its life.
        last_hidden: the last frame without a visible mask; None for never.
        empty: frames in a row without a mask.
        is_pinned: a person pointed at it; nothing automatic takes it back.
    """

    object_id: int
    concept: int
    born: int
    score: float
    appearance: Tensor | None = field(default=None, compare=False)
    unmatched: int = 0
    duplicates: Mapping[int, int] = field(default_factory=dict)
    confirmed: int = 1
    last_hidden: int | None = None
    empty: int = 0
    is_pinned: bool = False

    def age(self, frame: int) -> int:
        """Frames since birth, in either direction."""
        return abs(frame - self.born)

    def is_shown(self, rules: ConceptRules) -> bool:
        """Whether people should see it."""
        return self.is_pinned or self.confirmed >= rules.confirm_frames

    def is_mistake(self, frame: int, rules: ConceptRules) -> bool:
        """Whether a track on probation has to be taken back."""
        if self.is_pinned or self.age(frame) >= rules.probation_frames:
            return False
        shared = max(self.duplicates.values(), default=0)
        return self.unmatched >= rules.max_unmatched or shared >= rules.max_duplicate

    def is_gone(self, rules: ConceptRules) -> bool:
        """Whether the track has been without a mask for so long that it is ended."""
        return not self.is_pinned and 0 < rules.gone_frames <= self.empty


def judged(
    lives: Mapping[int, TrackLife],
    matched: Collection[int],
    unmatched: Collection[int],
    touching: Iterable[Collection[int]],
) -> dict[int, TrackLife]:
    """Lives after one frame's association.

    Args:
        lives: by object id.
        matched: ids that a detection confirms.
        unmatched: ids with a mask that no detection confirms.
        touching: for each detection, the ids it touches.
    """
    after = dict(lives)
    for object_id in unmatched:
        life = after[object_id]
        after[object_id] = replace(life, unmatched=life.unmatched + 1)
    for object_id in matched:
        life = after[object_id]
        after[object_id] = replace(life, confirmed=life.confirmed + 1)
    for group in touching:
        for object_id in group:
            older = [o for o in group if _is_older(after[o], after[object_id])]
            after[object_id] = _shared(after[object_id], older)
    return after


def seen(life: TrackLife, frame: int, *, is_visible: bool) -> TrackLife:
    """A life after it is known whether its mask shows on a frame."""
    if is_visible:
        return replace(life, empty=0)
    return replace(life, empty=life.empty + 1, last_hidden=frame)


def _is_older(one: TrackLife, other: TrackLife) -> bool:
    """Ids are given in order of birth, whichever way the frames count."""
    return one.object_id < other.object_id


def _shared(life: TrackLife, older: list[int]) -> TrackLife:
    if not older:
        return life
    counts = dict(life.duplicates)
    for object_id in older:
        counts[object_id] = counts.get(object_id, 0) + 1
    return replace(life, duplicates=counts)
