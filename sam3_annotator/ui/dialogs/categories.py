"""Category editor: names, colours, keys, supercategories, attributes, overlap."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sam3_annotator.domain.ids import CategoryId
from sam3_annotator.ui.dialogs.attribute_table import AttributeTable
from sam3_annotator.ui.dialogs.frame import Dialog, label
from sam3_annotator.ui.icons import SWATCH_PX, swatch
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sam3_annotator.domain.entities import Category

_ID = Qt.ItemDataRole.UserRole


class CategoriesDialog(Dialog):
    """Edits the list by sending wishes; shows what the project then says.

    Signals:
        add_requested: name of a new category.
        edit_requested: a :class:`Category` with new fields.
        remove_requested: CategoryId; the objects it has go to the second one, or None.
        reorder_requested: tuple of every CategoryId.
        refresh_wanted: the project has changed; show it again.
    """

    add_requested = Signal(str)
    edit_requested = Signal(object)
    remove_requested = Signal(object, object)
    reorder_requested = Signal(tuple)
    refresh_wanted = Signal()

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, translate("CategoriesDialog", "Categories"))
        self.resize(720, 480)
        self._categories: dict[CategoryId, Category] = {}
        self._counts: Mapping[CategoryId, int] = {}
        self.list = QListWidget()
        self.list.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        self.list.setProperty("boxed", True)  # noqa: FBT003 - Qt's property
        self.list.setAccessibleName(translate("CategoriesDialog", "Categories"))
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.list.currentItemChanged.connect(self._show_chosen)
        self.list.model().rowsMoved.connect(self._reordered)
        self.name, self.supercategory = QLineEdit(), QLineEdit()
        self.color = QPushButton()
        self.hotkey = QComboBox()
        self.exclusive = QCheckBox(
            translate("CategoriesDialog", "Masks of this category may not overlap")
        )
        self.attributes = AttributeTable()
        self._form = QWidget()
        self._fill_form()
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addLayout(self._list_column(), 2)
        columns.addWidget(self._form, 3)
        self.body.addLayout(columns)
        self.add_close().setDefault(True)

    def show_categories(
        self, categories: Sequence[Category], counts: Mapping[CategoryId, int]
    ) -> None:
        """Show these categories; the chosen one stays chosen."""
        chosen = self._chosen()
        self._categories = {category.id: category for category in categories}
        self._counts = counts
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's setter
        self.list.clear()
        for category in categories:
            item = QListWidgetItem(swatch(category.color), _line(category))
            item.setData(_ID, int(category.id))
            self.list.addItem(item)
            if chosen is not None and category.id == chosen.id:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(self.list.count() - 1)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's setter
        self._show_chosen()

    @Slot()
    def refresh_soon(self) -> None:
        """Show the project again; ends by itself when the dialog is gone."""
        self.refresh_wanted.emit()

    # ------------------------------------------------------------------ inside

    def _list_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.list, 1)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText(translate("CategoriesDialog", "New category"))
        self.new_name.setAccessibleName(translate("CategoriesDialog", "Name of a new category"))
        self.new_name.returnPressed.connect(self._add)
        add = QPushButton(translate("CategoriesDialog", "Add"))
        add.setAutoDefault(False)
        add.clicked.connect(self._add)
        row = QHBoxLayout()
        row.addWidget(self.new_name, 1)
        row.addWidget(add)
        column.addLayout(row)
        return column

    def _fill_form(self) -> None:
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(10)
        self.hotkey.addItem(translate("CategoriesDialog", "none"), "")
        for key in "123456789":
            self.hotkey.addItem(key, key)
        self.attributes.changed.connect(self._edit)
        self.name.editingFinished.connect(self._edit)
        self.supercategory.editingFinished.connect(self._edit)
        self.hotkey.activated.connect(self._edit)
        self.exclusive.clicked.connect(self._edit)
        self.color.clicked.connect(self._choose_color)
        self.color.setAutoDefault(False)
        rows: tuple[tuple[str, QWidget], ...] = (
            (translate("CategoriesDialog", "Name"), self.name),
            (translate("CategoriesDialog", "Colour"), self.color),
            (translate("CategoriesDialog", "Key"), self.hotkey),
            (translate("CategoriesDialog", "Supercategory"), self.supercategory),
        )
        for text, widget in rows:
            widget.setAccessibleName(text)
            form.addRow(text, widget)
        form.addRow(self.exclusive)
        form.addRow(label(translate("CategoriesDialog", "ATTRIBUTES"), "section"))
        form.addRow(self.attributes)
        self._remove = QPushButton(translate("CategoriesDialog", "Remove this category"))
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self._remove_chosen)
        self._into = QComboBox()
        self._into.setAccessibleName(translate("CategoriesDialog", "Where its objects go"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._remove)
        row.addWidget(self._into, 1)
        form.addRow(row)

    def _chosen(self) -> Category | None:
        if self.list.currentRow() < 0:
            return None
        return self._categories.get(CategoryId(self.list.currentItem().data(_ID)))

    def _show_chosen(self) -> None:
        category = self._chosen()
        self._form.setEnabled(category is not None)
        if category is None:
            return
        self.name.setText(category.name)
        self.supercategory.setText(category.supercategory)
        self.hotkey.setCurrentIndex(max(0, self.hotkey.findData(category.hotkey)))
        self.exclusive.setChecked(category.is_exclusive)
        self.color.setIcon(swatch(category.color))
        self.color.setText(category.color)
        self.attributes.show_specs(category.attributes)
        count = self._counts.get(category.id, 0)
        self._into.clear()
        for other in self._categories.values():
            if other.id != category.id:
                text = translate("CategoriesDialog", "its objects become “{name}”")
                self._into.addItem(text.format(name=other.name), int(other.id))
        self._into.setVisible(count > 0)
        self._remove.setEnabled(count == 0 or self._into.count() > 0)

    def _add(self) -> None:
        name = self.new_name.text().strip()
        if name:
            self.new_name.clear()
            self.list.setCurrentRow(-1)
            self.add_requested.emit(name)

    def _edit(self) -> None:
        category = self._chosen()
        if category is None:
            return
        edited = replace(
            category,
            name=self.name.text().strip() or category.name,
            supercategory=self.supercategory.text().strip(),
            hotkey=self.hotkey.currentData(),
            is_exclusive=self.exclusive.isChecked(),
            attributes=self.attributes.specs(),
            color=self.color.text() or category.color,
        )
        if edited != category:
            self.edit_requested.emit(edited)

    def _choose_color(self) -> None:
        chosen = QColorDialog(QColor(self.color.text()), self)
        chosen.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen.colorSelected.connect(self._use_color)
        chosen.open()

    def _use_color(self, color: QColor) -> None:
        self.color.setText(color.name())
        self._edit()

    def _remove_chosen(self) -> None:
        category = self._chosen()
        if category is None:
            return
        into = None
        if self._counts.get(category.id, 0):
            into = CategoryId(self._into.currentData())
        self.remove_requested.emit(category.id, into)

    def _reordered(self) -> None:
        order = [self.list.item(row).data(_ID) for row in range(self.list.count())]
        self.reorder_requested.emit(tuple(CategoryId(one) for one in order))


def _line(category: Category) -> str:
    return f"{category.name}   {category.hotkey}" if category.hotkey else category.name
