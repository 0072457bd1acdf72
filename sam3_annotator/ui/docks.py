"""Docks: the panels around the canvas, each movable and hidable, and the default arrangement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QScrollArea,
    QTabWidget,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from sam3_annotator.ui.icons import icon
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.tokens import SIDE_PX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sam3_annotator.ui.tokens import Tokens


class DockTitle(QWidget):
    """A quiet title with buttons to float and to close; empty while the dock is one of tabs."""

    def __init__(self, dock: QDockWidget, tokens: Tokens) -> None:
        super().__init__(dock)
        self._label = QLabel(dock.windowTitle())
        self._label.setProperty("role", "section")
        self._float = _small_button(translate("DockTitle", "Take the panel out of the window"))
        self._float.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self._close = _small_button(translate("DockTitle", "Hide the panel"))
        self._close.clicked.connect(dock.close)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 6, 2)
        layout.setSpacing(2)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._float)
        layout.addWidget(self._close)
        self._is_folded = False
        self.use_theme(tokens)

    def use_theme(self, tokens: Tokens) -> None:
        """Draw icons in another theme's colours."""
        self._float.setIcon(icon("float", tokens))
        self._close.setIcon(icon("close", tokens))

    def fold(self, *, is_folded: bool) -> None:
        """Take no room while tabs already name the dock."""
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            for widget in (self._label, self._float, self._close):
                widget.setVisible(not is_folded)
            margins = (0, 0, 0, 0) if is_folded else (12, 4, 6, 2)
            self._row.setContentsMargins(*margins)
            self.updateGeometry()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0) if self._is_folded else super().minimumSizeHint()

    @override
    def sizeHint(self) -> QSize:
        return QSize(0, 0) if self._is_folded else super().sizeHint()


class Docks:
    """The docks of one window.

    Args:
        window: the main window that holds them.
    """

    def __init__(self, window: QMainWindow, tokens: Tokens) -> None:
        self._window = window
        self._tokens = tokens
        self._docks: dict[str, QDockWidget] = {}
        window.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)

    def __getitem__(self, name: str) -> QDockWidget:
        return self._docks[name]

    def __iter__(self) -> Iterator[QDockWidget]:
        return iter(self._docks.values())

    def add(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """Put a panel into a dock of its own; ``name`` is what the layout is remembered under."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        dock.setAccessibleName(title)
        dock.setTitleBarWidget(DockTitle(dock, self._tokens))
        dock.visibilityChanged.connect(self._fold_titles)
        dock.dockLocationChanged.connect(self._fold_titles)
        dock.topLevelChanged.connect(self._fold_titles)
        self._window.addDockWidget(area, dock)
        self._docks[name] = dock
        return dock

    def arrange(
        self, side: tuple[str, ...], lower: tuple[str, ...], bottom: str, *, bottom_px: int
    ) -> None:
        """The default arrangement.

        Args:
            side: docks shown as tabs at the top right, the first in front.
            lower: docks shown as tabs below them; may be empty.
            bottom: the dock under the canvas.
            bottom_px: its height.
        """
        window, right = self._window, Qt.DockWidgetArea.RightDockWidgetArea
        for dock in self._docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        for name in (*side, *lower):
            window.addDockWidget(right, self._docks[name])
        if lower:
            window.splitDockWidget(
                self._docks[side[0]], self._docks[lower[0]], Qt.Orientation.Vertical
            )
        for group in (side, lower):
            for name in group[1:]:
                window.tabifyDockWidget(self._docks[group[0]], self._docks[name])
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self._docks[bottom])
        for dock in self._docks.values():
            dock.show()
        self._docks[side[0]].raise_()
        window.resizeDocks([self._docks[side[0]]], [SIDE_PX], Qt.Orientation.Horizontal)
        heads = [self._docks[group[0]] for group in (side, lower) if group]
        window.resizeDocks(heads, [1] * len(heads), Qt.Orientation.Vertical)
        window.resizeDocks([self._docks[bottom]], [bottom_px], Qt.Orientation.Vertical)
        self._fold_titles()

    def pass_keyboard(self, home: QWidget, step: int) -> None:
        """Give the keyboard to the next panel of the ring of ``home`` and every dock in sight.

        A panel behind others of its tabs comes to the front.
        """
        shown = [dock for dock in self._docks.values() if not dock.isHidden()]
        ring: list[QWidget] = [home, *shown]
        has_it = QApplication.focusWidget()
        here = next((i for i, one in enumerate(ring) if has_it and one.isAncestorOf(has_it)), 0)
        there = ring[(here + step) % len(ring)]
        there.raise_()
        _first_stop(there).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def use_theme(self, tokens: Tokens) -> None:
        """Draw titles in another theme's colours."""
        self._tokens = tokens
        for dock in self._docks.values():
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle):
                title.use_theme(tokens)

    def _fold_titles(self) -> None:
        for dock in self._docks.values():
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle):
                is_tab = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
                title.fold(is_folded=is_tab or dock.objectName() == "strip")


def scrolled(panel: QWidget) -> QScrollArea:
    """A tall panel in a frame that scrolls, so that it never asks for a taller window."""
    area = QScrollArea()
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(panel.accessibleName())
    return area


def _first_stop(panel: QWidget) -> QWidget:
    """The first widget of a panel that takes the keyboard; its content where none does."""
    if not isinstance(panel, QDockWidget):
        return panel
    content = panel.widget()
    return next(
        (
            one
            for one in content.findChildren(QWidget)
            if one.isVisibleTo(content)
            and one.isEnabled()
            and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        ),
        content,
    )


def _small_button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(14, 14))
    button.setFixedSize(22, 22)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
