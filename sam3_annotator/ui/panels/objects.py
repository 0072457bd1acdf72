"""Objects panel: the objects of the shown picture, grouped by category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QVBoxLayout, QWidget

from sam3_annotator.domain.ids import CategoryId, ObjectId
from sam3_annotator.ui.panels.object_row import Part, RowDelegate, RowRole
from sam3_annotator.ui.panels.placeholder import EmptyOr, Placeholder
from sam3_annotator.ui.text import in_words, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sam3_annotator.ui.tokens import Tokens


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One object as the panel shows it.

    Attributes:
        color: "#rrggbb", the colour it has on the canvas.
        detail: where it came from and how sure: "human", "SAM 3 .95".
    """

    id: ObjectId
    name: str
    color: str
    detail: str
    is_hidden: bool = False
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class CategoryGroup:
    """One category and its objects on the shown picture.

    Attributes:
        note: the number of objects and the hotkey: "2 · KEY 1".
        is_active: whether new objects get this category.
    """

    id: CategoryId
    name: str
    color: str
    note: str
    is_active: bool
    rows: tuple[ObjectRow, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """What leads to a first object.

    Attributes:
        finds_phrases: whether phrases can be looked for.
        finds_similar: whether things like an example can be.
        click, box, phrase, example: the key of each way as it stands behind it, " (C)", or "".
    """

    finds_phrases: bool
    finds_similar: bool
    click: str = ""
    box: str = ""
    phrase: str = ""
    example: str = ""


class ObjectsPanel(QWidget):
    """Shows groups it is given; changes nothing itself.

    Signals:
        selection_changed: tuple of ObjectId, in the order shown.
        visibility_toggled, lock_toggled: ObjectId and the wished state.
        category_activated: CategoryId whose heading was clicked.
        category_renamed: CategoryId and the new name typed over the heading.
        object_activated: ObjectId that was double-clicked or entered.
        menu_requested: global position of a context menu.
    """

    selection_changed = Signal(tuple)
    visibility_toggled = Signal(object, bool)
    lock_toggled = Signal(object, bool)
    category_activated = Signal(object)
    category_renamed = Signal(object, str)
    object_activated = Signal(object)
    menu_requested = Signal(QPoint)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("ObjectsPanel", "Objects"))
        self._groups: tuple[CategoryGroup, ...] = ()
        self._is_filling = False
        self._model = QStandardItemModel(self)
        self._model.itemChanged.connect(self._renamed)
        self._view = QTreeView()
        self._delegate = RowDelegate(tokens, self._view)
        self._delegate.part_clicked.connect(self._part_clicked)
        self._set_up_view()
        self._empty = EmptyOr(
            self._view,
            Placeholder("", ""),
        )
        self.show_ways(Ways(finds_phrases=True, finds_similar=True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)

    def show_ways(self, ways: Ways) -> None:
        """Say how to come by the first object with what is loaded."""
        text = translate(
            "ObjectsPanel", "Click something in the picture{click} or draw a box around it{box}."
        )
        if ways.finds_phrases:
            text = translate(
                "ObjectsPanel",
                "Click something in the picture{click}, draw a box around it{box}, or type what "
                "to look for into Find{phrase}.",
            )
        elif ways.finds_similar:
            text = translate(
                "ObjectsPanel",
                "Click something in the picture{click}, draw a box around it{box}, or find all "
                "like one by an example box{example}.",
            )
        said = text.format(click=ways.click, box=ways.box, phrase=ways.phrase, example=ways.example)
        self._empty.placeholder.say(translate("ObjectsPanel", "No objects yet"), said)

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._delegate.use_theme(tokens)
        self._view.viewport().update()

    def show_groups(self, groups: Sequence[CategoryGroup]) -> None:
        """Show these categories and objects; keeps selection, folding and place by identity."""
        if tuple(groups) == self._groups:
            return
        kept, folded = self.selected(), self._folded()
        place = self._view.verticalScrollBar().value()
        self._groups = tuple(groups)
        self._is_filling = True
        self._model.clear()
        for group in self._groups:
            self._model.appendRow(_group_item(group))
        self._view.expandAll()
        for row, group in enumerate(self._groups):
            if group.id in folded:
                self._view.collapse(self._model.index(row, 0))
        self._is_filling = False
        self.select(kept)
        self._view.verticalScrollBar().setValue(place)
        self._empty.show_content(has_content=bool(self._groups))

    def select(self, objects: Iterable[ObjectId]) -> None:
        """Select these objects, silently."""
        wanted = set(objects)
        if wanted == set(self.selected()):
            return
        selection = self._view.selectionModel()
        self._is_filling = True
        selection.clearSelection()
        for index in self._object_indexes():
            if index.data(RowRole.OBJECT) in wanted:
                selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.Select)
                self._view.scrollTo(index)
        self._is_filling = False

    def selected(self) -> tuple[ObjectId, ...]:
        """The selected objects, in the order shown."""
        selection = self._view.selectionModel()
        return tuple(
            ObjectId(index.data(RowRole.OBJECT))
            for index in self._object_indexes()
            if selection.isSelected(index)
        )

    def _set_up_view(self) -> None:
        view = self._view
        view.setAccessibleName(translate("ObjectsPanel", "Objects by category"))
        view.setModel(self._model)
        view.setItemDelegate(self._delegate)
        view.setHeaderHidden(True)
        view.setIndentation(0)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(False)
        view.setMouseTracking(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(
            lambda at: self.menu_requested.emit(view.viewport().mapToGlobal(at))
        )
        view.selectionModel().selectionChanged.connect(self._selection_moved)
        view.clicked.connect(self._clicked)
        view.activated.connect(self._activated)

    def _folded(self) -> set[CategoryId]:
        return {
            group.id
            for row, group in enumerate(self._groups)
            if not self._view.isExpanded(self._model.index(row, 0))
        }

    def _object_indexes(self) -> list[QModelIndex]:
        found = []
        for row in range(self._model.rowCount()):
            top = self._model.index(row, 0)
            found += [self._model.index(i, 0, top) for i in range(self._model.rowCount(top))]
        return found

    def _selection_moved(self) -> None:
        if not self._is_filling:
            self.selection_changed.emit(self.selected())

    def _clicked(self, index: QModelIndex) -> None:
        category = index.data(RowRole.CATEGORY)
        if category is not None:
            self.category_activated.emit(CategoryId(category))

    def _activated(self, index: QModelIndex) -> None:
        found = index.data(RowRole.OBJECT)
        if found is not None:
            self.object_activated.emit(ObjectId(found))

    def _part_clicked(self, index: QModelIndex, part: Part) -> None:
        found = index.data(RowRole.OBJECT)
        if part is Part.FOLD:
            self._view.setExpanded(index, not self._view.isExpanded(index))
        elif part is Part.EYE and found is not None:
            self.visibility_toggled.emit(ObjectId(found), bool(index.data(RowRole.HIDDEN)))
        elif part is Part.LOCK and found is not None:
            self.lock_toggled.emit(ObjectId(found), not index.data(RowRole.LOCKED))

    def _renamed(self, item: QStandardItem) -> None:
        category = item.data(RowRole.CATEGORY)
        if not self._is_filling and category is not None:
            self.category_renamed.emit(CategoryId(category), item.text().strip())


def _group_item(group: CategoryGroup) -> QStandardItem:
    item = QStandardItem(group.name)
    item.setData(int(group.id), RowRole.CATEGORY)
    item.setData(group.color, RowRole.COLOR)
    item.setData(group.note, RowRole.DETAIL)
    item.setData(group.is_active, RowRole.ACTIVE)
    item.setData(
        translate("ObjectsPanel", "Category {name}, {note}").format(
            name=group.name, note=group.note
        ),
        Qt.ItemDataRole.AccessibleTextRole,
    )
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsSelectable
    )
    for row in group.rows:
        item.appendRow(_object_item(row))
    return item


def _object_item(row: ObjectRow) -> QStandardItem:
    item = QStandardItem(row.name)
    item.setData(int(row.id), RowRole.OBJECT)
    item.setData(row.color, RowRole.COLOR)
    item.setData(row.detail, RowRole.DETAIL)
    item.setData(row.is_hidden, RowRole.HIDDEN)
    item.setData(row.is_locked, RowRole.LOCKED)
    words = [row.name, row.detail]
    if row.is_hidden:
        words.append(translate("ObjectsPanel", "hidden"))
    if row.is_locked:
        words.append(translate("ObjectsPanel", "locked"))
    item.setData(in_words(words), Qt.ItemDataRole.AccessibleTextRole)
    item.setToolTip(in_words(words))
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    return item
