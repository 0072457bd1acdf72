"""ClipDesks: everything that clips need besides what pictures do, made and connected in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.ui.wiring.clip_exchange import ClipExchangeDesk
from sam3_annotator.ui.wiring.concepts import ConceptDesk
from sam3_annotator.ui.wiring.cuts import CutDesk
from sam3_annotator.ui.wiring.filmstrip_sync import FilmstripSync
from sam3_annotator.ui.wiring.playback import PlaybackDesk
from sam3_annotator.ui.wiring.runs import RunDesk
from sam3_annotator.ui.wiring.time_tools import TimeDesk
from sam3_annotator.ui.wiring.timeline_sync import TimelineSync
from sam3_annotator.workflow.run_plan import Reach

if TYPE_CHECKING:
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.panels.find_bar import FindBar
    from sam3_annotator.ui.panels.timeline import TimelinePanel
    from sam3_annotator.ui.parts import Parts
    from sam3_annotator.ui.wiring.categories import CategoryDesk
    from sam3_annotator.ui.wiring.exchange import ExchangeDesk
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.picture_sync import PictureSync
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class Others:
    """The desks that those of clips lean on."""

    navigation: Navigation
    categories: CategoryDesk
    work: WorkDesk
    exchange: ExchangeDesk
    ask: Ask


@dataclass(frozen=True, slots=True, eq=False)
class ClipDesks:
    """The desks of clips; each lives as long as the window."""

    playback: PlaybackDesk
    runs: RunDesk
    times: TimeDesk
    cuts: CutDesk
    concepts: ConceptDesk
    exchange: ClipExchangeDesk
    lanes: TimelineSync
    filmstrip: FilmstripSync
    panel: TimelinePanel
    find_bar: FindBar

    @staticmethod
    def make(
        workspace: Workspace, parts: Parts, pictures: PictureSync, others: Others
    ) -> ClipDesks:
        """Connect the timeline of a window to its workspace."""
        navigation, work = others.navigation, others.work
        cuts = CutDesk(workspace)
        playback = PlaybackDesk(workspace, navigation, pictures)
        parts.canvas.space_tapped.connect(playback.toggle)
        panel = parts.timeline
        panel.transport.left.connect(parts.canvas.setFocus)
        runs = RunDesk(workspace, work, cuts, others.ask)
        concepts = ConceptDesk(workspace, work, others.categories, runs.walls)
        parts.find_bar.track_requested.connect(concepts.run)
        workspace.view_changed.connect(
            lambda _before, _after: parts.find_bar.show_tracking(is_clip=navigation.is_clip)
        )
        return ClipDesks(
            playback,
            runs,
            TimeDesk(workspace, work),
            cuts,
            concepts,
            ClipExchangeDesk(workspace, work, others.ask, others.exchange),
            TimelineSync(workspace, navigation, playback, cuts, panel),
            FilmstripSync(workspace, navigation, pictures, panel.transport.filmstrip),
            panel,
            parts.find_bar,
        )

    def take_frame_field(self) -> None:
        """Let the user type a frame number."""
        self.panel.transport.take_focus()

    def find(self, reach: Reach = Reach.BOTH) -> None:
        """Find and track what the Find bar says."""
        self.concepts.run(self.find_bar.phrase.text().strip(), reach)

    @property
    def is_running(self) -> bool:
        """Whether a run or a search goes through the shown clip, and has not been cancelled."""
        return self.runs.is_running_here or self.concepts.is_running_here

    def cancel(self) -> bool:
        """Stop what goes through the shown clip; what is done stays.

        Returns:
            Whether anything did.
        """
        going = [desk for desk in (self.runs, self.concepts) if desk.is_running_here]
        for desk in going:
            desk.cancel()
        return bool(going)

    def go_on(self) -> None:
        """Take up the run or the search that was stopped last."""
        stopped = [desk for desk in (self.runs, self.concepts) if desk.can_go_on]
        max(stopped or [self.runs], key=lambda desk: desk.ended_at).go_on()

    def zoom(self, factor: float) -> None:
        """Zoom the timeline; 0 shows the whole clip."""
        self.panel.lanes.zoom(factor)
