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
        is_lost: whether stopping it loses what it has done, as with half an export.
        total: number of steps; 0 while nobody knows.
        started_at: seconds of the monotonic clock.
    """

    title: str
    cancel: Callable[[], None]
    pause: Callable[[bool], None] | None = None
    is_lost: bool = False
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
        workspace.closing.connect(self._stop_lost)

    @property
    def works(self) -> tuple[Work, ...]:
        """Everything that runs, oldest first."""
        return tuple(self._works.values())

    @property
    def shown(self) -> Work | None:
        """The newest piece of work."""
        return next(reversed(self._works.values()), None)

    @property
    def lost(self) -> tuple[Work, ...]:
        """What would be lost if the project were closed now."""
        return tuple(work for work in self._works.values() if work.is_lost)

    def begin(
        self,
        key: Hashable,
        title: str,
        cancel: Callable[[], None],
        pause: Callable[[bool], None] | None = None,
        *,
        is_lost: bool = False,
    ) -> None:
        """Something long has begun."""
        self._works[key] = Work(title, cancel, pause, is_lost, started_at=self._clock())
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

    def cancel(self) -> None:
        """Cancel the shown work; what is done stays."""
        if self.shown is not None:
            self.shown.cancel()

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
        *,
        is_of_project: bool = True,
    ) -> None:
        """Do a long job on files in the background, shown with progress and Cancel.

        Args:
            work: runs on the errands' thread; calls ``report`` between steps.
            on_done: runs on the main thread with the result.
            is_of_project: its result belongs to the project that is open now, so it is stopped
                when that is closed.
        """
        key = object()

        def failed(error: Exception) -> None:
            if isinstance(error, ErrandStopped):
                self._stopped(key)
            else:
                self._failed(key, error)

        errand = self._workspace.reading.errands.start(
            title,
            work,
            partial(self._finished, key, on_done),
            failed,
            lambda done, total, text: self.advance(key, done, total, text),
        )
        self.begin(key, title, errand.cancel, is_lost=is_of_project)

    def run_slices(
        self,
        title: str,
        steps: Generator[tuple[int, int], None, T],
        on_done: Callable[[T], None],
    ) -> None:
        """Do a long job on the open project between events, shown with progress and Cancel."""
        key = object()

        def cancel() -> None:
            slices.cancel()
            self._stopped(key)

        slices = Slices(
            self,
            steps,
            partial(self.advance, key),
            partial(self._finished, key, on_done),
            partial(self._failed, key),
        )
        self.begin(key, title, cancel, is_lost=True)

    def _finished(self, key: Hashable, on_done: Callable[[T], None], result: T) -> None:
        if key not in self._works:
            return  # its project was closed when it had just finished
        self.end(key)
        with self._workspace.explaining():
            on_done(result)

    def _failed(self, key: Hashable, error: Exception) -> None:
        if key not in self._works:
            return
        self.end(key)
        if isinstance(error, Rejected):
            self._workspace.said.emit(worded(error))
        else:
            self._workspace.troubled.emit(error)

    def _stopped(self, key: Hashable) -> None:
        if key in self._works:
            title = self._works[key].title
            self.end(key)
            self._workspace.said.emit(
                translate("WorkDesk", "Stopped: {title}.").format(title=title)
            )

    def _stop_lost(self) -> None:
        """The project is about to be closed: what would end in another one must not go on."""
        for key, work in tuple(self._works.items()):
            if work.is_lost:
                work.cancel()
                self._stopped(key)
