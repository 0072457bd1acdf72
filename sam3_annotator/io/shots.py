"""Finds where a clip cuts from one shot to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sam3_annotator.io.media import MediaSource, Pixels

_SMALL = (64, 36)
_BINS = 16


@dataclass(frozen=True, slots=True)
class CutSettings:
    """When a change of picture counts as a cut.

    Attributes:
        least_change: mean absolute difference of small frames, 0..255, below which nothing is a
            cut.
        times_around: how many times larger than the changes around it a cut must be; quick motion
            changes every frame, a cut only one.
        around: frames on either side that count as around.
        least_colour_change: share of pixels, 0..1, whose colour class must differ; a moved camera
            keeps most of them.
    """

    least_change: float = 14.0
    times_around: float = 2.5
    around: int = 4
    least_colour_change: float = 0.2


def find_cuts(
    source: MediaSource,
    settings: CutSettings | None = None,
    *,
    on_progress: Callable[[int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> tuple[int, ...]:
    """Return the frame numbers at which a new shot begins, frame 0 not among them.

    A flash of one frame is not a cut: the frame after it looks like the one before. Fades are not
    found. Decodes every frame once.

    Args:
        source: the clip.
        settings: thresholds.
        on_progress: called with the number of frames looked at.
        is_cancelled: asked before each frame; when true, the cuts found so far are returned.

    Raises:
        MediaTrouble, FileTrouble: as ``MediaSource.frame``.
    """
    changes: list[_Change] = []
    before: list[_Look] = []
    for index in range(source.frame_count):
        if is_cancelled is not None and is_cancelled():
            break
        look = _Look.of(source.frame(index))
        if before:
            changes.append(
                _Change.between(before[-1], look, before[0] if len(before) > 1 else None)
            )
        before = [*before[-1:], look]
        if on_progress is not None:
            on_progress(index + 1)
    return _cuts(changes, settings or CutSettings())


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A frame reduced to what cuts are seen by."""

    small: NDArray[np.float32]
    colours: NDArray[np.float32]

    @staticmethod
    def of(pixels: Pixels) -> _Look:
        small = cv2.resize(pixels, _SMALL, interpolation=cv2.INTER_AREA)
        hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)
        colours, _ = np.histogramdd(
            hsv.reshape(-1, 3), bins=(8, 4, _BINS), range=((0, 180), (0, 256), (0, 256))
        )
        return _Look(small.astype(np.float32), (colours / colours.sum()).astype(np.float32))


@dataclass(frozen=True, slots=True)
class _Change:
    """How a frame differs from the one before it, and from the one before that."""

    pixels: float
    colours: float
    pixels_skipping_one: float

    @staticmethod
    def between(old: _Look, new: _Look, older: _Look | None) -> _Change:
        skipping = _difference(older, new) if older is not None else 0.0
        moved = float(np.abs(old.colours - new.colours).sum()) / 2.0
        return _Change(_difference(old, new), moved, skipping)


def _difference(left: _Look, right: _Look) -> float:
    return float(np.abs(left.small - right.small).mean())


def _cuts(changes: list[_Change], settings: CutSettings) -> tuple[int, ...]:
    """``changes[k]`` belongs to frame k + 1."""
    sizes = np.array([change.pixels for change in changes])
    found = []
    for position, change in enumerate(changes):
        low = max(0, position - settings.around)
        around = np.delete(sizes[low : position + settings.around + 1], position - low)
        quiet = float(np.median(around)) if around.size else 0.0
        after = changes[position + 1] if position + 1 < len(changes) else None
        is_flash = after is not None and after.pixels_skipping_one < change.pixels / 2
        was_flash = position > 0 and change.pixels_skipping_one < sizes[position - 1] / 2
        if (
            change.pixels >= max(settings.least_change, quiet * settings.times_around)
            and change.colours >= settings.least_colour_change
            and not is_flash
            and not (was_flash and sizes[position - 1] >= settings.least_change)
        ):
            found.append(position + 1)
    return tuple(found)
