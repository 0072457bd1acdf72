"""Find bar: the phrase to look for, how many exemplars are given, and the button that starts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget
from typing_extensions import override

from sam3_annotator.ui.text import in_words, translate


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the loaded model can look for.

    Attributes:
        no_phrases: why phrases cannot be looked for; "" when they can.
        no_examples: why things like an example cannot be; "" when they can.
        no_tracking: why nothing can be found through a clip; "" when it can.
        concepts: the phrases it knows; empty means any.
        has_model: whether anything is loaded yet.
        example_key: key of the example tool as it stands behind what it does, " (E)", or "".
    """

    no_phrases: str = ""
    no_examples: str = ""
    no_tracking: str = ""
    concepts: tuple[str, ...] = ()
    has_model: bool = True
    example_key: str = ""


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
        self._plus, self._minus = self._counter("plus"), self._counter("minus")
        self._plus.clicked.connect(lambda: self.exemplar_tool_requested.emit(True))  # noqa: FBT003
        self._minus.clicked.connect(lambda: self.exemplar_tool_requested.emit(False))  # noqa: FBT003
        self._start = QPushButton(translate("FindBar", "Find all"))
        self._start.setProperty("primary", True)  # noqa: FBT003 - Qt's property
        self._start.clicked.connect(self._request)
        self._track = QPushButton(translate("FindBar", "Track all"))
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
        self.show_abilities(Abilities())

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

    def show_abilities(self, abilities: Abilities) -> None:
        """Offer only what the loaded model can do, and say why the rest is not offered."""
        phrases, examples = not abilities.no_phrases, not abilities.no_examples
        self.phrase.setEnabled(phrases)
        self.phrase.setToolTip(abilities.no_phrases)
        self.phrase.setPlaceholderText(_placeholder(abilities))
        tips = {
            self._plus: translate("FindBar", "Draw a box around one of what is meant{key}").format(
                key=abilities.example_key
            ),
            self._minus: translate("FindBar", "Draw a box around one of what is not meant"),
        }
        for button, tip in tips.items():
            button.setEnabled(examples)
            button.setToolTip(abilities.no_examples or tip)
        self._start.setEnabled(phrases or examples)
        self._start.setToolTip("" if phrases or examples else abilities.no_phrases)
        self._track.setEnabled(not abilities.no_tracking)
        self._track.setToolTip(
            abilities.no_tracking or translate("FindBar", "Find and track through the whole clip")
        )

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

    def _counter(self, sign: str) -> QPushButton:
        button = QPushButton()
        button.setProperty("sign", sign)
        return button

    def _request(self) -> None:
        self.find_requested.emit(self.phrase.text().strip())


def _placeholder(abilities: Abilities) -> str:
    """What stands in the empty field: what could be typed, or what to do instead."""
    if not abilities.has_model:
        return ""
    if not abilities.no_phrases:
        if abilities.concepts:
            known = in_words(abilities.concepts[:4])
            return translate("FindBar", "one of: {list}").format(list=known)
        return translate("FindBar", "yellow school bus")
    if not abilities.no_examples:
        return translate("FindBar", "draw an example{key}").format(key=abilities.example_key)
    return translate("FindBar", "needs SAM 3")
