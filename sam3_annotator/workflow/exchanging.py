"""Exchanging: rows become labels for other programs' files, and imported labels become rows.

Both directions are generators: each step takes a few milliseconds and says how far it is, so that
the window can run them between two events, and a script in one go (see :func:`finished`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from sam3_annotator.domain.commands import (
    AddCategory,
    AddMedia,
    AddObjects,
    FrameMask,
    NewMedia,
    NewObject,
)
from sam3_annotator.domain.entities import ReviewState, Source
from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, PassId
from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.domain.review import standing_state, standing_states
from sam3_annotator.io.exchange import (
    CategoryEntry,
    ImportData,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
    RunEntry,
)
from sam3_annotator.wording import counted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

    from sam3_annotator.domain.entities import Category, Media, TrackedObject
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.project import Project
    from sam3_annotator.workflow.document import Document, OpenStep

T = TypeVar("T")
Progress = tuple[int, int]
"""Media done, media in all."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a project is exported; None means everything.

    Attributes:
        with_empty: whether media without any object are listed.
        with_rejected: whether masks that a reviewer rejected are listed; an object of which every
            mask is rejected goes with them.
    """

    media: frozenset[MediaId] | None = None
    objects: frozenset[ObjectId] | None = None
    categories: frozenset[CategoryId] | None = None
    with_empty: bool = True
    with_rejected: bool = False

    def admits(self, item: TrackedObject) -> bool:
        """Whether an object belongs to what is exported."""
        return (self.objects is None or item.id in self.objects) and (
            self.categories is None or item.category_id in self.categories
        )


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did.

    Attributes:
        left_out: media named in the files that are neither in the project nor on disk.
        warnings: sentences for the user.
    """

    media: int = 0
    categories: int = 0
    objects: int = 0
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def finished(steps: Generator[Progress, None, T]) -> T:
    """Run all steps in one go; for scripts and the command line."""
    results: list[T] = []

    def outcome() -> Generator[Progress, None, None]:
        results.append((yield from steps))

    for _ in outcome():
        pass
    return results[0]


def collect_labels(project: Project, scope: Scope) -> Generator[Progress, None, Labels]:
    """The rows of a project as labels; keys are the project's own ids.

    Raises:
        ProjectTrouble: a mask cannot be read.
    """
    chosen = [
        media for media in project.media.values() if scope.media is None or media.id in scope.media
    ]
    media: list[MediaEntry] = []
    objects: list[ObjectEntry] = []
    masks: list[MaskEntry] = []
    rejected = _Rejected(project)
    for done, one in enumerate(chosen):
        items = [item for item in project.objects(one.id) if scope.admits(item)]
        if not scope.with_rejected:
            items = rejected.left_over(items)
        if items or scope.with_empty:
            media.append(_media_entry(one))
        for item in items:
            objects.append(_object_entry(item))
            masks += _mask_entries(project, item, with_rejected=scope.with_rejected)
        yield done + 1, len(chosen)
    categories = tuple(
        _category_entry(category)
        for category in project.categories.values()
        if scope.categories is None or category.id in scope.categories
    )
    runs = _run_entries(project, masks)
    return Labels(tuple(media), categories, tuple(objects), tuple(masks), rejected.notes, runs)


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
    count = 0
    for done, entry in enumerate(data.labels.media):
        if entry.key in present:
            count += intake.objects(entry.key, present[entry.key], categories)
        yield done + 1, len(data.labels.media)
    left_out = tuple(entry.name for entry in data.labels.media if entry.key not in present)
    added = len(document.project.media) - before
    warnings = (*data.warnings, *intake.notes)
    return ImportSummary(added, made, count, left_out, warnings)


class _Rejected:
    """What reviewers have rejected among the objects that are collected, counted as it goes."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._masks = self._objects = 0

    def left_over(self, items: Iterable[TrackedObject]) -> list[TrackedObject]:
        """Those of which something is left when rejected masks are left out."""
        kept = []
        for item in items:
            contents = self._project.contents(item.media_id)
            self._masks += standing_states(contents, item.id).count(ReviewState.REJECTED)
            if standing_state(contents, item.id) is ReviewState.REJECTED:
                self._objects += 1
            else:
                kept.append(item)
        return kept

    @property
    def notes(self) -> tuple[str, ...]:
        """How much was left out, in up to two sentences."""
        said = []
        if self._masks:
            said.append(
                counted(
                    self._masks,
                    "Left out: one mask that a reviewer rejected.",
                    "Left out: {count} masks that reviewers rejected.",
                )
            )
        if self._objects:
            said.append(
                counted(
                    self._objects,
                    "Nothing is left of one object.",
                    "Nothing is left of {count} objects.",
                )
            )
        return tuple(said)


class _Intake:
    """The three kinds of rows of one import, each made or found again.

    Attributes:
        buried: objects left out because they lie under others of a category without overlaps.
    """

    def __init__(self, document: Document, step: OpenStep, labels: Labels, title: str) -> None:
        self._document, self._step = document, step
        self._labels, self._title = labels, title
        self.buried = 0
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

    def objects(self, key: int, media_id: MediaId, categories: Mapping[int, CategoryId]) -> int:
        """Make the objects of one media; how many."""
        new = tuple(
            NewObject(
                media_id,
                categories[item.category],
                tuple(
                    FrameMask(FrameIndex(m.frame), m.mask, m.score, m.flags, m.attributes)
                    for m in sorted(self._masks.get(item.key, []), key=lambda m: m.frame)
                ),
                origin="import",
                score=item.score,
                source=Source.IMPORTED,
                attributes=item.attributes,
            )
            for item in self._objects.get(key, [])
        )
        if not new:
            return 0
        outcome = self._step.do(AddObjects(new, self._title))
        self.buried += outcome.skipped
        return len(outcome.made)


def _media_entry(media: Media) -> MediaEntry:
    return MediaEntry(
        int(media.id),
        media.path,
        media.kind,
        media.width,
        media.height,
        media.frame_count,
        media.page,
        media.content_hash,
    )


def _category_entry(category: Category) -> CategoryEntry:
    return CategoryEntry(int(category.id), category.name, category.supercategory, category.color)


def _object_entry(item: TrackedObject) -> ObjectEntry:
    return ObjectEntry(
        int(item.id), int(item.media_id), int(item.category_id), item.score, item.attributes
    )


def _mask_entries(
    project: Project, item: TrackedObject, *, with_rejected: bool
) -> Iterable[MaskEntry]:
    states = standing_states(project.contents(item.media_id), item.id)
    for note, state in zip(project.masklet(item.id).annotations(), states, strict=True):
        if state is ReviewState.REJECTED and not with_rejected:
            continue
        mask = project.mask(item.id, note.frame) if note.blob_id is not None else None
        yield MaskEntry(
            int(item.id),
            int(note.frame),
            EMPTY_MASK if mask is None else mask,
            note.score,
            note.source,
            note.flags,
            note.attributes,
            None if note.pass_id is None else int(note.pass_id),
            state,
        )


def _run_entries(project: Project, masks: Iterable[MaskEntry]) -> tuple[RunEntry, ...]:
    """The model runs that masks point to, the oldest first."""
    keys = sorted({entry.run for entry in masks if entry.run is not None})
    runs = (project.passes[PassId(key)] for key in keys if key in project.passes)
    return tuple(
        RunEntry(int(run.id), run.model, run.weights_hash, run.settings, run.started_at)
        for run in runs
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
