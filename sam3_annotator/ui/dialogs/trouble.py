"""Error dialogs: what happened, what was kept, what to do."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QWidget

from sam3_annotator.errors import DeviceTrouble, ProjectTrouble, Trouble, WeightsTrouble
from sam3_annotator.ui.dialogs.frame import Dialog, label
from sam3_annotator.ui.icons import icon
from sam3_annotator.ui.text import translate, worded

if TYPE_CHECKING:
    from pathlib import Path

    from sam3_annotator.ui.tokens import Tokens


class TroubleDialog(Dialog):
    """Tells about the world's fault, with a remedy.

    Signals:
        model_requested: the user wants to choose other weights.
    """

    model_requested = Signal()

    def __init__(self, parent: QWidget | None, error: Exception, tokens: Tokens) -> None:
        super().__init__(parent, translate("TroubleDialog", "Something went wrong"))
        self.keep_wide(440)
        message = worded(error.message if isinstance(error, Trouble) else error)
        remedy = worded(error.remedy) if isinstance(error, Trouble) else ""
        self.body.addLayout(_marked(message, "warning", tokens))
        self.body.addWidget(label(kept_line(error), "dim"))
        if remedy:
            self.body.addWidget(label(remedy))
        self.body.addStretch(1)
        if isinstance(error, WeightsTrouble | DeviceTrouble):
            choose = self.add_button(translate("TroubleDialog", "Choose a model…"))
            choose.clicked.connect(self.model_requested)
            choose.clicked.connect(self.close)
        self.add_close().setDefault(True)


class MovedDialog(Dialog):
    """Tells that a media's file is gone, and offers to look for all that are.

    Signals:
        look_requested: the user wants to name a folder to look in.
    """

    look_requested = Signal()

    def __init__(self, parent: QWidget | None, error: Exception, tokens: Tokens) -> None:
        super().__init__(parent, translate("MovedDialog", "A file is not where it was"))
        self.keep_wide(460)
        message = worded(error.message if isinstance(error, Trouble) else error)
        self.body.addLayout(_marked(message, "warning", tokens))
        self.body.addWidget(
            label(
                translate(
                    "MovedDialog",
                    "Its objects are kept. Name the folder where your files are now: they are "
                    "known by their content, whatever they are called.",
                ),
                "dim",
            )
        )
        self.body.addStretch(1)
        self.add_close()
        look = self.add_button(translate("MovedDialog", "Look in a folder…"), is_default=True)
        look.clicked.connect(self.look_requested)
        look.clicked.connect(self.close)


class DamagedDialog(Dialog):
    """Tells that a project cannot be opened, and offers a copy of what is readable.

    Signals:
        rescue_requested: the user wants such a copy.
    """

    rescue_requested = Signal()

    def __init__(self, parent: QWidget | None, error: Trouble, tokens: Tokens) -> None:
        super().__init__(parent, translate("DamagedDialog", "The project cannot be opened"))
        self.keep_wide(460)
        self.body.addLayout(_marked(worded(error.message), "warning", tokens))
        self.body.addWidget(label(worded(error.remedy) or kept_line(error), "dim"))
        self.body.addStretch(1)
        self.add_close().setDefault(True)
        rescue = self.add_button(translate("DamagedDialog", "Save what is readable…"))
        rescue.clicked.connect(self.rescue_requested)
        rescue.clicked.connect(self.close)


class CrashDialog(Dialog):
    """Tells about a bug of ours and offers the log; sends nothing anywhere."""

    def __init__(
        self, parent: QWidget | None, error: BaseException, log_file: Path, tokens: Tokens
    ) -> None:
        super().__init__(parent, translate("CrashDialog", "A bug in SAM 3 Annotator"))
        self.setMinimumSize(560, 380)
        self._log_file = log_file
        text = translate("CrashDialog", "The program made a mistake: {what}").format(
            what=f"{type(error).__name__}: {error}"
        )
        self.body.addLayout(_marked(text, "error", tokens))
        self.body.addWidget(
            label(
                translate(
                    "CrashDialog",
                    "Everything you did before is on disk. You can go on; if something looks "
                    "odd, close the window and open the project again. Nothing was sent to "
                    "anybody. The log would help those who repair the program.",
                ),
                "dim",
            )
        )
        self.details = QPlainTextEdit("".join(traceback.format_exception(error)))
        self.details.setReadOnly(True)
        self.details.setAccessibleName(translate("CrashDialog", "Details"))
        self.body.addWidget(self.details, 1)
        copy = self.add_button(translate("CrashDialog", "Copy"))
        copy.clicked.connect(self._copy)
        show = self.add_button(translate("CrashDialog", "Show the log"))
        show.clicked.connect(self._show_log)
        self.add_close().setDefault(True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())

    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_file)))


def kept_line(error: Exception) -> str:
    """What was kept in spite of the error."""
    if isinstance(error, ProjectTrouble):
        return translate("TroubleDialog", "The file was not touched.")
    if isinstance(error, WeightsTrouble | DeviceTrouble):
        return translate("TroubleDialog", "Your work is on disk; drawing tools go on working.")
    return translate("TroubleDialog", "Everything you did before is on disk.")


def _marked(text: str, mark: str, tokens: Tokens) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    picture = QLabel()
    picture.setPixmap(icon(mark, tokens).pixmap(QSize(32, 32)))
    picture.setAlignment(Qt.AlignmentFlag.AlignTop)
    row.addWidget(picture)
    row.addWidget(label(text, "heading"), 1)
    return row
