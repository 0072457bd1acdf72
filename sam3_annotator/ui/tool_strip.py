"""Tool strip: one button per tool at the left edge, each with its key in the corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget
from typing_extensions import override

from sam3_annotator.ui.keymap import brief
from sam3_annotator.ui.text import plain, translate
from sam3_annotator.ui.tokens import TOOL_STRIP_PX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QAction

    from sam3_annotator.ui.tokens import Tokens

_KEY_PX = 9


class ToolButton(QToolButton):
    """A square button that also shows the action's key."""

    def __init__(self, action: QAction, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self.setDefaultAction(action)
        self.setIconSize(QSize(18, 18))
        self.setFixedSize(TOOL_STRIP_PX - 8, TOOL_STRIP_PX - 10)
        self.setAccessibleName(plain(action.text()))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def use_theme(self, tokens: Tokens) -> None:
        """Draw the key in another theme's colours."""
        self._tokens = tokens
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        shortcut = self.defaultAction().shortcut()
        if shortcut.isEmpty():
            return
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(_KEY_PX)
        painter.setFont(font)
        painter.setPen(QColor(self._tokens.on_accent if self.isChecked() else self._tokens.dim))
        keys = brief(shortcut.toString(shortcut.SequenceFormat.PortableText))
        corner = QRect(0, 0, self.width() - 4, self.height() - 2)
        painter.drawText(corner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, keys)
        painter.end()


class ToolStrip(QToolBar):
    """The vertical bar of tools; a line separates its groups."""

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(translate("ToolStrip", "Tools"), parent)
        self.setObjectName("tool_strip")
        self.setOrientation(Qt.Orientation.Vertical)
        self.setMovable(False)
        self.setFloatable(False)
        self.setAllowedAreas(Qt.ToolBarArea.LeftToolBarArea | Qt.ToolBarArea.RightToolBarArea)
        self._tokens = tokens
        self._buttons: list[ToolButton] = []

    def add_group(self, actions: Iterable[QAction]) -> None:
        """Add buttons, with a line above unless they are the first."""
        if self._buttons:
            self.addSeparator()
        for action in actions:
            button = ToolButton(action, self._tokens)
            self._buttons.append(button)
            self.addWidget(button)

    def use_theme(self, tokens: Tokens) -> None:
        """Draw in another theme's colours."""
        self._tokens = tokens
        for button in self._buttons:
            button.use_theme(tokens)
