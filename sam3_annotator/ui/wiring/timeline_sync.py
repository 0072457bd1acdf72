"""Keeps the timeline panel in step with the document and the view."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from sam3_annotator.domain.changes import Table
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.masklet import Masklet
from sam3_annotator.domain.review import frame_codes, standing_state
from sam3_annotator.ui.panels.timeline import Lane, LaneFrames, Shown
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring import naming
from sam3_annotator.workflow.playing import frame_rate

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sam3_annotator.domain.changes import Touched
    from sam3_annotator.domain.entities import ReviewState, TrackedObject
    from sam3_annotator.domain.ids import ObjectId
    from sam3_annotator.domain.project import Project
    from sam3_annotator.ui.panels.timeline import TimelinePanel
    from sam3_annotator.ui.wiring.cuts import CutDesk
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.playback import PlaybackDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.view_state import View

_SOON_MS = 33
_QUIET_MS = 250
_BUDGET_S = 0.015


@dataclass(frozen=True, slots=True)
class _Made:
    """A lane's frames and what they were made of."""

    masklet: Masklet
    marks: Hashable
    frames: LaneFrames
    review: ReviewState


class TimelineSync(QObject):
    """Fills the lanes of the shown clip; many changes in a row are shown once."""

    def __init__(
        self,
        workspace: Workspace,
        navigation: Navigation,
        playback: PlaybackDesk,
        cuts: CutDesk,
        panel: TimelinePanel,
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._navigation = workspace, navigation
        self._playback, self._cuts, self._panel = playback, cuts, panel
        self._made: dict[ObjectId, _Made] = {}
        self._lanes: tuple[Lane, ...] = ()
        # Children of the panel: the window may go before the workspace does.
        self._soon, self._quiet = _timer(panel, _SOON_MS), _timer(panel, _QUIET_MS)
        self._soon.timeout.connect(self.refresh)
        self._quiet.timeout.connect(self._summarise)
        workspace.view_changed.connect(self._view_changed)
        workspace.touched.connect(self._touched)
        workspace.document_changed.connect(self._start_over)
        workspace.settings.changed.connect(lambda _: self._begin())
        workspace.settings.changed.connect(lambda _: self._show_way())
        workspace.theme.changed.connect(panel.use_theme)
        playback.times_known.connect(self._show_place)
        cuts.found.connect(self._show_cursor)
        panel.frame_wanted.connect(navigation.go_to_frame)
        panel.transport.frame_wanted.connect(navigation.go_to_frame)
        lanes = panel.lanes
        lanes.object_wanted.connect(self._select)
        lanes.range_dragged.connect(
            lambda a, b: workspace.state.update(span=(FrameIndex(a), FrameIndex(b)))
        )
        lanes.range_cleared.connect(lambda: workspace.state.update(span=None))
        self._show_way()
        self._begin()

    def _show_way(self) -> None:
        text = translate(
            "TimelineSync",
            "Objects over time appear here: mark one in the picture, then propagate it{key}.",
        )
        key = self._workspace.keymap.behind("clip.forward")
        self._panel.lanes.show_way(text.format(key=key))

    def refresh(self) -> None:
        """Bring every lane up to date, as many as fit into a slice of time; the rest follows."""
        project, media_id = self._workspace.project, self._workspace.view.media_id
        if project is None or media_id is None or not self._navigation.is_clip:
            self._panel.set_lanes((), 1)
            return
        count = project.medium(media_id).frame_count
        until = time.perf_counter() + _BUDGET_S
        contents, lanes, is_complete = project.contents(media_id), [], True
        for item in sorted(contents.objects.values(), key=_Rank(project)):
            masklet = contents.masklets.get(item.id)
            made = self._made.get(item.id)
            marks = tuple(m for m in contents.reviews.values() if m.object_id == item.id)
            if made is None or made.masklet is not masklet or made.marks != marks:
                if time.perf_counter() < until:
                    known = Masklet.empty(item.id, project.people) if masklet is None else masklet
                    codes = frame_codes(contents, item.id, count) if marks else None
                    review = standing_state(contents, item.id)
                    made = _Made(known, marks, LaneFrames(known, codes, count), review)
                    if masklet is not None:
                        self._made[item.id] = made
                else:
                    is_complete = False
            if made is not None:
                lanes.append(self._lane(project, item, made))
        self._lanes = tuple(lanes)
        self._panel.set_lanes(self._lanes, count)
        if is_complete:
            self._quiet.start()
        else:
            self._soon.start()

    # ------------------------------------------------------------------ inside

    def _start_over(self) -> None:
        self._made.clear()
        self._lanes = ()
        self._quiet.stop()  # the lanes of one clip make no sense over the length of another
        self._begin()

    def _begin(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _touched(self, touched: Touched) -> None:
        media_id = self._workspace.view.media_id
        if media_id in touched.media or touched.tables & {Table.CATEGORIES, Table.MEDIA}:
            self._begin()

    def _view_changed(self, before: View, after: View) -> None:
        if before.media_id != after.media_id:
            self._start_over()
        if before.is_playing != after.is_playing:
            self._panel.transport.show_playing(is_playing=after.is_playing)
        self._show_cursor()
        self._show_place()

    def _show_cursor(self) -> None:
        project, view = self._workspace.project, self._workspace.view
        if project is None or view.media_id is None or not self._navigation.is_clip:
            return
        span = None if view.span is None else (int(view.span[0]), int(view.span[1]))
        comments = project.contents(view.media_id).comments.values()
        pinned = sorted({int(c.frame) for c in comments if not c.is_resolved})
        cuts = self._cuts.cuts(view.media_id)
        self._panel.set_shown(Shown(int(view.frame), view.selection, span, cuts, tuple(pinned)))

    def _show_place(self) -> None:
        project, view = self._workspace.project, self._workspace.view
        if project is None or view.media_id is None or not self._navigation.is_clip:
            return
        times, frame = self._playback.times_s, int(view.frame)
        time_s = times[frame] if frame < len(times) else None
        count = project.medium(view.media_id).frame_count
        self._panel.transport.show_place(frame, count, time_s, frame_rate(times))

    def _summarise(self) -> None:
        project, media_id = self._workspace.project, self._workspace.view.media_id
        if project is None or media_id is None or media_id not in project.media:
            return
        if self._navigation.is_clip:
            self._panel.summarise(self._lanes, project.medium(media_id).frame_count)

    def _select(self, found: ObjectId, adds: bool) -> None:  # noqa: FBT001 - a Qt slot
        before = self._workspace.view.selection
        if not adds:
            selection: tuple[ObjectId, ...] = (found,)
        elif found in before:
            selection = tuple(one for one in before if one != found)
        else:
            selection = (*before, found)
        self._workspace.state.update(selection=selection)

    def _lane(self, project: Project, item: TrackedObject, made: _Made) -> Lane:
        category = project.categories.get(item.category_id)
        by_category = self._workspace.settings.colors_by_category
        return Lane(
            item.id,
            naming.object_name(project, item),
            naming.object_color(item, category, by_category=by_category),
            category.name if category is not None else "?",
            made.frames,
            made.review,
            is_locked=item.is_locked,
            is_hidden=item.is_hidden,
        )


def _timer(parent: QObject, interval_ms: int) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    return timer


class _Rank:
    """Sorts objects by their category's place in the list, then by number."""

    def __init__(self, project: Project) -> None:
        self._places = {one: place for place, one in enumerate(project.categories)}

    def __call__(self, item: TrackedObject) -> tuple[int, int, int]:
        place = self._places.get(item.category_id, len(self._places))
        return place, item.number, int(item.id)
