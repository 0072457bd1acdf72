"""Run progress: how far a run over frames is, how fast, and how long it will take."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOW = 20


@dataclass(frozen=True, slots=True)
class RunProgress:
    """One moment of a run.

    Attributes:
        title: what is being done, in words.
        done: frames computed.
        total: frames that will be computed, as far as is known now.
        frames_per_s: over the last frames; 0 while unknown.
        seconds_left: None while unknown.
        saved: frames that need not be computed because the old masks agree.
        is_running: False once the run has ended.
        can_go_on: whether the run was stopped and can be taken up again.
    """

    title: str = ""
    done: int = 0
    total: int = 0
    frames_per_s: float = 0.0
    seconds_left: float | None = None
    saved: int = 0
    is_running: bool = False
    is_paused: bool = False
    can_go_on: bool = False


class Pace:
    """Measures frames per second over the last frames, pauses left out.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=_WINDOW + 1)

    def restart(self) -> None:
        """Forget what was measured: a leg begins, or a pause has ended."""
        self._times.clear()
        self._times.append(self._clock())

    def tick(self) -> None:
        """One more frame is done."""
        self._times.append(self._clock())

    @property
    def frames_per_s(self) -> float:
        """Frames per second; 0 while there is nothing to go by."""
        if len(self._times) < 2:
            return 0.0
        elapsed = self._times[-1] - self._times[0]
        return (len(self._times) - 1) / elapsed if elapsed > 0 else 0.0

    def seconds_for(self, frames: int) -> float | None:
        """How long some more frames will take; None while unknown."""
        rate = self.frames_per_s
        return frames / rate if rate > 0 else None
