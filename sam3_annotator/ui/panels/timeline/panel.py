"""Timeline panel: transport, filmstrip, lanes and the minimap of one clip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sam3_annotator.ui.panels.timeline.lanes import Only, Order, review_overview
from sam3_annotator.ui.panels.timeline.minimap import Minimap
from sam3_annotator.ui.panels.timeline.painting import NAMES_PX, RULER_PX, Shown
from sam3_annotator.ui.panels.timeline.transport import Transport
from sam3_annotator.ui.panels.timeline.view import LanesView
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sam3_annotator.ui.panels.timeline.lanes import Lane
    from sam3_annotator.ui.tokens import Tokens

__all__ = ["TimelinePanel"]


class TimelinePanel(QWidget):
    """Shows what it is given; its parts' signals say what the user wishes.

    Attributes:
        transport: the row of buttons, and the filmstrip.
        lanes: the lanes; emits frames, ranges and objects that are wanted.
        minimap: the whole clip as a strip.

    Signals:
        frame_wanted: from any part.
    """

    frame_wanted = Signal(int)

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("Timeline", "Timeline of the clip"))
        self.transport = Transport(tokens)
        self.lanes = LanesView(tokens)
        self.minimap = Minimap(tokens)
        self._shown = Shown()
        self._filter = QLineEdit(self.lanes)
        self._sort = QToolButton(self.lanes)
        self._build_filter()
        for part in (self.transport, self.lanes, self.minimap):
            part.frame_wanted.connect(self.frame_wanted)
        self.lanes.scale_changed.connect(self._follow)
        self.lanes.heading_clicked.connect(self._fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.transport)
        layout.addWidget(self.lanes, 1)
        layout.addWidget(self.minimap)

    def set_lanes(self, lanes: Sequence[Lane], frame_count: int) -> None:
        """Show these objects of a clip."""
        self.lanes.set_lanes(lanes, frame_count)

    def summarise(self, lanes: Sequence[Lane], frame_count: int) -> None:
        """Show how far the review of these objects is; costs a look at every frame."""
        self.minimap.set_overview(review_overview(lanes, frame_count))

    def set_shown(self, shown: Shown) -> None:
        """Move the cursor, the range, the selection and the marks."""
        self._shown = shown
        choice = self.lanes.choice
        if choice.only is Only.HERE:
            choice = replace(choice, frame=shown.frame)
        if choice.only is Only.SELECTED:
            choice = replace(choice, selection=frozenset(int(one) for one in shown.selection))
        self.lanes.set_choice(choice)
        self.lanes.set_shown(shown)
        self._follow()

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        for part in (self.transport, self.lanes, self.minimap):
            part.use_theme(tokens)

    def _follow(self) -> None:
        self.minimap.follow(self.lanes.scale, self._shown.frame)

    def _fold(self, heading: str) -> None:
        choice = self.lanes.choice
        self.lanes.set_choice(replace(choice, folded=choice.folded ^ {heading}))

    def _build_filter(self) -> None:
        self._filter.setPlaceholderText(translate("Timeline", "Filter"))
        self._filter.setAccessibleName(translate("Timeline", "Show objects by name"))
        self._filter.setGeometry(8, 1, NAMES_PX - 44, RULER_PX - 3)
        self._filter.setProperty("small", True)  # noqa: FBT003 - Qt's property
        self._filter.setFrame(False)
        self._filter.textChanged.connect(
            lambda text: self.lanes.set_choice(replace(self.lanes.choice, text=text.strip()))
        )
        self._sort.setGeometry(NAMES_PX - 32, 1, 26, RULER_PX - 3)
        self._sort.setText("≡")
        self._sort.setCheckable(True)
        self._sort.setToolTip(translate("Timeline", "Sort and filter"))
        self._sort.setAccessibleName(translate("Timeline", "Sort and filter"))
        self._sort.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._sort)
        self._offer(
            menu,
            (
                (Order.NUMBER, translate("Timeline", "Sort by number")),
                (Order.START, translate("Timeline", "Sort by first frame")),
                (Order.LENGTH, translate("Timeline", "Sort by length")),
                (Order.CONFIDENCE, translate("Timeline", "Low confidence first")),
            ),
        )
        self._offer(
            menu,
            (
                (Only.ALL, translate("Timeline", "Show all objects")),
                (Only.HERE, translate("Timeline", "Show objects on this frame")),
                (Only.SELECTED, translate("Timeline", "Show selected objects")),
                (Only.OPEN, translate("Timeline", "Show objects not yet accepted")),
                (Only.UNSURE, translate("Timeline", "Show objects with low confidence")),
            ),
        )
        self._score = menu.addAction(translate("Timeline", "Curve of confidence"))
        self._area = menu.addAction(translate("Timeline", "Curve of area"))
        for action in (self._score, self._area):
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(self._use_curves)
        self._sort.setMenu(menu)

    def _offer(self, menu: QMenu, choices: Sequence[tuple[Order | Only, str]]) -> None:
        """A part of the menu of which one entry holds; at first the first."""
        group = QActionGroup(menu)
        for choice, text in choices:
            action = group.addAction(menu.addAction(text))
            action.setCheckable(True)
            action.setChecked(choice is choices[0][0])
            action.triggered.connect(lambda _, chosen=choice: self._choose(chosen))
        menu.addSeparator()

    def _choose(self, chosen: Order | Only) -> None:
        choice = replace(
            self.lanes.choice,
            frame=self._shown.frame,
            selection=frozenset(int(one) for one in self._shown.selection),
        )
        if isinstance(chosen, Order):
            self.lanes.set_choice(replace(choice, order=chosen))
            return
        self.lanes.set_choice(replace(choice, only=chosen))
        # Lanes that are left out must not be missed: the button says so with its menu closed.
        self._sort.setChecked(chosen is not Only.ALL)

    def _use_curves(self) -> None:
        self.lanes.use_curves(
            shows_score=self._score.isChecked(), shows_area=self._area.isChecked()
        )
