"""Top bar: menus on the left, the Find bar in the middle, what the model runs on at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QPushButton, QSizePolicy, QWidget

from sam3_annotator.ui.text import translate
from sam3_annotator.ui.tokens import TOP_BAR_PX

if TYPE_CHECKING:
    from sam3_annotator.ui.panels.find_bar import FindBar


class TopBar(QWidget):
    """Holds the menu bar, the Find bar and the device chip.

    Signals:
        chip_clicked: the user wants to see or change the model.
    """

    chip_clicked = Signal()

    def __init__(self, find_bar: FindBar) -> None:
        super().__init__()
        self.setObjectName("top_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(TOP_BAR_PX)
        self.menus = QMenuBar()
        self.menus.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._chip = QPushButton()
        self._chip.setObjectName("chip")
        self._chip.clicked.connect(self.chip_clicked)
        self._chip.setToolTip(translate("TopBar", "The model and the device it runs on"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 12, 0)
        layout.setSpacing(12)
        layout.addWidget(self.menus, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        layout.addWidget(find_bar, 8)
        layout.addStretch(1)
        layout.addWidget(self._chip)
        self.show_device(translate("TopBar", "no model"))

    def show_device(self, text: str) -> None:
        """Show the model, its device and its memory: "SAM 3 · cuda:0 · 4.1 / 24 GB"."""
        self._chip.setText(text)
        self._chip.setAccessibleName(translate("TopBar", "Model: {text}").format(text=text))
