"""RescueDesk: a project that cannot be opened, and the copy of what is readable in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.media_paths import PROJECT_SUFFIX
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.errands import Report
    from sam3_annotator.store.salvage import SalvageReport
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.wiring.files import FileDesk
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace


class RescueDesk(QObject):
    """Saves what is readable of a damaged project; the damaged file is only read."""

    def __init__(self, workspace: Workspace, work: WorkDesk, ask: Ask, files: FileDesk) -> None:
        super().__init__(workspace)
        self._workspace, self._work = workspace, work
        self._ask, self._files = ask, files

    def ask_and_save(self, damaged: Path) -> None:
        """Ask where the copy should go, save it in the background, then open it."""
        start = damaged.with_name(f"{damaged.stem} rescued{PROJECT_SUFFIX}")
        kinds = translate("FileDesk", "Projects") + f" (*{PROJECT_SUFFIX})"
        target = self._ask.new_file(translate("RescueDesk", "Save what is readable"), kinds, start)
        if target is not None:
            self.save(damaged, target)

    def save(self, damaged: Path, target: Path) -> None:
        """Save a copy of what is readable, and open it."""

        def work(_: Report) -> SalvageReport:
            from sam3_annotator.store.salvage import salvage_copy  # noqa: PLC0415 - imports SQL

            return salvage_copy(damaged, target)

        def saved(report: SalvageReport) -> None:
            self._files.open_path(target)
            said = translate("RescueDesk", "{rows} rows were saved.").format(
                rows=sum(report.rows.values())
            )
            if report.lost_masks:
                said += " " + translate(
                    "RescueDesk", "%n mask(s) could not be read.", "", report.lost_masks
                )
            self._workspace.said.emit(said)

        title = translate("RescueDesk", "saving what is readable")
        self._work.run_errand(title, work, saved, is_of_project=False)
