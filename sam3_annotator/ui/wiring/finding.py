"""FindDesk: the Find bar, the candidates and the search, in this picture or in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.commands import AddObjects, FrameMask, NewObject
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.prompts import ConceptPrompt
from sam3_annotator.engine.protocol import Capability, FrameRef
from sam3_annotator.errors import AnnotatorError, Rejected
from sam3_annotator.ui.abilities import missing_ability
from sam3_annotator.ui.panels.find_bar import Abilities
from sam3_annotator.ui.text import translate
from sam3_annotator.wording import Wording, counted
from sam3_annotator.workflow.sweeping import Sweeping, SweepReport, SweepWish
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from sam3_annotator.domain.ids import CategoryId
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.parts import Parts
    from sam3_annotator.ui.wiring.categories import CategoryDesk
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.detecting import AcceptedCandidates, Search

_SWEEP = "sweep"


class FindDesk(QObject):
    """Connects the Find bar with the search workflow and keeps what is accepted."""

    def __init__(
        self,
        workspace: Workspace,
        parts: Parts,
        categories: CategoryDesk,
        work: WorkDesk,
        ask: Ask,
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._bar = workspace, parts.find_bar
        self._canvas, self._categories = parts.canvas, categories
        self._work, self._ask = work, ask
        self._sweeping = Sweeping(
            workspace.engine.desk,
            lambda done, total: work.advance(_SWEEP, done, total),
            self._sweep_ended,
            workspace.troubled.emit,
        )
        bar, canvas = parts.find_bar, parts.canvas
        bar.find_requested.connect(self.find)
        bar.exemplar_tool_requested.connect(self._use_exemplars)
        bar.left.connect(canvas.setFocus)
        workspace.search_changed.connect(self._show_search)
        workspace.model_changed.connect(lambda _: self._show_abilities())
        workspace.settings.changed.connect(lambda _: self._show_abilities())
        workspace.candidates_accepted.connect(self._keep)
        workspace.closing.connect(self._sweeping.abandon)
        workspace.rewinding.connect(self._sweeping.abandon)
        self._show_abilities()

    def take_focus(self) -> None:
        """Let the user type a phrase."""
        self._bar.take_focus()

    def find(self, phrase: str) -> None:
        """Look for a phrase, with the exemplars given, in the shown picture."""
        with self._workspace.explaining():
            if phrase and not self._workspace.can(Capability.PHRASE):
                raise Rejected(missing_ability(Capability.PHRASE, self._workspace.model))
            if not phrase and self.asks_for_example():
                return
            self._workspace.detecting.set_phrase(phrase)
            self._workspace.detecting.run()
            self._canvas.setFocus()

    def asks_for_example(self) -> bool:
        """Put the example tool into the hand where only examples can say what to look for.

        Returns:
            False when a phrase could be typed as well, or an example is given already.
        """
        workspace = self._workspace
        is_given = any(one.is_positive for one in workspace.detecting.search.exemplars)
        if workspace.can(Capability.PHRASE) or not workspace.can(Capability.EXEMPLAR) or is_given:
            return False
        self._use_exemplars(True)  # noqa: FBT003 - a Qt slot
        return True

    def run(self) -> None:
        """Look again for what the Find bar says."""
        self.find(self._bar.phrase.text().strip())

    def run_everywhere(self) -> None:
        """Look in every picture of the project; what is found is kept as the model's proposal."""
        workspace = self._workspace
        with workspace.explaining():
            document, model = workspace.require_document(), workspace.model
            search = workspace.detecting.search
            phrase = self._bar.phrase.text().strip()
            concept = ConceptPrompt(phrase)
            if model is None or not workspace.can(Capability.PHRASE):
                raise Rejected(missing_ability(Capability.PHRASE, model))
            if not phrase:
                raise Rejected(translate("FindDesk", "Type what to find in every picture first."))
            if self._sweeping.is_running:
                raise Rejected(
                    translate("FindDesk", "A search is in progress. Cancel it first, or wait.")
                )
            media = [m.id for m in document.project.media.values() if m.kind is MediaKind.IMAGE]
            if not media:
                raise Rejected(translate("FindDesk", "There are no pictures in the project yet."))
            if not self._ask.confirm(
                translate("FindDesk", "Find “{phrase}” in %n picture(s)?", "", len(media)).format(
                    phrase=phrase
                ),
                translate(
                    "FindDesk",
                    "Everything found with a score of at least {score} becomes an object to be "
                    "reviewed. It runs in the background and is one step to undo.",
                ).format(score=f"{search.threshold:.2f}"),
                translate("FindDesk", "Find"),
            ):
                return
            title = Wording("Find “{phrase}” everywhere", phrase=phrase)
            wish = SweepWish(concept, self._categories.named(phrase), search.threshold, title)
            frames = [FrameRef(workspace.media_ref(one), FrameIndex(0)) for one in media]
            self._work.begin(
                _SWEEP,
                translate("FindDesk", "finding “{phrase}” in the project").format(phrase=phrase),
                self._sweeping.cancel,
            )
            try:
                self._sweeping.start(document, frames, wish, model)
            except AnnotatorError:
                self._work.end(_SWEEP)
                raise

    def accept_all(self) -> None:
        """Accept every open candidate above the threshold."""
        self._workspace.detecting.accept_open()

    def clear(self) -> None:
        """Forget phrase, exemplars and candidates."""
        self._bar.phrase.clear()
        self._workspace.detecting.clear()

    def _use_exemplars(self, is_positive: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._workspace.state.update(tool=Tool.EXEMPLAR)
        self._canvas.setFocus()
        self._workspace.said.emit(
            translate("FindDesk", "Draw a box around one thing of the wanted kind.")
            if is_positive
            else translate("FindDesk", "Draw a box with the right button around what is not meant.")
        )

    def _show_search(self, search: Search) -> None:
        positive = sum(exemplar.is_positive for exemplar in search.exemplars)
        self._bar.show_exemplars(positive, len(search.exemplars) - positive)
        self._bar.show_phrase(search.concept.phrase)

    def _show_abilities(self) -> None:
        model = self._workspace.model

        def why_not(capability: Capability) -> str:
            can = self._workspace.can(capability)
            return "" if can else missing_ability(capability, model)

        self._bar.show_abilities(
            Abilities(
                why_not(Capability.PHRASE),
                why_not(Capability.EXEMPLAR),
                why_not(Capability.TRACK_CONCEPT),
                () if model is None else model.concepts,
                has_model=model is not None,
                example_key=self._workspace.keymap.behind("tool.exemplar"),
            )
        )

    def _keep(self, accepted: AcceptedCandidates) -> None:
        """Turn accepted candidates into objects; the phrase becomes the category."""
        phrase = accepted.concept.phrase.strip()
        origin = f"concept:{phrase}" if phrase else "exemplar"
        frame = accepted.frame
        with self._workspace.explaining():
            document = self._workspace.require_document()
            count = len(accepted.candidates)
            title = counted(count, "Accept 1 candidate", "Accept {count} candidates")
            with document.step(title):
                category = self._category(phrase)
                made = tuple(
                    NewObject(
                        frame.media.media_id,
                        category,
                        (FrameMask(frame.frame, found.mask),),
                        origin=origin,
                        score=found.score,
                        prompts=accepted.concept,
                    )
                    for found in accepted.candidates
                )
                buried = document.do(AddObjects(made, title)).skipped
            if buried:
                said = translate(
                    "FindDesk",
                    "Left out, because they lie under others of a category without overlaps: %n.",
                    "",
                    buried,
                )
                self._workspace.said.emit(said)
            return
        self._workspace.detecting.hand_back(accepted.candidates)

    def _sweep_ended(self, report: SweepReport) -> None:
        self._work.end(_SWEEP)
        text = translate("FindDesk", "{found} found in {frames} pictures, {known} known already.")
        said = text.format(found=report.found, frames=report.frames, known=report.known)
        if report.failed:
            said += " " + translate("FindDesk", "%n picture(s) failed.", "", report.failed)
        if report.is_cancelled:
            said = translate("FindDesk", "Stopped; what was found is kept.") + " " + said
        self._workspace.said.emit(said)

    def _category(self, phrase: str) -> CategoryId:
        if phrase:
            return self._categories.named(phrase)
        return self._categories.for_new_object()
