"""ConceptDesk: the Find bar's phrase, found and tracked through the shown clip."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.prompts import ConceptPrompt
from sam3_annotator.engine.protocol import Capability, PlanRun
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.ui.abilities import missing_ability
from sam3_annotator.ui.text import translate, worded
from sam3_annotator.ui.wiring.run_memory import ask_needs, check_one_fits
from sam3_annotator.workflow.concept_plan import ConceptWish, plan_search
from sam3_annotator.workflow.concept_running import ConceptRunning
from sam3_annotator.workflow.run_plan import Reach, Wish
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.engine.protocol import ModelInfo, RunNeeds
    from sam3_annotator.ui.wiring.categories import CategoryDesk
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.run_progress import RunProgress

_WORK = "concept run"


class ConceptDesk(QObject):
    """Starts, shows and ends searches through a clip.

    Args:
        workspace: what the window shares.
        work: the list of long work.
        categories: names what is found.
        walls: first frames of the shots of the shown clip that a search does not cross.
    """

    def __init__(
        self,
        workspace: Workspace,
        work: WorkDesk,
        categories: CategoryDesk,
        walls: Callable[[], tuple[int, ...]],
    ) -> None:
        super().__init__(workspace)
        self._walls = walls
        self._workspace, self._work, self._categories = workspace, work, categories
        self._running: ConceptRunning | None = None
        self._is_shown = False
        workspace.document_changed.connect(self._use_document)
        workspace.closing.connect(self._abandon)
        self._use_document()

    @property
    def progress(self) -> RunProgress | None:
        """The present search, or how the last one ended; None while no project is open."""
        return None if self._running is None else self._running.progress

    @property
    def can_go_on(self) -> bool:
        """Whether a stopped search can be taken up."""
        return self.progress is not None and self.progress.can_go_on

    def run(self, phrase: str, reach: Reach = Reach.BOTH) -> None:
        """Find a phrase, with all exemplars given, in the selected range or the whole clip.

        Exemplars say where the search begins. Without any, a search both ways goes from the first
        frame to the last, and one in one direction begins on the shown frame.
        """
        with self._workspace.explaining():
            running, view = self._need_running(), self._workspace.view
            self._check_model(phrase)
            if view.media_id is None:
                return
            self._workspace.detecting.set_phrase(phrase)
            prompts, where = self._where(view.media_id, phrase, reach)
            if all(prompt.is_empty for _, prompt in prompts):
                raise Rejected(self._ask_for_prompt())
            category = (
                self._categories.named(phrase) if phrase else self._categories.for_new_object()
            )
            least = self._workspace.detecting.search.threshold
            wish = ConceptWish(prompts, category, where, least)
            plan_search(wish)
            begin = partial(self._begin, running, view.media_id, wish)
            request = PlanRun(self._workspace.media_ref(view.media_id), 1, is_concept=True)
            ask_needs(self._workspace, request, begin)

    def go_on(self) -> None:
        """Search the rest of a run that was stopped."""
        with self._workspace.explaining():
            self._need_running().go_on()

    def cancel(self) -> None:
        """Stop; what was found stays."""
        if self._running is not None:
            self._running.cancel()

    # ------------------------------------------------------------------ inside

    def _ask_for_prompt(self) -> str:
        """What is missing; the example tool is put into the hand where only that can say it."""
        if self._workspace.can(Capability.PHRASE):
            return translate("ConceptDesk", "Type what to find, or draw an example box first.")
        self._workspace.state.update(tool=Tool.EXEMPLAR)
        return translate(
            "ConceptDesk", "Draw a box around one of what is to be followed; then track all."
        )

    def _where(
        self, media_id: MediaId, phrase: str, reach: Reach
    ) -> tuple[tuple[tuple[FrameIndex, ConceptPrompt], ...], Wish]:
        """What is told on which frame, and how far to look."""
        view, project = self._workspace.view, self._workspace.require_document().project
        last = FrameIndex(project.medium(media_id).frame_count - 1)
        first, last = view.span or (FrameIndex(0), last)
        told = self._workspace.detecting.search.prompts
        inside = tuple(item for item in told if item[1].exemplars and first <= item[0] <= last)
        unused = sum(len(p.exemplars) for f, p in told if not first <= f <= last)
        if unused:
            self._workspace.said.emit(
                translate(
                    "ConceptDesk", "%n example(s) outside the range are left out.", "", unused
                )
            )
        at = FrameIndex(min(max(view.frame, first), last))
        if not inside and reach is Reach.BOTH:
            at = first
        wish = Wish(at, reach, first, last, cuts=self._walls())
        return inside or ((at, ConceptPrompt(phrase)),), wish

    def _begin(
        self, running: ConceptRunning, media_id: MediaId, wish: ConceptWish, needs: RunNeeds
    ) -> None:
        """Search, unless not even one find could be followed; say how many can."""
        if running is not self._running:
            return
        check_one_fits(needs)
        if needs.free_bytes:
            room = needs.room_for
            said = translate("ConceptDesk", "There is room for %n find(s) at once.", "", room)
            self._workspace.said.emit(said)
        running.start(media_id, wish)

    def _check_model(self, phrase: str) -> None:
        """Say beforehand what the loaded model cannot do, and what it can do instead."""
        model = self._workspace.model
        if model is None:
            raise Rejected(missing_ability(Capability.TRACK_CONCEPT, None))
        if Capability.TRACK_CONCEPT not in model.capabilities:
            raise Rejected(missing_ability(Capability.TRACK_CONCEPT, model))
        if phrase and Capability.PHRASE not in model.capabilities:
            raise Rejected(missing_ability(Capability.PHRASE, model))
        if model.concepts and phrase and phrase not in model.concepts:
            known = ", ".join(model.concepts)
            raise Rejected(translate("ConceptDesk", "This model knows: {list}.").format(list=known))

    def _show(self, progress: RunProgress) -> None:
        running = self._running
        if running is None:
            return
        if progress.is_running and not self._is_shown:
            self._is_shown = True
            pause = lambda is_paused: running.pause(is_paused=is_paused)  # noqa: E731 - a callback
            self._work.begin(_WORK, progress.title, running.cancel, pause)
        if progress.is_running:
            parts = [translate("ConceptDesk", "%n found", "", running.found)]
            if progress.frames_per_s:
                speed = f"{progress.frames_per_s:.3g}"
                parts.append(translate("RunDesk", "{n} frames/s").format(n=speed))
            self._work.advance(_WORK, progress.done, progress.total, ", ".join(parts))
        elif self._is_shown:
            self._is_shown = False
            self._work.end(_WORK)
            said = translate("ConceptDesk", "%n object(s) found and tracked.", "", running.found)
            if progress.can_go_on:
                said += " " + translate("ConceptDesk", "Stopped; what was found is kept.")
            self._workspace.said.emit(said)

    def _use_document(self) -> None:
        document = self._workspace.document
        if document is None:
            self._running = None
            return
        self._running = ConceptRunning(
            document,
            self._workspace.engine.desk,
            self._show,
            self._workspace.media_ref,
            self._model,
        )
        self._running.on_trouble = self._troubled

    def _abandon(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.abandon()
        if self._is_shown:
            self._is_shown = False
            self._work.end(_WORK)

    def _troubled(self, error: AnnotatorError) -> None:
        if isinstance(error, Rejected):
            self._workspace.said.emit(worded(error))
        else:
            self._workspace.troubled.emit(error)

    def _model(self) -> ModelInfo | None:
        return self._workspace.model

    def _need_running(self) -> ConceptRunning:
        if self._running is None:
            raise Rejected(translate("RunDesk", "Open a clip first."))
        return self._running
