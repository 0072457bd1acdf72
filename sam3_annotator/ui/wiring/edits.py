"""EditDesk: undo and redo, of prompts being placed first and of finished steps then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from sam3_annotator.ui.wiring.workspace import Workspace


class EditDesk(QObject):
    """What Ctrl+Z and Ctrl+Shift+Z do."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace

    def undo(self) -> None:
        """Take back the newest prompt, or else the newest step; a run ends first."""
        if self._workspace.segmenting.attempt.is_open:
            self._workspace.segmenting.undo_prompt()
            return
        self._workspace.rewinding.emit()
        with self._workspace.explaining():
            self._workspace.require_document().undo()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        with self._workspace.explaining():
            self._workspace.require_document().redo()
