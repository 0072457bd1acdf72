"""Brings the shown frame to the canvas, and its neighbours close to hand."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sam3_annotator.domain.changes import Table, Touched
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.ids import FrameIndex, MediaId
from sam3_annotator.engine.protocol import EncodeFrame, FrameRef, Priority
from sam3_annotator.errors import MediaTrouble
from sam3_annotator.io.images import Picture
from sam3_annotator.ui.canvas import Pyramid
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring.clip_reading import ClipReading
from sam3_annotator.workflow.desk import Listener, silent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sam3_annotator.domain.entities import Media
    from sam3_annotator.ui.canvas import CanvasView
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.view_state import View

KEPT_BYTES = 512 << 20
NEIGHBOURS = (1, -1, 2)

_Key = tuple[MediaId, FrameIndex]


class PictureSync(QObject):
    """Loads what the view points at and hands it to the canvas.

    Attributes:
        clip: the decoded frames of the open clip.

    Signals:
        shown: the media that is now on the canvas.
        opened: prompts can be placed on what is on the canvas from now on.
        failed: the media whose file could not be shown, and why.
    """

    shown = Signal(object)
    opened = Signal()
    failed = Signal(object, object)

    def __init__(self, workspace: Workspace, canvas: CanvasView) -> None:
        super().__init__(workspace)
        self._workspace, self._canvas = workspace, canvas
        self._kept: OrderedDict[_Key, Pyramid] = OrderedDict()
        self._picture: Pyramid | None = None
        self._awaited: _Key | None = None
        self._prepared: _Key | None = None
        self._last_frame = FrameIndex(0)
        self.clip = ClipReading()
        workspace.view_changed.connect(self._view_changed)
        workspace.document_changed.connect(self.reload)  # others may have shown something already
        workspace.touched.connect(self._touched)
        workspace.model_changed.connect(lambda _: self._look_ahead_again())

    @property
    def picture(self) -> Pyramid | None:
        """The picture on the canvas; None while there is none."""
        return self._picture

    @property
    def is_waiting(self) -> bool:
        """Whether the frame that the view points at has not arrived yet."""
        return self._awaited is not None

    @property
    def awaited(self) -> tuple[MediaId, FrameIndex] | None:
        """The frame that the view points at, until it arrives."""
        return self._awaited

    def say_late(self, notice: str) -> None:
        """Say why the awaited picture is not there; it is shown all the same when it comes."""
        if self._awaited is not None:
            self._put(None)
            self._canvas.say_why_empty(notice)

    def prepare(self, frame: FrameIndex) -> None:
        """Make a frame of the shown clip ready for the screen before it is due."""
        media_id = self._workspace.view.media_id
        if media_id is None or (media_id, frame) in self._kept or self._prepared is not None:
            return
        self._prepared = (media_id, frame)
        self._workspace.reading.loader.request(
            "prepared",
            self._reader(media_id, frame),
            partial(self._is_prepared, (media_id, frame)),
            lambda _: self._is_prepared((media_id, frame), None),
        )

    def reload(self) -> None:
        """Read the shown frame again: another document, or a file that was found elsewhere."""
        self._forget_all()
        view = self._workspace.view
        if view.media_id is not None:
            self._show(view.media_id, view.frame)

    def _touched(self, touched: Touched) -> None:
        """Try again once the file of a picture that could not be shown may be elsewhere."""
        is_ours = self._workspace.view.media_id in touched.media
        if self._picture is None and is_ours and Table.MEDIA in touched.tables:
            self.reload()

    def _look_ahead_again(self) -> None:
        media_id = self._workspace.view.media_id
        if self._picture is not None and media_id is not None:
            self._look_ahead(media_id)

    def _view_changed(self, before: View, after: View) -> None:
        if (before.media_id, before.frame) == (after.media_id, after.frame):
            if before.is_playing and not after.is_playing and not self.is_waiting:
                self._work_on_shown()
            return
        self._workspace.segmenting.open_frame(None)
        self._workspace.detecting.open_frame(None)
        if after.media_id is None:
            self._workspace.reading.loader.forget("picture")
            self._awaited = None
            self._put(None)
            return
        self._show(after.media_id, after.frame)

    def _show(self, media_id: MediaId, frame: FrameIndex) -> None:
        kept = self._kept.get((media_id, frame))
        if kept is not None:
            self._workspace.reading.loader.forget("picture")
            self._arrived(media_id, frame, kept)
            return
        self._awaited = (media_id, frame)
        if self._prepared == self._awaited:
            self._workspace.reading.loader.forget("picture")
        else:
            self._read(media_id, frame)

    def _read(self, media_id: MediaId, frame: FrameIndex) -> None:
        self._workspace.reading.loader.request(
            "picture",
            self._reader(media_id, frame),
            partial(self._arrived, media_id, frame),
            partial(self._not_shown, media_id),
        )

    def _reader(self, media_id: MediaId, frame: FrameIndex) -> Callable[[], Pyramid]:
        project = self._workspace.require_document().project
        media, path = project.medium(media_id), self._workspace.path_of(media_id)
        if media.kind is MediaKind.IMAGE:
            return partial(_read_picture, path, media)
        return partial(self._read_clip_frame, path, frame)

    def _is_prepared(self, key: _Key, picture: Pyramid | None) -> None:
        """A frame is ready early, or, without a picture, is left to whoever goes there."""
        self._prepared = None
        if picture is not None:
            self._keep(key, picture)
        if self._awaited != key:
            return
        if picture is None:
            self._read(*key)
        else:
            self._arrived(*key, picture)

    def _arrived(self, media_id: MediaId, frame: FrameIndex, picture: Pyramid) -> None:
        self._keep((media_id, frame), picture)
        view = self._workspace.view
        if (view.media_id, view.frame) != (media_id, frame):
            return
        self._awaited = None
        self._put(picture, media_id)
        if not view.is_playing:
            self._work_on_shown()
        self.shown.emit(media_id)

    def _work_on_shown(self) -> None:
        """Let prompts be placed on what is on the canvas; the model looks at it, then around."""
        shown = self._workspace.frame_ref()
        self._workspace.segmenting.open_frame(shown)
        self._workspace.detecting.open_frame(shown)
        self.opened.emit()
        if shown is not None:
            self._look_ahead(shown.media.media_id)

    def _put(self, picture: Pyramid | None, key: object = None) -> None:
        self._picture = picture
        self._canvas.set_picture(picture, key)

    def _not_shown(self, media_id: MediaId, error: Exception) -> None:
        self._awaited = None
        if self._workspace.view.media_id == media_id:
            self._put(None)
            self._canvas.say_why_empty(
                translate(
                    "Canvas", "This cannot be shown. Go to another one and back to try again."
                )
            )
            self.failed.emit(media_id, error)

    def _look_ahead(self, media_id: MediaId) -> None:
        """Read the neighbours and let the model encode them, when there is nothing better to do."""
        project = self._workspace.require_document().project
        if project.medium(media_id).kind is not MediaKind.IMAGE:
            self._encode_frames_ahead(project.medium(media_id))
            return
        order = list(project.media)
        place = order.index(media_id)
        for rank, step in enumerate(NEIGHBOURS):
            if not 0 <= place + step < len(order):
                continue
            near = order[place + step]
            if project.medium(near).kind is not MediaKind.IMAGE:
                continue
            if (near, FrameIndex(0)) not in self._kept:
                self._workspace.reading.loader.request(
                    ("near", rank),
                    self._reader(near, FrameIndex(0)),
                    partial(self._keep, (near, FrameIndex(0))),
                    _ignore,
                    urgency=10 + rank,
                )
            self._encode_ahead(near, FrameIndex(0), rank)

    def _encode_frames_ahead(self, media: Media) -> None:
        """Let the model look at the frames around the shown one while nobody wants anything."""
        present = self._workspace.view.frame
        steps = NEIGHBOURS if present >= self._last_frame else tuple(-n for n in NEIGHBOURS)
        self._last_frame = present
        for rank, step in enumerate(steps):
            if 0 <= present + step < media.frame_count:
                self._encode_ahead(media.id, FrameIndex(present + step), rank)

    def _encode_ahead(self, media_id: MediaId, frame: FrameIndex, rank: int) -> None:
        if not self._workspace.settings.prefetches or self._workspace.model is None:
            return
        self._workspace.engine.desk.ask(
            EncodeFrame(FrameRef(self._workspace.media_ref(media_id), frame)),
            lane=("encode", "near", rank),
            priority=Priority.PREFETCH,
            listener=Listener(silent, silent),
        )

    def _keep(self, key: _Key, picture: Pyramid) -> None:
        self._kept[key] = picture
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(p.nbytes for p in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)

    def _forget_all(self) -> None:
        self._kept.clear()
        self._workspace.reading.loader.forget("prepared")
        self._prepared = None
        self.clip.reopen()

    # ------------------------------------------------------------------ loader thread

    def _read_clip_frame(self, path: Path, frame: FrameIndex) -> Pyramid:
        return Pyramid(self.clip.frame(path, frame))


def _read_picture(path: Path, media: Media) -> Pyramid:
    source = Picture(path, media.page, allow_huge=True)  # its size was agreed to when it was added
    try:
        if (source.width, source.height) != (media.width, media.height):
            raise MediaTrouble(
                "{path} is now {width} x {height} pixels; the project knows it as {known_width} x "
                "{known_height}.",
                "Put the original file back: the masks belong to it.",
                path=path,
                width=source.width,
                height=source.height,
                known_width=media.width,
                known_height=media.height,
            )
        return Pyramid(source.frame())
    finally:
        source.close()


def _ignore(_: Exception) -> None:
    """A neighbour that cannot be read is told about when somebody goes there."""
