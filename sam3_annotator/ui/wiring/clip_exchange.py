"""ClipExchangeDesk: imports of folders, and the check of an export against its clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.io.frames_csv import verify_export
from sam3_annotator.io.opening import open_clip
from sam3_annotator.ui.text import translate, worded

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.io.errands import Report
    from sam3_annotator.ui.ask import Ask
    from sam3_annotator.ui.wiring.exchange import ExchangeDesk
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace


class ClipExchangeDesk(QObject):
    """What only clips exchange with the outside."""

    def __init__(
        self, workspace: Workspace, work: WorkDesk, ask: Ask, exchange: ExchangeDesk
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._work = workspace, work
        self._ask, self._exchange = ask, exchange

    def import_folder(self) -> None:
        """Ask for a folder of DAVIS or MOTS files and import it."""
        folder = self._ask.folder(translate("ClipExchangeDesk", "Import a DAVIS or MOTS folder"))
        if folder is not None:
            self._exchange.import_files(None, [folder])

    def ask_verify(self) -> None:
        """Ask for the list of frames of an export and compare it with the shown clip."""
        kinds = translate("ClipExchangeDesk", "Lists of frames") + " (*.frames.csv)"
        path = self._ask.file(translate("ClipExchangeDesk", "Verify an export"), kinds)
        if path is not None:
            self.verify(path)

    def verify(self, path: Path) -> None:
        """Decode every frame of the shown clip and compare it with an export's list."""
        media_id = self._workspace.view.media_id
        if media_id is None:
            return
        clip_path = self._workspace.path_of(media_id)

        def work(report: Report) -> tuple[str, ...]:
            clip = open_clip(clip_path)
            try:
                return verify_export(path, clip, report)
            finally:
                clip.close()

        title = translate("ClipExchangeDesk", "comparing every frame with {name}")
        self._work.run_errand(title.format(name=path.name), work, self._verified)

    def _verified(self, differences: tuple[str, ...]) -> None:
        said = (
            translate("ClipExchangeDesk", "The export was made on other frames than this clip has.")
            if differences
            else translate("ClipExchangeDesk", "Every frame is the one the export was made on.")
        )
        title = translate("ClipExchangeDesk", "Verify an export")
        self._exchange.reported.emit(title, said, "\n".join(map(worded, differences)))
