"""History panel: every step of the project by name; a click goes back or forward to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget
from typing_extensions import override

from sam3_annotator.ui.icons import icon
from sam3_annotator.ui.panels.placeholder import EmptyOr, Placeholder
from sam3_annotator.ui.text import in_words, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.ui.tokens import Tokens

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the journal as shown.

    Attributes:
        number: what the document calls the step.
        detail: when, and by whom.
        is_undone: whether the step is taken back at present.
    """

    number: int
    label: str
    detail: str
    is_undone: bool = False


class _Steps(QAbstractListModel):
    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.rows: tuple[StepRow, ...] = ()
        self.tokens = tokens

    def replace(self, rows: tuple[StepRow, ...]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            undone = translate("HistoryPanel", "undone") if row.is_undone else ""
            return in_words(part for part in (row.label, row.detail, undone) if part)
        if role == Qt.ItemDataRole.DecorationRole:
            return icon("redo" if row.is_undone else "check", self.tokens)
        if role == Qt.ItemDataRole.ForegroundRole and row.is_undone:
            return QColor(self.tokens.dim)
        return None


class HistoryPanel(QWidget):
    """Shows the steps it is given, newest at the bottom.

    Signals:
        jump_requested: number of the step that should be the last one done.
    """

    jump_requested = Signal(int)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("HistoryPanel", "History"))
        self._steps = _Steps(tokens)
        self._view = QListView()
        self._view.setAccessibleName(translate("HistoryPanel", "Steps, oldest first"))
        self._view.setModel(self._steps)
        self._view.setUniformItemSizes(True)
        self._view.clicked.connect(self._chosen)
        self._view.activated.connect(self._chosen)
        self._empty = EmptyOr(
            self._view,
            Placeholder(
                translate("HistoryPanel", "Nothing done yet"),
                translate(
                    "HistoryPanel",
                    "Every step you take appears here. Click one to go back to it, even after "
                    "closing the program.",
                ),
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self._empty)

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._steps.tokens = tokens
        self._view.viewport().update()

    def show_steps(self, rows: Sequence[StepRow]) -> None:
        """Show these steps, oldest first, and bring the present one into view."""
        if tuple(rows) == self._steps.rows:
            return
        self._steps.replace(tuple(rows))
        done = [i for i, row in enumerate(rows) if not row.is_undone]
        if done:
            present = self._steps.index(done[-1], 0)
            self._view.setCurrentIndex(present)
            self._view.scrollTo(present)
        self._empty.show_content(has_content=bool(rows))

    def _chosen(self, index: QModelIndex) -> None:
        self.jump_requested.emit(self._steps.rows[index.row()].number)
