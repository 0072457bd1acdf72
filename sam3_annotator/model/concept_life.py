"""The life of a concept track: probation, confirmation, hiding, ending. Pure bookkeeping."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import torch
    from torch import Tensor

    from sam3_annotator.model.concept_motion import Place
    from sam3_annotator.model.concept_rules import ConceptRules


NO_CONCEPT = -1
"""Concept number of an object that a person pointed at; such objects compete with nobody."""


@dataclass(frozen=True, slots=True)
class TrackLife:
    """What is known of one track besides its memories.

    Attributes:
        concept: number of the concept it was found for, or ``NO_CONCEPT``.
        born: frame of its first detection.
        score: of that detection; what people are shown.
        appearance: (C,) what the detector saw, newest; None if it was never detected.
        first: (h, w) mask logits that people were told at birth; None if it was never detected.
        places: where its last two visible masks were; kept only while motion is weighed.
        unmatched: frames on probation without a confirming detection.
        duplicates: frames on probation that it shared with each older track.
        confirmed: detections in a row, until there were enough to show it.
        last_hidden: the last frame of this run without a visible mask; None for never.
        empty: frames in a row without a mask.
        is_pinned: a person pointed at it; nothing automatic takes it back.
        is_settled: it outlived its probation; later runs do not take it back either.
        is_unwanted: a person removed it; followed so that it is not found anew, never shown.
    """

    object_id: int
    concept: int
    born: int
    score: float
    appearance: Tensor | None = field(default=None, compare=False)
    first: Tensor | None = field(default=None, compare=False)
    places: tuple[Place, ...] = ()
    unmatched: frozenset[int] = frozenset()
    duplicates: Mapping[int, frozenset[int]] = field(default_factory=dict)
    confirmed: int = 1
    last_hidden: int | None = None
    empty: int = 0
    is_pinned: bool = False
    is_settled: bool = False
    is_unwanted: bool = False

    def age(self, frame: int) -> int:
        """Frames since birth, in either direction."""
        return abs(frame - self.born)

    @property
    def competes(self) -> bool:
        """Whether it contends with others of its concept for pixels."""
        return self.concept != NO_CONCEPT and not self.is_unwanted

    def is_shown(self, rules: ConceptRules) -> bool:
        """Whether people should see it."""
        if self.is_unwanted:
            return False
        return self.is_pinned or self.confirmed >= rules.confirm_frames

    def is_mistake(self, rules: ConceptRules) -> bool:
        """Whether a track on probation has to be taken back."""
        if self.is_pinned or self.is_settled:
            return False
        shared = max((len(frames) for frames in self.duplicates.values()), default=0)
        return len(self.unmatched) >= rules.max_unmatched or shared >= rules.max_duplicate

    def is_gone(self, rules: ConceptRules) -> bool:
        """Whether the track has been without a mask for so long that it is ended."""
        return not self.is_pinned and 0 < rules.gone_frames <= self.empty


def judged(
    lives: Mapping[int, TrackLife],
    matched: Collection[int],
    unmatched: Collection[int],
    touching: Iterable[Collection[int]],
    frame: int,
    rules: ConceptRules,
) -> dict[int, TrackLife]:
    """Lives after one frame's association; a frame that is run over again counts once.

    Args:
        lives: of the tracks that were looked for on this frame, by object id.
        matched: ids that a detection confirms.
        unmatched: ids with a mask that no detection confirms.
        touching: for each detection, the ids it touches.
        frame: its number.
        rules: the thresholds.
    """
    after = {i: _aged(life, frame, rules) for i, life in lives.items()}
    for object_id, life in after.items():
        if object_id in matched:
            after[object_id] = replace(life, confirmed=life.confirmed + 1)
        elif life.confirmed < rules.confirm_frames:
            after[object_id] = replace(life, confirmed=0)
    for object_id in unmatched:
        life = after[object_id]
        if not life.is_settled:
            after[object_id] = replace(life, unmatched=life.unmatched | {frame})
    for group in touching:
        if len(group) > 1:
            first = min(group, key=lambda i: (not after[i].is_pinned, i))
            for object_id in group:
                if object_id != first:
                    after[object_id] = _shared(after[object_id], first, frame)
    return after


def seen(life: TrackLife, frame: int, *, is_visible: bool) -> TrackLife:
    """A life after it is known whether its mask shows on a frame."""
    if is_visible:
        return replace(life, empty=0)
    return replace(life, empty=life.empty + 1, last_hidden=frame)


def moved(life: TrackLife, device: torch.device) -> TrackLife:
    """A life with its first mask on another device; what it is compared by stays."""
    return life if life.first is None else replace(life, first=life.first.to(device))


def restarted(life: TrackLife) -> TrackLife:
    """A life when a new run over the clip begins: what was hidden in another run is past."""
    return replace(life, empty=0, last_hidden=None, places=())


def _aged(life: TrackLife, frame: int, rules: ConceptRules) -> TrackLife:
    is_old = life.age(frame) >= rules.probation_frames
    return replace(life, is_settled=True) if is_old and not life.is_settled else life


def _shared(life: TrackLife, first: int, frame: int) -> TrackLife:
    """Ids are given in order of birth, whichever way the frames count; what is pinned is first."""
    if life.is_settled:
        return life
    frames = life.duplicates.get(first, frozenset()) | {frame}
    return replace(life, duplicates={**life.duplicates, first: frames})
