"""Ctrl+C in the terminal, and a polite kill, close the window as its close button does.

Without this Python hears of a signal only when Qt happens to call it, and then stops whatever slot
that was in its middle.
"""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier
from typing_extensions import Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from PySide6.QtWidgets import QApplication

INTERRUPTED = 130
"""Exit code of a program that a person interrupted, as shells have it."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts(QObject):
    """Inside its ``with`` block a signal ends the application's event loop.

    The first one asks the windows to close, which may ask what is to become of unfinished work; the
    second one does not ask.

    Args:
        app: the application; on the main thread.

    Attributes:
        came: how many signals have come.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app = app
        self.came = 0
        self._near, self._far = socket.socketpair()
        for end in (self._near, self._far):
            end.settimeout(0)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._heard)
        self._before = [signal.getsignal(number) for number in _SIGNALS]
        self._wakeup_before = -1

    def __enter__(self) -> Self:
        """Listen."""
        for number in _SIGNALS:
            signal.signal(number, self._note)
        self._wakeup_before = signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Put back what was there before."""
        signal.set_wakeup_fd(self._wakeup_before)
        for number, before in zip(_SIGNALS, self._before, strict=True):
            signal.signal(number, before)
        self._notifier.setEnabled(False)
        self._near.close()
        self._far.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        """Python wants a handler; the work is done in the event loop, woken by the socket."""

    def _heard(self) -> None:
        self._near.recv(64)
        self.came += 1
        if self.came == 1:
            self._app.quit()
        else:
            self._app.exit(INTERRUPTED)
