"""What an empty panel shows: one line that says what is missing, one that says what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from sam3_annotator.ui.tokens import GRID_PX


class Placeholder(QWidget):
    """A quiet heading and a hint, centred near the top."""

    def __init__(self, heading: str, hint: str) -> None:
        super().__init__()
        self._heading, self._hint = QLabel(heading), QLabel(hint)
        for label, role in ((self._heading, ""), (self._hint, "dim")):
            label.setProperty("role", role)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(6 * GRID_PX,) * 4)
        layout.setSpacing(2 * GRID_PX)
        layout.addWidget(self._heading)
        layout.addWidget(self._hint)
        layout.addStretch(1)

    def say(self, heading: str, hint: str) -> None:
        """Change both lines."""
        self._heading.setText(heading)
        self._hint.setText(hint)


class EmptyOr(QWidget):
    """Shows either a widget or, while it has nothing to show, a placeholder."""

    def __init__(self, content: QWidget, placeholder: Placeholder) -> None:
        super().__init__()
        self._content, self.placeholder = content, placeholder
        self._stack = QStackedLayout(self)
        self._stack.addWidget(placeholder)
        self._stack.addWidget(content)

    def show_content(self, *, has_content: bool) -> None:
        """Show the content, or the placeholder when there is none."""
        self._stack.setCurrentWidget(self._content if has_content else self.placeholder)

    @property
    def is_empty(self) -> bool:
        """Whether the placeholder is showing."""
        return self._stack.currentWidget() is self.placeholder
