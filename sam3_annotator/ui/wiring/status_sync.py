"""Keeps the status bar in step: where we are, how much there is, what is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject

from sam3_annotator.ui.text import translate, worded

if TYPE_CHECKING:
    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.domain.project import Project
    from sam3_annotator.ui.status_bar import StatusBar
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace


class StatusSync(QObject):
    """Fills one status bar."""

    def __init__(
        self, workspace: Workspace, navigation: Navigation, work: WorkDesk, bar: StatusBar
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._navigation = workspace, navigation
        self._work, self._bar = work, bar
        workspace.view_changed.connect(lambda _before, _after: self.refresh())
        workspace.touched.connect(lambda _: self.refresh())
        workspace.document_changed.connect(self.refresh)
        workspace.said.connect(bar.say)
        work.changed.connect(self._show_work)
        bar.cancel_requested.connect(work.cancel)
        bar.pause_toggled.connect(self._pause)
        self.refresh()

    def refresh(self) -> None:
        """Say where we are and how much there is."""
        project, view = self._workspace.project, self._workspace.view
        if project is None:
            for show in (self._bar.show_place, self._bar.show_objects, self._bar.show_saved):
                show("")
            return
        self._bar.show_saved(translate("StatusBar", "saved"))
        if view.media_id is None or view.media_id not in project.media:
            self._bar.show_place(translate("StatusBar", "no pictures yet"))
            self._bar.show_objects("")
            return
        self._bar.show_place(self._place(project, view.media_id))
        count = sum(project.object_counts(view.media_id).values())
        if self._navigation.is_clip:
            self._bar.show_objects(translate("StatusBar", "%n masklet(s)", "", count))
        else:
            self._bar.show_objects(translate("StatusBar", "%n object(s)", "", count))

    def _place(self, project: Project, media_id: MediaId) -> str:
        """The shown frame with the selected range, or the shown picture."""
        number, view = QLocale().toString, self._workspace.view
        if not self._navigation.is_clip:
            place = self._navigation.order.index(media_id) + 1
            text = translate("StatusBar", "picture {n} / {total}")
            return text.format(n=number(place), total=number(len(project.media)))
        text = translate("StatusBar", "frame {n} / {total}")
        total = project.media[media_id].frame_count
        told = text.format(n=number(int(view.frame)), total=number(total))
        if view.span is None:
            return told
        text = translate("StatusBar", "range {start}–{stop}")  # noqa: RUF001 - a range
        start, stop = (number(int(frame)) for frame in view.span)
        return f"{told} · {text.format(start=start, stop=stop)}"

    def _show_work(self) -> None:
        shown = self._work.shown
        if shown is None:
            self._bar.hide_work()
            return
        text = " · ".join(worded(part) for part in (shown.title, shown.text) if part)
        others = len(self._work.works) - 1
        if others:
            text += " " + translate("StatusBar", "(+%n more)", "", others)
        self._bar.show_work(
            text,
            shown.done,
            shown.total,
            self._work.time_left(),
            can_pause=shown.pause is not None,
        )

    def _pause(self, is_paused: bool) -> None:  # noqa: FBT001 - a Qt slot
        shown = self._work.shown
        if shown is not None and shown.pause is not None:
            shown.pause(is_paused)
