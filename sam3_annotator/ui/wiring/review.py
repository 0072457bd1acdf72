"""ReviewDesk: what a reviewer can do, from the queue's next row to the signature."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from sam3_annotator.domain.commands import (
    AddSignOff,
    CheckComplete,
    SetReview,
)
from sam3_annotator.domain.entities import MediaKind, ReviewState
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.review import objections
from sam3_annotator.ui.text import translate, worded
from sam3_annotator.ui.wiring import naming
from sam3_annotator.workflow.queue_rows import Show
from sam3_annotator.workflow.reviewing import Reviewing
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from sam3_annotator.domain.changes import Touched
    from sam3_annotator.domain.ids import CategoryId, MediaId
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.queue_rows import QueueRow

SLICE_S = 0.006
"""Measuring takes the window's thread for this long at most before it lets events through."""
REST_MS = 4
SETTLE_MS = 250
"""Changes that follow each other faster (a run, a stroke) are measured together."""
SHOW_S = 0.25


class ReviewDesk(QObject):
    """Keeps the queue of the open document and carries verdicts out.

    Signals:
        changed: the queue, the present row or the calibration may look different.
        report_wanted: the work report should be shown.
        close_up_wanted: the selected object should fill the canvas.
    """

    changed = Signal()
    report_wanted = Signal()
    close_up_wanted = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self.reviewing: Reviewing | None = None
        self.show = Show.DOUBTFUL
        self.present: QueueRow | None = None
        self.is_watched = False
        self._shown_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)
        workspace.document_changed.connect(self._start_over)
        workspace.touched.connect(self._touched)
        workspace.view_changed.connect(lambda _before, _after: self._follow())

    def watch(self, *, is_watched: bool) -> None:
        """Measure only while somebody looks at the queue or asks for its next row."""
        self.is_watched = is_watched
        if is_watched:
            self._timer.start(0)

    # ------------------------------------------------------------------ going

    def step(self, amount: int) -> None:
        """Go to the next (+1) or previous (-1) row of the queue."""
        reviewing = self.reviewing
        if reviewing is None:
            return
        self.watch(is_watched=True)
        row = reviewing.beside(self.present, amount, self.show)
        if row is not None:
            self.go_to(row)
        elif reviewing.is_done:
            self._workspace.said.emit(
                translate("ReviewDesk", "The end of the queue.")
                if reviewing.rows(self.show)
                else translate("ReviewDesk", "Nothing doubtful is left here.")
            )
        else:
            self._workspace.said.emit(translate("ReviewDesk", "Still measuring…"))

    def go_to(self, row: QueueRow) -> None:
        """Show a row's peak with its object selected."""
        self.present = row
        self._workspace.state.update(
            media_id=row.media_id, frame=row.doubt.peak, selection=(row.object_id,), span=None
        )
        if self._workspace.settings.reviews_close_up:
            self.close_up_wanted.emit()
        self.changed.emit()

    def toggle_close_up(self) -> None:
        """Zoom to each object on the way down the queue, or leave the zoom alone."""
        settings = self._workspace.settings
        settings.reviews_close_up = not settings.reviews_close_up
        if settings.reviews_close_up and self.present is not None:
            self.close_up_wanted.emit()

    def choose(self, show: Show) -> None:
        """Show other rows."""
        self.show = show
        self.changed.emit()

    # ------------------------------------------------------------------ verdicts

    def accept(self) -> None:
        """What is shown is good; on to the next row."""
        self._judge(ReviewState.ACCEPTED)

    def reject(self) -> None:
        """What is shown is wrong; on to the next row."""
        self._judge(ReviewState.REJECTED)

    def judge_whole(self, state: ReviewState) -> None:
        """Say the same of every frame of the selected objects."""
        if self.reviewing is not None:
            with self._workspace.explaining():
                selection = self._workspace.view.selection
                self._tell(self.reviewing.judge_frames(selection, state, None))

    def fix(self) -> None:
        """What is shown needs work: stay, with the click tool in hand."""
        if self._say(ReviewState.NEEDS_WORK):
            self._workspace.state.update(tool=Tool.CLICK)
            self._workspace.said.emit(
                translate("ReviewDesk", "Correct it: click, brush or draw; then accept it.")
            )

    def repair_swap(self) -> None:
        """Exchange the two objects that have probably changed places, from there on."""
        view, reviewing = self._workspace.view, self.reviewing
        if reviewing is None or view.media_id is None:
            return
        with self._workspace.explaining():
            swap = reviewing.swap_near(view.media_id, view.frame, view.selection)
            outcome = reviewing.repair(swap)
            self._workspace.said.emit(
                translate("ReviewDesk", "{step} from frame {frame} on.").format(
                    step=worded(outcome.title), frame=swap.frame
                )
            )

    def check(self, *, is_complete: bool) -> None:
        """Say whether every instance of the present category is found on this frame."""
        asked = self.asked
        if asked is None:
            return
        media_id, frame, category = asked
        done = self._workspace.do(CheckComplete(media_id, frame, category, is_complete))
        if done is not None:
            self._workspace.said.emit(naming.sentence(worded(done.title)))

    @property
    def asked(self) -> tuple[MediaId, FrameIndex, CategoryId] | None:
        """What "is every instance found?" is about: the selection's category, or the chosen one."""
        view, project = self._workspace.view, self._workspace.project
        if project is None or view.media_id is None:
            return None
        objects = project.contents(view.media_id).objects
        chosen = next((objects[o].category_id for o in view.selection if o in objects), None)
        category = view.category_id if chosen is None else chosen
        if category is None or category not in project.categories:
            return None
        return view.media_id, view.frame, category

    # ------------------------------------------------------------------ signatures

    def sign_off(self) -> None:
        """Sign that the selected object, or with none selected everything shown, is right.

        It counts for the selected range of frames, or else for all of them.
        """
        view, project = self._workspace.view, self._workspace.project
        if project is None or view.media_id is None:
            return
        last = FrameIndex(project.medium(view.media_id).frame_count - 1)
        start, stop = view.span or (FrameIndex(0), last)
        said = translate("ReviewDesk", "Signed off")
        against = objections(project.contents(view.media_id), view.selected, start, stop)
        if against:
            said = translate(
                "ReviewDesk", "Signed off with %n mask(s) rejected or to be fixed", "", against
            )
        self._tell(AddSignOff(view.media_id, start, stop, view.selected), said)

    def show_report(self) -> None:
        """Show who did how much, and how fast."""
        self.report_wanted.emit()

    # ------------------------------------------------------------------ inside

    def _judge(self, state: ReviewState) -> None:
        is_range = self._workspace.view.span is not None
        if self._say(state) and not is_range:
            self._go_on()

    def _say(self, state: ReviewState) -> bool:
        """Judge the selected range, else the present row, else the selected objects here."""
        view, reviewing = self._workspace.view, self.reviewing
        if reviewing is None or view.media_id is None:
            return False
        with self._workspace.explaining():
            row = self._row_here() if view.span is None else None
            if row is not None:
                reviewing.judge(row, state)
                return True
            if not view.selection:
                self._workspace.said.emit(
                    translate("ReviewDesk", "Select an object, or go to a doubtful frame.")
                )
                return False
            span = view.span or (view.frame, view.frame)
            return self._tell(reviewing.judge_frames(view.selection, state, span))
        return False

    def _tell(self, command: SetReview | AddSignOff, said: str = "") -> bool:
        """Carry a reviewer's word out, and say what it was about; whether that worked."""
        outcome = self._workspace.do(command)
        if outcome is None:
            return False
        span = None if command.start is None else self._workspace.view.span
        self._workspace.said.emit(naming.sentence(said or worded(outcome.title), span))
        return True

    def _row_here(self) -> QueueRow | None:
        """The present row while its span is on screen, else the likeliest one of this frame."""
        view, reviewing = self._workspace.view, self.reviewing
        if reviewing is None or view.media_id is None:
            return None
        present = self.present
        if (
            present is not None
            and present.media_id == view.media_id
            and present.doubt.covers(view.frame)
            and (not view.selection or present.object_id in view.selection)
            and present.object_id
            in self._workspace.require_document().project.contents(view.media_id).objects
        ):
            return reviewing.same_row(present)
        return reviewing.row_at(view.media_id, view.frame, view.selection)

    def _go_on(self) -> None:
        reviewing = self.reviewing
        if reviewing is None:
            return
        row = reviewing.beside(self.present, 1, self.show)
        if row is not None:
            self.go_to(row)
        else:
            self.changed.emit()

    def _start_over(self) -> None:
        document = self._workspace.document
        self.reviewing = None if document is None else Reviewing(document)
        self.present = None
        self._follow()
        self._timer.start(0)
        self.changed.emit()

    def _touched(self, touched: Touched) -> None:
        if self.reviewing is not None:
            self.reviewing.touched(touched)
            self.reviewing.look_at(self._workspace.view.media_id)
            self._timer.start(SETTLE_MS if touched.spans else 0)
            self.changed.emit()

    def _follow(self) -> None:
        view, reviewing = self._workspace.view, self.reviewing
        if reviewing is None or view.is_playing:
            return  # a clip that plays needs the whole thread; this hears of its end
        reviewing.look_at(view.media_id, view.frame)
        if not self._timer.isActive() and not reviewing.is_done:
            self._timer.start(0)
        if self.present is not None and not self._is_at(self.present):
            self.present = None
        if self.present is None and view.media_id is not None and view.selection:
            self.present = reviewing.row_at(view.media_id, view.frame, view.selection)
        self.changed.emit()

    def _is_at(self, row: QueueRow) -> bool:
        view, project = self._workspace.view, self._workspace.project
        if project is None or row.media_id != view.media_id:
            return False
        is_clip = project.medium(row.media_id).kind is MediaKind.CLIP
        return (not view.selection or row.object_id in view.selection) and (
            not is_clip or row.doubt.covers(view.frame)
        )

    def _work(self) -> None:
        if self.reviewing is None or not self.is_watched or self._workspace.view.is_playing:
            return
        with self._workspace.explaining():
            if self.reviewing.work(SLICE_S):
                self._timer.start(REST_MS)
                if time.monotonic() - self._shown_at < SHOW_S:
                    return
        self._shown_at = time.monotonic()
        self.changed.emit()
