"""Errands: long jobs on files (export, import, download, adding a folder), one after the other.

The thread lives only while there is something to do. Like the loader it never calls back by
itself: it rings, and :meth:`Errands.drain` runs the callbacks on the owner's thread.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sam3_annotator.errors import AnnotatorError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Tell(Protocol):
    """What a job calls between two steps."""

    def __call__(self, done: int, total: int, text: str = "") -> None:
        """Tell how far the job is; ``total`` of 0 means unknown.

        Raises:
            ErrandStopped: somebody cancelled the job; let it pass through.
        """


class Report(Tell, Protocol):
    """What an errand is given: tells how far it is, and hands parts of the result over."""

    def hand_over(self, take: Callable[[T], None], value: T) -> None:
        """Have ``take(value)`` run in :meth:`Errands.drain`, in order with everything else."""


class ErrandStopped(AnnotatorError):  # noqa: N818 - a request to stop, not a failure
    """The job was cancelled between two steps."""


@dataclass(slots=True, eq=False)
class Errand:
    """One job handed in.

    Attributes:
        title: what is being done, for the status bar.
    """

    title: str
    work: Callable[[Report], Any]
    on_done: Callable[[Any], None]
    on_error: Callable[[Exception], None]
    on_progress: Callable[[int, int, str], None]
    stop: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask the job to stop at its next step; what it has finished stands."""
        self.stop.set()


class Errands:
    """Runs jobs in the order they came.

    Args:
        wake: called from the working thread when something waits to be drained.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._waiting: deque[Errand] = deque()
        self._news: deque[tuple[str, Callable[[], None]]] = deque()
        self._thread: threading.Thread | None = None
        self._present: Errand | None = None
        self._changed = threading.Condition()

    def start(
        self,
        title: str,
        work: Callable[[Report], T],
        on_done: Callable[[T], None],
        on_error: Callable[[Exception], None],
        on_progress: Callable[[int, int, str], None] = lambda _done, _total, _text: None,
    ) -> Errand:
        """Hand in a job; ``on_error`` hears an :class:`ErrandStopped` when it was cancelled."""
        errand = Errand(title, work, on_done, on_error, on_progress)
        with self._changed:
            self._waiting.append(errand)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="errands", daemon=False)
                self._thread.start()
        return errand

    def drain(self) -> None:
        """Run the callbacks that wait, on the caller's thread."""
        with self._changed:
            news = list(self._news)
            self._news.clear()
        for _, callback in news:
            callback()

    @property
    def is_busy(self) -> bool:
        """Whether a job is running or waiting."""
        with self._changed:
            return self._thread is not None

    def close(self, timeout_s: float = 30.0) -> bool:
        """Cancel everything and wait; whether the thread is gone within the limit."""
        with self._changed:
            self._waiting.clear()
            if self._present is not None:
                self._present.cancel()
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return thread is None or not thread.is_alive()

    # ------------------------------------------------------------------ working thread

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._thread = self._present = None
                    return
                errand = self._present = self._waiting.popleft()
            self._tell("end", self._run(errand))

    def _run(self, errand: Errand) -> Callable[[], None]:
        try:
            result = errand.work(_Reporter(errand, self._tell))
        except AnnotatorError as error:
            trouble: Exception = error
        except Exception as error:  # noqa: BLE001 - a worker loop: the thread has to live on
            _log.exception("errand failed: %s", errand.title)
            trouble = error
        else:
            return lambda: errand.on_done(result)
        return lambda: errand.on_error(trouble)

    def _tell(self, kind: str, callback: Callable[[], None]) -> None:
        with self._changed:
            if kind == "progress" and self._news and self._news[-1][0] == "progress":
                self._news[-1] = (kind, callback)
            else:
                self._news.append((kind, callback))
            is_first = len(self._news) == 1
        if is_first:
            self._wake()


class _Reporter:
    """The :class:`Report` of one errand."""

    def __init__(self, errand: Errand, tell: Callable[[str, Callable[[], None]], None]) -> None:
        self._errand, self._tell = errand, tell

    def __call__(self, done: int, total: int, text: str = "") -> None:
        if self._errand.stop.is_set():
            raise ErrandStopped(self._errand.title)
        self._tell("progress", lambda: self._errand.on_progress(done, total, text))

    def hand_over(self, take: Callable[[T], None], value: T) -> None:
        self._tell("item", lambda: take(value))
