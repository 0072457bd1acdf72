"""Reads COCO instance annotations from one or several files, ours or anybody's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from sam3_annotator.domain.entities import FrameFlag, MediaKind, Source
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.coco_rle import (
    Polygons,
    counts_from_text,
    mask_from_counts,
    mask_from_polygons,
)
from sam3_annotator.io.exchange import (
    CROWD,
    ImportData,
    MaskEntry,
    MediaEntry,
    refuse,
    safe_name,
)
from sam3_annotator.io.gathering import Gathering, sorted_attributes
from sam3_annotator.io.json_files import read_json, record_list
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sam3_annotator.domain.mask import Mask

Id = int | str
_POLYGONS = TypeAdapter(list[list[FiniteFloat]])
_FLAGS = {flag.name.lower(): flag for flag in FrameFlag if flag and flag.name}


class Record(BaseModel):
    """A record of a stranger's file: unknown fields are passed over, numbers are finite."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class Extras(Record):
    """Our own fields; see ``io/coco.py``."""

    media: str | None = None
    page: int = Field(0, ge=0)
    content_hash: str = ""
    source: Source = Source.IMPORTED
    flags: list[str] = []
    scores: dict[str, FiniteFloat] = {}
    frame_attributes: dict[str, Any] = {}


class CategoryRecord(Record):
    """A COCO category."""

    id: Id
    name: str = Field(min_length=1)
    supercategory: str | None = None
    color: str = Field("", pattern=r"^(#[0-9a-fA-F]{6})?$")


class _Video(Record):
    id: Id
    name: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    length: int = Field(1, ge=1)
    sam3_annotator: Extras = Extras()


class _Image(Record):
    id: Id
    file_name: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    video_id: Id | None = None
    frame_index: int | None = Field(None, ge=0)
    frame_id: int | None = Field(None, ge=0)
    sam3_annotator: Extras = Extras()


class RunLengths(Record):
    """COCO run-lengths, compressed (text) or not."""

    size: tuple[int, int]
    counts: str | list[int]


class _Annotation(Record):
    id: Id
    image_id: Id
    category_id: Id
    segmentation: Any = None
    iscrowd: int = Field(0, ge=0, le=1)
    score: FiniteFloat | None = None
    track_id: Id | None = None
    attributes: dict[str, Any] = {}
    sam3_annotator: Extras = Extras()


@dataclass(slots=True)
class CocoFile:
    """What has been understood of one file so far, by the file's own ids."""

    gathering: Gathering
    categories: dict[Id, int] = field(default_factory=dict)
    videos: dict[Id, MediaEntry] = field(default_factory=dict)
    seen: set[Id] = field(default_factory=set)

    def read_category(self, record: dict[str, Any]) -> None:
        """Understand one category.

        Raises:
            ValidationError, ValueError: it is wrong.
        """
        found = CategoryRecord.model_validate(record)
        if found.id in self.categories:
            raise ValueError("is there twice")
        key = self.gathering.category(found.name, found.supercategory or "", found.color)
        self.categories[found.id] = key


@dataclass(slots=True)
class _File(CocoFile):
    images: dict[Id, tuple[MediaEntry, int]] = field(default_factory=dict)
    tracks: dict[tuple[int, Id], int] = field(default_factory=dict)


def import_coco(paths: Sequence[Path]) -> ImportData:
    """Read COCO files; media and categories of the same name become one.

    Annotations of a track (``track_id`` on images of one video) become one object, all others an
    object each. Boxes without a segmentation are left out with a warning.

    Raises:
        FileTrouble: a file is missing or unreadable.
        ExchangeTrouble: a file is wrong; up to twenty problems are told, each with the id of its
            record. Nothing is returned then.
    """
    gathering = Gathering()
    for path in paths:
        document = read_json(path)
        if "annotations" not in document and "images" not in document:
            raise ExchangeTrouble(
                '{path} has neither "images" nor "annotations": it is no COCO file.', path=path
            )
        file = _File(gathering)
        problems: list[str] = []
        for kind, name, read in _ORDER:
            problems += read_each(kind, record_list(path, document, name), partial(read, file))
        refuse(path, problems)
    return gathering.finish()


def told(error: ValidationError) -> str:
    """Return pydantic's findings as one line."""
    return ", ".join(
        f'"{".".join(str(part) for part in finding["loc"])}": {finding["msg"]}'
        for finding in error.errors()[:3]
    )


def mask_of_segmentation(segmentation: object, height: int, width: int) -> Mask | None:
    """Return the mask of a COCO ``segmentation``; ``None`` where there is none.

    Raises:
        ValueError: not a segmentation, or one that does not fit a picture of this size.
    """
    if not segmentation:
        return None
    try:
        if isinstance(segmentation, dict):
            runs = RunLengths.model_validate(segmentation)
            if runs.size != (height, width):
                raise ValueError(
                    f"run-lengths of {runs.size[1]} x {runs.size[0]} pixels on a picture of"
                    f" {width} x {height}"
                )
            counts = counts_from_text(runs.counts) if isinstance(runs.counts, str) else runs.counts
            return mask_from_counts(counts, height, width)
        polygons: Polygons = _POLYGONS.validate_python(segmentation)
    except ValidationError as error:
        raise ValueError(f"segmentation {told(error)}") from error
    except OverflowError as error:
        raise ValueError("a count is too large") from error
    return mask_from_polygons(polygons, height, width)


def read_each(
    kind: str, records: list[dict[str, Any]], read: Callable[[dict[str, Any]], None]
) -> list[str]:
    """Hand every record to ``read``; return what it found wrong, each with the record's id."""
    problems = []
    for record in records:
        problem = _problem(record, read)
        if problem:
            problems.append(f"{kind} {record.get('id')}: {problem}")
    return problems


def _problem(record: dict[str, Any], read: Callable[[dict[str, Any]], None]) -> str:
    try:
        read(record)
    except ValidationError as error:
        return told(error)
    except ValueError as error:
        return str(error)
    return ""


def _read_video(file: _File, record: dict[str, Any]) -> None:
    found = _Video.model_validate(record)
    if found.id in file.videos:
        raise ValueError("is there twice")
    size = (found.width, found.height)
    file.videos[found.id] = file.gathering.media(
        _media(found.name, MediaKind.CLIP, size, found.sam3_annotator, found.length)
    )


def _read_image(file: _File, record: dict[str, Any]) -> None:
    found = _Image.model_validate(record)
    if found.id in file.images:
        raise ValueError("is there twice")
    file.images[found.id] = _image_place(file, found)


def _image_place(file: _File, found: _Image) -> tuple[MediaEntry, int]:
    """The media and frame of an image record."""
    if found.video_id is None or not file.videos:
        size = (found.width, found.height)
        entry = _media(found.file_name, MediaKind.IMAGE, size, found.sam3_annotator)
        return file.gathering.media(entry), 0
    video = file.videos.get(found.video_id)
    if video is None:
        raise ValueError(f"there is no video {found.video_id}")
    if (found.width, found.height) != (video.width, video.height):
        raise ValueError(f"its size differs from that of video {found.video_id}")
    frame = found.frame_id if found.frame_index is None else found.frame_index
    if frame is None:
        raise ValueError('a frame of a video needs "frame_index"')
    return video, frame


def _media(
    name: str, kind: MediaKind, size: tuple[int, int], extras: Extras, frames: int = 1
) -> MediaEntry:
    safe = safe_name(extras.media or name)
    if safe is None or safe_name(name) is None:
        raise ValueError(f'the name "{name}" leads out of the folder of pictures')
    return MediaEntry(0, safe, kind, *size, frames, extras.page, extras.content_hash)


def _read_annotation(file: _File, record: dict[str, Any]) -> None:
    found = _Annotation.model_validate(record)
    if found.id in file.seen:
        raise ValueError("is there twice")
    file.seen.add(found.id)
    if found.image_id not in file.images:
        raise ValueError(f"there is no image {found.image_id}")
    if found.category_id not in file.categories:
        raise ValueError(f"there is no category {found.category_id}")
    media, frame = file.images[found.image_id]
    mask = mask_of_segmentation(found.segmentation, media.height, media.width)
    if mask is None or mask.is_empty:
        file.gathering.warn(Wording("annotations without any pixel were left out"))
        return
    extras = found.sam3_annotator
    file.gathering.mask(
        MaskEntry(
            _object_of(file, found, media),
            frame,
            mask,
            extras.scores.get("mask") if extras.scores else found.score,
            extras.source,
            flags_named(extras.flags),
            sorted_attributes(extras.frame_attributes, file.gathering),
        )
    )


def _object_of(file: _File, found: _Annotation, media: MediaEntry) -> int:
    is_tracked = found.track_id is not None and media.kind is MediaKind.CLIP
    place = (media.key, found.track_id) if is_tracked and found.track_id is not None else None
    if place is not None and place in file.tracks:
        return file.tracks[place]
    attributes = dict(found.attributes)
    if found.iscrowd:
        attributes[CROWD] = True
    key = file.gathering.object(
        media.key,
        file.categories[found.category_id],
        found.sam3_annotator.scores.get("object"),
        sorted_attributes(attributes, file.gathering),
    )
    if place is not None:
        file.tracks[place] = key
    return key


def flags_named(names: list[str]) -> FrameFlag:
    """Flags by their lower-case names; unknown names are passed over."""
    flags = FrameFlag.NONE
    for name in names:
        flags |= _FLAGS.get(name, FrameFlag.NONE)
    return flags


_ORDER: tuple[tuple[str, str, Callable[[_File, Any], None]], ...] = (
    ("category", "categories", _File.read_category),
    ("video", "videos", _read_video),
    ("image", "images", _read_image),
    ("annotation", "annotations", _read_annotation),
)
