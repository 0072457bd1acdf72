"""Exchanging: rows become labels for other programs' files.

Like :mod:`sam3_annotator.workflow.importing` it is a generator: each step takes a few milliseconds
and says how far it is, so that the window can run them between two events, and a script in one go
(see :func:`finished`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from sam3_annotator.domain.entities import ReviewState
from sam3_annotator.domain.ids import CategoryId, MediaId, PassId
from sam3_annotator.domain.mask import EMPTY_MASK
from sam3_annotator.domain.review import (
    REVIEW_CODES,
    standing_codes,
    standing_state,
    standing_states,
)
from sam3_annotator.io.exchange import (
    CategoryEntry,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
    RunEntry,
)
from sam3_annotator.wording import counted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    from sam3_annotator.domain.entities import Annotation, Category, Media, TrackedObject
    from sam3_annotator.domain.ids import BlobId, ObjectId
    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.domain.project import Project

T = TypeVar("T")
Progress = tuple[int, int]
"""Frames done, frames in all; a picture is one."""
STRETCH = 250
"""Masks that are read or written in one step."""


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
    done, total = 0, sum(one.frame_count for one in chosen)
    for one in chosen:
        items = [item for item in project.objects(one.id) if scope.admits(item)]
        if not scope.with_rejected:
            items = rejected.left_over(items)
        if items or scope.with_empty:
            media.append(_media_entry(one))
        objects += map(_object_entry, items)
        for share, entries in _mask_entries(project, items, with_rejected=scope.with_rejected):
            masks += entries
            yield done + int(share * one.frame_count), total
        done += one.frame_count
        yield done, total
    categories = tuple(
        _category_entry(category)
        for category in project.categories.values()
        if scope.categories is None or category.id in scope.categories
    )
    runs = _run_entries(project, masks)
    return Labels(tuple(media), categories, tuple(objects), tuple(masks), rejected.notes, runs)


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
            codes = standing_codes(contents, item.id)
            self._masks += int(np.count_nonzero(codes == REVIEW_CODES[ReviewState.REJECTED]))
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
    project: Project, items: list[TrackedObject], *, with_rejected: bool
) -> Iterator[tuple[float, list[MaskEntry]]]:
    """The masks of some objects of one media, a stretch at a time, and the share that is done."""
    total = sum(len(project.masklet(item.id)) for item in items)
    notes, done = _notes(project, items), 0
    while batch := list(islice(notes, STRETCH)):
        done += len(batch)
        kept = [
            (note, state)
            for note, state in batch
            if with_rejected or state is not ReviewState.REJECTED
        ]
        names = {note.blob_id for note, _ in kept if note.blob_id is not None}
        masks = project.masks.passing(names)
        yield (
            done / total,
            [_mask_entry(note, state, _mask(project, note, masks)) for note, state in kept],
        )


def _notes(
    project: Project, items: list[TrackedObject]
) -> Iterator[tuple[Annotation, ReviewState]]:
    for item in items:
        masklet = project.masklet(item.id)
        states = standing_states(project.contents(item.media_id), item.id)
        for first in range(0, len(masklet), STRETCH):
            frames = masklet.frames[first : first + STRETCH]
            part = masklet.between(int(frames[0]), int(frames[-1])).annotations()
            yield from zip(part, states[first : first + STRETCH], strict=True)


def _mask(project: Project, note: Annotation, masks: Mapping[BlobId, Mask]) -> Mask:
    if note.blob_id is None:
        return EMPTY_MASK
    return masks.get(note.blob_id) or project.masks.get(note.blob_id)


def _mask_entry(note: Annotation, state: ReviewState, mask: Mask) -> MaskEntry:
    return MaskEntry(
        int(note.object_id),
        int(note.frame),
        mask,
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
