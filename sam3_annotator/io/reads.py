"""Which files are being read at this moment, and since when, so that a person can be told.

A read from a disk or network that does not answer cannot be interrupted, only reported. The readers
of this package say here what they read for as long as it lasts; whoever looks after the screen asks
now and then.
"""

from __future__ import annotations

import itertools
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class LongRead:
    """The read that has lasted longest of those going on.

    Attributes:
        path: of the file.
        seconds: since it began.
    """

    path: Path
    seconds: float


class Reads:
    """The reads going on in this process; every method may be called from any thread.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._begun: dict[int, tuple[Path, float]] = {}

    @contextmanager
    def of(self, path: Path) -> Iterator[None]:
        """Say that ``path`` is read inside the block."""
        with self._lock:
            number = next(self._numbers)
            self._begun[number] = (path, self._clock())
        try:
            yield
        finally:
            with self._lock:
                del self._begun[number]

    def longest(self) -> LongRead | None:
        """The read that began first of those that have not ended; ``None`` when nothing is read."""
        with self._lock:
            if not self._begun:
                return None
            path, begun = next(iter(self._begun.values()))  # in the order in which they began
            return LongRead(path, self._clock() - begun)


READS = Reads()
"""Those of this process; all readers of ``io`` tell it."""
