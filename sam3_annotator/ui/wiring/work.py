"""WorkDesk: every long piece of work that is running, whoever does it, so that it can be shown."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from sam3_annotator.errors import Rejected
from sam3_annotator.io.errands import ErrandStopped
from sam3_annotator.ui.text import translate, worded
from sam3_annotator.ui.wiring.slices import Slices

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Hashable

    from sam3_annotator.io.errands import Report
    from sam3_annotator.ui.wiring.workspace import Workspace

T = TypeVar("T")
_SURE_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work as far as it is.

    Attributes:
        total: number of steps; 0 while nobody knows.
        started_at: seconds of the monotonic clock.
    """

    title: str
    cancel: Callable[[], None]
    pause: Callable[[bool], None] | None = None
    done: int = 0
    total: int = 0
    text: str = ""
    started_at: float = 0.0

    def time_left_s(self, now: float) -> float | None:
        """Seconds left at the present pace; None while that cannot be told."""
        spent = now - self.started_at
        if self.total <= 0 or self.done <= 0 or spent < _SURE_AFTER_S:
            return None
        return spent / self.done * (self.total - self.done)


class WorkDesk(QObject):
    """Keeps the list; the newest piece of work is the one that is shown.

    Signals:
        changed: something began, went on or ended.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(workspace)
        self._workspace, self._clock = workspace, clock
        self._works: dict[Hashable, Work] = {}

    @property
    def works(self) -> tuple[Work, ...]:
        """Everything that runs, oldest first."""
        return tuple(self._works.values())

    @property
    def shown(self) -> Work | None:
        """The newest piece of work."""
        return next(reversed(self._works.values()), None)

    def begin(
        self,
        key: Hashable,
        title: str,
        cancel: Callable[[], None],
        pause: Callable[[bool], None] | None = None,
    ) -> None:
        """Something long has begun."""
        self._works[key] = Work(title, cancel, pause, started_at=self._clock())
        self.changed.emit()

    def advance(self, key: Hashable, done: int, total: int, text: str = "") -> None:
        """It has got this far."""
        if key in self._works:
            self._works[key] = replace(self._works[key], done=done, total=total, text=text)
            self.changed.emit()

    def end(self, key: Hashable) -> None:
        """It is over, in whatever way."""
        if self._works.pop(key, None) is not None:
            self.changed.emit()

    def time_left(self) -> str:
        """How long the shown work will take: "12 s left", or "" while that is unknown."""
        shown = self.shown
        seconds = None if shown is None else shown.time_left_s(self._clock())
        if seconds is None:
            return ""
        if seconds < 90:
            return translate("WorkDesk", "{n} s left").format(n=max(1, round(seconds)))
        if seconds < 5400:
            return translate("WorkDesk", "{n} min left").format(n=round(seconds / 60))
        return translate("WorkDesk", "{n} h left").format(n=round(seconds / 3600, 1))

    def run_errand(
        self,
        title: str,
        work: Callable[[Report], T],
        on_done: Callable[[T], None],
        on_stopped: Callable[[], None] = lambda: None,
    ) -> None:
        """Do a long job on files in the background, shown with progress and Cancel.

        Args:
            work: runs on the errands' thread; calls ``report`` between steps.
            on_done: runs on the main thread with the result.
            on_stopped: runs on the main thread when the job was cancelled.
        """
        key = object()

        def failed(error: Exception) -> None:
            if isinstance(error, ErrandStopped):
                on_stopped()
                self._stopped(key, title)
            else:
                self._failed(key, error)

        errand = self._workspace.reading.errands.start(
            title,
            work,
            partial(self._finished, key, on_done),
            failed,
            lambda done, total, text: self.advance(key, done, total, text),
        )
        self.begin(key, title, errand.cancel)

    def run_slices(
        self,
        title: str,
        steps: Generator[tuple[int, int], None, T],
        on_done: Callable[[T], None],
    ) -> None:
        """Do a long job on the main thread between events, shown with progress and Cancel."""
        key = object()

        def cancel() -> None:
            slices.cancel()
            self._stopped(key, title)

        slices = Slices(
            self,
            steps,
            partial(self.advance, key),
            partial(self._finished, key, on_done),
            partial(self._failed, key),
        )
        self.begin(key, title, cancel)

    def _finished(self, key: Hashable, on_done: Callable[[T], None], result: T) -> None:
        self.end(key)
        with self._workspace.explaining():
            on_done(result)

    def _failed(self, key: Hashable, error: Exception) -> None:
        self.end(key)
        if isinstance(error, Rejected):
            self._workspace.said.emit(worded(error))
        else:
            self._workspace.troubled.emit(error)

    def _stopped(self, key: Hashable, title: str) -> None:
        self.end(key)
        self._workspace.said.emit(translate("WorkDesk", "Stopped: {title}.").format(title=title))
