"""The QObjects through which everything from another thread, and from the document, enters Qt.

A bridge lives on the main thread and never moves; other threads only emit its ``woken`` signal,
whose connection is queued, so every drain runs on the main thread.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from sam3_annotator.engine.outbox import Outbox
from sam3_annotator.engine.worker import Engine
from sam3_annotator.io.errands import Errands
from sam3_annotator.io.loader import Loader
from sam3_annotator.io.reads import READS
from sam3_annotator.workflow.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.domain.changes import Touched
    from sam3_annotator.engine.session import Message, Session
    from sam3_annotator.workflow.document import Document

SLICE_S = 0.012
"""How long answers are delivered before the window gets a turn."""

READING_S, WRITING_S = 10.0, 30.0
"""How long closing waits for a read, and for an errand to come to the end of its step."""


class EngineBridge(QObject):
    """Starts the model thread and brings its messages to the desk.

    Args:
        make_session: builds the session on the model thread.
    """

    woken = Signal()

    def __init__(self, make_session: Callable[[], Session], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._outbox = Outbox(self.woken.emit)
        self._waiting: deque[Message] = deque()
        self.engine = Engine(make_session, self._outbox)
        self.desk = Desk(self.engine)

    def close(self) -> bool:
        """Stop the model thread; whether it is gone."""
        is_gone = self.engine.close()
        self._outbox.drain()
        self._waiting.clear()
        return is_gone

    @Slot()
    def _drain(self) -> None:
        """Deliver for a slice of time; what is left waits for the next turn of the event loop.

        The outbox is emptied only when nothing waits here, so that a fast engine is still held
        back by a slow window.
        """
        until = time.monotonic() + SLICE_S
        while self._has_message():
            self.desk.deliver((self._waiting.popleft(),))
            if time.monotonic() >= until:
                QTimer.singleShot(0, self._drain)
                return

    def _has_message(self) -> bool:
        if not self._waiting:
            self._waiting.extend(self._outbox.drain())
        return bool(self._waiting)


class ReadingBridge(QObject):
    """Starts the loader and the errands, and runs their callbacks on the main thread.

    Attributes:
        loader: reads what the screen waits for.
        errands: long jobs that somebody asked for.
        background: long jobs that nobody waits for.
    """

    woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self.loader = Loader(self.woken.emit)
        self.errands = Errands(self.woken.emit)
        self.background = Errands(self.woken.emit)

    def close(self) -> bool:
        """Stop the threads; whether all are gone.

        What only reads is given up soon, and so is an errand once a read takes long: its disk may
        never answer.
        """
        read = READS.longest()
        hangs = read is not None and read.seconds > READING_S
        closed = (
            self.errands.close(READING_S if hangs else WRITING_S),
            self.background.close(READING_S),
            self.loader.close(READING_S),
        )
        return all(closed)

    @Slot()
    def _drain(self) -> None:
        self.loader.drain()
        self.errands.drain()
        self.background.drain()


class DocumentBridge(QObject):
    """Turns the document's announcements into a signal.

    Signals:
        touched: :class:`~sam3_annotator.domain.changes.Touched`.
    """

    touched = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._end = document.subscribe(self._announce)

    def close(self) -> None:
        """Stop listening."""
        self._end()

    def _announce(self, touched: Touched) -> None:
        self.touched.emit(touched)
