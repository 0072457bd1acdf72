"""What goes into and comes out of concept tracking, and what it carries from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sam3_annotator.model.memory_bank import TrackState

if TYPE_CHECKING:
    from torch import Tensor

    from sam3_annotator.model.concept_life import TrackLife
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
    """

    object_id: int
    concept: int
    logits: Tensor
    score: float
    object_logit: float
    iou: float
    is_pinned: bool = False


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


@dataclass(slots=True)
class ConceptState:
    """Everything that a run carries from frame to frame.

    Attributes:
        tracks: memories of the living tracks.
        lives: bookkeeping of the living tracks.
        former: ended tracks whose identity can be taken up again.
        next_id: number of the next new track; numbers are never used twice.
    """

    tracks: TrackState = field(default_factory=TrackState)
    lives: dict[int, TrackLife] = field(default_factory=dict)
    former: dict[int, TrackLife] = field(default_factory=dict)
    next_id: int = 0

    def of(self, concept: int) -> list[int]:
        """Ids of the living tracks of one concept, oldest first."""
        return sorted(i for i, life in self.lives.items() if life.concept == concept)

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
