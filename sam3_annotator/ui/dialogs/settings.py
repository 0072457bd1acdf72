"""Settings: theme, language, name, colours, look-ahead; each takes effect at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from sam3_annotator.ui.dialogs.frame import Dialog, inset, label
from sam3_annotator.ui.settings import Settings, ThemeMode
from sam3_annotator.ui.text import LANGUAGES, translate

if TYPE_CHECKING:
    from sam3_annotator.ui.theme import Theme


class SettingsDialog(Dialog):
    """Edits :class:`Settings` directly; there is nothing to apply."""

    def __init__(self, parent: QWidget | None, settings: Settings, theme: Theme) -> None:
        super().__init__(parent, translate("SettingsDialog", "Settings"))
        self.keep_wide(460)
        self._settings, self._theme = settings, theme
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(16)
        self.body.addLayout(form)
        self.themes, self.languages = self._theme_box(), self._language_box()
        self.author = QLineEdit(settings.author)
        self.author.setPlaceholderText(translate("SettingsDialog", "written beside your work"))
        self.author.editingFinished.connect(self._save_author)
        self.colors = QCheckBox(translate("SettingsDialog", "Colour objects by category"))
        self.colors.setChecked(settings.colors_by_category)
        self.colors.toggled.connect(self._save_colors)
        self.ahead = QCheckBox(translate("SettingsDialog", "Prepare the neighbouring pictures"))
        self.ahead.setChecked(settings.prefetches)
        self.ahead.toggled.connect(self._save_ahead)
        self.recompute = QCheckBox(
            translate("SettingsDialog", "Recompute around every correction on a clip")
        )
        self.recompute.setChecked(settings.recomputes)
        self.recompute.toggled.connect(self._save_recompute)
        self.least, self.in_a_row = self._agreement_boxes()
        rows: tuple[tuple[str, QWidget], ...] = (
            (translate("SettingsDialog", "Theme"), self.themes),
            (translate("SettingsDialog", "Language"), self.languages),
            (translate("SettingsDialog", "Your name"), self.author),
            ("", self.colors),
            ("", self.ahead),
            ("", self.recompute),
            (translate("SettingsDialog", "Masks agree from an overlap of"), self.least),
            (translate("SettingsDialog", "on frames in a row"), self.in_a_row),
        )
        for text, widget in rows:
            widget.setAccessibleName(text or widget.property("text"))
            form.addRow(text, widget)
        self._note = label("", "dim")
        self._note.hide()
        self.body.addWidget(self._note)
        self.body.addStretch(1)
        self.add_close().setDefault(True)

    def _theme_box(self) -> QComboBox:
        box = QComboBox()
        for mode, text in (
            (ThemeMode.SYSTEM, translate("SettingsDialog", "as the system")),
            (ThemeMode.LIGHT, translate("SettingsDialog", "light")),
            (ThemeMode.DARK, translate("SettingsDialog", "dark")),
        ):
            box.addItem(text, mode)
        box.setCurrentIndex(box.findData(self._settings.theme))
        box.activated.connect(self._save_theme)
        return box

    def _language_box(self) -> QComboBox:
        box = QComboBox()
        box.addItem(translate("SettingsDialog", "as the system"), "")
        for code, name in LANGUAGES:
            box.addItem(name, code)
        box.setCurrentIndex(max(0, box.findData(self._settings.language)))
        box.activated.connect(self._save_language)
        return box

    def _agreement_boxes(self) -> tuple[QDoubleSpinBox, QSpinBox]:
        """When a recomputed stretch counts as unchanged, so that the rest may stand."""
        least, frames = QDoubleSpinBox(), QSpinBox()
        inset(least)
        inset(frames)
        least.setRange(0.5, 1.0)
        least.setSingleStep(0.01)
        frames.setRange(1, 50)
        least.setValue(self._settings.agreement[0])
        frames.setValue(self._settings.agreement[1])
        least.valueChanged.connect(self._save_agreement)
        frames.valueChanged.connect(self._save_agreement)
        return least, frames

    def _save_theme(self, row: int) -> None:
        mode = ThemeMode(self.themes.itemData(row))
        self._settings.theme = mode
        self._theme.use(mode)

    def _save_language(self, row: int) -> None:
        self._settings.language = self.languages.itemData(row)
        self._note.setText(
            translate("SettingsDialog", "The language changes when the program starts again.")
        )
        self._note.show()

    def _save_author(self) -> None:
        self._settings.author = self.author.text().strip()

    def _save_colors(self, is_on: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._settings.colors_by_category = is_on

    def _save_recompute(self, is_on: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._settings.recomputes = is_on

    def _save_agreement(self) -> None:
        self._settings.agreement = (self.least.value(), self.in_a_row.value())

    def _save_ahead(self, is_on: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._settings.prefetches = is_on
