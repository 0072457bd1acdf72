"""Export dialog: which format, how much of the project, where to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from sam3_annotator.domain.ids import CategoryId
from sam3_annotator.ui.dialogs.frame import Dialog, inset, label
from sam3_annotator.ui.text import translate, worded
from sam3_annotator.ui.tokens import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.domain.entities import Category
    from sam3_annotator.io.registry import Format

PROJECT, MEDIA, SELECTION, CATEGORY = "project", "media", "selection", "category"


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What the user wants to have written.

    Attributes:
        scope: "project", "media" (the shown one), "selection" (objects) or "category".
        tolerance_px, every_frame, write_frames: see
            :class:`~sam3_annotator.io.exchange.ExportOptions`.
        with_empty, with_rejected: see :class:`~sam3_annotator.workflow.exchanging.Scope`.
    """

    format_key: str
    target: Path
    scope: str
    category: CategoryId | None
    tolerance_px: float | None
    every_frame: bool
    with_empty: bool
    write_frames: bool = False
    with_rejected: bool = False


class ExportDialog(Dialog):
    """Asks; writes nothing itself.

    Signals:
        browse_requested: the user wants to choose the target in the system's dialog.
        accepted_wish: an :class:`ExportWish`.
    """

    browse_requested = Signal()
    accepted_wish = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        formats: Sequence[Format],
        categories: Sequence[Category],
        target: Path,
    ) -> None:
        super().__init__(parent, translate("ExportDialog", "Export"))
        self.keep_wide(520)
        self._formats = {one.key: one for one in formats if one.exporter is not None}
        self._make_fields(categories, target)
        self.body.addLayout(self._form())
        self.body.addWidget(
            label(
                translate(
                    "ExportDialog",
                    "The file is read back and compared with the project pixel by pixel; every "
                    "difference is listed.",
                ),
                "dim",
            )
        )
        self.add_cancel()
        self._go = self.add_button(translate("ExportDialog", "Export"), is_default=True)
        self._go.clicked.connect(self._accept)
        self._follow()

    def _make_fields(self, categories: Sequence[Category], target: Path) -> None:
        self.format, self.scope, self.category = QComboBox(), QComboBox(), QComboBox()
        for one in self._formats.values():
            self.format.addItem(worded(one.title), one.key)
        for key, text in (
            (PROJECT, translate("ExportDialog", "the whole project")),
            (MEDIA, translate("ExportDialog", "the shown picture or clip")),
            (SELECTION, translate("ExportDialog", "the selected objects")),
            (CATEGORY, translate("ExportDialog", "one category")),
        ):
            self.scope.addItem(text, key)
        for category in categories:
            self.category.addItem(category.name, int(category.id))
        self.target = QLineEdit(str(target))
        self.polygons = QCheckBox(translate("ExportDialog", "Polygons where they are close enough"))
        self.tolerance = QDoubleSpinBox()
        inset(self.tolerance)
        self.tolerance.setRange(0.0, 10.0)
        self.tolerance.setSingleStep(0.5)
        self.tolerance.setSuffix(" px")
        self.every_frame = QCheckBox(translate("ExportDialog", "List every frame of clips"))
        self.write_frames = QCheckBox(
            translate("ExportDialog", "Write the frames of clips as JPEG beside it")
        )
        self.with_empty = QCheckBox(translate("ExportDialog", "List pictures without objects"))
        self.with_empty.setChecked(True)
        self.with_rejected = QCheckBox(
            translate("ExportDialog", "With masks that reviewers rejected")
        )

    def use_target(self, target: Path) -> None:
        """Put a path into the field."""
        self.target.setText(str(target))

    @property
    def chosen(self) -> Format:
        """The chosen format."""
        return self._formats[self.format.currentData()]

    def wish(self) -> ExportWish:
        """What the dialog says now."""
        is_category = self.scope.currentData() == CATEGORY and self.category.count() > 0
        return ExportWish(
            self.format.currentData(),
            Path(self.target.text().strip()),
            self.scope.currentData(),
            CategoryId(self.category.currentData()) if is_category else None,
            self.tolerance.value() if self.polygons.isChecked() else None,
            self.every_frame.isChecked(),
            self.with_empty.isChecked(),
            self.write_frames.isChecked(),
            self.with_rejected.isChecked(),
        )

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(16)
        browse = QPushButton(translate("ExportDialog", "Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self.browse_requested)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.target, 1)
        place.addWidget(browse)
        detail = QHBoxLayout()
        detail.setSpacing(2 * GRID_PX)
        detail.addWidget(self.polygons)
        detail.addWidget(self.tolerance)
        detail.addStretch(1)
        for widget, name in (
            (self.format, translate("ExportDialog", "Format")),
            (self.scope, translate("ExportDialog", "What")),
            (self.category, translate("ExportDialog", "Category")),
            (self.target, translate("ExportDialog", "To")),
            (self.tolerance, translate("ExportDialog", "Tolerance of polygons")),
        ):
            widget.setAccessibleName(name)
        form.addRow(translate("ExportDialog", "Format"), self.format)
        form.addRow(translate("ExportDialog", "What"), self.scope)
        form.addRow(translate("ExportDialog", "Category"), self.category)
        form.addRow(translate("ExportDialog", "To"), place)
        form.addRow(detail)
        form.addRow(self.every_frame)
        form.addRow(self.write_frames)
        form.addRow(self.with_empty)
        form.addRow(self.with_rejected)
        self.format.currentIndexChanged.connect(self._format_changed)
        self.scope.currentIndexChanged.connect(self._follow)
        self.polygons.toggled.connect(self._follow)
        self.target.textChanged.connect(self._follow)
        return form

    def _format_changed(self) -> None:
        path = Path(self.target.text())
        self.target.setText(str(path.with_suffix(self.chosen.suffix)))
        self._follow()

    def _follow(self) -> None:
        is_coco = self.format.currentData() == "coco"
        self.write_frames.setEnabled(self.chosen.frame_file is not None)
        self.every_frame.setEnabled(not self.chosen.lists_every_frame)
        self.category.setEnabled(self.scope.currentData() == CATEGORY)
        self.polygons.setEnabled(is_coco)
        self.tolerance.setEnabled(is_coco and self.polygons.isChecked())
        needs_category = self.scope.currentData() == CATEGORY and not self.category.count()
        self._go.setEnabled(bool(self.target.text().strip()) and not needs_category)

    def _accept(self) -> None:
        self.accepted_wish.emit(self.wish())
        self.accept()
