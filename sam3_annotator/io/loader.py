"""Loader: one thread that reads pictures for the screen, the newest wish of each lane only.

The thread never calls back by itself. It rings once (``wake``), and whoever owns the screen calls
:meth:`Loader.drain`, which runs the callbacks on that thread. A wish that a newer one of its lane
has replaced is never answered, so a picture cannot arrive after the one that followed it.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sam3_annotator.errors import AnnotatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    lane: Hashable
    urgency: int
    number: int
    work: Callable[[], Any]
    on_done: Callable[[Any], None]
    on_error: Callable[[Exception], None]


class Loader:
    """Does reading jobs one at a time, most urgent first.

    Args:
        wake: called from the loader's thread when answers wait after none did; must return at
            once (emit a queued signal, set an event).
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._wishes: dict[Hashable, _Wish] = {}
        self._newest: dict[Hashable, int] = {}
        self._answers: deque[tuple[_Wish, Callable[[], None]]] = deque()
        self._count = 0
        self._is_closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="loader", daemon=False)
        self._thread.start()

    def request(
        self,
        lane: Hashable,
        work: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[Exception], None],
        *,
        urgency: int = 0,
    ) -> None:
        """Wish for a job; an older wish in the same lane is dropped, answered or not.

        Args:
            work: runs on the loader's thread.
            on_done: runs in :meth:`drain` with what ``work`` returned.
            on_error: runs in :meth:`drain` with what ``work`` raised.
            urgency: smaller goes first.
        """
        with self._changed:
            if self._is_closed:
                return
            self._count += 1
            self._newest[lane] = self._count
            self._wishes[lane] = _Wish(lane, urgency, self._count, work, on_done, on_error)
            self._changed.notify_all()

    def forget(self, lane: Hashable) -> None:
        """Drop what was wished for in a lane; its answer will not come."""
        with self._changed:
            self._wishes.pop(lane, None)
            self._newest.pop(lane, None)

    def drain(self) -> None:
        """Run the callbacks of finished jobs, on the caller's thread."""
        with self._changed:
            answers = list(self._answers)
            self._answers.clear()
        for wish, answer in answers:
            with self._changed:
                is_wanted = self._newest.get(wish.lane) == wish.number
                if is_wanted:
                    del self._newest[wish.lane]
            if is_wanted:
                answer()

    @property
    def waiting(self) -> int:
        """How many wishes have not been answered."""
        with self._changed:
            return len(self._newest)

    def close(self, timeout_s: float = 30.0) -> bool:
        """Drop all wishes and stop the thread; whether it is gone within the limit."""
        with self._changed:
            self._is_closed = True
            self._wishes.clear()
            self._newest.clear()
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # ------------------------------------------------------------------ loader thread

    def _work(self) -> None:
        while (wish := self._take()) is not None:
            self._answer(wish, _outcome(wish))

    def _take(self) -> _Wish | None:
        with self._changed:
            self._changed.wait_for(lambda: self._wishes or self._is_closed)
            if self._is_closed:
                return None
            wish = min(self._wishes.values(), key=lambda w: (w.urgency, w.number))
            del self._wishes[wish.lane]
            return wish

    def _answer(self, wish: _Wish, answer: Callable[[], None]) -> None:
        with self._changed:
            if self._is_closed:
                return
            self._answers.append((wish, answer))
            is_first = len(self._answers) == 1
        if is_first:
            self._wake()


def _outcome(wish: _Wish) -> Callable[[], None]:
    try:
        result = wish.work()
    except AnnotatorError as error:
        trouble: Exception = error
    except Exception as error:  # noqa: BLE001 - a worker loop: the thread has to live on
        _log.exception("loading failed")
        trouble = error
    else:
        return lambda: wish.on_done(result)
    return lambda: wish.on_error(trouble)
