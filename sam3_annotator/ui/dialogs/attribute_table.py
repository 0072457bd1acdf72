"""Attribute table: the typed attributes of one category, as rows that can be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sam3_annotator.domain.entities import AttributeSpec
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME, _KIND, _CHOICES, _FRAME = range(4)


class AttributeTable(QWidget):
    """A row per attribute: name, type, choices, and whether it may differ between frames.

    Signals:
        changed: some cell has another value.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_filling = False
        self.table = QTableWidget(0, 4)
        self.table.setProperty("boxed", True)  # noqa: FBT003 - Qt's property
        self.table.setAccessibleName(translate("AttributeTable", "Attributes"))
        self.table.setHorizontalHeaderLabels(
            [
                translate("AttributeTable", "Name"),
                translate("AttributeTable", "Type"),
                translate("AttributeTable", "Choices"),
                translate("AttributeTable", "Per frame"),
            ]
        )
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(self._tell)
        add = QPushButton(translate("AttributeTable", "Add attribute"))
        remove = QPushButton(translate("AttributeTable", "Remove attribute"))
        add.clicked.connect(self._add)
        remove.clicked.connect(self._remove)
        row = QHBoxLayout()
        for button in (add, remove):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)

    def show_specs(self, specs: Sequence[AttributeSpec]) -> None:
        """Show these attributes, silently."""
        if tuple(specs) == self.specs():
            return
        self._is_filling = True
        self.table.setRowCount(0)
        for spec in specs:
            self._append(spec)
        self._is_filling = False

    def specs(self) -> tuple[AttributeSpec, ...]:
        """The attributes as the rows say; rows without a name are left out."""
        found = []
        for row in range(self.table.rowCount()):
            name = self._text(row, _NAME)
            kind = self.table.cellWidget(row, _KIND)
            frame = self.table.item(row, _FRAME)
            if not name or not isinstance(kind, QComboBox) or frame is None:
                continue
            choices = tuple(c.strip() for c in self._text(row, _CHOICES).split(",") if c.strip())
            is_per_frame = frame.checkState() is Qt.CheckState.Checked
            chosen = str(kind.currentData())
            found.append(
                AttributeSpec(name, chosen, choices if chosen == "choice" else (), is_per_frame)
            )
        return tuple(found)

    def _append(self, spec: AttributeSpec) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self.table.setItem(row, _NAME, QTableWidgetItem(spec.name))
        kind = QComboBox()
        for value, text in (
            ("text", translate("AttributeTable", "text")),
            ("number", translate("AttributeTable", "number")),
            ("flag", translate("AttributeTable", "yes or no")),
            ("choice", translate("AttributeTable", "choice")),
        ):
            kind.addItem(text, value)
        kind.setCurrentIndex(max(0, kind.findData(spec.kind)))
        kind.setAccessibleName(translate("AttributeTable", "Type"))
        kind.activated.connect(self._tell)
        self.table.setCellWidget(row, _KIND, kind)
        choices = QTableWidgetItem(", ".join(spec.choices))
        choices.setToolTip(translate("AttributeTable", "words with commas between them"))
        self.table.setItem(row, _CHOICES, choices)
        frame = QTableWidgetItem()
        frame.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
        state = Qt.CheckState.Checked if spec.is_per_frame else Qt.CheckState.Unchecked
        frame.setCheckState(state)
        self.table.setItem(row, _FRAME, frame)

    def _add(self) -> None:
        self._is_filling = True
        self._append(AttributeSpec(""))
        self._is_filling = False
        self.table.setCurrentCell(self.table.rowCount() - 1, _NAME)
        item = self.table.currentItem()
        if item is not None:
            self.table.editItem(item)

    def _remove(self) -> None:
        if self.table.currentRow() >= 0:
            self.table.removeRow(self.table.currentRow())
            self._tell()

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return "" if item is None else item.text().strip()

    def _tell(self) -> None:
        if not self._is_filling:
            self.changed.emit()
