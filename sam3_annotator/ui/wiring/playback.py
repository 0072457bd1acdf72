"""PlaybackDesk: plays the shown clip at its own speed, and walks between human frames."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.timeline import next_human_frame, previous_human_frame
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.text import translate
from sam3_annotator.workflow.playing import PlayClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.picture_sync import PictureSync
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.view_state import View

_TICK_MS = 4
MASKS_AHEAD = 12


class PlaybackDesk(QObject):
    """Moves the view while the clip plays; the picture follows as fast as it can be decoded.

    Args:
        clock: seconds that only go forward.

    Signals:
        times_known: the timestamps of the shown clip have been read.
    """

    times_known = Signal()

    def __init__(
        self,
        workspace: Workspace,
        navigation: Navigation,
        pictures: PictureSync,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._navigation, self._pictures = workspace, navigation, pictures
        self._clock = clock
        self._times: dict[MediaId, tuple[float, ...]] = {}
        self._playing: PlayClock | None = None
        self._own_frame: int | None = None
        self._masks_until = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        workspace.view_changed.connect(self._view_changed)
        workspace.document_changed.connect(self._times.clear)
        pictures.shown.connect(self._learn_times)
        pictures.shown.connect(lambda _: self._prepare_next())
        pictures.failed.connect(lambda _media, _error: self.stop())

    @property
    def is_playing(self) -> bool:
        """Whether the clip runs."""
        return self._playing is not None

    @property
    def times_s(self) -> tuple[float, ...]:
        """Timestamps of the shown clip's frames; empty until they have been read."""
        media_id = self._workspace.view.media_id
        return () if media_id is None else self._times.get(media_id, ())

    def toggle(self) -> None:
        """Play from here, or stop."""
        if self.is_playing:
            self.stop()
        elif self._navigation.is_clip:
            with self._workspace.explaining():
                self._play()

    def stop(self) -> None:
        """Stop on the frame that is shown."""
        self._timer.stop()
        self._playing = None
        if self._workspace.view.is_playing:
            self._workspace.state.update(is_playing=False)

    def step_human(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) human frame of the selected objects, or of all."""
        project, view = self._workspace.project, self._workspace.view
        if project is None or view.media_id is None:
            return
        chosen = view.selection or tuple(o.id for o in project.objects(view.media_id))
        look = next_human_frame if direction > 0 else previous_human_frame
        found = [f for f in (look(project.masklet(o), view.frame) for o in chosen) if f is not None]
        if not found:
            self._workspace.said.emit(
                translate("PlaybackDesk", "There is no human frame on that side.")
            )
            return
        self._navigation.go_to_frame(min(found) if direction > 0 else max(found))

    # ------------------------------------------------------------------ inside

    def _play(self) -> None:
        times, view = self.times_s, self._workspace.view
        if not times:
            raise Rejected(translate("PlaybackDesk", "The clip is still being read."))
        begin, stop = int(view.frame), None
        if view.span is not None:
            stop = int(view.span[1])
            if not view.span[0] <= begin < stop:
                begin = int(view.span[0])
        if begin >= len(times) - 1:
            begin = 0
        self._own_frame, self._masks_until = begin, begin
        self._playing = PlayClock(times, begin, self._clock(), stop)
        self._workspace.state.update(frame=FrameIndex(begin), is_playing=True)
        self._prepare_next()
        self._timer.start()

    def _tick(self) -> None:
        if self._playing is None or self._pictures.is_waiting:
            return
        now = self._clock()
        due = self._playing.due(now)
        if due != self._workspace.view.frame:
            self._own_frame = due
            self._read_masks_ahead(due)
            self._workspace.state.update(frame=FrameIndex(due))
        elif self._playing.is_over(now):
            self.stop()

    def _prepare_next(self) -> None:
        """Let the next frame be made ready while this one is painted, unless that is late already.

        Of frames that cannot be shown in time a later one is next.
        """
        if self._playing is None:
            return
        present = int(self._workspace.view.frame)
        if present + 1 < len(self.times_s) and self._playing.due(self._clock()) <= present:
            self._pictures.prepare(FrameIndex(present + 1))

    def _read_masks_ahead(self, frame: int) -> None:
        """Read the masks of a stretch at once; one by one they would cost more than the frame."""
        project, media_id = self._workspace.project, self._workspace.view.media_id
        if project is not None and media_id is not None and frame >= self._masks_until:
            self._masks_until = frame + MASKS_AHEAD
            ahead = project.contents(media_id).blobs_between(frame, self._masks_until)
            project.masks.preload(ahead)

    def _view_changed(self, before: View, after: View) -> None:
        """Anybody else who moves the view takes over."""
        if self._playing is None:
            return
        if after.media_id != before.media_id or int(after.frame) != self._own_frame:
            self.stop()

    def _learn_times(self, media_id: MediaId) -> None:
        if media_id in self._times or not self._navigation.is_clip:
            return
        path = self._workspace.path_of(media_id)
        self._workspace.reading.loader.request(
            "clip times",
            partial(self._pictures.clip.times_s, path),
            partial(self._keep_times, media_id),
            lambda _: None,
            urgency=1,
        )

    def _keep_times(self, media_id: MediaId, times: tuple[float, ...]) -> None:
        self._times[media_id] = times
        self.times_known.emit()
