"""Keeps the strip below the canvas in step: thumbnails for pictures, a timeline for clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from sam3_annotator.ui.parts import Parts
    from sam3_annotator.ui.wiring.navigation import Navigation
    from sam3_annotator.ui.wiring.workspace import Workspace


class StripSync(QObject):
    """Fills and switches one strip."""

    def __init__(self, workspace: Workspace, navigation: Navigation, parts: Parts) -> None:
        super().__init__(workspace)
        self._workspace, self._navigation, self._parts = workspace, navigation, parts
