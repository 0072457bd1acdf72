"""Transport: step, play, the frame field, the tools used most, and the filmstrip."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QIntValidator, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from sam3_annotator.ui.icons import icon, pixmap
from sam3_annotator.ui.panels.timeline.filmstrip import Filmstrip
from sam3_annotator.ui.readout import Readout
from sam3_annotator.ui.text import plain, translate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QObject

    from sam3_annotator.ui.tokens import Tokens

_HEIGHT_PX = 62


class Transport(QWidget):
    """The row above the lanes.

    Signals:
        frame_wanted: a number was typed.
        list_wanted: show the pictures and clips of the project instead.
        left: Escape was pressed in the field.
    """

    frame_wanted = Signal(int)
    list_wanted = Signal()
    left = Signal()

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT_PX)
        self._tokens = tokens
        self._is_playing = False
        self.filmstrip = Filmstrip(tokens)
        self.field = QLineEdit()
        self.field.setFixedWidth(64)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._numbers = QIntValidator(0, 0, self.field)
        self.field.setValidator(self._numbers)
        self.field.setAccessibleName(translate("Timeline", "Frame"))
        self.field.returnPressed.connect(self._typed)
        self.field.installEventFilter(self)
        self._place = Readout()
        self._place.setProperty("role", "dim")
        self._list = self._button("film", translate("Timeline", "Pictures and clips"))
        self._list.clicked.connect(self.list_wanted)
        self._play: QToolButton | None = None
        self._steps: list[tuple[QToolButton, str]] = [(self._list, "film")]
        self.propagate = QPushButton(translate("Timeline", "Propagate"))
        self._menu = QMenu(self.propagate)
        self.propagate.setMenu(self._menu)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 4, 10, 4)
        self._row.setSpacing(6)
        self._row.addWidget(self._list)

    def use_actions(
        self,
        steps: Iterable[tuple[QAction, str]],
        play: QAction,
        runs: Iterable[QAction | None],
        tools: Iterable[tuple[QAction, str]],
    ) -> None:
        """Make buttons of actions.

        Args:
            steps: actions and icon names, play in their middle.
            play: switches playing on and off.
            runs: entries of the menu of propagations; None for a line.
            tools: actions and short words.
        """
        given = list(steps)
        for action, name in given[: len(given) // 2]:
            self._add_step(action, name)
        self._play = self._add_step(play, "play")
        self._play.setProperty("primary", True)  # noqa: FBT003 - Qt's property
        for action, name in given[len(given) // 2 :]:
            self._add_step(action, name)
        self._row.addSpacing(4)
        self._row.addWidget(self.field)
        self._row.addWidget(self._place)
        self._row.addSpacing(12)
        for run in runs:
            if run is None:
                self._menu.addSeparator()
            else:
                self._menu.addAction(run)
        self._row.addWidget(self.propagate)
        for action, word in tools:
            self._row.addWidget(self._tool(action, word))
        self._row.addSpacing(12)
        self._row.addWidget(self.filmstrip, 1)
        self.use_theme(self._tokens)

    def show_place(self, frame: int, count: int, time_s: float | None, rate: float | None) -> None:
        """Say where we are: "/ 200 · 2.60 s · 30 fps"."""
        if not self.field.hasFocus():
            self.field.setText(str(frame))
        self._numbers.setTop(max(0, count - 1))
        parts = [f"/ {count}"]
        if time_s is not None:
            parts.append(translate("Timeline", "{t} s").format(t=f"{time_s:.2f}"))
        if rate is not None:
            parts.append(translate("Timeline", "{n} fps").format(n=f"{rate:.4g}"))
        self._place.show_text(" · ".join(parts))

    def show_playing(self, *, is_playing: bool) -> None:
        """Show a pause sign while playing."""
        self._is_playing = is_playing
        if self._play is not None:
            name = "pause" if is_playing else "play"
            self._play.setIcon(QIcon(pixmap(name, self._tokens.on_accent, 40)))

    def take_focus(self) -> None:
        """Let the user type a frame number."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._tokens = tokens
        for button, name in self._steps:
            button.setIcon(icon(name, tokens))
        self.show_playing(is_playing=self._is_playing)
        self.filmstrip.use_theme(tokens)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self.frame_wanted.emit(int(self.field.text() or 0))
        self.left.emit()

    def _add_step(self, action: QAction, name: str) -> QToolButton:
        button = self._button(name, plain(action.text()))
        button.clicked.connect(action.trigger)
        action.changed.connect(partial(_follow, button, action))
        _follow(button, action)
        self._steps.append((button, name))
        self._row.addWidget(button)
        return button

    def _tool(self, action: QAction, word: str) -> QPushButton:
        button = QPushButton(word)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(action.trigger)
        action.changed.connect(partial(_follow, button, action))
        _follow(button, action)
        return button

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(32, 28)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setProperty("boxed", True)  # noqa: FBT003 - Qt's property
        button.setIcon(icon(name, self._tokens))
        return button


def _follow(button: QAbstractButton, action: QAction) -> None:
    """Be usable when the action is, and say the same of its key and of what it lacks."""
    button.setEnabled(action.isEnabled())
    button.setToolTip(action.toolTip())
