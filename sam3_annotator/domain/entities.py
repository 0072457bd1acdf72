"""The rows of a project: frozen values, one class per table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam3_annotator.domain.geometry import PixelBox
    from sam3_annotator.domain.ids import (
        BlobId,
        CategoryId,
        FrameIndex,
        MediaId,
        ObjectId,
        PassId,
    )

AttributeValue = str | float | bool
Attributes = tuple[tuple[str, AttributeValue], ...]
"""Attribute names and values, sorted by name so that equal sets compare equal."""


MEASURED_PASSES = "agreement"
"""Per-frame attribute: overlap (IoU) in [0, 1] of a forward and a backward pass."""
MEASURED_DETECTOR = "detector_agreement"
"""Per-frame attribute: overlap (IoU) in [0, 1] of the tracker's mask and the detector's nearest."""
MEASURED = frozenset({MEASURED_PASSES, MEASURED_DETECTOR})
"""Attributes that are about one mask and go with it."""


class MediaKind(str, Enum):
    """What a media is."""

    IMAGE = "image"
    CLIP = "clip"


class MediaState(str, Enum):
    """How far the work on one media is."""

    TODO = "todo"
    DONE = "done"
    REVIEWED = "reviewed"


class Source(str, Enum):
    """Where the mask of one object on one frame came from."""

    HUMAN = "human"
    MODEL = "model"
    INTERPOLATED = "interpolated"
    IMPORTED = "imported"


class FrameFlag(IntFlag):
    """What is known about an object on one frame besides its mask."""

    NONE = 0
    ABSENT = 1
    OCCLUDED = 2
    OUT_OF_VIEW = 4
    UNSURE = 8


class ReviewState(str, Enum):
    """What a reviewer thinks of an object."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NEEDS_WORK = "needs_work"


@dataclass(frozen=True, slots=True)
class Media:
    """An image or a clip.

    Attributes:
        path: posix path relative to the project file's folder, or absolute where that is
            impossible (another drive).
        page: page of a multi-page file; 0 otherwise.
        content_hash: hex hash of the file's bytes, by which a moved file is found again.
        frame_count: 1 for an image.
    """

    id: MediaId
    kind: MediaKind
    path: str
    page: int
    content_hash: str
    width: int
    height: int
    frame_count: int
    state: MediaState = MediaState.TODO


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One typed attribute that objects of a category can have.

    Attributes:
        kind: "text", "number", "flag" or "choice".
        choices: allowed values when ``kind`` is "choice".
        is_per_frame: whether the value may differ from frame to frame.
    """

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    is_per_frame: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """A label: a noun phrase with a colour.

    Attributes:
        color: "#rrggbb".
        hotkey: "1".."9", or "" for none.
        is_exclusive: whether masks of this category may not overlap each other.
        position: place in the list of categories, from 0.
    """

    id: CategoryId
    name: str
    color: str
    hotkey: str = ""
    supercategory: str = ""
    attributes: tuple[AttributeSpec, ...] = ()
    is_exclusive: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True)
class TrackedObject:
    """One instance with an identity, on one media.

    Attributes:
        number: counts the objects of one category on one media from 1; shown as "bus 2".
        z_order: larger is nearer to the viewer.
        origin: how it came to be: "click", "box", "brush", "polygon", "concept:<phrase>",
            "exemplar", "import", ...
        score: the detector's score in [0, 1] when a candidate was accepted, else None.
        review: what was last said of it as a whole; what holds of its masks as they are now tells
            :func:`~sam3_annotator.domain.review.standing_state`.
    """

    id: ObjectId
    media_id: MediaId
    category_id: CategoryId
    number: int
    z_order: int
    origin: str = ""
    score: float | None = None
    is_locked: bool = False
    is_hidden: bool = False
    review: ReviewState = ReviewState.PROPOSED
    attributes: Attributes = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """The mask of one object on one frame.

    Attributes:
        blob_id: content hash of the mask; None when there is no mask (absent).
        box: tight bounding box of the mask.
        area: number of pixels of the mask.
        score: the model's own confidence in [0, 1]; None for human work.
        pass_id: the model run that made it, if any.
        author: who did it last.
        edited_at: seconds since the epoch, UTC.
    """

    object_id: ObjectId
    frame: FrameIndex
    blob_id: BlobId | None
    box: PixelBox
    area: int
    source: Source
    score: float | None = None
    flags: FrameFlag = FrameFlag.NONE
    pass_id: PassId | None = None
    attributes: Attributes = ()
    author: str = ""
    edited_at: float = 0.0


@dataclass(frozen=True, slots=True)
class ModelPass:
    """One model run that annotations point back to.

    Attributes:
        weights_hash: sha256 of the weights file (hex).
        settings: JSON text of the thresholds and modes used.
    """

    id: PassId
    model: str
    weights_hash: str
    settings: str
    started_at: float


@dataclass(frozen=True, slots=True)
class Comment:
    """A reviewer's words pinned to a frame, and perhaps to an object."""

    id: int
    media_id: MediaId
    object_id: ObjectId | None
    frame: FrameIndex
    text: str
    author: str
    written_at: float
    is_resolved: bool = False


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """What a reviewer said about an object over a span of frames.

    Attributes:
        start: first frame.
        stop: last frame, inclusive.
        marked_at: seconds since the epoch, UTC.
    """

    id: int
    media_id: MediaId
    object_id: ObjectId
    start: FrameIndex
    stop: FrameIndex
    state: ReviewState
    author: str
    marked_at: float


@dataclass(frozen=True, slots=True)
class SignOff:
    """A reviewer's word that a span is right as it is now.

    Attributes:
        object_id: the object signed off; None for every object of the media.
        start: first frame.
        stop: last frame, inclusive.
        digest: :func:`~sam3_annotator.domain.review.fingerprint` of what was signed.
        signed_at: seconds since the epoch, UTC.
    """

    id: int
    media_id: MediaId
    object_id: ObjectId | None
    start: FrameIndex
    stop: FrameIndex
    digest: str
    author: str
    signed_at: float


@dataclass(frozen=True, slots=True)
class PromptRecord:
    """What somebody pointed at or named to get a mask; kept so that its origin survives.

    Attributes:
        object_id: the object it was for; None when it belonged to the whole frame.
        kind: "clicks", "box", "mask", "concept", ...; "verdict" and "check" are a reviewer's.
        payload: JSON text of the prompts, see :mod:`sam3_annotator.domain.prompt_text`; of a
            reviewer's words, see :mod:`sam3_annotator.domain.doubts.records`.
    """

    id: int
    media_id: MediaId
    object_id: ObjectId | None
    frame: FrameIndex
    kind: str
    payload: str
    author: str
    given_at: float
