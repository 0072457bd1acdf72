"""What a command does to the rows: before-images and after-images, nothing else.

Undo writes the before-images and redo the after-images, so no command needs an inverse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

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
from sam3_annotator.domain.ids import FrameIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sam3_annotator.domain.ids import BlobId, CategoryId, MediaId, ObjectId
    from sam3_annotator.domain.masklet import Masklet

Row = Media | Category | TrackedObject | ModelPass | Comment | ReviewMark | SignOff | PromptRecord
"""A row with an id of its own; annotations live in masklets."""


class Table(str, Enum):
    """Where a :data:`Row` lives, named as in the project file."""

    MEDIA = "media"
    CATEGORIES = "categories"
    OBJECTS = "objects"
    PASSES = "passes"
    COMMENTS = "comments"
    REVIEWS = "reviews"
    SIGNOFFS = "signoffs"
    PROMPTS = "prompts"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row made (no ``before``), changed, or removed (no ``after``)."""

    table: Table
    key: int
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True, eq=False)
class MaskletChange:
    """Some frames of one masklet replaced.

    Attributes:
        before: exactly the annotations that go.
        after: exactly the annotations that come, in their place.
    """

    media_id: MediaId
    object_id: ObjectId
    before: Masklet
    after: Masklet


Change = RowChange | MaskletChange


def inverted(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that lead back, in the order they have to be made."""
    return tuple(_inverse(change) for change in reversed(tuple(changes)))


def _inverse(change: Change) -> Change:
    if isinstance(change, RowChange):
        return RowChange(change.table, change.key, change.after, change.before)
    return MaskletChange(change.media_id, change.object_id, change.after, change.before)


@dataclass(frozen=True, slots=True)
class Step:
    """One gesture, decided but not yet done.

    Attributes:
        title: names the step in the Undo menu, e.g. "Add bus 2".
        changes: in the order they are to be made; empty when nothing would change.
        blobs: masks that the changes name, as :meth:`Mask.to_bytes` gives them.
        sequences: highest id given out so far, for each table that got new rows.
        made: ids of the rows the command was asked to make, in the command's order.
        skipped: how many parts of a batch were left out because a rule protects them.
        merge_key: steps that follow each other with the same key become one; "" never.
    """

    title: str
    changes: tuple[Change, ...] = ()
    blobs: Mapping[BlobId, bytes] = field(default_factory=dict)
    sequences: Mapping[str, int] = field(default_factory=dict)
    made: tuple[int, ...] = ()
    skipped: int = 0
    merge_key: str = ""


@dataclass(frozen=True, slots=True)
class Touched:
    """What has changed, so that everything shown can decide whether to refresh.

    Attributes:
        tables: tables with changed rows; annotations are told by ``spans``.
        media: media that changed, or whose rows changed.
        objects: objects that changed, or whose masklets changed.
        spans: for each media, the first and last frame on which a mask or flag changed.
        origin: whoever gave the command, so that it can ignore its own echo; may be None.
    """

    tables: frozenset[Table] = frozenset()
    media: frozenset[MediaId] = frozenset()
    objects: frozenset[ObjectId] = frozenset()
    categories: frozenset[CategoryId] = frozenset()
    spans: Mapping[MediaId, tuple[FrameIndex, FrameIndex]] = field(default_factory=dict)
    origin: object = None

    def touches(self, media_id: MediaId, frame: FrameIndex) -> bool:
        """Whether the picture of this frame, with its masks, may look different now."""
        if self.tables & {Table.CATEGORIES, Table.MEDIA, Table.OBJECTS}:
            return media_id in self.media or Table.CATEGORIES in self.tables
        first, last = self.spans.get(media_id, (1, 0))
        return first <= frame <= last


def touched_by(changes: Iterable[Change], origin: object = None) -> Touched:
    """What a set of changes, made in either direction, touches."""
    tables: set[Table] = set()
    media: set[MediaId] = set()
    objects: set[ObjectId] = set()
    categories: set[CategoryId] = set()
    spans: dict[MediaId, tuple[FrameIndex, FrameIndex]] = {}
    for change in changes:
        if isinstance(change, MaskletChange):
            media.add(change.media_id)
            objects.add(change.object_id)
            _widen(spans, change)
            continue
        tables.add(change.table)
        for row in (change.before, change.after):
            match row:
                case None | ModelPass():
                    pass
                case Media():
                    media.add(row.id)
                case Category():
                    categories.add(row.id)
                case TrackedObject():
                    media.add(row.media_id)
                    objects.add(row.id)
                    categories.add(row.category_id)
                case _:
                    media.add(row.media_id)
    return Touched(
        frozenset(tables),
        frozenset(media),
        frozenset(objects),
        frozenset(categories),
        spans,
        origin,
    )


def _widen(spans: dict[MediaId, tuple[FrameIndex, FrameIndex]], change: MaskletChange) -> None:
    first, last = spans.get(change.media_id, (None, None))
    for masklet in (change.before, change.after):
        if len(masklet):
            low = FrameIndex(int(masklet.frames[0]))
            high = FrameIndex(int(masklet.frames[-1]))
            first = low if first is None else min(first, low)
            last = high if last is None else max(last, high)
    if first is not None and last is not None:
        spans[change.media_id] = (first, last)
