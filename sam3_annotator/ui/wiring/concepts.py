"""ConceptDesk: the Find bar's phrase, found and tracked through the shown clip."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.prompts import ConceptPrompt
from sam3_annotator.engine.protocol import Capability, PlanRun
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring.gestures import missing_ability
from sam3_annotator.ui.wiring.run_memory import ask_needs, check_one_fits
from sam3_annotator.workflow.concept_running import ConceptRunning, ConceptWish

if TYPE_CHECKING:
    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.engine.protocol import ModelInfo, RunNeeds
    from sam3_annotator.ui.wiring.categories import CategoryDesk
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.run_progress import RunProgress

_WORK = "concept run"


class ConceptDesk(QObject):
    """Starts, shows and ends searches through a clip."""

    def __init__(self, workspace: Workspace, work: WorkDesk, categories: CategoryDesk) -> None:
        super().__init__(workspace)
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

    def run(self, phrase: str) -> None:
        """Find a phrase, with the exemplars of the shown frame, in the range or the whole clip.

        With exemplars the search begins on the frame they lie on.
        """
        with self._workspace.explaining():
            running, view = self._need_running(), self._workspace.view
            self._check_model(phrase)
            project = self._workspace.require_document().project
            if view.media_id is None:
                return
            exemplars = self._workspace.detecting.search.concept.exemplars
            concept = ConceptPrompt(phrase, exemplars)
            if concept.is_empty:
                raise Rejected(
                    translate("ConceptDesk", "Type what to find, or draw an example box first.")
                )
            last = FrameIndex(project.medium(view.media_id).frame_count - 1)
            start, stop = view.span or (FrameIndex(0), last)
            if exemplars:
                start = view.frame
            category = (
                self._categories.named(phrase) if phrase else self._categories.for_new_object()
            )
            wish = ConceptWish(concept, category, view.frame, start, stop)
            begin = partial(self._begin, running, view.media_id, wish)
            request = PlanRun(self._workspace.media_ref(view.media_id), 1, is_concept=True)
            ask_needs(self._workspace, request, begin)

    def go_on(self) -> None:
        """Search the rest of a run that was stopped."""
        with self._workspace.explaining():
            self._need_running().go_on()

    # ------------------------------------------------------------------ inside

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
            raise Rejected(missing_ability(Capability.TRACK_CONCEPT, has_model=False))
        if Capability.TRACK_CONCEPT not in model.capabilities:
            if Capability.TRACK in model.capabilities:
                raise Rejected(
                    translate(
                        "ConceptDesk",
                        "{model} cannot pick up newcomers in a clip. Find on this frame, accept "
                        "what is right, and propagate; or load SAM 3 weights.",
                    ).format(model=model.name)
                )
            raise Rejected(missing_ability(Capability.TRACK_CONCEPT, has_model=True))
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
            self._workspace.said.emit(str(error))
        else:
            self._workspace.troubled.emit(error)

    def _model(self) -> ModelInfo | None:
        return self._workspace.model

    def _need_running(self) -> ConceptRunning:
        if self._running is None:
            raise Rejected(translate("RunDesk", "Open a clip first."))
        return self._running
