"""Shortcut editor: every action with its keys; a key that is taken is refused, with its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from sam3_annotator.errors import Rejected
from sam3_annotator.ui.dialogs.frame import Dialog, label
from sam3_annotator.ui.keymap import Keymap, shown
from sam3_annotator.ui.text import translate, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ID = Qt.ItemDataRole.UserRole


class ShortcutsDialog(Dialog):
    """Edits a keymap in place.

    Args:
        names: what each action is called, by its id, in the order shown.

    Signals:
        changed: the keymap has new keys.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None, names: Mapping[str, str], keymap: Keymap) -> None:
        super().__init__(parent, translate("ShortcutsDialog", "Keyboard shortcuts"))
        self.resize(560, 560)
        self._keymap = keymap
        self._names = dict(names)
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("ShortcutsDialog", "Search by name or key"))
        self.search.setAccessibleName(translate("ShortcutsDialog", "Search"))
        self.search.textChanged.connect(self._filter)
        self.list = self._make_list()
        self.editor = QKeySequenceEdit()
        self.editor.setMaximumSequenceLength(1)
        self.editor.setAccessibleName(translate("ShortcutsDialog", "New keys"))
        self.message = label("")
        for widget in (self.search, self.list):
            self.body.addWidget(widget)
        self.body.addLayout(self._editing_row())
        self.body.addWidget(self.message)
        everything = self.add_button(translate("ShortcutsDialog", "Reset all"))
        everything.clicked.connect(self._reset_all)
        self.add_close()
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)

    def assign(self) -> None:
        """Give the chosen action the keys in the editor."""
        action = self._chosen()
        keys = self.editor.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if action is not None and keys:
            self._try(lambda: self._keymap.set(action, (keys,)))

    def choose(self, action: str) -> None:
        """Choose an action by its id."""
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None and item.data(0, _ID) == action:
                self.list.setCurrentItem(item)

    def _make_list(self) -> QTreeWidget:
        result = QTreeWidget()
        result.setProperty("boxed", True)  # noqa: FBT003 - Qt's property
        result.setRootIsDecorated(False)
        result.setHeaderLabels(
            [translate("ShortcutsDialog", "Action"), translate("ShortcutsDialog", "Keys")]
        )
        result.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        result.setAccessibleName(translate("ShortcutsDialog", "Actions"))
        for action, name in self._names.items():
            item = QTreeWidgetItem([name, self._keys(action)])
            item.setData(0, _ID, action)
            result.addTopLevelItem(item)
        result.currentItemChanged.connect(self._show_chosen)
        return result

    def _editing_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.editor, 1)
        for text, slot in (
            (translate("ShortcutsDialog", "Assign"), self.assign),
            (translate("ShortcutsDialog", "Remove"), self._remove),
            (translate("ShortcutsDialog", "Default"), self._reset),
        ):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    def _chosen(self) -> str | None:
        item = self.list.currentItem()
        return None if item is None else str(item.data(0, _ID))

    def _keys(self, action: str) -> str:
        return ", ".join(shown(keys) for keys in self._keymap.keys(action))

    def _show_chosen(self) -> None:
        action = self._chosen()
        keys = self._keymap.keys(action) if action is not None else ()
        self.editor.setKeySequence(QKeySequence(keys[0] if keys else ""))

    def _remove(self) -> None:
        action = self._chosen()
        if action is not None:
            self._try(lambda: self._keymap.set(action, ()))

    def _reset(self) -> None:
        action = self._chosen()
        if action is not None:
            self._try(lambda: self._keymap.reset(action))

    def _reset_all(self) -> None:
        self._try(self._keymap.reset)

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except Rejected as refusal:
            text = worded(refusal)
            for action, name in self._names.items():
                text = text.replace(f"“{action}”", f"“{name}”")
            self._say(text, "bad")
            return
        self._say(translate("ShortcutsDialog", "Changed."), "good")
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None:
                item.setText(1, self._keys(item.data(0, _ID)))
        self.changed.emit()

    def _say(self, text: str, role: str) -> None:
        self.message.setText(text)
        self.message.setProperty("role", role)
        self.message.style().polish(self.message)

    def _filter(self, text: str) -> None:
        wanted = text.casefold()
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None:
                line = f"{item.text(0)} {item.text(1)}".casefold()
                item.setHidden(wanted not in line)
