"""Ask: the questions that need the system's file dialogs, behind one door so tests can answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox

from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_UNASKED = QFileDialog.Option.DontConfirmOverwrite


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

    def new_file(
        self, title: str, kinds: str, start: Path | None = None, *, is_asked_later: bool = False
    ) -> Path | None:
        """A file to write, with the suffix of its kind; asks before an existing one is replaced.

        Args:
            title: of the dialog.
            kinds: for its filter; the first suffix is given to names that have none of them.
            start: what to propose.
            is_asked_later: somebody else asks before anything is replaced.
        """
        asking = (
            QFileDialog.Option.DontConfirmOverwrite if is_asked_later else QFileDialog.Option(0)
        )
        chosen, _ = QFileDialog.getSaveFileName(
            self._parent, title, _text(start), kinds, options=asking
        )
        if not chosen:
            return None
        path = with_suffix_of(Path(chosen), kinds)
        is_new_name = path != Path(chosen)  # of which the system has not asked
        if is_new_name and not is_asked_later and not self.may_replace(path):
            return None
        return path

    def may_replace(self, path: Path) -> bool:
        """Whether a file may be written: asks when there is one of that name."""
        return not path.is_file() or self.confirm(
            translate("Ask", "Replace {name}?").format(name=path.name),
            translate("Ask", "It is in {folder} already. What it holds now will be lost.").format(
                folder=path.parent
            ),
            translate("Ask", "Replace"),
        )

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


def with_suffix_of(path: Path, kinds: str) -> Path:
    """A path with one of the suffixes that a dialog's filter names; the first is added if need be.

    >>> with_suffix_of(Path("lab v1.2"), "Projects (*.s3a)").name
    'lab v1.2.s3a'
    """
    suffixes = re.findall(r"\*(\.[\w.]+)", kinds)
    if not suffixes or path.name.lower().endswith(tuple(suffixes)):
        return path
    return path.with_name(path.name + suffixes[0])


def _text(path: Path | None) -> str:
    return "" if path is None else str(path)
