"""Importing: labels of other programs' files become rows, as one step to undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddObjects,
    FrameMask,
    NewMedia,
    NewObject,
    ObjectFrames,
    SetMasks,
)
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId
from sam3_annotator.wording import counted
from sam3_annotator.workflow.exchanging import STRETCH, Progress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from sam3_annotator.domain.entities import Media
    from sam3_annotator.domain.project import Project
    from sam3_annotator.io.exchange import ImportData, Labels, MaskEntry, MediaEntry, ObjectEntry
    from sam3_annotator.workflow.document import Document, OpenStep


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did.

    Attributes:
        left_out: media named in the files that are neither in the project nor, in that size, on
            disk.
        warnings: sentences for the user.
    """

    media: int = 0
    categories: int = 0
    objects: int = 0
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def known_media(project: Project, labels: Labels) -> dict[int, MediaId]:
    """Which media of the project the imported ones are: by content, else by path or name.

    A name alone counts when exactly one media ends with it and has the size the file says.
    """
    by_hash = {(m.content_hash, m.page): m for m in project.media.values() if m.content_hash}
    by_name: dict[tuple[str, int], list[Media]] = {}
    for media in project.media.values():
        by_name.setdefault((PurePosixPath(media.path).name, media.page), []).append(media)
    found: dict[int, MediaId] = {}
    for entry in labels.media:
        same = by_hash.get((entry.content_hash, entry.page)) if entry.content_hash else None
        if same is None:
            same = _named(entry, by_name.get((PurePosixPath(entry.name).name, entry.page), []))
        if same is not None:
            found[entry.key] = same.id
    return found


def bring_in(
    document: Document, data: ImportData, files: Mapping[int, NewMedia], title: str
) -> Generator[Progress, None, ImportSummary]:
    """Add imported labels to a project, as one step to undo.

    Args:
        files: rows for media that the project does not have, by key of their entry; media that
            are neither there nor here are left out and told.
        title: names the step in the Undo menu.

    Raises:
        Rejected: an entry makes no sense here; what was done before stays.
        FileTrouble: it could not be written; what was done before stays.
    """
    intake = _Intake(document, document.open_step(title), data.labels, title)
    before = len(document.project.media)
    present = intake.media(files)
    made, categories = intake.categories()
    done, total = 0, sum(entry.frame_count for entry in data.labels.media)
    for entry in data.labels.media:
        if entry.key in present:
            for share in intake.objects(entry.key, present[entry.key], categories):
                yield done + int(share * entry.frame_count), total
        done += entry.frame_count
        yield done, total
    left_out = tuple(entry.name for entry in data.labels.media if entry.key not in present)
    added = len(document.project.media) - before
    warnings = (*data.warnings, *intake.notes)
    return ImportSummary(added, made, intake.made, left_out, warnings)


class _Intake:
    """The three kinds of rows of one import, each made or found again.

    Attributes:
        made: objects made.
        buried: objects left out because they lie under others of a category without overlaps.
    """

    def __init__(self, document: Document, step: OpenStep, labels: Labels, title: str) -> None:
        self._document, self._step = document, step
        self._labels, self._title = labels, title
        self.made = self.buried = 0
        self._objects: dict[int, list[ObjectEntry]] = {}
        for item in labels.objects:
            self._objects.setdefault(item.media, []).append(item)
        self._masks: dict[int, list[MaskEntry]] = {}
        for entry in labels.masks:
            self._masks.setdefault(entry.object, []).append(entry)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out of what the file holds, in a sentence."""
        if not self.buried:
            return ()
        return (
            counted(
                self.buried,
                "Left out: one object that lies under others of a category without overlaps.",
                "Left out: {count} objects that lie under others of a category without overlaps.",
            ),
        )

    def media(self, files: Mapping[int, NewMedia]) -> dict[int, MediaId]:
        """Ids by key of every media that is in the project, or now is."""
        project = self._document.project
        present = known_media(project, self._labels)
        keys = [entry.key for entry in self._labels.media]
        new = {key: files[key] for key in keys if key not in present and key in files}
        if not new:
            return present
        self._step.do(AddMedia(tuple(new.values())))
        at = {(media.path, media.page): media.id for media in project.media.values()}
        return present | {key: at[row.path, row.page] for key, row in new.items()}

    def categories(self) -> tuple[int, dict[int, CategoryId]]:
        """How many were made, and ids by key."""
        project = self._document.project
        names = {c.name.casefold(): c.id for c in project.categories.values()}
        before, found = len(names), {}
        for entry in self._labels.categories:
            name = entry.name.casefold()
            if name not in names:
                command = AddCategory(entry.name, entry.color, supercategory=entry.supercategory)
                names[name] = CategoryId(self._step.do(command).made[0])
            found[entry.key] = names[name]
        return len(names) - before, found

    def objects(
        self, key: int, media_id: MediaId, categories: Mapping[int, CategoryId]
    ) -> Iterator[float]:
        """Make the objects of one media, a few masks at a time; yields the share that is done."""
        entries = self._objects.get(key, [])
        done, held = 0, 0
        batch: list[NewObject] = []
        for item in entries:
            masks = self._frames(item)
            new = NewObject(
                media_id,
                categories[item.category],
                masks[:STRETCH],
                origin="import",
                score=item.score,
                source=Source.IMPORTED,
                attributes=item.attributes,
            )
            if len(masks) > STRETCH:
                self._add(batch)
                for share in self._add_long(new, masks):
                    yield (done + len(batch) + share) / len(entries)
                batch, done, held = [], done + len(batch) + 1, 0
                continue
            batch.append(new)
            held += len(masks)
            if held >= STRETCH:
                self._add(batch)
                batch, done, held = [], done + len(batch), 0
                yield done / len(entries)
        self._add(batch)

    def _add(self, new: list[NewObject]) -> tuple[int, ...]:
        """Ids of those of which something is left."""
        if not new:
            return ()
        outcome = self._step.do(AddObjects(tuple(new), self._title))
        self.buried += outcome.skipped
        self.made += len(outcome.made)
        return outcome.made

    def _add_long(self, new: NewObject, masks: tuple[FrameMask, ...]) -> Iterator[float]:
        made: tuple[int, ...] = ()
        for first in range(0, len(masks), STRETCH):
            part = masks[first : first + STRETCH]
            if made:
                frames = ObjectFrames(ObjectId(made[0]), part)
                self._step.do(SetMasks((frames,), Source.IMPORTED, title=self._title))
            else:
                made = self._add([replace(new, masks=part)])
                self.buried -= first > 0  # it was counted before
            yield first / len(masks)

    def _frames(self, item: ObjectEntry) -> tuple[FrameMask, ...]:
        return tuple(
            FrameMask(FrameIndex(m.frame), m.mask, m.score, m.flags, m.attributes)
            for m in sorted(self._masks.get(item.key, []), key=lambda m: m.frame)
        )


def _named(entry: MediaEntry, candidates: list[Media]) -> Media | None:
    fitting = [
        media
        for media in candidates
        if (media.width, media.height, media.kind) == (entry.width, entry.height, entry.kind)
    ]
    exact = [media for media in fitting if media.path == entry.name]
    if exact:
        return exact[0]
    return fitting[0] if len(fitting) == 1 else None
