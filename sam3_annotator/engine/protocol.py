"""What can be asked of the model thread, and what it answers: frozen values only, in that order.

Pixels never travel in a request; a request names its frame by :class:`FrameRef` and the session
reads it. Results carry read-only numpy arrays and masks, in original-image pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    import numpy as np
    from numpy.typing import NDArray

    from sam3_annotator.domain.geometry import Box
    from sam3_annotator.domain.ids import FrameIndex, MediaId, ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.prompts import ConceptPrompt, PromptSet


class Priority(IntEnum):
    """Who goes first; smaller is more urgent."""

    CLICK = 0
    VISIBLE = 1
    RUN = 2
    PREFETCH = 3


class Capability(str, Enum):
    """What a family of weights can do."""

    CLICK = "click"
    BOX = "box"
    EXEMPLAR = "exemplar"
    PHRASE = "phrase"
    TRACK = "track"
    TRACK_CONCEPT = "track_concept"


class Direction(str, Enum):
    """Which way a propagation walks."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Everything the session needs to open a media by itself.

    Attributes:
        path: absolute path of the file or folder.
        page: page of a multi-page file.
        kind: "image" or "clip".
    """

    media_id: MediaId
    path: str
    page: int
    kind: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class FrameRef:
    """One frame of one media."""

    media: MediaRef
    frame: FrameIndex


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Load weights, replacing what is loaded.

    Attributes:
        weights: path of a weights file or folder, or "mini" for the bundled model.
        device: "auto", "cpu", "cuda", "cuda:1", ...
        dtype: "auto", "fp32", "bf16" or "fp16".
    """

    weights: str
    device: str = "auto"
    dtype: str = "auto"


@dataclass(frozen=True, slots=True)
class EncodeFrame:
    """Compute and cache a frame's embedding before it is needed."""

    frame: FrameRef


@dataclass(frozen=True, slots=True)
class SegmentObject:
    """Turn one object's prompts into masks.

    Attributes:
        key: comes back in the result; stale answers are told by comparing ``prompts``.
        prompts: all prompts of the object on this frame.
        previous_logits: the low-resolution logits of the answer being refined, or None.
        wants_three: whether to offer whole, part and sub-part.
    """

    key: Hashable
    frame: FrameRef
    prompts: PromptSet
    previous_logits: NDArray[np.float32] | None = field(default=None, compare=False)
    wants_three: bool = False


@dataclass(frozen=True, slots=True)
class FindConcept:
    """Find every instance of a concept on one frame.

    Attributes:
        min_score: candidates below are not returned; keep it low, the slider filters later.
    """

    key: Hashable
    frame: FrameRef
    concept: ConceptPrompt
    min_score: float = 0.05


@dataclass(frozen=True, slots=True)
class TrackSeed:
    """What is known of one object on one frame: the prompts or mask that a run starts from.

    Attributes:
        score: what the object was found with, in [0, 1]; told again where a concept run follows it.
    """

    object_id: ObjectId
    frame: FrameIndex
    mask: Mask
    prompts: PromptSet | None = None
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Propagate:
    """Track objects through a clip.

    Attributes:
        seeds: human frames (and others to condition on) of every object that is tracked, behind
            the start, in the range or beyond it; all are told before the first frame.
        start: first frame computed.
        stop: last frame computed (inclusive); smaller than ``start`` when going backward.
    """

    key: Hashable
    media: MediaRef
    seeds: tuple[TrackSeed, ...]
    start: FrameIndex
    stop: FrameIndex
    direction: Direction


@dataclass(frozen=True, slots=True)
class TrackConcept:
    """Find, track, pick up and end every instance of one concept through a clip.

    Attributes:
        prompts: the phrase and the exemplars, by the frame that the exemplars lie on. All have the
            same phrase: it is looked for on every frame, exemplars only on their own.
        start, stop: as of :class:`Propagate`.
        seeds: objects that were found before, in or outside the range. They are followed under
            their own ids, and not found once more.
    """

    key: Hashable
    media: MediaRef
    prompts: tuple[tuple[FrameIndex, ConceptPrompt], ...]
    start: FrameIndex
    stop: FrameIndex
    direction: Direction
    seeds: tuple[TrackSeed, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanRun:
    """Work out what following objects through a clip will need, before it begins.

    Attributes:
        objects: how many are followed at once.
        prompted_frames: human frames of the object that has most of them.
        is_concept: whether a concept run finds the objects, which remember more frames then.
    """

    media: MediaRef
    objects: int
    prompted_frames: int = 1
    is_concept: bool = False


@dataclass(frozen=True, slots=True)
class FreeMemory:
    """Drop every cache; answers stay the same, only slower."""


Request = (
    LoadModel
    | EncodeFrame
    | SegmentObject
    | FindConcept
    | Propagate
    | TrackConcept
    | PlanRun
    | FreeMemory
)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is loaded.

    Attributes:
        name: shown to people: "mini", "SAM 3", "SAM 2.1 large", ...
        weights_hash: sha256 of the weights file (hex).
        device: "cpu", "cuda:0", ...
        dtype: "fp32", "bf16" or "fp16".
        concepts: phrases it knows; empty means any (with ``Capability.PHRASE``) or none.
    """

    name: str
    family: str
    capabilities: frozenset[Capability]
    weights_hash: str
    device: str
    dtype: str
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelLoaded:
    """The answer to :class:`LoadModel`."""

    info: ModelInfo


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        done: steps finished; ``total`` of 0 means unknown.
        text: what is being done, for the status bar.
    """

    done: int
    total: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class FrameEncoded:
    """A frame's embedding is now cached."""

    frame: FrameRef
    seconds: float


@dataclass(frozen=True, slots=True)
class MaskChoice:
    """One answer to a prompt.

    Attributes:
        score: the model's own estimate of the mask's IoU, in [0, 1].
        logits: (h, w) float32 low-resolution logits, read-only, to refine from.
    """

    mask: Mask
    score: float
    logits: NDArray[np.float32] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Segmented:
    """The answer to :class:`SegmentObject`.

    Attributes:
        choices: one mask, or three sorted from most to least likely.
        object_score: probability in [0, 1] that there is an object at all; None where unknown.
    """

    key: Hashable
    frame: FrameRef
    prompts: PromptSet
    choices: tuple[MaskChoice, ...]
    object_score: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One instance found and not yet accepted by anybody."""

    mask: Mask
    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """The answer to :class:`FindConcept`, best first.

    Attributes:
        presence: probability in [0, 1] that the concept is there at all; None if unknown.
    """

    key: Hashable
    frame: FrameRef
    concept: ConceptPrompt
    found: tuple[Candidate, ...]
    presence: float | None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ObjectMask:
    """One object on one frame of a run.

    Attributes:
        track: the caller's ObjectId for a seeded object, or a number given by the run to an
            object it found itself (``is_new`` then).
        mask: empty when the object is not there.
        score: the model's confidence in [0, 1].
        detector_iou: overlap in [0, 1] with what the detector itself sees; None where not asked.
    """

    track: int
    mask: Mask
    score: float
    object_score: float | None = None
    is_new: bool = False
    concept: int = -1
    detector_iou: float | None = None


@dataclass(frozen=True, slots=True)
class FrameMasks:
    """All objects of a run on one frame.

    Attributes:
        removed: tracks of this run that turned out to be mistakes; drop their earlier frames.
        is_provisional: whether later frames may still remove or confirm objects on this one.
    """

    key: Hashable
    media_id: MediaId
    frame: FrameIndex
    objects: tuple[ObjectMask, ...]
    removed: tuple[int, ...] = ()
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class RunNeeds:
    """The answer to :class:`PlanRun`: bytes on the model's device, weights excluded.

    Attributes:
        shared_bytes: needed however many objects there are.
        object_bytes: needed for each object besides.
        free_bytes: what can be had, caches that would be dropped included; 0 when unknown.
    """

    objects: int
    shared_bytes: int
    object_bytes: int
    free_bytes: int

    @property
    def total_bytes(self) -> int:
        """What the run needs in all."""
        return self.shared_bytes + self.objects * self.object_bytes

    @property
    def fits(self) -> bool:
        """Whether there is room, as far as is known."""
        return not self.free_bytes or self.total_bytes <= self.free_bytes

    @property
    def room_for(self) -> int:
        """How many objects there is room for, wanted or not; 0 when nothing is known."""
        room = self.free_bytes - self.shared_bytes
        return max(0, room // max(1, self.object_bytes))

    @property
    def objects_that_fit(self) -> int:
        """How many of the wanted objects can be followed at once; all if nothing is known."""
        return self.objects if self.fits else self.room_for


Item = ModelLoaded | Progress | FrameEncoded | Segmented | Candidates | FrameMasks | RunNeeds
