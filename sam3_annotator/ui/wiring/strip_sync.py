"""Keeps the strip below the canvas in step: thumbnails for pictures, a timeline for clips."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator import paths
from sam3_annotator.domain.changes import Table, Touched
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import FileTrouble
from sam3_annotator.io.opening import open_media
from sam3_annotator.io.thumbnails import Thumbnails
from sam3_annotator.ui.canvas import Pyramid
from sam3_annotator.ui.panels.thumbnails import THUMBNAIL_PX, ThumbItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from sam3_annotator.domain.entities import Media
    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.domain.project import Project
    from sam3_annotator.ui.parts import Parts
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.workspace import Workspace

    Pixels = NDArray[np.uint8]

_URGENCY = 20


class StripSync(QObject):
    """Fills and switches one strip."""

    def __init__(self, workspace: Workspace, navigation: Navigation, parts: Parts) -> None:
        super().__init__(workspace)
        self._workspace, self._navigation = workspace, navigation
        self._panel, self._pages = parts.thumbnails, parts.strip
        self._for_clips: QWidget | None = None
        self._wants_list = False
        self._cache = Thumbnails(paths.cache_dir() / "thumbnails", THUMBNAIL_PX)
        self._asked: set[MediaId] = set()
        self._missing: set[MediaId] = set()
        self._panel.opened.connect(self._open)
        navigation.walk_through(lambda: self._panel.shown_ids)
        self._panel.thumbnails_wanted.connect(self._load)
        workspace.document_changed.connect(self._start_over)
        workspace.touched.connect(self._touched)
        workspace.view_changed.connect(lambda _before, _after: self._follow())

    def show_for_clips(self, timeline: QWidget) -> None:
        """Show this widget instead of the thumbnails while a clip is open."""
        self._for_clips = timeline
        self._pages.addWidget(timeline)
        self._follow()

    def show_list(self) -> None:
        """Show the thumbnails though a clip is open, until one of them is chosen."""
        self._wants_list = True
        self._follow()

    def refresh(self) -> None:
        """List every media again."""
        project = self._workspace.project
        media = () if project is None else project.media.values()
        self._panel.set_items([self._item(project, one) for one in media if project is not None])
        self._follow()

    # ------------------------------------------------------------------ inside

    def _open(self, media_id: MediaId) -> None:
        self._wants_list = False
        self._navigation.go_to(media_id)
        self._follow()

    def _start_over(self) -> None:
        for media_id in self._asked:
            self._workspace.reading.loader.forget(("thumbnail", media_id))
        self._asked.clear()
        self._missing.clear()
        self.refresh()

    def _touched(self, touched: Touched) -> None:
        project = self._workspace.project
        if project is None:
            return
        if Table.MEDIA in touched.tables:
            for media_id in touched.media & self._missing:
                self._missing.discard(media_id)
                self._panel.forget_thumbnail(media_id)
            self.refresh()
            return
        for media_id in touched.media:
            if media_id in project.media:
                self._panel.update_item(self._item(project, project.media[media_id]))

    def _item(self, project: Project, media: Media) -> ThumbItem:
        name = PurePosixPath(media.path).name
        return ThumbItem(
            media.id,
            f"{name} {media.page + 1}" if media.page else name,
            media.state,
            sum(project.object_counts(media.id).values()),
            is_clip=media.kind is MediaKind.CLIP,
            is_missing=media.id in self._missing,
        )

    def _follow(self) -> None:
        self._panel.set_current(self._workspace.view.media_id)
        is_clip = self._navigation.is_clip and not self._wants_list
        shows_clip = self._for_clips is not None and is_clip
        page = self._for_clips if shows_clip else self._panel
        if page is not None:
            self._pages.setCurrentWidget(page)

    def _load(self, wanted: tuple[MediaId, ...]) -> None:
        loader, project = self._workspace.reading.loader, self._workspace.project
        for media_id in self._asked - set(wanted):
            loader.forget(("thumbnail", media_id))
        self._asked = set(wanted)
        if project is None:
            return
        for rank, media_id in enumerate(wanted):
            if media_id not in project.media:
                continue
            loader.request(
                ("thumbnail", media_id),
                self._reader(project.media[media_id]),
                partial(self._panel.set_thumbnail, media_id),
                partial(self._not_read, media_id),
                urgency=_URGENCY + rank,
            )

    def _reader(self, media: Media) -> Callable[[], Pixels]:
        path = self._workspace.path_of(media.id)
        if media.kind is MediaKind.IMAGE:
            return partial(self._cache.get, path, media.page)
        return partial(_first_frame, path)

    def _not_read(self, media_id: MediaId, error: Exception) -> None:
        self._panel.set_thumbnail(media_id, None)
        project = self._workspace.project
        if isinstance(error, FileTrouble) and project is not None and media_id in project.media:
            self._missing.add(media_id)
            self._panel.update_item(self._item(project, project.media[media_id]))


def _first_frame(path: Path) -> Pixels:
    """A clip's first frame, small; runs on the loader's thread."""
    source = open_media(path, MediaKind.CLIP)
    try:
        pyramid = Pyramid(source.frame(0))
    finally:
        source.close()
    return pyramid.level(pyramid.depth - 1)
