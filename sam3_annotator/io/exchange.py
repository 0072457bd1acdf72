"""What goes out to and comes in from other programs' files: plain values, no project behind them.

Keys are numbers that hold only inside one ``Labels`` value; they tie its parts together. Frames
count from 0. Masks lie on the media's own pixel grid, orientation and rotation applied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import Attributes, FrameFlag, MediaKind, ReviewState, Source
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.io.media import ClipSource

    Progress = Callable[[int, int], None]
    """Told (done, total) now and then; raise from it to cancel: nothing half-written stays."""

MAX_PROBLEMS_TOLD = 20

CROWD = "iscrowd"
"""Attribute of an object that stands for COCO's ``iscrowd``: one mask for many instances."""


@dataclass(frozen=True, slots=True)
class MediaEntry:
    """A picture or clip.

    Attributes:
        name: relative path with forward slashes, as it stands in the file.
        page: TIFF page of a picture; 0 otherwise.
    """

    key: int
    name: str
    kind: MediaKind
    width: int
    height: int
    frame_count: int = 1
    page: int = 0
    content_hash: str = ""

    def frame_name(self, frame: int, suffix: str = ".jpg") -> str:
        """Name of one frame as a picture file: the media's own for a picture.

        A clip ``a/b.mp4`` has frames ``a/b/000012.jpg``; page 2 of ``c.tif`` is ``c.tif#2``.
        """
        if self.kind is MediaKind.IMAGE:
            return f"{self.name}#{self.page}" if self.page else self.name
        return f"{self.stem}/{frame:06d}{suffix}"

    @property
    def stem(self) -> str:
        """The name without its last suffix, folders included."""
        folder, slash, last = self.name.rpartition("/")
        stem, dot, _ = last.rpartition(".")
        return f"{folder}{slash}{stem if dot and stem else last}"


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """A label; ``color`` is "#rrggbb" or empty."""

    key: int
    name: str
    supercategory: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class ObjectEntry:
    """One instance on one media.

    Attributes:
        media: key of its media.
        category: key of its category.
        score: the detector's score in [0, 1], if any.
        attributes: names and values, sorted by name.
    """

    key: int
    media: int
    category: int
    score: float | None = None
    attributes: Attributes = ()


@dataclass(frozen=True, slots=True)
class MaskEntry:
    """The mask of one object on one frame.

    Attributes:
        object: key of its object.
        frame: frame number; 0 for a picture.
        mask: lies inside the media's frame; may be empty.
        score: the model's confidence in [0, 1], if any.
        attributes: those that hold on this frame only, sorted by name.
        run: key of the model run that made it, if any.
        review: what reviewers say of it as it is.
    """

    object: int
    frame: int
    mask: Mask
    score: float | None = None
    source: Source = Source.IMPORTED
    flags: FrameFlag = FrameFlag.NONE
    attributes: Attributes = ()
    run: int | None = None
    review: ReviewState = ReviewState.PROPOSED


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run of a model that masks come from.

    Attributes:
        weights_hash: sha256 of the weights file (hex).
        settings: JSON text of the thresholds and modes used.
        started_at: seconds since the epoch, UTC.
    """

    key: int
    model: str
    weights_hash: str
    settings: str
    started_at: float


@dataclass(frozen=True, slots=True)
class Labels:
    """Everything that is exported or was imported; the caller has applied every filter.

    Attributes:
        notes: what the report of the export says about what the caller has left out.
        runs: those that masks point to.
    """

    media: tuple[MediaEntry, ...]
    categories: tuple[CategoryEntry, ...]
    objects: tuple[ObjectEntry, ...]
    masks: tuple[MaskEntry, ...]
    notes: tuple[str, ...] = ()
    runs: tuple[RunEntry, ...] = ()

    def media_by_key(self) -> dict[int, MediaEntry]:
        """Media by their keys."""
        return {entry.key: entry for entry in self.media}

    def objects_by_key(self) -> dict[int, ObjectEntry]:
        """Objects by their keys."""
        return {entry.key: entry for entry in self.objects}

    def masks_by_frame(self) -> dict[int, dict[int, list[MaskEntry]]]:
        """Masks by media key and frame; frames and objects in increasing order."""
        media_of = {entry.key: entry.media for entry in self.objects}
        found: dict[int, dict[int, list[MaskEntry]]] = {entry.key: {} for entry in self.media}
        for entry in sorted(self.masks, key=lambda entry: (entry.frame, entry.object)):
            found[media_of[entry.object]].setdefault(entry.frame, []).append(entry)
        return found

    @property
    def clips(self) -> tuple[MediaEntry, ...]:
        """The media that have a time axis."""
        return tuple(entry for entry in self.media if entry.kind is MediaKind.CLIP)


@dataclass(frozen=True, slots=True)
class ImportData:
    """What an importer read, and sentences about what it left out or changed."""

    labels: Labels
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to export.

    Attributes:
        polygon_tolerance_px: write polygons where the pixels they cover differ from the mask by
            at most this distance; 0 means not by a single pixel, ``None`` means never polygons.
        every_frame: list every frame of a clip, not only those with a mask or a flag.
        clips: open clips by media key, for ``frames.csv`` and frames; those not given are left
            out.
        write_frames: also write the listed frames of ``clips`` as JPEG, where the format's readers
            look for them.
        progress: see ``Progress``.
    """

    polygon_tolerance_px: float | None = None
    every_frame: bool = False
    clips: Mapping[int, ClipSource] = field(default_factory=dict)
    write_frames: bool = False
    progress: Progress | None = None

    def listed_frames(self, media: MediaEntry, with_masks: Iterable[int]) -> list[int]:
        """Return the frames of ``media`` to list: all of a picture, as chosen for a clip."""
        if media.kind is MediaKind.IMAGE or self.every_frame:
            return list(range(media.frame_count))
        return sorted(with_masks)

    def tell(self, done: int, total: int) -> None:
        """Report progress where somebody listens."""
        if self.progress is not None:
            self.progress(done, total)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written and what an independent reader found in it.

    Attributes:
        paths: files and folders written.
        counts: number of records by kind, e.g. ``{"images": 3, "annotations": 12}``.
        differences: one sentence for each mask that reads back differently; empty when all is
            well.
        notes: what the user should know, e.g. why run-lengths were written instead of polygons.
    """

    paths: tuple[Path, ...]
    counts: Mapping[str, int]
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def joined(self, other: ExportReport) -> ExportReport:
        """Both reports as one, counts of the same name added up."""
        counts = dict(self.counts)
        for name, count in other.counts.items():
            counts[name] = counts.get(name, 0) + count
        return ExportReport(
            self.paths + other.paths,
            counts,
            self.differences + other.differences,
            self.notes + other.notes,
        )


def refuse(path: Path, problems: list[str]) -> None:
    """Raise ``ExchangeTrouble`` that lists ``problems``, if there are any."""
    if not problems:
        return
    told = "; ".join(problems[:MAX_PROBLEMS_TOLD])
    rest = len(problems) - MAX_PROBLEMS_TOLD
    if rest > 0:
        told = Wording("{told}; and {count} more", told=told, count=rest)
    raise ExchangeTrouble(
        "{path} cannot be imported: {told}.",
        "Nothing was changed. Correct the file.",
        path=path,
        told=told,
    )


def safe_name(name: str) -> str | None:
    """Return ``name`` with forward slashes, or ``None`` when it could lead out of its folder."""
    tidy = name.replace("\\", "/")
    parts = tidy.split("/")
    is_absolute = tidy.startswith("/") or (len(parts[0]) >= 2 and parts[0][1] == ":")
    if not tidy or is_absolute or ".." in parts or any(ord(sign) < 32 for sign in tidy):
        return None
    return "/".join(part for part in parts if part not in {"", "."}) or None
