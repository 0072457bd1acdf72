"""Candidates panel: what the model found, as crops to accept or reject by key or button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QSlider,
    QStyle,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from sam3_annotator.ui.panels.candidate_grid import (
    CAPTION_PX,
    CandidateDelegate,
    CandidateItem,
    CandidateModel,
)
from sam3_annotator.ui.panels.placeholder import EmptyOr, Placeholder
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QResizeEvent

_CELL_PX = 84
_STEPS = 100
"""Positions of the threshold slider between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Findings:
    """One moment of a search, as the panel shows it.

    Attributes:
        presence: probability in [0, 1] that the phrase is there at all; None if unknown.
        threshold: items below it are hidden.
        has_answer: whether the model has answered; an empty answer is told as such.
        takes_phrases: whether to speak of phrases in what is said while there is nothing.
        example_key: key of the example tool as it stands behind what it does, " (E)", or "".
    """

    phrase: str = ""
    presence: float | None = None
    threshold: float = 0.5
    items: tuple[CandidateItem, ...] = ()
    is_running: bool = False
    has_answer: bool = False
    takes_phrases: bool = True
    example_key: str = ""


class CandidatesPanel(QWidget):
    """Shows findings it is given; changes nothing itself.

    Keys in the grid: Enter or Y accepts and goes on, Delete or N rejects and goes on, Ctrl+Enter
    accepts all shown, ``+`` asks for more like this, ``-`` for none like this.

    Signals:
        threshold_changed: the slider's value in [0, 1]; the grid has filtered already.
        accept_requested: tuple of keys.
        reject_requested: tuple of keys.
        reconsider_requested: key of a rejected candidate that was chosen again.
        accept_all_requested: all shown and undecided ones are meant.
        more_like_requested: key of the candidate to take as a positive exemplar.
        not_like_requested: key of the candidate to take as a negative exemplar.
        highlighted: key of the current candidate, or None.
    """

    threshold_changed = Signal(float)
    accept_requested = Signal(tuple)
    reject_requested = Signal(tuple)
    reconsider_requested = Signal(int)
    accept_all_requested = Signal()
    more_like_requested = Signal(int)
    not_like_requested = Signal(int)
    highlighted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings = Findings()
        self._model = CandidateModel(self)
        self._title, self._least = QLabel(), QLabel()
        for label in (self._title, self._least):
            label.setProperty("role", "dim")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.setAccessibleName(translate("CandidatesPanel", "Smallest score shown"))
        self._slider.valueChanged.connect(self._slide)
        self.grid = _Grid(self._model)
        self.grid.installEventFilter(self)
        self.grid.selectionModel().currentChanged.connect(self._announce_current)
        self.grid.doubleClicked.connect(lambda _: self._decide(accepts=True))
        self._accept_all = self._button(self.accept_all_requested.emit)
        self._accept_all.setProperty("primary", True)  # noqa: FBT003 - Qt's property
        self._more = self._button(lambda: self._ask_like(is_positive=True))
        self._more.setText(translate("CandidatesPanel", "More like this"))
        self._fewer = self._button(lambda: self._ask_like(is_positive=False))
        self._fewer.setText(translate("CandidatesPanel", "Not this"))
        self._body = EmptyOr(self._laid_out(), Placeholder("", ""))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._body)
        self.show_findings(Findings())

    def set_picture(self, rgb: NDArray[np.uint8] | None) -> None:
        """The picture crops are cut from.

        Args:
            rgb: (H, W, 3) uint8, kept and never written; None when there is none.
        """
        self._model.set_picture(rgb)

    def show_findings(self, findings: Findings) -> None:
        """Show one moment of a search; the current candidate stays current."""
        current = self.current_key
        self._findings = findings
        self._slider.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self._slider.setValue(round(findings.threshold * _STEPS))
        self._slider.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self._refill(findings.threshold, current)
        self._say_state()

    @property
    def current_key(self) -> int | None:
        """The key of the current candidate."""
        item = self._model.item_at(self.grid.currentIndex())
        return None if item is None else item.key

    def set_current(self, key: int | None) -> None:
        """Make a candidate current, e.g. one picked on the canvas; None for none."""
        row = self._model.row_of(key)
        if row < 0:
            self.grid.clearSelection()
            self.grid.selectionModel().setCurrentIndex(
                QModelIndex(), QItemSelectionModel.SelectionFlag.Clear
            )
        elif row != self.grid.currentIndex().row():
            self.grid.setCurrentIndex(self._model.index(row))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The grid's keys."""
        if watched is self.grid and isinstance(event, QKeyEvent):
            action = self._action_of(event)
            if action is not None:
                # Shortcuts of the window must not take these keys while the grid has the focus.
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    action()
                return True
        return super().eventFilter(watched, event)

    def _action_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return None
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return self.accept_all_requested.emit
            return lambda: self._decide(accepts=True)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return None
        return {
            Qt.Key.Key_Y: lambda: self._decide(accepts=True),
            Qt.Key.Key_N: lambda: self._decide(accepts=False),
            Qt.Key.Key_Delete: lambda: self._decide(accepts=False),
            Qt.Key.Key_Backspace: lambda: self._decide(accepts=False),
            Qt.Key.Key_Plus: lambda: self._ask_like(is_positive=True),
            Qt.Key.Key_Equal: lambda: self._ask_like(is_positive=True),
            Qt.Key.Key_Minus: lambda: self._ask_like(is_positive=False),
        }.get(key)

    def _laid_out(self) -> QWidget:
        body, header, row = QWidget(), QHBoxLayout(), QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self._title, 1)
        header.addWidget(self._least)
        row.setSpacing(8)
        row.addWidget(self._more, 1)
        row.addWidget(self._fewer, 1)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(header)
        layout.addWidget(self._slider)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self._accept_all)
        layout.addLayout(row)
        return body

    def _button(self, action: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action)
        return button

    def _refill(self, threshold: float, current: int | None) -> None:
        self._model.set_items(self._findings.items, threshold)
        if self._model.row_of(current) >= 0:
            self.set_current(current)
        elif self._model.shown:
            undecided = (i.key for i in self._model.shown if not i.is_accepted | i.is_rejected)
            self.set_current(next(undecided, self._model.shown[0].key))
        count = sum(not (i.is_accepted or i.is_rejected) for i in self._model.shown)
        self._accept_all.setText(
            translate("CandidatesPanel", "Accept {count} above").format(count=count)
        )
        self._accept_all.setEnabled(count > 0)
        has_current = self.current_key is not None
        self._more.setEnabled(has_current)
        self._fewer.setEnabled(has_current)
        least = translate("CandidatesPanel", "SCORE ≥ {score}").format(score=f"{threshold:.2f}")
        self._least.setText(least)

    def _say_state(self) -> None:
        found = self._findings
        has_rows = bool(found.items)
        self._body.show_content(has_content=has_rows)
        named = f"“{found.phrase.upper()}”" if found.phrase else ""
        named = named or translate("CandidatesPanel", "LIKE THE EXAMPLES")
        if found.presence is None:
            self._title.setText(named)
        else:
            self._title.setText(
                translate("CandidatesPanel", "{concept} IS THERE: {presence}").format(
                    concept=named, presence=f"{found.presence:.2f}"
                )
            )
        if has_rows:
            return
        if found.is_running:
            self._body.placeholder.say(translate("CandidatesPanel", "Looking …"), "")
        elif found.has_answer:
            advice = (
                translate("CandidatesPanel", "Try another word, or draw an example.")
                if found.takes_phrases
                else translate("CandidatesPanel", "Try another example.")
            )
            lines = (advice,) if found.presence is None else (self._title.text(), advice)
            heading = translate("CandidatesPanel", "Nothing found")
            self._body.placeholder.say(heading, "\n".join(lines))
        else:
            self._body.placeholder.say(
                translate("CandidatesPanel", "Nothing searched yet"),
                translate(
                    "CandidatesPanel",
                    "Type what to find at the top, or draw an example box around one.",
                )
                if found.takes_phrases
                else translate(
                    "CandidatesPanel",
                    "Draw an example box{key} around one of what is to be found.",
                ).format(key=found.example_key),
            )

    def _slide(self, position: int) -> None:
        threshold = position / _STEPS
        self._refill(threshold, self.current_key)
        self.threshold_changed.emit(threshold)

    def _announce_current(self, index: QModelIndex) -> None:
        item = self._model.item_at(index)
        self.highlighted.emit(None if item is None else item.key)

    def _decide(self, *, accepts: bool) -> None:
        """Accept or reject the current candidate, and go on to the next undecided one."""
        item = self._model.item_at(self.grid.currentIndex())
        if item is None or item.is_accepted:
            return
        following = self._following(item)
        if accepts and item.is_rejected:
            self.reconsider_requested.emit(item.key)
            return
        if accepts:
            self.accept_requested.emit((item.key,))
        elif not item.is_rejected:
            self.reject_requested.emit((item.key,))
        self.set_current(following)

    def _following(self, item: CandidateItem) -> int:
        shown = self._model.shown
        row = self._model.row_of(item.key)
        around = (*shown[row + 1 :], *shown[:row])
        return next((i.key for i in around if not (i.is_accepted or i.is_rejected)), item.key)

    def _ask_like(self, *, is_positive: bool) -> None:
        key = self.current_key
        if key is not None:
            (self.more_like_requested if is_positive else self.not_like_requested).emit(key)


class _Grid(QListView):
    """An icon view whose columns always fill the width."""

    def __init__(self, model: CandidateModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(CandidateDelegate(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSpacing(0)
        self.setMouseTracking(True)
        self.setAccessibleName(translate("CandidatesPanel", "Candidates, best first"))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit, each as wide as it can be."""
        # Qt lays icons out as if the scroll bar were there, so that its coming changes nothing.
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        width = self.maximumViewportSize().width() - bar - 1
        side = width // max(1, width // _CELL_PX)
        self.setGridSize(QSize(side, side * 2 // 3 + CAPTION_PX + 6))
        super().resizeEvent(event)
