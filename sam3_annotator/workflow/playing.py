"""Playing: which frame of a clip is due at a moment, by the clip's own timestamps."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class PlayClock:
    """One stretch of playing, from a frame on.

    Frames that cannot be shown in time are passed over; the clock never waits for them.

    Args:
        times_s: when each frame is shown, in seconds, ascending.
        frame: where playing begins.
        now_s: the moment it begins, on any clock that only goes forward.
        stop: the last frame to be played; None for the end of the clip.
    """

    def __init__(
        self, times_s: Sequence[float], frame: int, now_s: float, stop: int | None = None
    ) -> None:
        self._times_s = times_s
        self._begun_s = now_s
        self._offset_s = times_s[frame]
        self._stop = len(times_s) - 1 if stop is None else min(stop, len(times_s) - 1)

    def due(self, now_s: float) -> int:
        """The frame that should be on the screen."""
        at = now_s - self._begun_s + self._offset_s
        return min(max(bisect_right(self._times_s, at + 1e-6) - 1, 0), self._stop)

    def is_over(self, now_s: float) -> bool:
        """Whether the last frame has been due for as long as the one before it."""
        return self.due(now_s) >= self._stop


def frame_rate(times_s: Sequence[float]) -> float | None:
    """Mean frames per second of a clip; None when it has no two different times."""
    if len(times_s) < 2 or times_s[-1] <= times_s[0]:
        return None
    return (len(times_s) - 1) / (times_s[-1] - times_s[0])
