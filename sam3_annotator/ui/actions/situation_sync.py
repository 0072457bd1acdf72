"""Keeps the actions in step with what can be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from typing_extensions import override

from sam3_annotator.ui.actions.spec import Situation
from sam3_annotator.ui.text import worded

if TYPE_CHECKING:
    from sam3_annotator.ui.actions.action_set import ActionSet
    from sam3_annotator.ui.wiring.desks import Desks
    from sam3_annotator.ui.wiring.workspace import Workspace


class SituationSync(QObject):
    """Looks at everything once after any number of changes, and at once before a key counts.

    It filters its window's events for that: keys typed faster than the event loop turns (Ctrl+A,
    Delete) would otherwise meet actions that are still disabled. The key of something that
    cannot be done now is answered with the reason.
    """

    def __init__(self, workspace: Workspace, desks: Desks, actions: ActionSet) -> None:
        super().__init__(workspace)
        self._workspace, self._desks, self._actions = workspace, desks, actions
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        for signal in (
            workspace.said,
            workspace.touched,
            workspace.document_changed,
            workspace.attempt_changed,
            workspace.search_changed,
            workspace.model_changed,
            workspace.settings.changed,
            desks.work.changed,
        ):
            signal.connect(self._soon.start)
        workspace.view_changed.connect(lambda _, after: after.is_playing or self._soon.start())
        self.refresh()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._soon.isActive():
            self.refresh()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._say_why_not(event)
        return super().eventFilter(watched, event)

    def _say_why_not(self, event: QKeyEvent) -> None:
        """A key that nobody took may be that of something that cannot be done now."""
        why = self._actions.why_not(QKeySequence(event.keyCombination()))
        if why:
            self._workspace.said.emit(why)

    def refresh(self) -> None:
        """Enable and name the actions for the present situation."""
        self._soon.stop()
        self._actions.follow(self.situation())

    def situation(self) -> Situation:
        """All that decides which actions make sense."""
        workspace, view = self._workspace, self._workspace.view
        document, project = workspace.document, workspace.project
        has_media = project is not None and view.media_id in project.media
        objects = 0
        if project is not None and view.media_id is not None and has_media:
            objects = sum(project.object_counts(view.media_id).values())
        return Situation(
            has_project=document is not None,
            has_media=has_media,
            is_clip=self._desks.navigation.is_clip,
            media_count=0 if project is None else len(project.media),
            selected=len(view.selection),
            objects=objects,
            undo_title="" if document is None else worded(document.undo_title),
            redo_title="" if document is None else worded(document.redo_title),
            has_attempt=workspace.segmenting.attempt.is_open,
            candidates=len(workspace.detecting.search.open),
            model=workspace.model,
            is_working=bool(self._desks.work.works),
            tool=view.tool,
            layers_on=self._layers_on(),
        )

    def _layers_on(self) -> frozenset[str]:
        display = self._workspace.view.display
        layers = {
            "view.fill": display.shows_fill,
            "view.outlines": display.shows_outlines,
            "view.labels": display.shows_labels,
            "view.hide_others": display.hides_others,
            "review.close_up": self._workspace.settings.reviews_close_up,
            "clip.cross_cuts": self._desks.clip.runs.crosses_cuts,
            "clip.paint_range": self._desks.clip.times.paints_range,
            f"view.theme_{self._workspace.theme.mode.value}": True,
        }
        return frozenset(name for name, is_on in layers.items() if is_on)
