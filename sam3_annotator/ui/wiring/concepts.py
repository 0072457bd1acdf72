"""ConceptDesk: the Find bar's phrase, found and tracked through the shown clip."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sam3_annotator.domain.ids import FrameIndex
from sam3_annotator.domain.prompts import ConceptPrompt
from sam3_annotator.engine.protocol import Capability, PlanRun
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.abilities import missing_ability
from sam3_annotator.ui.text import in_words, translate
from sam3_annotator.ui.wiring.frame_run_desk import FrameRunDesk
from sam3_annotator.ui.wiring.run_memory import ask_needs, check_one_fits
from sam3_annotator.workflow.concept_plan import ConceptWish, plan_search
from sam3_annotator.workflow.concept_running import ConceptRunning
from sam3_annotator.workflow.run_plan import Reach, Wish
from sam3_annotator.workflow.view_state import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.ids import MediaId
    from sam3_annotator.engine.protocol import RunNeeds
    from sam3_annotator.ui.wiring.categories import CategoryDesk
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.run_progress import RunProgress


class ConceptDesk(FrameRunDesk[ConceptRunning]):
    """Starts searches through a clip.

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
        super().__init__(workspace, work, ConceptRunning)
        self._categories, self._walls = categories, walls

    def run(self, phrase: str, reach: Reach = Reach.BOTH) -> None:
        """Find a phrase, with all exemplars given, in the selected range or the whole clip.

        Exemplars say where the search begins. Without any, a search both ways goes from the first
        frame to the last, and one in one direction begins on the shown frame.
        """
        with self._workspace.explaining():
            running, view = self._need_running(), self._workspace.view
            self._check_model(phrase)
            if running.is_running:
                raise Rejected(translate("RunDesk", "A run is in progress. Cancel it, or wait."))
            if view.media_id is None:
                return
            self._workspace.detecting.set_phrase(phrase)
            prompts, where = self._where(view.media_id, phrase, reach)
            if all(prompt.is_empty for _, prompt in prompts):
                raise Rejected(self._ask_for_prompt())
            wish = ConceptWish(prompts, where, self._workspace.detecting.search.threshold)
            plan_search(wish)
            begin = partial(self._begin, running, view.media_id, wish)
            request = PlanRun(self._workspace.media_ref(view.media_id), 1, is_concept=True)
            ask_needs(self._workspace, request, begin)

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
        categories, phrase = self._categories, wish.phrase
        category = categories.named(phrase) if phrase else categories.for_new_object()
        running.start(media_id, wish, category)
        self._workspace.detecting.dismiss()

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
            known = in_words(model.concepts)
            raise Rejected(translate("ConceptDesk", "This model knows: {list}.").format(list=known))

    def _so_far(self, progress: RunProgress) -> list[str]:
        del progress
        return [translate("ConceptDesk", "%n found", "", self._need_running().found)]

    def _summary(self, progress: RunProgress) -> str:
        found = self._need_running().found
        said = translate("ConceptDesk", "%n object(s) found and tracked.", "", found)
        if progress.can_go_on:
            said += " " + translate("ConceptDesk", "Stopped; what was found is kept.")
        return said
