"""RunDesk: propagations of the shown clip's objects, from the wish to the last frame."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sam3_annotator.domain.commands import SetMask
from sam3_annotator.domain.entities import Source
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.engine.protocol import Capability, PlanRun
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.abilities import missing_ability
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring.frame_run_desk import FrameRunDesk
from sam3_annotator.ui.wiring.run_memory import ask_needs, check_one_fits, gigabytes
from sam3_annotator.workflow.propagating import Propagating
from sam3_annotator.workflow.run_plan import (
    Agreement,
    Reach,
    Wish,
    plan_run,
    settled_masklets,
)

if TYPE_CHECKING:
    from sam3_annotator.domain.commands import Command
    from sam3_annotator.domain.ids import MediaId, ObjectId
    from sam3_annotator.engine.protocol import RunNeeds
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.wiring.cuts import CutDesk
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.document import Outcome
    from sam3_annotator.workflow.run_progress import RunProgress


class RunDesk(FrameRunDesk[Propagating]):
    """Starts propagations; results go into the document frame by frame."""

    def __init__(self, workspace: Workspace, work: WorkDesk, cuts: CutDesk, ask: Ask) -> None:
        super().__init__(workspace, work, Propagating)
        self._cuts, self._ask = cuts, ask
        self._is_local = False
        self.crosses_cuts = False
        workspace.done.connect(self._done)

    def run(self, reach: Reach, *, for_all: bool = False) -> None:
        """Propagate the selected objects, or all where none is selected, from the shown frame."""
        view = self._workspace.view
        with self._workspace.explaining():
            first, last = FrameIndex(0), FrameIndex(self._frame_count() - 1)
            wish = Wish(view.frame, reach, first, last, cuts=self.walls())
            self._start(self._objects(for_all=for_all), wish, None)

    def run_in_range(self) -> None:
        """Propagate into the selected range of frames, from the shown frame or from its edge."""
        view = self._workspace.view
        with self._workspace.explaining():
            if view.span is None:
                raise Rejected(
                    translate("RunDesk", "Drag over the lanes to select a range of frames first.")
                )
            first, last = view.span
            at, reach = view.frame, Reach.BOTH
            if at < first:
                at, reach = FrameIndex(first - 1), Reach.FORWARD
            elif at > last:
                at, reach = FrameIndex(last + 1), Reach.BACKWARD
            elif at in (first, last):
                reach = Reach.FORWARD if at == first else Reach.BACKWARD
            wish = Wish(at, reach, first, last, cuts=self.walls())
            self._start(self._objects(for_all=False), wish, None)

    def correct(self) -> None:
        """Recompute only what the fix on the shown frame can have changed, in both directions."""
        view = self._workspace.view
        with self._workspace.explaining():
            if not view.selection:
                raise Rejected(translate("RunDesk", "Select the object that you corrected first."))
            first, last = FrameIndex(0), FrameIndex(self._frame_count() - 1)
            wish = Wish(view.frame, Reach.BOTH, first, last, is_local=True, cuts=self.walls())
            least, frames = self._workspace.settings.agreement
            self._start(view.selection, wish, Agreement(least, frames))

    def toggle_cuts(self) -> None:
        """Let runs cross shot cuts, or stop at them."""
        self.crosses_cuts = not self.crosses_cuts
        self._workspace.said.emit(
            translate("RunDesk", "Runs cross shot cuts now.")
            if self.crosses_cuts
            else translate("RunDesk", "Runs stop at shot cuts now.")
        )

    def walls(self) -> tuple[int, ...]:
        """First frames of the shots of the shown clip that a run does not cross."""
        media_id = self._workspace.view.media_id
        return () if self.crosses_cuts or media_id is None else self._cuts.cuts(media_id)

    # ------------------------------------------------------------------ before a run

    def _start(
        self, objects: tuple[ObjectId, ...], wish: Wish, agreement: Agreement | None
    ) -> None:
        """Check the wish, ask what it needs, and begin once that is known."""
        running, model = self._need_running(), self._workspace.model
        if model is None or Capability.TRACK not in model.capabilities:
            raise Rejected(missing_ability(Capability.TRACK, model))
        if running.is_running:
            raise Rejected(translate("RunDesk", "A run is in progress. Cancel it, or wait."))
        project = self._workspace.require_document().project
        plan_run(settled_masklets(project, objects), wish)
        media_id = self._workspace.view.media_id
        if media_id is None:
            return
        if not self.crosses_cuts and not self._cuts.is_known(media_id):
            self._workspace.said.emit(
                translate("RunDesk", "Shot cuts are still being looked for; this run crosses them.")
            )
        prompted = max((int(project.masklet(o).is_human.sum()) for o in objects), default=1)
        begin = partial(self._begin, running, media_id, objects, wish, agreement)
        request = PlanRun(self._workspace.media_ref(media_id), len(objects), prompted)
        ask_needs(self._workspace, request, begin)

    def _begin(
        self,
        running: Propagating,
        media_id: MediaId,
        objects: tuple[ObjectId, ...],
        wish: Wish,
        agreement: Agreement | None,
        needs: RunNeeds,
    ) -> None:
        if running is not self._running:
            return
        check_one_fits(needs)
        at_once = 0
        if not needs.fits:
            at_once = needs.objects_that_fit
            question = translate(
                "RunDesk", "{objects} objects need {need} GB, {free} GB are free."
            ).format(
                objects=needs.objects,
                need=gigabytes(needs.total_bytes),
                free=gigabytes(needs.free_bytes),
            )
            detail = translate("RunDesk", "They can be followed in groups of %n.", "", at_once)
            if not self._ask.confirm(question, detail, translate("RunDesk", "In groups")):
                return
        elif needs.free_bytes:
            self._workspace.said.emit(
                translate("RunDesk", "The run needs {need} GB of {free} GB that are free.").format(
                    need=gigabytes(needs.total_bytes), free=gigabytes(needs.free_bytes)
                )
            )
        self._is_local = wish.is_local
        running.start(media_id, objects, wish, agreement, at_once)

    def _objects(self, *, for_all: bool) -> tuple[ObjectId, ...]:
        """The selected objects, or all with a mask; locked ones are left out."""
        view, project = self._workspace.view, self._workspace.require_document().project
        if view.media_id is None:
            return ()
        items = project.objects(view.media_id)
        if view.selection and not for_all:
            items = tuple(item for item in items if item.id in view.selection)
        free = tuple(item.id for item in items if not item.is_locked)
        if items and not free:
            raise Rejected(translate("RunDesk", "These objects are locked. Unlock them first."))
        known = tuple(one for one in free if len(project.masklet(one)))
        return known or free

    def _frame_count(self) -> int:
        project, media_id = (
            self._workspace.require_document().project,
            self._workspace.view.media_id,
        )
        if media_id is None:
            raise Rejected(translate("RunDesk", "Open a clip first."))
        return project.medium(media_id).frame_count

    # ------------------------------------------------------------------ during a run

    def _title(self, progress: RunProgress) -> str:
        if self._is_local:
            return translate("RunDesk", "recomputing around the correction")
        return translate("RunDesk", "propagating, {total} frames").format(total=progress.total)

    def _so_far(self, progress: RunProgress) -> list[str]:
        parts = super()._so_far(progress)
        if progress.saved:
            parts.append(translate("RunDesk", "{n} still agree").format(n=progress.saved))
        return parts

    def _summary(self, progress: RunProgress) -> str:
        said = translate("RunDesk", "%n frame(s) computed.", "", progress.done)
        if self._is_local or progress.saved:
            said += " " + translate(
                "RunDesk", "%n frame(s) saved: the old masks still agree.", "", progress.saved
            )
        if progress.can_go_on:
            said += " " + translate(
                "RunDesk", "Stopped; what is done is kept, and the run can go on."
            )
        return said

    def _done(self, command: Command, outcome: Outcome) -> None:
        """Recompute around a correction at once, where the user wants that."""
        del outcome
        settings, view = self._workspace.settings, self._workspace.view
        if not settings.recomputes or not isinstance(command, SetMask):
            return
        if command.source is not Source.HUMAN or command.frame != view.frame:
            return
        project = self._workspace.project
        is_idle = self._running is not None and not self._running.is_running
        if project is None or not is_idle or command.object_id not in view.selection:
            return
        others = project.masklet(command.object_id)
        if (~others.is_human).any() and self._workspace.can(Capability.TRACK):
            self.correct()
