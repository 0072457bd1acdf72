"""Navigation: going from picture to picture and from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.commands import RemoveMedia, SetMediaState
from sam3_annotator.domain.entities import MediaKind, MediaState
from sam3_annotator.domain.ids import FrameIndex, MediaId
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sam3_annotator.ui.wiring.workspace import Workspace


class Navigation(QObject):
    """Moves the view: through the pictures of the project, or the frames of a clip."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._shown: Callable[[], Sequence[MediaId]] | None = None
        workspace.document_changed.connect(self._open_first)
        workspace.touched.connect(lambda _: self._keep_valid())

    @property
    def order(self) -> tuple[MediaId, ...]:
        """Every media, in the order they are walked through."""
        project = self._workspace.project
        return () if project is None else tuple(project.media)

    def walk_through(self, shown: Callable[[], Sequence[MediaId]]) -> None:
        """Let next and previous go by what a filtered list shows."""
        self._shown = shown

    @property
    def is_clip(self) -> bool:
        """Whether a clip is shown, so that steps go from frame to frame."""
        project, view = self._workspace.project, self._workspace.view
        if project is None or view.media_id is None:
            return False
        media = project.media.get(view.media_id)
        return media is not None and media.kind is MediaKind.CLIP

    def go_to(self, media_id: MediaId, frame: int = 0) -> None:
        """Show a media, at a frame."""
        if media_id == self._workspace.view.media_id:
            self._workspace.state.update(frame=FrameIndex(frame))
            return
        self._workspace.state.update(media_id=media_id, frame=FrameIndex(frame), selection=())

    def step(self, amount: int) -> None:
        """Go on by some pictures, or frames of a clip; stops at either end."""
        if self.is_clip:
            self.go_to_frame(self._workspace.view.frame + amount)
        else:
            self.step_media(amount)

    def step_media(self, amount: int) -> None:
        """Go on by some media, clip or picture."""
        order, present = self._walk(), self._workspace.view.media_id
        if not order or present is None:
            return
        place = order.index(present)
        wanted = min(max(place + amount, 0), len(order) - 1)
        if wanted == place:
            self._workspace.said.emit(
                translate("Navigation", "This is the last one.")
                if amount > 0
                else translate("Navigation", "This is the first one.")
            )
            return
        self.go_to(order[wanted])

    def go_to_frame(self, frame: int) -> None:
        """Go to a frame of the shown clip; the nearest one where there is none."""
        project, media_id = self._workspace.project, self._workspace.view.media_id
        if project is None or media_id is None:
            return
        last = project.medium(media_id).frame_count - 1
        self._workspace.state.update(frame=FrameIndex(min(max(frame, 0), last)))

    def go_to_end(self, *, is_last: bool) -> None:
        """Go to the first or last picture, or frame of a clip."""
        if self.is_clip:
            self.go_to_frame(1 << 30 if is_last else 0)
        elif self.order:
            self.go_to(self.order[-1 if is_last else 0])

    def step_todo(self) -> None:
        """Go to the next media nobody has finished, from the start again at the end."""
        project, order = self._workspace.project, self.order
        if project is None or not order:
            return
        present = self._workspace.view.media_id
        place = order.index(present) if present in order else -1
        for found in (*order[place + 1 :], *order[: place + 1]):
            if project.media[found].state is MediaState.TODO and found != present:
                self.go_to(found)
                return
        self._workspace.said.emit(translate("Navigation", "Everything else is done."))

    def toggle_done(self) -> None:
        """Mark the shown media as done and go on, or take that back."""
        project, present = self._workspace.project, self._workspace.view.media_id
        if project is None or present is None:
            return
        is_done = project.medium(present).state is not MediaState.TODO
        state = MediaState.TODO if is_done else MediaState.DONE
        if self._workspace.do(SetMediaState((present,), state)) is not None and not is_done:
            self.step_todo()

    def remove_shown(self) -> None:
        """Take the shown media out of the project, with everything on it; the file stays."""
        present, order = self._workspace.view.media_id, self.order
        if present is None:
            return
        place = order.index(present)
        after = order[place + 1 : place + 2] or order[place - 1 : place]
        if after:
            self.go_to(after[0])
        self._workspace.do(RemoveMedia((present,)))

    def _walk(self) -> tuple[MediaId, ...]:
        """What next and previous go through: what the list shows, and where we are."""
        order, present = self.order, self._workspace.view.media_id
        if self._shown is None:
            return order
        shown = set(self._shown())
        return tuple(one for one in order if one in shown or one == present)

    def _open_first(self) -> None:
        if self.order:
            self.go_to(self.order[0])

    def _keep_valid(self) -> None:
        """Stay on a media that is still there; show the first ones that were added."""
        present, order = self._workspace.view.media_id, self.order
        if present in order:
            return
        if order:
            self.go_to(order[0])
        elif present is not None:
            self._workspace.state.update(media_id=None, frame=FrameIndex(0), selection=())
