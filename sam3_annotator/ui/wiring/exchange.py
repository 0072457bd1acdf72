"""ExchangeDesk: export and import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from sam3_annotator.ui.wiring.window import WindowDesk
    from sam3_annotator.ui.wiring.work import WorkDesk
    from sam3_annotator.ui.wiring.workspace import Workspace


class ExchangeDesk(QObject):
    """What goes out to and comes in from other programs' files."""

    def __init__(self, workspace: Workspace, work: WorkDesk, window: WindowDesk) -> None:
        super().__init__(workspace)
        self._workspace, self._work, self._window = workspace, work, window

    def ask_export(self) -> None:
        """Let the user choose what to export, and how."""
        self._window.wanted.emit("export")

    def ask_import(self) -> None:
        """Let the user choose files to import."""
        self._window.wanted.emit("import")
