"""Reads masklets from files in the layout of YouTube-VIS, OVIS or SA-Co."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from pydantic import Field, FiniteFloat

from sam3_annotator.domain.entities import MediaKind, Source
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.coco_import import (
    CocoFile,
    Extras,
    Id,
    Record,
    flags_named,
    mask_of_segmentation,
    read_each,
)
from sam3_annotator.io.exchange import CROWD, ImportData, MaskEntry, MediaEntry, refuse, safe_name
from sam3_annotator.io.gathering import Gathering, sorted_attributes
from sam3_annotator.io.json_files import read_json, record_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class _Video(Record):
    id: Id
    name: str = ""
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    file_names: list[str] = Field(default_factory=list)
    length: int = Field(0, ge=0)
    sam3_annotator: Extras = Extras()


class _Frame(Record):
    source: Source = Source.IMPORTED
    score: FiniteFloat | None = None
    flags: list[str] = Field(default_factory=list)
    attributes: dict[str, Any] = Field(default_factory=dict)


class _ObjectExtras(Record):
    score: FiniteFloat | None = None
    frames: dict[int, _Frame] = Field(default_factory=dict)


class _Annotation(Record):
    id: Id
    video_id: Id
    category_id: Id
    segmentations: list[Any]
    iscrowd: int = Field(0, ge=0, le=1)
    score: FiniteFloat | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)
    sam3_annotator: _ObjectExtras = _ObjectExtras()


class _File(CocoFile):
    def read_video(self, record: dict[str, Any]) -> None:
        found = _Video.model_validate(record)
        if found.id in self.videos:
            raise ValueError("is there twice")
        for frame in found.file_names:
            if safe_name(frame) is None:
                raise ValueError(f'the name "{frame}" leads out of the folder of clips')
        # YouTube-VIS has no name of the clip, only a folder of frames.
        folder = str(PurePosixPath(found.file_names[0]).parent) if found.file_names else ""
        name = found.sam3_annotator.media or found.name or folder.strip(".") or f"video {found.id}"
        safe = safe_name(name)
        if safe is None:
            raise ValueError(f'the name "{name}" leads out of the folder of clips')
        length = max(1, len(found.file_names) or found.length)
        entry = MediaEntry(
            0, safe, MediaKind.CLIP, found.width, found.height, length,
            content_hash=found.sam3_annotator.content_hash,
        )  # fmt: skip
        self.videos[found.id] = self.gathering.media(entry)

    def read_annotation(self, record: dict[str, Any]) -> None:
        found = _Annotation.model_validate(record)
        if found.id in self.seen:
            raise ValueError("is there twice")
        self.seen.add(found.id)
        if found.video_id not in self.videos:
            raise ValueError(f"there is no video {found.video_id}")
        if found.category_id not in self.categories:
            raise ValueError(f"there is no category {found.category_id}")
        media = self.videos[found.video_id]
        if len(found.segmentations) > media.frame_count:
            raise ValueError(
                f"{len(found.segmentations)} segmentations for {media.frame_count} frames"
            )
        attributes = {**found.attributes, **({CROWD: True} if found.iscrowd else {})}
        key = self.gathering.object(
            media.key,
            self.categories[found.category_id],
            found.score if found.sam3_annotator.score is None else found.sam3_annotator.score,
            sorted_attributes(attributes, self.gathering),
        )
        for frame, segmentation in enumerate(found.segmentations):
            mask = mask_of_segmentation(segmentation, media.height, media.width)
            if mask is not None and not mask.is_empty:
                known = found.sam3_annotator.frames.get(frame, _Frame())
                self.gathering.mask(
                    MaskEntry(
                        key, frame, mask, known.score, known.source, flags_named(known.flags),
                        sorted_attributes(known.attributes, self.gathering),
                    )
                )  # fmt: skip


def import_coco_video(paths: Sequence[Path]) -> ImportData:
    """Read files of masklets; media and categories of the same name become one.

    Raises:
        FileTrouble: a file is missing or unreadable.
        ExchangeTrouble: a file is wrong; up to twenty problems are told, each with the id of its
            record. Nothing is returned then.
    """
    gathering = Gathering()
    for path in paths:
        document = read_json(path)
        if "videos" not in document:
            raise ExchangeTrouble('{path} has no "videos": it is no file of masklets.', path=path)
        file = _File(gathering)
        problems: list[str] = []
        order: tuple[tuple[str, str, Callable[[dict[str, Any]], None]], ...] = (
            ("category", "categories", file.read_category),
            ("video", "videos", file.read_video),
            ("annotation", "annotations", file.read_annotation),
        )
        for kind, name, read in order:
            problems += read_each(kind, record_list(path, document, name), read)
        refuse(path, problems)
    return gathering.finish()
