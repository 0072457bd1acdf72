"""Slices: runs work that must stay on the main thread in pieces, between two events."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

T = TypeVar("T")
SLICE_S = 0.012


class Slices(QObject):
    """One piece of work, given as a generator of (done, total).

    Args:
        steps: the work; each step should take a few milliseconds.
        on_progress: told after each slice.
        on_done: told the generator's result.
        on_error: told what it raised.
    """

    def __init__(
        self,
        parent: QObject,
        steps: Generator[tuple[int, int], None, T],
        on_progress: Callable[[int, int], None],
        on_done: Callable[[T], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        super().__init__(parent)
        self._steps, self._on_progress = steps, on_progress
        self._on_done, self._on_error = on_done, on_error
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._slice)
        self._timer.start()

    def cancel(self) -> None:
        """Stop; what has been done stands."""
        self._timer.stop()
        self._steps.close()
        self.deleteLater()

    def _slice(self) -> None:
        until = time.monotonic() + SLICE_S
        try:
            progress = next(self._steps)
            while time.monotonic() < until:
                progress = next(self._steps)
        except StopIteration as end:
            self._end()
            self._on_done(end.value)
        except Exception as error:  # noqa: BLE001 - handed on to whoever started the work
            self._end()
            self._on_error(error)
        else:
            self._on_progress(*progress)

    def _end(self) -> None:
        self._timer.stop()
        self.deleteLater()
