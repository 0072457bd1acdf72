"""What goes into and comes out of concept tracking, and what it carries from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.concept_life import moved, restarted
from sam3_annotator.model.memory_bank import MemoryBank, ObjectTrack, TrackState

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.concept_life import TrackLife
    from sam3_annotator.model.mini_window import CloseUp
    from sam3_annotator.model.prompt_encoder import GeometryPrompts
    from sam3_annotator.model.text import TextFeatures


@dataclass(frozen=True, slots=True)
class ConceptQuery:
    """One concept on one frame.

    Attributes:
        concept: its number.
        text: the phrase, or ``BOX_ONLY_PHRASE`` for exemplars alone.
        geometry: exemplars that lie on this frame, or None.
    """

    concept: int
    text: TextFeatures
    geometry: GeometryPrompts | None = None


@dataclass(frozen=True, slots=True)
class ConceptMask:
    """One track on one frame.

    Attributes:
        logits: (h, w) float32; above 0 is inside.
        object_logit: above 0 when the object is there.
        iou: predicted quality of the mask in [0, 1].
        is_pinned: a person pointed at it; it is told of even where it has no mask.
        detector_iou: overlap in [0, 1] of the followed mask with the nearest one that the detector
            sees for the same concept; None where the detector was not asked, or was the one who
            found the object on this very frame.
        close_up: the same mask, finer, where the follower looked closer.
    """

    object_id: int
    concept: int
    logits: Tensor
    score: float
    object_logit: float
    iou: float
    is_pinned: bool = False
    detector_iou: float | None = None
    close_up: CloseUp | None = None


@dataclass(frozen=True, slots=True)
class ConceptFrame:
    """What one step has found.

    Attributes:
        masks: every track that shows on this frame.
        began: ids of tracks that start here.
        removed: ids of earlier tracks that were mistakes, on every frame.
        ended: ids of tracks that are given up.
    """

    frame: int
    masks: tuple[ConceptMask, ...]
    began: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()


_CPU = torch.device("cpu")
_KEPT_BIRTHS = 64
"""Former tracks whose first memory is kept, about 1.3 MB each in main memory: as much as they are
together, a GPU never holds them. Of earlier ones only the look is kept."""


@dataclass(frozen=True, slots=True)
class FormerTrack:
    """A track that was given up.

    Attributes:
        life: what is known of it; its first mask is in main memory.
        bank: what its object first looked like, in main memory.
        device: where both were, and are wanted again.
    """

    life: TrackLife
    bank: MemoryBank
    device: torch.device


@dataclass(slots=True)
class ConceptState:
    """Everything that is carried from frame to frame, and from one run over a clip to the next.

    Attributes:
        tracks: memories of the living tracks.
        lives: bookkeeping of the living tracks.
        former: ended tracks whose identity can be taken up again.
        next_id: number of the next new track; numbers are never used twice.
        last: frame and direction of the latest step.
    """

    tracks: TrackState = field(default_factory=TrackState)
    lives: dict[int, TrackLife] = field(default_factory=dict)
    former: dict[int, FormerTrack] = field(default_factory=dict)
    next_id: int = 0
    last: tuple[int, bool] | None = None

    def of(self, concept: int) -> list[int]:
        """Ids of the living tracks of one concept, oldest first."""
        return sorted(i for i, life in self.lives.items() if life.concept == concept)

    def advance(self, frame: int, *, reverse: bool) -> None:
        """Get ready for a frame: drop what only another run knew, revive what began here."""
        if self.last is None or self.last != (frame - (-1 if reverse else 1), reverse):
            self.lives = {i: restarted(life) for i, life in self.lives.items()}
        self.last = (frame, reverse)
        for object_id, one in list(self.former.items()):
            if one.life.born == frame and one.bank.conditioning:
                self.revive(object_id)
        moment = self.tracks.moment(frame, reverse=reverse)
        for track in self.tracks.tracks.values():
            track.bank.forget_ahead(moment)

    def end(self, object_id: int) -> None:
        """Give a track up; only what it takes to know it again is kept."""
        bank = self.tracks.tracks.pop(object_id).bank
        # Should it return by mistake, that must not take back what it was before.
        life = replace(self.lives.pop(object_id), is_settled=True)
        first = bank.only_birth()
        self.former[object_id] = FormerTrack(moved(life, _CPU), first.moved(_CPU), bank.device)
        for old in list(self.former)[:-_KEPT_BIRTHS]:
            one = self.former[old]
            self.former[old] = replace(one, life=replace(one.life, first=None), bank=MemoryBank())

    def revive(self, object_id: int) -> None:
        """Follow a former track again."""
        one = self.former.pop(object_id)
        self.lives[object_id] = restarted(moved(one.life, one.device))
        self.tracks.tracks[object_id] = ObjectTrack(object_id, one.bank.moved(one.device))

    def remove(self, object_id: int) -> None:
        """Forget a track for good."""
        self.tracks.remove(object_id)
        self.lives.pop(object_id, None)
        self.former.pop(object_id, None)


class Probation:
    """Holds frames back until their tracks are past probation, and takes mistakes out of them.

    Args:
        delay: frames to hold back; 0 lets everything through at once.
    """

    def __init__(self, delay: int) -> None:
        self._delay = delay
        self._held: list[ConceptFrame] = []
        self._removed: set[int] = set()

    def push(self, frame: ConceptFrame) -> list[ConceptFrame]:
        """Take a new frame in; the frames that are settled now, oldest first."""
        self._removed |= set(frame.removed)
        self._held.append(frame)
        settled = []
        while len(self._held) > self._delay:
            settled.append(self._clean(self._held.pop(0)))
        return settled

    def flush(self) -> list[ConceptFrame]:
        """Everything still held, at the end of a run."""
        settled = [self._clean(frame) for frame in self._held]
        self._held.clear()
        return settled

    def _clean(self, frame: ConceptFrame) -> ConceptFrame:
        masks = tuple(m for m in frame.masks if m.object_id not in self._removed)
        began = tuple(i for i in frame.began if i not in self._removed)
        return replace(frame, masks=masks, began=began)
