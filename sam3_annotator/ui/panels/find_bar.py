"""Find bar: the phrase to look for, how many exemplars are given, and the button that starts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget
from typing_extensions import override

from sam3_annotator.ui.text import translate


class FindBar(QFrame):
    """A phrase and exemplars in, a wish to search out.

    Signals:
        find_requested: the phrase as typed (may be empty when exemplars are given).
        exemplar_tool_requested: True to draw "all like this", False for "not this".
        track_requested: the phrase, to be found and tracked through the open clip.
        left: Escape was pressed; the canvas should have the keyboard again.
    """

    find_requested = Signal(str)
    exemplar_tool_requested = Signal(bool)
    track_requested = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("find_bar")
        self.setFixedHeight(36)
        self.setMaximumWidth(520)
        self._label = QLabel(translate("FindBar", "Find"))
        self._label.setProperty("role", "dim")
        self.phrase = QLineEdit()
        self.phrase.setAccessibleName(translate("FindBar", "What to find"))
        self.phrase.setMaxLength(200)
        self.phrase.setMinimumWidth(96)
        self._label.setBuddy(self.phrase)
        self._plus = self._counter("plus", translate("FindBar", "Add an example of what to find"))
        self._minus = self._counter("minus", translate("FindBar", "Add an example of what not"))
        self._plus.clicked.connect(lambda: self.exemplar_tool_requested.emit(True))  # noqa: FBT003
        self._minus.clicked.connect(lambda: self.exemplar_tool_requested.emit(False))  # noqa: FBT003
        self._start = QPushButton(translate("FindBar", "Find all"))
        self._start.setProperty("primary", True)  # noqa: FBT003 - Qt's property
        self._start.clicked.connect(self._request)
        self._track = QPushButton(translate("FindBar", "Track all"))
        self._track.setToolTip(translate("FindBar", "Find and track through the whole clip"))
        self._track.clicked.connect(lambda: self.track_requested.emit(self.phrase.text().strip()))
        self._track.hide()
        self.phrase.returnPressed.connect(self._request)
        self.phrase.installEventFilter(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.setSpacing(8)
        layout.addWidget(self._label)
        layout.addWidget(self.phrase, 1)
        for widget in (self._plus, self._minus, self._start, self._track):
            layout.addWidget(widget)
        self.show_exemplars(0, 0)
        self.show_abilities(takes_phrases=True, takes_exemplars=True, concepts=())

    def show_exemplars(self, positive: int, negative: int) -> None:
        """Show how many examples of either kind are given."""
        example = translate("FindBar", "ex", "short for example")
        self._plus.setText(f"+{positive or ' ' + example}")
        self._minus.setText(f"\N{MINUS SIGN}{negative or ' ' + example}")
        self._plus.setAccessibleName(
            translate("FindBar", "%n example(s) of what to find", "", positive)
        )
        self._minus.setAccessibleName(
            translate("FindBar", "%n example(s) of what not to find", "", negative)
        )

    def show_phrase(self, phrase: str) -> None:
        """Put a phrase into the field, unless the user is typing there."""
        if not self.phrase.hasFocus():
            self.phrase.setText(phrase)

    def show_abilities(
        self, *, takes_phrases: bool, takes_exemplars: bool, concepts: tuple[str, ...]
    ) -> None:
        """Offer only what the loaded model can do.

        Args:
            takes_phrases: whether the model can look for a phrase.
            takes_exemplars: whether the model can look for "all like this".
            concepts: the phrases it knows; empty means any.
        """
        self.phrase.setEnabled(takes_phrases)
        self._plus.setEnabled(takes_exemplars)
        self._minus.setEnabled(takes_exemplars)
        self._start.setEnabled(takes_phrases or takes_exemplars)
        self._track.setEnabled(takes_phrases or takes_exemplars)
        if not takes_phrases:
            text = translate("FindBar", "needs SAM 3")
        elif concepts:
            text = translate("FindBar", "one of: {list}").format(list=", ".join(concepts[:4]))
        else:
            text = translate("FindBar", "yellow school bus")
        self.phrase.setPlaceholderText(text)

    def show_tracking(self, *, is_clip: bool) -> None:
        """Offer to track what is found while a clip is open."""
        self._track.setVisible(is_clip)

    def take_focus(self) -> None:
        """Let the user type a phrase."""
        self.phrase.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.phrase.selectAll()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            self.style().polish(self)
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _counter(self, sign: str, tip: str) -> QPushButton:
        button = QPushButton()
        button.setProperty("sign", sign)
        button.setToolTip(tip)
        return button

    def _request(self) -> None:
        self.find_requested.emit(self.phrase.text().strip())
