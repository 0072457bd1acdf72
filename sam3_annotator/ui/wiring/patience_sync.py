"""Tells which file is being waited for when its disk or network does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from sam3_annotator.io.reads import READS
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from sam3_annotator.io.reads import Reads
    from sam3_annotator.ui.wiring.picture_sync import PictureSync
    from sam3_annotator.ui.wiring.workspace import Workspace

PATIENCE_S = 5.0
"""How long a read may take before it is told."""

_LOOK_MS = 2000


class PatienceSync(QObject):
    """Looks now and then whether a read of any thread takes long, and says so until it ends.

    Args:
        reads: those of this process.
    """

    def __init__(self, workspace: Workspace, pictures: PictureSync, reads: Reads = READS) -> None:
        super().__init__(workspace)
        self._workspace, self._pictures, self._reads = workspace, pictures, reads
        self._awaited_before: object = None
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(_LOOK_MS)

    def look(self) -> None:
        """Say which file is waited for, if one has been for long."""
        before, self._awaited_before = self._awaited_before, self._pictures.awaited
        read = self._reads.longest()
        if read is None or read.seconds < PATIENCE_S:
            return
        text = translate("PatienceSync", "Still waiting for {name} ({seconds} s).").format(
            name=read.path.name, seconds=int(read.seconds)
        )
        self._workspace.said.emit(text)
        if before is not None and before == self._awaited_before:
            self._pictures.say_late(text)  # what is on the canvas is of another frame
