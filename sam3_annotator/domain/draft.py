"""Draft: the rows as they will be, while a command is being decided.

Rules read and write the draft as if it were the project; at the end the differences become one
change per row and per masklet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.domain.changes import Change, MaskletChange, RowChange, Step, Table
from sam3_annotator.domain.entities import Category, Media, TrackedObject
from sam3_annotator.domain.masklet import Masklet
from sam3_annotator.errors import Rejected
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.domain.changes import Row
    from sam3_annotator.domain.ids import BlobId, CategoryId, FrameIndex, MediaId, ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.project import Project


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who gives a command, and when (seconds since the epoch, UTC)."""

    author: str
    at: float


class Draft:
    """An overlay of changes over a project."""

    def __init__(self, project: Project, stamp: Stamp) -> None:
        self.project = project
        self.stamp = stamp
        self._before: dict[tuple[Table, int], Row | None] = {}
        self._after: dict[tuple[Table, int], Row | None] = {}
        self._masklets: dict[ObjectId, tuple[MediaId, Masklet]] = {}
        self._masks: dict[BlobId, Mask] = {}
        self._sequences: dict[str, int] = {}
        self._highest: dict[tuple[MediaId, CategoryId], int] = {}
        self._top: dict[MediaId, int] = {}

    def new_id(self, table: Table) -> int:
        """An id that this table never had before."""
        name = table.value
        last = self._sequences.get(name, self.project.sequences.get(name, 0))
        self._sequences[name] = last + 1
        return last + 1

    def put(self, table: Table, before: Row | None, after: Row | None) -> None:
        """Make, change or remove one row; ``before`` is the row as the project has it."""
        row = after or before
        if row is None:
            return
        key = (table, int(row.id))
        self._before.setdefault(key, before)
        self._after[key] = after

    def object(self, object_id: ObjectId) -> TrackedObject:
        """An object as it will be.

        Raises:
            Rejected: it is not, or no longer, there.
        """
        key = (Table.OBJECTS, int(object_id))
        if key in self._after:
            row = self._after[key]
            if not isinstance(row, TrackedObject):
                raise Rejected("This object is no longer in the project.")
            return row
        return self.project.object(object_id)

    def objects(self, media_id: MediaId) -> tuple[TrackedObject, ...]:
        """The objects of a media as they will be, in no particular order."""
        drafted = {key: row for (table, key), row in self._after.items() if table is Table.OBJECTS}
        kept = [o for o in self.project.objects(media_id) if int(o.id) not in drafted]
        added = [o for o in drafted.values() if isinstance(o, TrackedObject)]
        return (*kept, *(o for o in added if o.media_id == media_id))

    def editable(self, object_id: ObjectId) -> TrackedObject:
        """An object that is not locked.

        Raises:
            Rejected: it is locked, or not there.
        """
        found = self.object(object_id)
        if found.is_locked:
            raise Rejected("{name} is locked. Unlock it to change it.", name=self.name_of(found))
        return found

    def name_of(self, item: TrackedObject) -> str:
        """What people call the object: "bus 2"."""
        return f"{self.category(item.category_id).name} {item.number}"

    def names_of(self, items: Sequence[TrackedObject]) -> str:
        """What people call them together: "bus 2", or "3 objects"."""
        if len(items) == 1:
            return self.name_of(items[0])
        return Wording("{count} objects", count=len(items))

    def category(self, category_id: CategoryId) -> Category:
        """A category as it will be.

        Raises:
            Rejected: it is no longer there.
        """
        row = self._after.get((Table.CATEGORIES, int(category_id)))
        return row if isinstance(row, Category) else self.project.category(category_id)

    def medium(self, media_id: MediaId) -> Media:
        """A media of the project.

        Raises:
            Rejected: it is no longer there.
        """
        return self.project.medium(media_id)

    def next_number(self, media_id: MediaId, category_id: CategoryId) -> int:
        """The next free number of a category on a media."""
        key = (media_id, category_id)
        if key not in self._highest:
            self._highest[key] = max(
                (o.number for o in self.project.objects(media_id) if o.category_id == category_id),
                default=0,
            )
        self._highest[key] += 1
        return self._highest[key]

    def next_z_order(self, media_id: MediaId) -> int:
        """A place in front of every object of the media."""
        if media_id not in self._top:
            objects = self.project.objects(media_id)
            self._top[media_id] = objects[-1].z_order if objects else 0
        self._top[media_id] += 1
        return self._top[media_id]

    def masklet(self, object_id: ObjectId) -> Masklet:
        """An object's masklet as it will be."""
        if object_id in self._masklets:
            return self._masklets[object_id][1]
        return self._masklet_before(object_id)

    def put_masklet(self, media_id: MediaId, masklet: Masklet) -> None:
        """Replace an object's masklet."""
        self._masklets[masklet.object_id] = (media_id, masklet)

    def mask(self, object_id: ObjectId, frame: FrameIndex) -> Mask | None:
        """An object's mask on a frame as it will be; None when there is none."""
        blob_id = self.masklet(object_id).blob_at(frame)
        if blob_id is None:
            return None
        fresh = self._masks.get(blob_id)
        return self.project.mask(object_id, frame) if fresh is None else fresh

    def store(self, mask: Mask) -> BlobId:
        """Put a mask into the step and give its name."""
        blob_id = mask.blob_id
        self._masks[blob_id] = mask
        return blob_id

    def step(
        self, title: str, *, made: tuple[int, ...] = (), skipped: int = 0, merge_key: str = ""
    ) -> Step:
        """Everything drafted as one step; without changes when nothing differs."""
        rows = [
            RowChange(table, key, self._before[table, key], after)
            for (table, key), after in self._after.items()
            if self._before[table, key] != after
        ]
        made_or_kept = [change for change in rows if change.after is not None]
        removed = [change for change in rows if change.after is None]
        changes: list[Change] = [*made_or_kept, *self._masklet_changes(), *reversed(removed)]
        return Step(
            title=title,
            changes=tuple(changes),
            blobs={blob_id: mask.to_bytes() for blob_id, mask in self._masks.items()},
            sequences=self._sequences,
            made=made,
            skipped=skipped,
            merge_key=merge_key,
        )

    def _masklet_before(self, object_id: ObjectId) -> Masklet:
        key = (Table.OBJECTS, int(object_id))
        if key in self._before and self._before[key] is None:
            return Masklet.empty(object_id, self.project.people)
        return self.project.masklet(object_id)

    def _masklet_changes(self) -> list[MaskletChange]:
        changes = []
        for object_id, (media_id, new) in self._masklets.items():
            before, after = new.differing_from(self._masklet_before(object_id))
            if len(before) or len(after):
                changes.append(MaskletChange(media_id, object_id, before, after))
        return changes
