"""Dialogs that only show text: the doctor, the report of an export, about."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from sam3_annotator import __version__
from sam3_annotator.ui.dialogs.frame import Dialog, label
from sam3_annotator.ui.icons import app_icon
from sam3_annotator.ui.text import translate


class TextDialog(Dialog):
    """A read-only text that can be copied.

    Args:
        summary: one line above the text.
    """

    def __init__(self, parent: QWidget | None, title: str, summary: str, text: str) -> None:
        super().__init__(parent, title)
        self.resize(640, 420)
        self.summary = label(summary)
        self.body.addWidget(self.summary)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(title)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(12)
        self.text.setFont(font)
        self.body.addWidget(self.text, 1)
        copy = self.add_button(translate("TextDialog", "Copy"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.add_close().setDefault(True)

    @Slot(str, str)
    def show_text(self, summary: str, text: str) -> None:
        """Replace what is shown."""
        self.summary.setText(summary)
        self.text.setPlainText(text)


class AboutDialog(Dialog):
    """What this program is, whose it is, and what it promises."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, translate("AboutDialog", "About SAM 3 Annotator"))
        self.keep_wide(420)
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(64, 64))
        mark.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(mark)
        title = label(f"SAM 3 Annotator {__version__}", "heading")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(title)
        self.body.addWidget(
            label(
                translate(
                    "AboutDialog",
                    "Label pictures and clips with SAM 3. Nothing leaves this workstation: no "
                    "account, no statistics, no updates behind your back. Free software under the "
                    "Apache License 2.0; weights have licences of their own, shown before they "
                    "are fetched.",
                )
            )
        )
        self.body.addStretch(1)
        self.add_close().setDefault(True)
