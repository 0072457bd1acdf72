"""Project: the rows of the present, for reading.

Media, categories and counts are in memory from the start; what lies on a media is read when
somebody looks at it, and may be dropped from memory again, because disk holds the same.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from sam3_annotator.domain.changes import Change, MaskletChange, RowChange, Table
from sam3_annotator.domain.entities import (
    Category,
    Comment,
    Media,
    ModelPass,
    ReviewMark,
    SignOff,
    TrackedObject,
)
from sam3_annotator.domain.ids import ObjectId
from sam3_annotator.domain.mask_cache import MaskCache
from sam3_annotator.domain.masklet import Masklet
from sam3_annotator.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sam3_annotator.domain.contents import MediaContents, OpeningRows, RowSource
    from sam3_annotator.domain.entities import Annotation, PromptRecord
    from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, PassId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.masklet import People

_ROWS_KEPT = 1_500_000
_MASK_BYTES_KEPT = 256 << 20
_WALK_BATCH = 256


class Project:
    """Read-only queries over the rows; :meth:`apply` is for the document alone."""

    def __init__(self, opening: OpeningRows, source: RowSource) -> None:
        self._opening = opening
        self._source = source
        self._contents: OrderedDict[MediaId, MediaContents] = OrderedDict()
        self._weights: dict[MediaId, int] = {}
        self._held = 0
        self._homes: dict[ObjectId, MediaId] = {}
        self._masks = MaskCache(source, _MASK_BYTES_KEPT)

    @property
    def media(self) -> Mapping[MediaId, Media]:
        """Every media by id, in the order they were added."""
        return self._opening.media

    @property
    def categories(self) -> Mapping[CategoryId, Category]:
        """Every category by id, in the order of the list."""
        return self._opening.categories

    @property
    def passes(self) -> Mapping[PassId, ModelPass]:
        """Every recorded model run."""
        return self._opening.passes

    @property
    def people(self) -> People:
        """Everybody who ever edited this project."""
        return self._opening.people

    @property
    def sequences(self) -> Mapping[str, int]:
        """Highest id given out so far, per table."""
        return self._opening.sequences

    @property
    def masks(self) -> MaskCache:
        """The stored masks by their names, for who wants many at once."""
        return self._masks

    def medium(self, media_id: MediaId) -> Media:
        """One media.

        Raises:
            Rejected: it is no longer in the project.
        """
        media = self._opening.media.get(media_id)
        if media is None:
            raise Rejected("This media is no longer in the project.")
        return media

    def category(self, category_id: CategoryId) -> Category:
        """One category.

        Raises:
            Rejected: it is no longer in the project.
        """
        category = self._opening.categories.get(category_id)
        if category is None:
            raise Rejected("This category is no longer in the project.")
        return category

    def object(self, object_id: ObjectId) -> TrackedObject:
        """One object.

        Raises:
            Rejected: it is no longer in the project.
        """
        home = self._home(object_id)
        found = None if home is None else self.contents(home).objects.get(object_id)
        if found is None:
            raise Rejected("This object is no longer in the project.")
        return found

    def objects(self, media_id: MediaId) -> tuple[TrackedObject, ...]:
        """The objects of a media, from farthest to nearest to the viewer."""
        return self.contents(media_id).ordered()

    def objects_of(self, category_id: CategoryId) -> tuple[TrackedObject, ...]:
        """Every object of a category, on any media."""
        return self._source.objects_of(category_id)

    def object_counts(self, media_id: MediaId) -> Mapping[CategoryId, int]:
        """How many objects of each category are on a media; known without reading it."""
        return self._opening.object_counts.get(media_id, {})

    def masklet(self, object_id: ObjectId) -> Masklet:
        """All annotations of an object; empty when there are none."""
        home = self._home(object_id)
        if home is not None:
            found = self.contents(home).masklets.get(object_id)
            if found is not None:
                return found
        return Masklet.empty(object_id, self.people)

    def mask(self, object_id: ObjectId, frame: FrameIndex) -> Mask | None:
        """An object's mask on a frame; None when there is none."""
        blob_id = self.masklet(object_id).blob_at(frame)
        return None if blob_id is None else self._masks.get(blob_id)

    def on_frame(
        self, media_id: MediaId, frame: FrameIndex
    ) -> tuple[tuple[TrackedObject, Annotation], ...]:
        """Objects with something known on a frame, from farthest to nearest to the viewer."""
        contents = self.contents(media_id)
        found = []
        for item in contents.ordered():
            masklet = contents.masklets.get(item.id)
            annotation = None if masklet is None else masklet.at(frame)
            if annotation is not None:
                found.append((item, annotation))
        return tuple(found)

    def prompts(self, media_id: MediaId) -> tuple[PromptRecord, ...]:
        """The prompt log of a media, oldest first."""
        return self._source.prompts(media_id)

    def contents(self, media_id: MediaId) -> MediaContents:
        """Everything on a media, read from disk if need be; do not change it."""
        found = self._contents.get(media_id)
        if found is None:
            found = self._source.load((media_id,))[media_id]
            self._keep(media_id, found)
        else:
            self._contents.move_to_end(media_id)
        return found

    def preload(self, media_ids: Iterable[MediaId]) -> None:
        """Read what lies on many media at once, because it is about to be looked at."""
        missing = [m for m in dict.fromkeys(media_ids) if m not in self._contents]
        for media_id, contents in self._source.load(missing).items():
            self._keep(media_id, contents)

    def walk(
        self, media_ids: Iterable[MediaId] | None = None
    ) -> Iterator[tuple[Media, MediaContents]]:
        """Many media one after the other, read in batches and not kept; for exports."""
        wanted = list(self.media if media_ids is None else media_ids)
        for first in range(0, len(wanted), _WALK_BATCH):
            batch = wanted[first : first + _WALK_BATCH]
            read = self._source.load([m for m in batch if m not in self._contents])
            for media_id in batch:
                yield self.medium(media_id), self._contents.get(media_id) or read[media_id]

    def apply(self, changes: Iterable[Change], sequences: Mapping[str, int]) -> None:
        """Make changes that are already on disk; nobody but the document calls this."""
        self._opening.sequences.update(sequences)
        tables = set()
        for change in changes:
            if isinstance(change, MaskletChange):
                self._apply_masklet(change)
            else:
                self._apply_row(change)
                tables.add(change.table)
        if Table.MEDIA in tables:
            self._opening.media = dict(sorted(self._opening.media.items()))
        if Table.CATEGORIES in tables:
            ordered = sorted(self._opening.categories.values(), key=lambda c: (c.position, c.id))
            self._opening.categories = {category.id: category for category in ordered}

    def _home(self, object_id: ObjectId) -> MediaId | None:
        home = self._homes.get(object_id)
        return self._source.media_of(object_id) if home is None else home

    def _keep(self, media_id: MediaId, contents: MediaContents) -> None:
        self._contents[media_id] = contents
        self._homes.update(dict.fromkeys(contents.objects, media_id))
        self._weights[media_id] = contents.weight
        self._held += contents.weight
        while self._held > _ROWS_KEPT and len(self._contents) > 1:
            dropped_id, dropped = self._contents.popitem(last=False)
            self._held -= self._weights.pop(dropped_id)
            for object_id in dropped.objects:
                self._homes.pop(object_id, None)

    def _apply_masklet(self, change: MaskletChange) -> None:
        contents = self._contents.get(change.media_id)
        if contents is None:
            return
        old = contents.masklets.get(change.object_id)
        rest = Masklet.empty(change.object_id, self.people) if old is None else old
        new = rest.without(change.before.frames).merged(change.after)
        growth = len(new) - len(rest)
        self._weights[change.media_id] += growth
        self._held += growth
        if len(new):
            contents.masklets[change.object_id] = new
        else:
            contents.masklets.pop(change.object_id, None)

    def _apply_row(self, change: RowChange) -> None:
        row = change.after or change.before
        if isinstance(row, Media):
            _replace(self._opening.media, change)
        elif isinstance(row, Category):
            _replace(self._opening.categories, change)
        elif isinstance(row, ModelPass):
            _replace(self._opening.passes, change)
        elif isinstance(row, TrackedObject):
            self._apply_object(change, row.media_id)
        elif isinstance(row, Comment | ReviewMark | SignOff):
            contents = self._contents.get(row.media_id)
            if contents is not None:
                _replace(getattr(contents, change.table.value), change)

    def _apply_object(self, change: RowChange, media_id: MediaId) -> None:
        counts = self._opening.object_counts.setdefault(media_id, {})
        for row, amount in ((change.before, -1), (change.after, 1)):
            if isinstance(row, TrackedObject):
                counts[row.category_id] = counts.get(row.category_id, 0) + amount
                if not counts[row.category_id]:
                    del counts[row.category_id]
        contents = self._contents.get(media_id)
        if contents is None:
            return
        _replace(contents.objects, change)
        if change.after is None:
            self._homes.pop(ObjectId(change.key), None)
        else:
            self._homes[ObjectId(change.key)] = media_id


def _replace(rows: dict[Any, Any], change: RowChange) -> None:
    if change.after is None:
        rows.pop(change.key, None)
    else:
        rows[change.key] = change.after
