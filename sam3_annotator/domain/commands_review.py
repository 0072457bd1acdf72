"""Commands of a reviewer's day, and the record of model runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sam3_annotator.domain.entities import ReviewState
    from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId


@dataclass(frozen=True, slots=True)
class SetReview:
    """Judge objects, as a whole or (with both ends, included) over a span of frames.

    Attributes:
        evidence: how the span looked when it was judged, as :mod:`.doubts.records` writes it;
            kept in the log, because a correction changes the masks that it was about.
    """

    object_ids: tuple[ObjectId, ...]
    state: ReviewState
    start: FrameIndex | None = None
    stop: FrameIndex | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class CheckComplete:
    """Say whether every instance of a category on a frame has been found."""

    media_id: MediaId
    frame: FrameIndex
    category_id: CategoryId
    is_complete: bool


@dataclass(frozen=True, slots=True)
class AddComment:
    """Pin words to a frame, and perhaps to an object."""

    media_id: MediaId
    frame: FrameIndex
    text: str
    object_id: ObjectId | None = None


@dataclass(frozen=True, slots=True)
class ResolveComment:
    """Mark a comment as dealt with, or open it again."""

    media_id: MediaId
    comment_id: int
    is_resolved: bool = True


@dataclass(frozen=True, slots=True)
class RemoveComment:
    """Take a comment away."""

    media_id: MediaId
    comment_id: int


@dataclass(frozen=True, slots=True)
class AddSignOff:
    """Sign that a span (ends included) of a media, or of one of its objects, is right."""

    media_id: MediaId
    start: FrameIndex
    stop: FrameIndex
    object_id: ObjectId | None = None


@dataclass(frozen=True, slots=True)
class AddModelPass:
    """Record a model run that annotations will point back to; ``made`` gives its id.

    Attributes:
        weights_hash: sha256 of the weights file (hex).
        settings: JSON text of the thresholds and modes used.
    """

    model: str
    weights_hash: str
    settings: str = "{}"


CommentCommand = AddComment | ResolveComment | RemoveComment
ReviewCommand = SetReview | CheckComplete | CommentCommand | AddSignOff | AddModelPass
