"""Follows one thing with the bundled model: in the whole frame, or close up while it is small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from sam3_annotator.model.mini_tracker import PROMPTED_LOGIT, MiniBank
from sam3_annotator.model.mini_window import Box, Window, WindowRules, mask_box, window_around
from sam3_annotator.model.sam_heads import ImageFeatures

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.model.mini_tracker import MiniTracker, TrackedFrame

CloseEncoder = Callable[["NDArray[np.uint8]"], ImageFeatures]
"""(h, w, 3) uint8 RGB, a window of a frame -> its features at ``WindowRules.input_side``."""

KEPT_FRAMES = 8
"""Tracked frames that a bank keeps; what is read of them is in ``TrackRules``."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Answer for one thing on one frame.

    Attributes:
        logits: (h, w) float32 over the window, or over the whole frame without one.
        window: where the answer was looked for.
        iou: predicted quality in [0, 1].
        present: logit, above 0 when the thing is there.
    """

    logits: Tensor
    window: Window | None
    iou: float
    present: float


@dataclass(slots=True)
class Trail:
    """What is remembered of one thing.

    Attributes:
        wide: how it looks in whole frames.
        near: how it looks close up; empty for a thing that was always large.
        prompted: frame -> its box where its mask was given, px.
        absent: frames that a person has denied to show it.
        last: the last tracked frame that surely shows it, and its box there.
        lost: frames in a row without it.
    """

    wide: MiniBank = field(default_factory=MiniBank)
    near: MiniBank = field(default_factory=MiniBank)
    prompted: dict[int, Box] = field(default_factory=dict)
    absent: set[int] = field(default_factory=set)
    last: tuple[int, Box] | None = None
    lost: int = 0

    def deny(self, frame: int) -> None:
        """Say that the thing is not in a frame."""
        self.forget(frame)
        self.absent.add(frame)

    def forget(self, frame: int) -> None:
        """Forget whatever was known of a frame."""
        self.prompted.pop(frame, None)
        self.absent.discard(frame)
        for bank in (self.wide, self.near):
            bank.prompted.pop(frame, None)
            bank.tracked.pop(frame, None)
        if self.last is not None and self.last[0] == frame:
            self.last = None

    def box_near(self, frame: int) -> Box:
        """Where it was in the nearest frame that is known; tracked frames win a tie."""
        nearest = min(self.prompted, key=lambda f: abs(f - frame))
        if self.last is not None and abs(self.last[0] - frame) <= abs(nearest - frame):
            return self.last[1]
        return self.prompted[nearest]


class MiniFollower:
    """The tracker of the bundled model, with windows.

    Args:
        tracker: memory and click heads.
        encode: encodes a window.
        rules: of the windows.
    """

    def __init__(
        self, tracker: MiniTracker, encode: CloseEncoder, rules: WindowRules | None = None
    ) -> None:
        self._tracker, self._encode = tracker, encode
        self.rules = rules or WindowRules()

    def prompt(
        self,
        trail: Trail,
        frame: int,
        picture: NDArray[np.uint8],
        whole: ImageFeatures,
        mask: NDArray[np.bool_],
    ) -> None:
        """Give the mask of a frame.

        Args:
            trail: of the thing.
            frame: number of the frame.
            picture: (H, W, 3) uint8 RGB.
            whole: the frame's features, nothing added.
            mask: (H, W) bool, not empty.
        """
        box = mask_box(mask)
        trail.forget(frame)
        trail.prompted[frame] = box
        trail.lost = 0
        self._give(trail.wide, frame, whole, mask)
        window = self._window(box, mask.shape, lost=0)
        if window is not None:
            inside = mask[window.rows, window.columns]
            self._give(trail.near, frame, self._close_up(picture, window), inside)

    def step(
        self, trail: Trail, frame: int, picture: NDArray[np.uint8], whole: ImageFeatures
    ) -> Sighting:
        """Find the thing in a frame and remember how it looks there.

        A small thing is looked for around the place where it was last. When it is not there, in
        the whole frame; what is found so must also be it close up. Where it was denied, it is not.
        """
        size = picture.shape[:2]
        if frame in trail.absent:
            return self._noted(trail, frame, size, _nothing(whole))
        here = self._window(trail.box_near(frame), size, lost=trail.lost)
        if here is not None and trail.near.prompted and trail.lost <= self.rules.patience:
            seen = self._look_close(trail, frame, picture, here)
            if seen.present > 0:
                return self._noted(trail, frame, size, seen)
        seen = self._look_wide(trail, frame, whole)
        if seen.present > 0 and trail.near.prompted:
            there = self._window(self._box_of(seen, size), size, lost=0)
            if there is not None:
                trail.wide.tracked.pop(frame, None)
                seen = self._look_close(trail, frame, picture, there)
        return self._noted(trail, frame, size, seen)

    def _noted(self, trail: Trail, frame: int, size: tuple[int, int], seen: Sighting) -> Sighting:
        if seen.present <= 0:
            trail.lost += 1
        elif seen.iou >= self._tracker.rules.least_iou:
            box = self._steadied(trail.box_near(frame), self._box_of(seen, size))
            trail.lost, trail.last = 0, (frame, box)
        return seen

    def _steadied(self, before: Box, now: Box) -> Box:
        """The new box, but shrunk and grown about its centre no faster than things are.

        A mask that loses a part for a moment must not make the window lose it for good.
        """
        span = max(before[2] - before[0], before[3] - before[1])
        wanted = max(now[2] - now[0], now[3] - now[1])
        side = min(max(wanted, span * self.rules.shrinking), span * self.rules.growing)
        x, y = (now[0] + now[2]) / 2, (now[1] + now[3]) / 2
        across, down = (now[2] - now[0]) * side / wanted / 2, (now[3] - now[1]) * side / wanted / 2
        return x - across, y - down, x + across, y + down

    def _look_wide(self, trail: Trail, frame: int, whole: ImageFeatures) -> Sighting:
        answer = self._tracker.step(trail.wide, frame, whole)
        trail.wide.forget_tracked(KEPT_FRAMES)
        return _sighting(answer, None)

    def _look_close(
        self, trail: Trail, frame: int, picture: NDArray[np.uint8], window: Window
    ) -> Sighting:
        answer = self._tracker.step(trail.near, frame, self._close_up(picture, window))
        trail.near.forget_tracked(KEPT_FRAMES)
        return _sighting(answer, window)

    def _close_up(self, picture: NDArray[np.uint8], window: Window) -> ImageFeatures:
        return self._encode(np.ascontiguousarray(picture[window.rows, window.columns]))

    def _window(self, box: Box, size: tuple[int, ...], *, lost: int) -> Window | None:
        share = (box[2] - box[0]) * (box[3] - box[1]) / (size[0] * size[1])
        if share > self.rules.small:
            return None
        reach = self.rules.reach * self.rules.widening**lost
        return window_around(box, (size[0], size[1]), reach, self.rules.least)

    def _give(
        self, bank: MiniBank, frame: int, features: ImageFeatures, mask: NDArray[np.bool_]
    ) -> None:
        share = covered(mask, features)
        inside = share > 0.5
        if not bool(inside.any()):  # thinner than half a cell: the cells that show most of it
            inside = share > share.max() / 2
        self._tracker.prompt(bank, frame, features, inside[None])

    def _box_of(self, seen: Sighting, size: tuple[int, int]) -> Box:
        """Where the positive logits lie, in pixels of the frame; not empty when it is present."""
        window = seen.window
        left, top = (0, 0) if window is None else (window.left, window.top)
        height, width = size if window is None else (window.side, window.side)
        rows, columns = seen.logits.shape
        x0, y0, x1, y1 = mask_box((seen.logits > 0).cpu().numpy())
        across, down = width / columns, height / rows
        return left + x0 * across, top + y0 * down, left + x1 * across, top + y1 * down


def covered(mask: NDArray[np.bool_], features: ImageFeatures) -> Tensor:
    """(4 h, 4 w) float32, the share of each low-resolution cell that a mask (H, W) covers."""
    rows, columns = features.grid
    size = (4 * rows, 4 * columns)
    full = torch.from_numpy(mask.astype(np.float32))[None, None]
    small = functional.interpolate(full, size=size, mode="bilinear", antialias=True)[0, 0]
    return small.to(features.embedding.device)


def _nothing(whole: ImageFeatures) -> Sighting:
    """The answer for a frame that is known not to show the thing."""
    rows, columns = whole.grid
    logits = torch.full((4 * rows, 4 * columns), -PROMPTED_LOGIT)
    return Sighting(logits, None, 1.0, -PROMPTED_LOGIT)


def _sighting(answer: TrackedFrame, window: Window | None) -> Sighting:
    logits, present = answer.logits[0], float(answer.present[0])
    if not bool((logits > 0).any()):
        present = min(present, -1.0)
    return Sighting(logits, window, float(answer.ious[0]), present)
