"""Brightness, contrast, gamma and mask opacity of the display; the files stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QSlider, QWidget

from sam3_annotator.ui.dialogs.frame import Dialog, label
from sam3_annotator.ui.text import translate
from sam3_annotator.workflow.view_state import Display

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = 100


class ToneDialog(Dialog):
    """Four sliders that take effect at once.

    Signals:
        changed: name of a field of :class:`Display` and its new value.
    """

    changed = Signal(str, float)

    def __init__(self, parent: QWidget | None, display: Display) -> None:
        super().__init__(parent, translate("ToneDialog", "Brightness and contrast"))
        self.keep_wide(380)
        form = QFormLayout()
        form.setVerticalSpacing(12)
        self.body.addLayout(form)
        self._sliders: dict[str, tuple[QSlider, Callable[[float], int]]] = {}
        rows = (
            ("brightness", translate("ToneDialog", "Brightness"), -1.0, 1.0),
            ("contrast", translate("ToneDialog", "Contrast"), 0.0, 2.0),
            ("gamma", translate("ToneDialog", "Gamma"), 0.2, 1.8),
            ("opacity", translate("ToneDialog", "Mask opacity"), 0.0, 1.0),
        )
        for field, text, low, high in rows:
            form.addRow(text, self._slider(field, text, low, high))
        self.show_display(display)
        self.body.addWidget(
            label(translate("ToneDialog", "Only what you see changes, never the file."), "dim")
        )
        reset = self.add_button(translate("ToneDialog", "Reset"))
        reset.clicked.connect(self._reset)
        self.add_close().setDefault(True)

    def show_display(self, display: Display) -> None:
        """Put the sliders where the display is."""
        for field, (slider, place_of) in self._sliders.items():
            slider.blockSignals(True)  # noqa: FBT003 - Qt's setter
            slider.setValue(place_of(getattr(display, field)))
            slider.blockSignals(False)  # noqa: FBT003 - Qt's setter

    def _slider(self, field: str, text: str, low: float, high: float) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, STEPS)
        slider.setAccessibleName(text)
        slider.valueChanged.connect(
            lambda place: self.changed.emit(field, low + (high - low) * place / STEPS)
        )
        self._sliders[field] = (
            slider, lambda value: round((value - low) / (high - low) * STEPS),
        )  # fmt: skip
        return slider

    def _reset(self) -> None:
        self.show_display(Display())
        for field in self._sliders:
            self.changed.emit(field, getattr(Display(), field))
