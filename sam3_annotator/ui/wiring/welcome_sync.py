"""Keeps the welcome page in step: recent projects, the state of the model, dropped files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.media_paths import PROJECT_SUFFIX
from sam3_annotator.io.reads import READS
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
        workspace.settings.changed.connect(self._setting_changed)
        workspace.model_changed.connect(lambda _: self.refresh())
        desks.model.loading_changed.connect(lambda _: self.refresh())
        self._list_recent()
        self.refresh()

    def refresh(self) -> None:
        """Say what the model can do."""
        model, desk = self._workspace.model, self._desks.model
        if model is None and not desk.is_loading:
            text = translate("WelcomePage", "No model is loaded.")
            self._page.show_model(text, desk.trouble)
        else:
            text = "" if model is None else desk.one_line()
            self._page.show_model(text, "" if model is None else desk.abilities())

    def _setting_changed(self, name: str) -> None:
        self.refresh()
        if name == "recent":
            self._list_recent()

    def _list_recent(self) -> None:
        """List the recent projects that are there; one may lie on a disk that does not answer."""
        recent = self._workspace.settings.recent
        self._workspace.reading.background.start(
            "recent projects",
            lambda _: [path for path in recent if _is_there(path)],
            self._page.show_recent,
            lambda _: None,
        )

    def _dropped(self, files: list[Path]) -> None:
        projects = [path for path in files if path.suffix == PROJECT_SUFFIX]
        if projects:
            self._desks.files.open_path(projects[0])
        elif files:
            first = files[0]
            self._desks.files.add(files, first if first.is_dir() else first.parent)


def _is_there(path: Path) -> bool:
    with READS.of(path):
        return path.exists()
