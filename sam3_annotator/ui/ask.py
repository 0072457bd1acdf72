"""Ask: the questions that need the system's file dialogs, behind one door so tests can answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox

from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Ask:
    """Asks the user for files and for a yes or no.

    Args:
        parent: the window the dialogs belong to.
    """

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def files(self, title: str, kinds: str, start: Path | None = None) -> list[Path]:
        """Some existing files; none when the user thinks better of it."""
        chosen, _ = QFileDialog.getOpenFileNames(self._parent, title, _text(start), kinds)
        return [Path(name) for name in chosen]

    def file(self, title: str, kinds: str, start: Path | None = None) -> Path | None:
        """One existing file."""
        chosen, _ = QFileDialog.getOpenFileName(self._parent, title, _text(start), kinds)
        return Path(chosen) if chosen else None

    def folder(self, title: str, start: Path | None = None) -> Path | None:
        """One existing folder."""
        chosen = QFileDialog.getExistingDirectory(self._parent, title, _text(start))
        return Path(chosen) if chosen else None

    def new_file(self, title: str, kinds: str, start: Path | None = None) -> Path | None:
        """A file to write; the system asks before an existing one is replaced."""
        chosen, _ = QFileDialog.getSaveFileName(self._parent, title, _text(start), kinds)
        return Path(chosen) if chosen else None

    def confirm(self, question: str, detail: str, yes: str) -> bool:
        """Whether to go on; the default is not to."""
        box = QMessageBox(QMessageBox.Icon.Question, "", question, parent=self._parent)
        box.setInformativeText(detail)
        accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        refuse = box.addButton(translate("Ask", "Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(refuse)
        box.setEscapeButton(refuse)
        box.exec()
        return box.clickedButton() is accept


def _text(path: Path | None) -> str:
    return "" if path is None else str(path)
