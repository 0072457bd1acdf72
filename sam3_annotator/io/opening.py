"""Opening: turns a path into the right kind of media source, or a bundle of paths into rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import NewMedia
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import AnnotatorError, FileTrouble, HugePicture, MediaTrouble
from sam3_annotator.io.errands import ErrandStopped
from sam3_annotator.io.folders import CLIP_SUFFIXES, PICTURE_SUFFIXES, list_folder
from sam3_annotator.io.images import Picture, picture_pages
from sam3_annotator.io.media import hash_file
from sam3_annotator.io.sequences import folder_as_clip, hash_of_files, stack_as_clip
from sam3_annotator.io.video import Clip
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.io.errands import Tell
    from sam3_annotator.io.media import ClipSource, MediaSource

    NameOf = Callable[[Path], str]


FIRST_BATCH, BATCH = 8, 400
"""Files described before the first and every later batch of rows is handed over."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a bundle of paths holds.

    Attributes:
        items: rows to be added, in the order given.
        troubles: a sentence for every file that could not be used.
        huge: pictures that were left out because nobody has agreed to their size.
        caveats: sentences about what was taken all the same.
    """

    items: tuple[NewMedia, ...]
    troubles: tuple[str, ...] = ()
    huge: tuple[Path, ...] = ()
    caveats: tuple[str, ...] = ()


def open_media(
    path: Path, kind: MediaKind, page: int = 0, *, allow_huge: bool = False
) -> MediaSource:
    """The source of a media's pixels; close it after use.

    A clip may be a video file, a folder of pictures, or a TIFF of many pages.

    Raises:
        FileTrouble: missing or unreadable.
        MediaTrouble: it cannot be decoded, or is larger than is opened without asking.
    """
    if kind is MediaKind.IMAGE:
        return Picture(path, page, allow_huge=allow_huge)
    return open_clip(path)


def open_clip(path: Path) -> ClipSource:
    """A clip with its time axis; close it after use. Raises as :func:`open_media` does."""
    if path.is_dir():
        return folder_as_clip(path)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return stack_as_clip(path)
    return Clip(path)


def gather(
    paths: Iterable[Path],
    name_of: NameOf,
    report: Tell,
    on_batch: Callable[[tuple[NewMedia, ...]], None] = lambda _: None,
    *,
    allow_huge: bool = False,
) -> Gathered:
    """Look at files, and at what lies in folders, and describe them as rows.

    Args:
        paths: picture files, clips and folders; a folder stands for what it holds.
        name_of: how the project writes down where a file is.
        report: called for every file.
        on_batch: called with the newest rows now and then, the first ones soon, so that a folder
            of thousands can be worked on while it is being read; together they are ``items``.
        allow_huge: the user has agreed to pictures of any size.

    Raises:
        FileTrouble: a folder cannot be read.
        ErrandStopped: ``report`` said so.
    """
    files = list(_files(paths))
    items: list[NewMedia] = []
    troubles: list[str] = []
    caveats: list[str] = []
    huge: list[Path] = []
    handed = 0
    for done, path in enumerate(files):
        report(done, len(files), path.name)
        if len(items) - handed >= (BATCH if handed else FIRST_BATCH):
            on_batch(tuple(items[handed:]))
            handed = len(items)
        try:
            found = _described(path, name_of, allow_huge=allow_huge)
        except ErrandStopped:
            raise
        except HugePicture:
            huge.append(path)
        except AnnotatorError as error:
            troubles.append(error.told)
        else:
            items += found.items
            caveats += [Wording("{name}: {note}", name=path.name, note=n) for n in found.caveats]
    if len(items) > handed:
        on_batch(tuple(items[handed:]))
    return Gathered(tuple(items), tuple(troubles), tuple(huge), tuple(caveats))


def gather_clip(path: Path, name_of: NameOf) -> Gathered:
    """Describe one clip: a video file, a folder of pictures, or a stack.

    Raises:
        FileTrouble: missing or unreadable.
        MediaTrouble: it cannot be decoded.
    """
    source = open_media(path, MediaKind.CLIP)
    try:
        row = NewMedia(
            MediaKind.CLIP,
            name_of(path),
            source.content_hash(),
            source.width,
            source.height,
            frame_count=source.frame_count,
        )
        return Gathered((row,), caveats=source.warnings)
    finally:
        source.close()


def find_moved(
    wanted: Mapping[MediaId, str], folder: Path, report: Tell
) -> tuple[tuple[MediaId, Path], ...]:
    """Find files by the hash of their content below a folder, whatever they are called now.

    A clip that is a folder of pictures is found by what its files hold, in their order.

    Args:
        wanted: content hash of each media that is missing.

    Raises:
        FileTrouble: the folder cannot be read.
        ErrandStopped: ``report`` said so.
    """
    listing = list_folder(folder, recursive=True)
    candidates = (*listing.pictures, *listing.clips)
    by_hash: dict[str, Path] = {}
    folders: dict[Path, list[str]] = {}
    missing = set(wanted.values())
    for done, path in enumerate(candidates):
        if not missing:
            break
        report(done, len(candidates), path.name)
        try:
            content = hash_file(path)
        except AnnotatorError:
            continue
        if path.suffix.lower() in PICTURE_SUFFIXES:
            folders.setdefault(path.parent, []).append(content)
        if content in missing:
            by_hash[content] = path
            missing.discard(content)
    for place, contents in folders.items():
        content = hash_of_files(contents)
        if content in missing:
            by_hash[content] = place
            missing.discard(content)
    return tuple((media, by_hash[h]) for media, h in wanted.items() if h in by_hash)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            listing = list_folder(path)
            yield from (*listing.pictures, *listing.clips)
        else:
            yield path


def _described(path: Path, name_of: NameOf, *, allow_huge: bool) -> Gathered:
    if not path.exists():
        raise FileTrouble("{path} is not there.", path=path)
    suffix = path.suffix.lower()
    if suffix in CLIP_SUFFIXES:
        return gather_clip(path, name_of)
    if suffix not in PICTURE_SUFFIXES:
        raise MediaTrouble("{name} is neither a picture nor a clip.", name=path.name)
    content, name = hash_file(path), name_of(path)
    rows = []
    for page in range(picture_pages(path)):
        source = Picture(path, page, allow_huge=allow_huge)
        rows.append(
            NewMedia(MediaKind.IMAGE, name, content, source.width, source.height, page=page)
        )
        source.close()
    return Gathered(tuple(rows))
