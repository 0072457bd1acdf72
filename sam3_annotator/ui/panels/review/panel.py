"""ReviewPanel: the queue, the verdict buttons, comments, sign-off and calibration, as shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from sam3_annotator.ui.panels.placeholder import EmptyOr, Placeholder
from sam3_annotator.ui.panels.review.comments import CommentRow, CommentsBox
from sam3_annotator.ui.panels.review.gain_plot import GainPlot
from sam3_annotator.ui.panels.review.rows import ROW_PX, DoubtDelegate, DoubtRow, DoubtRows
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.tokens import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QHideEvent, QShowEvent

    from sam3_annotator.ui.tokens import Tokens


@dataclass(frozen=True, slots=True, eq=False)
class Trust:
    """What the panel says about the queue itself.

    Attributes:
        text: one or two sentences.
        curve: (P, 2) float64 share walked and share met, or None.
        mark: the point of the curve that the text speaks of.
    """

    text: str
    curve: NDArray[np.float64] | None = None
    mark: tuple[float, float] | None = None


class ReviewPanel(QWidget):
    """Shows the queue it is given; sends wishes as signals.

    Signals:
        row_chosen: the key of the row to look at.
        filter_chosen: the key of the filter.
        good_wanted, fix_wanted, reject_wanted, repair_wanted: a verdict on the present row.
        signed: the person signs what is shown.
        checked: whether every instance of the asked category is found.
        shown: whether the panel can be seen now.
    """

    row_chosen = Signal(object)
    filter_chosen = Signal(object)
    good_wanted = Signal()
    fix_wanted = Signal()
    reject_wanted = Signal()
    repair_wanted = Signal()
    signed = Signal()
    checked = Signal(bool)
    shown = Signal(bool)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("ReviewPanel", "Review"))
        self._rows = DoubtRows()
        self.view = QListView()
        self._delegate = DoubtDelegate(tokens, self.view)
        self._fill_view()
        self.filter = QComboBox()
        self.filter.setAccessibleName(translate("ReviewPanel", "Which rows to show"))
        self.filter.activated.connect(lambda at: self.filter_chosen.emit(self.filter.itemData(at)))
        self._count = _label("section")
        self._progress = _label("small")
        self._progress.hide()
        self._empty = EmptyOr(self.view, Placeholder("", ""))
        self.good = _button(translate("ReviewPanel", "Good"), is_primary=True)
        self.fix = _button(translate("ReviewPanel", "Fix"))
        self.reject = _button(translate("ReviewPanel", "Reject"))
        self.repair = _button(translate("ReviewPanel", "Swap back"))
        self.question = _label("")
        self.all_found = _button(translate("ReviewPanel", "Yes"))
        self.some_missing = _button(translate("ReviewPanel", "No"))
        self.comments = CommentsBox()
        self.sign = _button(translate("ReviewPanel", "Sign off"))
        self._signature = _label("small")
        self.plot = GainPlot(tokens)
        self._trust = _label("dim")
        self._connect()
        self._arrange()
        self.show_rows((), None)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit(True)  # noqa: FBT003 - a signal

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shown.emit(False)  # noqa: FBT003 - a signal

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._delegate.tokens = tokens
        self.view.viewport().update()
        self.plot.use_theme(tokens)

    def show_filters(self, filters: Sequence[tuple[Hashable, str]], chosen: Hashable) -> None:
        """Offer filters (key and name)."""
        with QSignalBlocker(self.filter):
            self.filter.clear()
            for key, name in filters:
                self.filter.addItem(name, key)
            self.filter.setCurrentIndex(max(0, self.filter.findData(chosen)))

    def show_rows(
        self,
        rows: Sequence[DoubtRow],
        present: Hashable | None,
        empty: tuple[str, str] = ("", ""),
    ) -> None:
        """Show these rows, the present one highlighted; ``empty`` says why there are none."""
        if tuple(rows) != self._rows.rows:
            self._rows.replace(tuple(rows))
        self._empty.placeholder.say(*empty)
        self._empty.show_content(has_content=bool(rows))
        self._show_present(rows, present)

    def show_progress(self, text: str) -> None:
        """Say how far measuring is; "" once it is done."""
        self._progress.setText(text)
        self._progress.setVisible(bool(text))

    def show_verdicts(self, *, has_row: bool, is_swap: bool) -> None:
        """Enable what can be said about the present row."""
        for button in (self.good, self.fix, self.reject):
            button.setEnabled(has_row)
        self.repair.setVisible(is_swap)

    def show_keys(self, keys: dict[str, str]) -> None:
        """Name the keys on the buttons: "good", "fix", "reject", "repair" -> "Y"."""
        for button, name in (
            (self.good, "good"),
            (self.fix, "fix"),
            (self.reject, "reject"),
            (self.repair, "repair"),
            (self.all_found, "all_found"),
            (self.some_missing, "some_missing"),
        ):
            key = keys.get(name, "")
            plain = str(button.property("plain"))
            button.setText(f"{plain} {key}" if key else plain)

    def show_question(self, question: str, answer: str = "") -> None:
        """Ask whether every instance is found; "" asks nothing."""
        self._question_box.setVisible(bool(question))
        self.question.setText(f"{question} {answer}".strip())

    def show_signature(self, text: str, *, can_sign: bool) -> None:
        """Say who signed last and what changed since."""
        self._signature.setText(text)
        self.sign.setEnabled(can_sign)

    def show_comments(self, rows: Sequence[CommentRow]) -> None:
        """Show these comments."""
        self.comments.show_rows(rows)

    def show_trust(self, trust: Trust) -> None:
        """Say how well the queue has served."""
        self._trust.setText(trust.text)
        self.plot.show_curve(trust.curve, trust.mark)

    # ------------------------------------------------------------------ inside

    def _fill_view(self) -> None:
        view = self.view
        view.setAccessibleName(translate("ReviewPanel", "Doubtful first"))
        view.setModel(self._rows)
        view.setItemDelegate(self._delegate)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setMinimumHeight(3 * ROW_PX)
        view.clicked.connect(self._chosen)
        view.activated.connect(self._chosen)

    def _connect(self) -> None:
        for button, wanted in (
            (self.good, self.good_wanted),
            (self.fix, self.fix_wanted),
            (self.reject, self.reject_wanted),
            (self.repair, self.repair_wanted),
            (self.sign, self.signed),
        ):
            button.clicked.connect(wanted)
        self.all_found.clicked.connect(lambda: self.checked.emit(True))  # noqa: FBT003 - a signal
        self.some_missing.clicked.connect(lambda: self.checked.emit(False))  # noqa: FBT003

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID_PX, 0, 3 * GRID_PX)
        layout.setSpacing(2 * GRID_PX)
        layout.addLayout(_row(self.filter, None, self._count))
        # Above the rows, so that a low window cuts rows off and not what is said of them.
        layout.addLayout(_row(self.good, self.fix, self.reject, self.repair, None))
        layout.addLayout(_row(self._progress))
        layout.addWidget(self._empty, 1)
        self._question_box = QWidget()
        box = QVBoxLayout(self._question_box)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(_row(self.question, self.all_found, self.some_missing))
        layout.addWidget(self._question_box)
        layout.addWidget(_heading(translate("ReviewPanel", "CALIBRATION")))
        layout.addLayout(_row(self._trust))
        layout.addLayout(_row(self.plot))
        layout.addWidget(_heading(translate("ReviewPanel", "COMMENTS AND SIGN-OFF")))
        layout.addWidget(self.comments)
        layout.addLayout(_row(self._signature, self.sign))

    def _show_present(self, rows: Sequence[DoubtRow], present: Hashable | None) -> None:
        keys = [row.key for row in rows]
        place = keys.index(present) if present in keys else -1
        total = str(len(rows))
        text = (
            translate("ReviewPanel", "{place} OF {total}").format(place=place + 1, total=total)
            if place >= 0
            else total
        )
        self._count.setText(text if rows else "")
        index = self._rows.index(place, 0) if place >= 0 else QModelIndex()
        if self.view.currentIndex() != index:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.view.selectionModel().setCurrentIndex(index, flags)
            if place >= 0:
                self.view.scrollTo(index)

    def _chosen(self, index: QModelIndex) -> None:
        self.row_chosen.emit(self._rows.rows[index.row()].key)


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(role != "section")
    label.setMinimumWidth(0)
    return label


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "section")
    label.setContentsMargins(3 * GRID_PX, GRID_PX, 0, 0)
    return label


def _button(text: str, *, is_primary: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("plain", text)
    button.setProperty("primary", is_primary)
    button.setAutoDefault(False)
    button.setMinimumWidth(0)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side with the panel's margins; None stretches."""
    layout = QHBoxLayout()
    layout.setContentsMargins(3 * GRID_PX, 0, 3 * GRID_PX, 0)
    layout.setSpacing(2 * GRID_PX)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget, 1 if isinstance(widget, QLabel | GainPlot) else 0)
    return layout
