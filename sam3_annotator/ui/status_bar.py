"""Status bar: where we are, what is saved, and the long work that is running, with Cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from sam3_annotator.ui.readout import Readout
from sam3_annotator.ui.text import translate
from sam3_annotator.ui.tokens import STATUS_PX

MESSAGE_MS = 6000


class StatusBar(QWidget):
    """Facts on the left, a passing message in the middle, running work on the right.

    Signals:
        cancel_requested, pause_toggled: for the work that is shown.
    """

    cancel_requested = Signal()
    pause_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(STATUS_PX + 2)
        self.setAccessibleName(translate("StatusBar", "Status"))
        self._place, self._objects, self._saved = Readout(), Readout(), Readout()
        self._message = QLabel()
        self._message.setAccessibleName(translate("StatusBar", "Message"))
        self._work, self._left = QLabel(), QLabel()
        self._bar = QProgressBar()
        self._bar.setAccessibleName(translate("StatusBar", "Progress"))
        self._bar.setFixedWidth(136)
        self._bar.setTextVisible(False)
        self._pause = self._button(translate("StatusBar", "Pause"))
        self._pause.setCheckable(True)
        self._pause.toggled.connect(self._paused)
        self._cancel = self._button(translate("StatusBar", "Cancel"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(self._message.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(16)
        for label in (self._place, self._objects, self._saved):
            layout.addWidget(label)
        layout.addWidget(self._message, 1)
        for widget in (self._work, self._bar, self._left, self._pause, self._cancel):
            layout.addWidget(widget)
        self.hide_work()

    def show_place(self, text: str) -> None:
        """Where we are: "picture 3 / 1,204" or "frame 78 / 200"."""
        self._show(self._place, text)

    def show_objects(self, text: str) -> None:
        """How much there is: "3 objects"."""
        self._show(self._objects, text)

    def show_saved(self, text: str) -> None:
        """Whether the last gesture is on disk: "saved"."""
        self._show(self._saved, text)

    def say(self, text: str) -> None:
        """Show a message for a few seconds; read out by screen readers."""
        self._message.setText(text)
        self._message.setAccessibleDescription(text)
        self._fade.start(MESSAGE_MS)

    @property
    def message(self) -> str:
        """The message shown at present, or ""."""
        return self._message.text()

    def show_work(
        self, text: str, done: int, total: int, time_left: str = "", *, can_pause: bool = False
    ) -> None:
        """Show running work; a total of 0 means that nobody knows how much there is."""
        self._work.setText(text)
        self._left.setText(time_left)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        for widget in (self._work, self._bar, self._cancel):
            widget.show()
        self._left.setVisible(bool(time_left))
        self._pause.setVisible(can_pause)

    def hide_work(self) -> None:
        """Show that nothing is running."""
        for widget in (self._work, self._bar, self._left, self._pause, self._cancel):
            widget.hide()
        self._pause.setChecked(False)

    @property
    def is_working(self) -> bool:
        """Whether running work is shown."""
        return not self._cancel.isHidden()

    def _paused(self, is_paused: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._pause.setText(
            translate("StatusBar", "Resume") if is_paused else translate("StatusBar", "Pause")
        )
        self.pause_toggled.emit(is_paused)

    @staticmethod
    def _show(label: Readout, text: str) -> None:
        label.show_text(text)
        label.setVisible(bool(text))

    @staticmethod
    def _button(text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("status_button")
        button.setFixedHeight(20)
        return button
