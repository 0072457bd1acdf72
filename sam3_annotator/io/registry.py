"""The list of file formats, and the one door through which exports and imports go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.atomic import check_new_folder, check_writable
from sam3_annotator.io.coco import export_coco
from sam3_annotator.io.coco_import import import_coco
from sam3_annotator.io.coco_video import export_coco_video, export_saco
from sam3_annotator.io.coco_video_import import import_coco_video
from sam3_annotator.io.davis import export_davis, import_davis
from sam3_annotator.io.exchange import ExportOptions, ExportReport
from sam3_annotator.io.export_names import with_inner_names
from sam3_annotator.io.frame_files import write_frames
from sam3_annotator.io.frames_csv import write_frames_csv
from sam3_annotator.io.mots import export_mots, import_mots
from sam3_annotator.io.sav import export_sav
from sam3_annotator.io.sidecar import flat_names
from sam3_annotator.io.yolo import export_yolo
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sam3_annotator.io.exchange import ImportData, Labels, MediaEntry

    Exporter = Callable[[Labels, Path, ExportOptions], ExportReport]
    Importer = Callable[[Sequence[Path]], ImportData]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    Attributes:
        key: how the command line calls it.
        title: how the window calls it.
        suffix: of the file it writes; empty when it writes a folder.
        holds_pictures: whether pictures have a place in it.
        holds_overlaps: whether masks of one frame may overlap.
        frame_file: where its readers look for a clip's frame, given the clip's flat name, the
            clip and the frame, relative to the folder of the export; ``None`` where they do not.
        lists_every_frame: every frame of a clip is listed, whatever the options say.
        exporter: writes it, or ``None``.
        importer: reads one or several files or folders, or ``None``.
    """

    key: str
    title: str
    suffix: str
    holds_pictures: bool
    holds_overlaps: bool
    exporter: Exporter | None
    importer: Importer | None
    frame_file: Callable[[str, MediaEntry, int], str] | None = None
    lists_every_frame: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether an export is a new folder instead of one file."""
        return not self.suffix


def _one(read: Callable[[Path], ImportData]) -> Importer:
    """An importer of exactly one path."""

    def importer(paths: Sequence[Path]) -> ImportData:
        if len(paths) != 1:
            raise ExchangeTrouble(
                "One file or folder is expected, {count} were given.", count=len(paths)
            )
        return read(paths[0])

    return importer


def _own_name(_: str, media: MediaEntry, frame: int) -> str:
    return media.frame_name(frame)


FORMATS: tuple[Format, ...] = (
    Format(
        "coco", "COCO", ".json", holds_pictures=True, holds_overlaps=True,
        exporter=export_coco, importer=import_coco, frame_file=_own_name,
    ),
    Format(
        "coco-video", Wording("COCO for clips (YouTube-VIS)"), ".json",
        holds_pictures=False, holds_overlaps=True,
        exporter=export_coco_video, importer=import_coco_video,
        frame_file=_own_name, lists_every_frame=True,
    ),
    Format(
        "saco", "SA-Co", ".json", holds_pictures=False, holds_overlaps=True,
        exporter=export_saco, importer=import_coco_video,
        frame_file=_own_name, lists_every_frame=True,
    ),
    Format(
        "davis", Wording("DAVIS palette PNG"), "", holds_pictures=False, holds_overlaps=False,
        exporter=export_davis, importer=_one(import_davis),
        frame_file=lambda name, _, frame: f"JPEGImages/{name}/{frame:05d}.jpg",
    ),
    Format(
        "mots", Wording("MOTS text and PNG"), "", holds_pictures=False, holds_overlaps=False,
        exporter=export_mots, importer=_one(import_mots),
        frame_file=lambda name, _, frame: f"images/{name}/{frame:06d}.jpg",
    ),
    Format(
        "sav", "SA-V", "", holds_pictures=False, holds_overlaps=True,
        exporter=export_sav, importer=None, lists_every_frame=True,
    ),
    Format(
        "yolo", Wording("YOLO segmentation"), "", holds_pictures=True, holds_overlaps=True,
        exporter=export_yolo, importer=None,
        frame_file=lambda _, media, frame: f"images/{media.frame_name(frame)}",
    ),
)  # fmt: skip
"""Every format, in the order in which a menu shows them."""


def format_by_key(key: str) -> Format:
    """Return the format called ``key``.

    Raises:
        ExchangeTrouble: there is none.
    """
    for entry in FORMATS:
        if entry.key == key:
            return entry
    known = ", ".join(entry.key for entry in FORMATS)
    raise ExchangeTrouble(
        'There is no format "{key}".', "Choose one of: {known}.", key=key, known=known
    )


def check_target(key: str, target: Path) -> None:
    """Find out before long work whether an export as format ``key`` can be written to ``target``.

    Raises:
        FileTrouble: it cannot.
        ExchangeTrouble: the format does not exist, or ``target`` is a file of another kind.
    """
    chosen, _ = _checked(key, target)
    if chosen.is_folder:
        check_new_folder(target)
    else:
        check_writable(target)


def _checked(key: str, target: Path) -> tuple[Format, Exporter]:
    chosen = format_by_key(key)
    if chosen.exporter is None:
        raise ExchangeTrouble("{title} can only be imported.", title=chosen.title)
    if target.is_file() and target.suffix.lower() != chosen.suffix:
        raise ExchangeTrouble(
            "{path} is there already and is no export of this format.",
            "It was left as it is. Choose another name.",
            path=target,
        )
    return chosen, chosen.exporter


def export_labels(
    key: str, labels: Labels, target: Path, options: ExportOptions | None = None
) -> ExportReport:
    """Write ``labels`` as format ``key`` and compare what independent readers find in it.

    Beside it, a list of frames is written for every clip in ``options.clips``
    (``<clip>.frames.csv``, inside an exported folder; see ``io/frames_csv.py``), and with
    ``options.write_frames`` the frames themselves.

    Args:
        key: of the format.
        labels: what to write, filtered by the caller; names that lead out of the folder of
            pictures are made to stay in it.
        target: file or new folder.
        options: see ``ExportOptions``.

    Raises:
        FileTrouble: it cannot be written; nothing half-written stays.
        ExchangeTrouble: the format cannot hold these labels, or does not exist; or the target is
            a file of another kind, which is never replaced.
        MediaTrouble: a frame of a clip cannot be decoded for the list of frames.
    """
    chosen, write = _checked(key, target)
    if labels.media and not (chosen.holds_pictures or labels.clips):
        raise ExchangeTrouble(
            "{title} holds clips, and none is to be exported.",
            "Choose COCO or YOLO for pictures.",
            title=chosen.title,
        )
    options, labels = options or ExportOptions(), with_inner_names(labels)
    report = write(labels, target, options)
    for media, name in flat_names(labels).items():
        if media in options.clips:
            report = report.joined(_beside(chosen, labels, target, options, (media, name)))
    return report.joined(ExportReport((), {}, (), labels.notes))


def _beside(
    chosen: Format, labels: Labels, target: Path, options: ExportOptions, clip: tuple[int, str]
) -> ExportReport:
    """Write the list of frames of one clip, and its frames where asked for."""
    key, name = clip
    source = options.clips[key]
    base = target if chosen.is_folder else target.parent
    listing = base / f"{'' if chosen.is_folder else f'{target.stem}.'}{name}.frames.csv"
    write_frames_csv(listing, source, options.progress)
    if not options.write_frames or chosen.frame_file is None:
        return ExportReport((listing,), {})
    media = labels.media_by_key()[key]
    frames = options.listed_frames(media, labels.masks_by_frame()[key])
    if chosen.lists_every_frame:
        frames = list(range(media.frame_count))
    place = partial(chosen.frame_file, name, media)
    written = write_frames(source, frames, lambda frame: base / place(frame), options.progress)
    return ExportReport((listing, *written), {Wording("frames written"): len(written)})


def import_labels(key: str, paths: Sequence[Path]) -> ImportData:
    """Read files of format ``key``.

    Raises:
        FileTrouble: a file is missing or unreadable.
        ExchangeTrouble: a file is wrong, told by record or line; or the format cannot be read.
        MediaTrouble: a picture of a format of pictures is too large.
    """
    chosen = format_by_key(key)
    if chosen.importer is None:
        raise ExchangeTrouble("{title} can only be exported.", title=chosen.title)
    return chosen.importer(paths)
