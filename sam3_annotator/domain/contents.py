"""What lies on one media: its objects, their masklets, and what reviewers said about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sam3_annotator.domain.masklet import unpack_blob_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sam3_annotator.domain.entities import (
        Category,
        Comment,
        Media,
        ModelPass,
        PromptRecord,
        ReviewMark,
        SignOff,
        TrackedObject,
    )
    from sam3_annotator.domain.ids import BlobId, CategoryId, MediaId, ObjectId, PassId
    from sam3_annotator.domain.masklet import Masklet, People


@dataclass(slots=True)
class MediaContents:
    """Everything on one media; read it, and leave changing it to :class:`Project`."""

    objects: dict[ObjectId, TrackedObject] = field(default_factory=dict)
    masklets: dict[ObjectId, Masklet] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    reviews: dict[int, ReviewMark] = field(default_factory=dict)
    signoffs: dict[int, SignOff] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """How many rows are held, for bounding memory."""
        return 1 + len(self.objects) + sum(len(masklet) for masklet in self.masklets.values())

    def ordered(self) -> tuple[TrackedObject, ...]:
        """The objects from farthest to nearest to the viewer."""
        return tuple(sorted(self.objects.values(), key=lambda o: (o.z_order, o.id)))

    def blobs_between(self, start: int, stop: int) -> set[BlobId]:
        """The names of all masks on a stretch of frames, both ends included."""
        packed: set[bytes] = set()
        for masklet in self.masklets.values():
            packed.update(row.tobytes() for row in masklet.between(start, stop).rows["blob"])
        return {blob_id for blob_id in map(unpack_blob_id, packed) if blob_id is not None}


@dataclass(slots=True)
class OpeningRows:
    """What is read when a project opens; all the rest is read when it is looked at.

    Attributes:
        object_counts: number of objects per media and category.
        sequences: highest id given out so far, per table; ids are never given twice.
    """

    media: dict[MediaId, Media]
    categories: dict[CategoryId, Category]
    passes: dict[PassId, ModelPass]
    object_counts: dict[MediaId, dict[CategoryId, int]]
    people: People
    sequences: dict[str, int]


class RowSource(Protocol):
    """Where rows come from; the project file in the program, a dictionary in tests."""

    def load(self, media_ids: Sequence[MediaId]) -> Mapping[MediaId, MediaContents]:
        """Everything on the given media."""
        ...

    def media_of(self, object_id: ObjectId) -> MediaId | None:
        """The media an object is on; None when there is no such object."""
        ...

    def objects_of(self, category_id: CategoryId) -> tuple[TrackedObject, ...]:
        """Every object of a category, on any media."""
        ...

    def prompts(self, media_id: MediaId) -> tuple[PromptRecord, ...]:
        """The prompt log of a media, oldest first."""
        ...

    def blobs(self, blob_ids: Sequence[BlobId]) -> Mapping[BlobId, bytes]:
        """Many stored masks in one go; those that are not there are left out."""
        ...

    def blob(self, blob_id: BlobId) -> bytes:
        """A stored mask, as :meth:`Mask.to_bytes` gave it.

        Raises:
            ProjectTrouble: it is not there, which means the file is damaged.
        """
        ...
