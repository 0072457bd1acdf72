"""ClipDesks: everything that clips need besides what pictures do, made and connected in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.ui.text import translate
from sam3_annotator.ui.wiring.cuts import CutDesk
from sam3_annotator.ui.wiring.filmstrip_sync import FilmstripSync
from sam3_annotator.ui.wiring.playback import PlaybackDesk
from sam3_annotator.ui.wiring.runs import RunDesk
from sam3_annotator.ui.wiring.time_tools import TimeDesk
from sam3_annotator.ui.wiring.timeline_sync import TimelineSync

if TYPE_CHECKING:
    from sam3_annotator.ui.actions.action_set import ActionSet
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.panels.timeline import TimelinePanel
    from sam3_annotator.ui.parts import Parts
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.picture_sync import PictureSync
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class ClipDesks:
    """The desks of clips; each lives as long as the window."""

    playback: PlaybackDesk
    runs: RunDesk
    times: TimeDesk
    cuts: CutDesk
    lanes: TimelineSync
    filmstrip: FilmstripSync
    panel: TimelinePanel

    @staticmethod
    def make(
        workspace: Workspace,
        parts: Parts,
        navigation: Navigation,
        pictures: PictureSync,
        work: WorkDesk,
        ask: Ask,
    ) -> ClipDesks:
        """Connect the timeline of a window to its workspace."""
        cuts = CutDesk(workspace)
        playback = PlaybackDesk(workspace, navigation, pictures)
        parts.canvas.space_tapped.connect(playback.toggle)
        panel = parts.timeline
        panel.transport.left.connect(parts.canvas.setFocus)
        return ClipDesks(
            playback,
            RunDesk(workspace, work, cuts, ask),
            TimeDesk(workspace, work),
            cuts,
            TimelineSync(workspace, navigation, playback, cuts, panel),
            FilmstripSync(workspace, navigation, pictures, panel.transport.filmstrip),
            panel,
        )

    def use_actions(self, table: ActionSet) -> None:
        """Give the transport its buttons."""
        names = ("forward", "backward", "both", "between", "in_range", "", "all_both", "",
                 "correct", "go_on", "cross_cuts")  # fmt: skip
        steps = ("clip.previous_human", "view.previous", "view.next", "clip.next_human")
        icons = ("step-back", "previous", "next", "step-on")
        self.panel.transport.use_actions(
            [(table[one], name) for one, name in zip(steps, icons, strict=True)],
            table["clip.play"],
            [table[f"clip.{name}"] if name else None for name in names],
            [
                (table["clip.split"], translate("Timeline", "Split")),
                (table["clip.swap"], translate("Timeline", "Swap")),
                (table["flag.absent"], translate("Timeline", "Absent")),
            ],
        )

    def take_frame_field(self) -> None:
        """Let the user type a frame number."""
        self.panel.transport.take_focus()

    def zoom(self, factor: float) -> None:
        """Zoom the timeline; 0 shows the whole clip."""
        self.panel.lanes.zoom(factor)
