"""Command palette: every action by name; type a few letters of it and press Enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction
from typing_extensions import override

MAX_SHOWN = 200
_WIDTH_PX, _HEIGHT_PX = 520, 400


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One action as the palette lists it."""

    name: str
    place: str
    keys: str
    action: QAction


def fuzzy_score(query: str, text: str) -> int | None:
    """How well the letters of a query, in order, fit a text; smaller is better, None not at all.

    Letters next to each other cost nothing, a jump to the start of a word costs one, any other
    gap costs its length; of two equal fits the shorter text wins.
    """
    wanted, line = query.casefold().replace(" ", ""), text.casefold()
    fits = (_walk(wanted, line, jumps=True), _walk(wanted, line, jumps=False))
    best = min((fit for fit in fits if fit is not None), default=None)
    return None if best is None else best * 100 + len(line)


def _walk(wanted: str, line: str, *, jumps: bool) -> int | None:
    place, cost = -1, 0
    for letter in wanted:
        found = line.find(letter, place + 1)
        if found < 0:
            return None
        if found != place + 1 or place < 0:
            start = _word_start(line, letter, found) if jumps else None
            cost += 2 + found - place if start is None else 1
            found = found if start is None else start
        place = found
    return cost


def _word_start(line: str, letter: str, begin: int) -> int | None:
    return next(
        (
            place
            for place in range(begin, len(line))
            if line[place] == letter and (place == 0 or not line[place - 1].isalnum())
        ),
        None,
    )


class CommandPalette(QDialog):
    """A search field over the list of actions that can be used now.

    Args:
        entries: every action; disabled ones are listed last and cannot be chosen.
    """

    def __init__(self, entries: Sequence[PaletteEntry], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName(translate("CommandPalette", "Command palette"))
        self.setFixedSize(_WIDTH_PX, _HEIGHT_PX)
        self._entries = tuple(entries)
        self.field = QLineEdit()
        self.field.setPlaceholderText(translate("CommandPalette", "Type what you want to do"))
        self.field.setAccessibleName(translate("CommandPalette", "Command"))
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._run)
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setAccessibleName(translate("CommandPalette", "Commands"))
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setStretchLastSection(False)
        self.list.itemClicked.connect(self._run)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self._filter("")
        self.field.setFocus()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8}
            steps[Qt.Key.Key_PageUp] = -8
            step = steps.get(Qt.Key(event.key()), 0)
            if step and self.list.topLevelItemCount():
                row = self.list.currentIndex().row()
                self._choose((row + step) % self.list.topLevelItemCount())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, query: str) -> None:
        ranked = []
        for entry in self._entries:
            scores = [fuzzy_score(query, entry.name)]
            whole = fuzzy_score(query, f"{entry.place} {entry.name}")
            scores.append(None if whole is None else whole + 150)
            fitting = [score for score in scores if score is not None]
            if fitting:
                ranked.append((not entry.action.isEnabled(), min(fitting), entry))
        ranked.sort(key=lambda r: (r[0], r[1]) if query else (r[0], 0))
        self.list.clear()
        for is_off, _, entry in ranked[:MAX_SHOWN]:
            item = QTreeWidgetItem([_line(entry), entry.keys])
            item.setData(0, Qt.ItemDataRole.UserRole, entry.action)
            item.setForeground(1, self.palette().placeholderText())
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setDisabled(is_off)
            self.list.addTopLevelItem(item)
        self._choose(0)

    def _choose(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _run(self) -> None:
        if not self.list.selectedItems():
            return
        action = self.list.selectedItems()[0].data(0, Qt.ItemDataRole.UserRole)
        if action.isEnabled():
            self.close()
            action.trigger()


def _line(entry: PaletteEntry) -> str:
    place = f"{entry.place} › " if entry.place else ""  # noqa: RUF001 - a typographic arrow
    return f"{place}{entry.name}"
