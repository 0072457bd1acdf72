"""What all dialogs share: a heading, room to breathe, buttons at the bottom right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sam3_annotator.ui.text import translate
from sam3_annotator.ui.tokens import GRID_PX


class Dialog(QDialog):
    """A dialog that never blocks the window behind it.

    Args:
        title: window title, also the accessible name.
        heading: large line at the top; "" for none.
    """

    def __init__(self, parent: QWidget | None, title: str, heading: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.body = QVBoxLayout()
        self.body.setSpacing(2 * GRID_PX)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(2 * GRID_PX)
        self.buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(5 * GRID_PX,) * 4)
        layout.setSpacing(4 * GRID_PX)
        if heading:
            layout.addWidget(label(heading, "heading"))
        layout.addLayout(self.body, 1)
        layout.addLayout(self.buttons)

    def keep_wide(self, width_px: int) -> None:
        """Never be narrower than this; unlike a minimum width it lets long texts ask for more."""
        self.body.addStrut(width_px - 10 * GRID_PX)

    def add_button(self, text: str, *, is_default: bool = False) -> QPushButton:
        """A button at the bottom right, after those already there."""
        button = QPushButton(text)
        button.setAutoDefault(is_default)
        button.setDefault(is_default)
        self.buttons.addWidget(button)
        return button

    def add_close(self) -> QPushButton:
        """A button that closes the dialog."""
        button = self.add_button(translate("Dialog", "Close"))
        button.clicked.connect(self.close)
        return button

    def add_cancel(self) -> QPushButton:
        """A button that closes the dialog without doing anything."""
        button = self.add_button(translate("Dialog", "Cancel"))
        button.clicked.connect(self.reject)
        return button


def inset(box: QAbstractSpinBox) -> None:
    """Keep the number away from the border; style sheets do not reach the text of such a field."""
    box.lineEdit().setTextMargins(2 * GRID_PX, 0, 0, 0)


def label(text: str, role: str = "", *, wraps: bool = True) -> QLabel:
    """A line of text; roles are those of the style sheet: "heading", "dim", "section", ..."""
    result = QLabel(text)
    result.setProperty("role", role)
    result.setWordWrap(wraps)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return result
