"""Outbox: carries messages from the model thread to whoever drains it, with one pending wake-up.

Floods cannot pile up in a GUI's event queue: however many messages wait, at most one wake-up is
on its way, successive progress reports of one ticket melt into the newest, and a producer that is
``limit`` messages ahead waits for the consumer.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from sam3_annotator.engine.protocol import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam3_annotator.engine.session import Message


class Outbox:
    """A bounded queue of messages between two threads.

    Args:
        wake: called from the producing thread when the first message after a drain arrives; it
            must return at once (emit a queued signal, set an event).
        limit: how many messages may wait before a producer that can wait has to.
    """

    def __init__(self, wake: Callable[[], None], limit: int = 256) -> None:
        self._wake = wake
        self._limit = limit
        self._messages: deque[Message] = deque()
        self._is_wake_pending = False
        self._is_closed = False
        self._changed = threading.Condition()

    def put(self, message: Message, *, may_wait: bool) -> None:
        """Add a message.

        Args:
            may_wait: whether the caller may be held back while the box is full; threads that
                also drain must pass False.
        """
        with self._changed:
            if may_wait:
                self._changed.wait_for(lambda: len(self._messages) < self._limit or self._is_closed)
            if self._melts(message):
                self._messages[-1] = message
            else:
                self._messages.append(message)
            needs_wake = not self._is_wake_pending
            self._is_wake_pending = True
        if needs_wake:
            self._wake()

    def drain(self) -> list[Message]:
        """Take every waiting message, oldest first."""
        with self._changed:
            messages = list(self._messages)
            self._messages.clear()
            self._is_wake_pending = False
            self._changed.notify_all()
        return messages

    def close(self) -> None:
        """Never hold a producer back again; waiting messages can still be drained."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _melts(self, message: Message) -> bool:
        if not self._messages or not isinstance(message.body, Progress):
            return False
        last = self._messages[-1]
        return last.ticket.number == message.ticket.number and isinstance(last.body, Progress)
