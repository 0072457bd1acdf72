"""Keeps the welcome page in step: recent projects, the state of the model, dropped files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.media_paths import PROJECT_SUFFIX
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.ui.welcome import WelcomePage
    from sam3_annotator.ui.wiring.desks import Desks
    from sam3_annotator.ui.wiring.workspace import Workspace


class WelcomeSync(QObject):
    """Fills one welcome page."""

    def __init__(self, workspace: Workspace, desks: Desks, page: WelcomePage) -> None:
        super().__init__(workspace)
        self._workspace, self._desks, self._page = workspace, desks, page
        page.project_chosen.connect(desks.files.open_path)
        page.files_dropped.connect(self._dropped)
        page.model_requested.connect(lambda: desks.window.ask_for("model"))
        workspace.settings.changed.connect(lambda _: self.refresh())
        workspace.model_changed.connect(lambda _: self.refresh())
        desks.model.loading_changed.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """List recent projects and say what the model can do."""
        self._page.show_recent([path for path in self._workspace.settings.recent if path.exists()])
        model, desk = self._workspace.model, self._desks.model
        if model is None and not desk.is_loading:
            text = translate("WelcomePage", "No model is loaded.")
            self._page.show_model(text, desk.trouble)
        else:
            text = "" if model is None else desk.one_line()
            self._page.show_model(text, "" if model is None else desk.abilities())

    def _dropped(self, files: list[Path]) -> None:
        projects = [path for path in files if path.suffix == PROJECT_SUFFIX]
        if projects:
            self._desks.files.open_path(projects[0])
        elif files:
            first = files[0]
            self._desks.files.add(files, first if first.is_dir() else first.parent)
