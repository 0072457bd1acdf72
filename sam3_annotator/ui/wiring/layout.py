"""Layout: the window's panels as the user left them, for each kind of work, and how to reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.ui.settings import WorkKind

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from sam3_annotator.ui.docks import Docks
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.workspace import Workspace

SIDE = ("objects", "properties", "review", "history")
REVIEW_SIDE = ("review", "objects", "properties", "history", "candidates")
LOWER = ("candidates",)
BOTTOM = "strip"
_TALL_STRIP_PX, _STRIP_PX = 260, 108


class Layout(QObject):
    """Restores and remembers the arrangement of one window."""

    def __init__(
        self, workspace: Workspace, navigation: Navigation, window: QMainWindow, docks: Docks
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._navigation = workspace, navigation
        self._window, self._docks = window, docks
        self._work = WorkKind.LABEL
        self._is_arranged = False
        workspace.view_changed.connect(lambda _before, _after: self._follow_media())

    def restore(self) -> None:
        """Arrange the window as it was left for the present kind of work, or by default."""
        self._is_arranged = True
        present = self._present()
        is_review = self._work is WorkKind.REVIEW
        side, lower = (REVIEW_SIDE, ()) if is_review else (SIDE, LOWER)
        self._docks.arrange(
            tuple(name for name in side if name in present),
            tuple(name for name in lower if name in present),
            BOTTOM,
            bottom_px=_TALL_STRIP_PX if self._navigation.is_clip else _STRIP_PX,
        )
        if is_review and "candidates" in present:
            self._docks["candidates"].hide()
        saved = self._workspace.settings.layout(self._work)
        if saved is not None:
            self._window.restoreGeometry(saved[0])
            self._window.restoreState(saved[1])

    def save(self) -> None:
        """Remember the arrangement for the present kind of work, unless no panel can be seen."""
        if not self._is_arranged:
            return
        self._workspace.settings.save_layout(
            self._work, self._window.saveGeometry(), self._window.saveState()
        )

    def leave(self) -> None:
        """The panels are about to go, because nothing is open; remember none of that."""
        self._is_arranged = False

    def reset(self) -> None:
        """Put every panel back where it was at first."""
        self._workspace.settings.forget_layout(self._work)
        if self._is_arranged:
            self.restore()

    def switch(self, work: WorkKind) -> None:
        """Go on with another kind of work; each has its own arrangement."""
        if work is self._work:
            return
        self.save()
        self._work = work
        if self._is_arranged:
            self.restore()

    def toggle_review(self) -> None:
        """Arrange the window for reviewing, or back for labelling."""
        is_review = self._work is WorkKind.REVIEW
        kind = WorkKind.CLIP if self._navigation.is_clip else WorkKind.LABEL
        self.switch(kind if is_review else WorkKind.REVIEW)
        if not is_review:
            self._docks["review"].show()
            self._docks["review"].raise_()

    def _follow_media(self) -> None:
        if self._work is not WorkKind.REVIEW:
            self.switch(WorkKind.CLIP if self._navigation.is_clip else WorkKind.LABEL)

    def _present(self) -> set[str]:
        return {dock.objectName() for dock in self._docks}
