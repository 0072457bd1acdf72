"""Following objects with the bundled model's trained memory, close up while they are small.

Every object has memories of its own, so that no object's masks depend on which others are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from sam3_annotator.inference.backend_sam2 import Sam2Features
from sam3_annotator.inference.clip_tracking import TrackedMask
from sam3_annotator.inference.device import translated
from sam3_annotator.model.mini_follow import MiniFollower, Trail, covered
from sam3_annotator.model.mini_tracker import PROMPTED_LOGIT
from sam3_annotator.model.mini_window import CloseUp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sam3_annotator.inference.prompts import ClickPrompt, RawMasks
    from sam3_annotator.model.mini_tracker import MiniTracker
    from sam3_annotator.model.mini_window import Window, WindowRules

    Encode = Callable[[NDArray[np.uint8]], Sam2Features]
    Answer = Callable[[Sam2Features, ClickPrompt], RawMasks]

OUTSIDE = -10.0
"""Logit of what lies outside the window that an answer comes from."""


@dataclass(frozen=True)
class ClipFeatures(Sam2Features):
    """An encoded frame of a clip that can be looked at again, closer.

    Attributes:
        picture: the frame itself, (H, W, 3) uint8 RGB.
    """

    picture: NDArray[np.uint8]

    @property
    def size_bytes(self) -> int:
        """Memory held, bytes."""
        return super().size_bytes + self.picture.nbytes


class MemoryFollower:
    """A :class:`~sam3_annotator.inference.clip_tracking.ClipTracker` with the trained memory.

    Args:
        tracker: memory and click heads.
        encode: encodes a frame at the size that the memory was trained with.
        encode_window: encodes a window of a frame at its own size.
        answer: answers clicks on an encoded frame.
        rules: of the windows.
    """

    shares_features = False

    def __init__(
        self,
        tracker: MiniTracker,
        encode: Encode,
        encode_window: Encode,
        answer: Answer,
        rules: WindowRules,
    ) -> None:
        self._follower = MiniFollower(tracker, lambda part: encode_window(part).levels, rules)
        self._encode, self._answer = encode, answer
        self._trails: dict[int, Trail] = {}
        self._shown: dict[int, tuple[int, NDArray[np.float32]]] = {}

    def encode(self, picture: NDArray[np.uint8]) -> ClipFeatures:
        """Encode a frame: (H, W, 3) uint8 RGB."""
        return ClipFeatures(self._encode(picture).levels, picture)

    def condition(
        self, frame: int, features: ClipFeatures, masks: Mapping[int, NDArray[np.bool_]]
    ) -> None:
        """Tell what objects look like on a frame; an empty mask says that one is not there."""
        with translated():
            for object_id, mask in masks.items():
                self._tell(object_id, frame, features, mask)

    def click(
        self, frame: int, features: ClipFeatures, object_id: int, prompt: ClickPrompt
    ) -> TrackedMask:
        """Answer clicks on one object, then remember the best answer, if there is any.

        Clicks correct the mask that was last told or answered of it, if that was on this frame.
        """
        last, shown = self._shown.get(object_id, (None, None))
        if last == frame and shown is not None and (shown > 0).any() and len(prompt.points):
            prompt = replace(prompt, mask_logits=shown, wants_three=False)
        raw = self._answer(features, prompt)
        best = int(raw.scores.argmax())
        mask = raw.logits[best] > 0
        if mask.any():
            self.condition(frame, features, {object_id: mask_of_frame(mask, features)})
            self._shown[object_id] = (frame, raw.logits[best])
        return TrackedMask(raw.logits[best], float(raw.scores[best]), float(mask.any()))

    def step(self, frame: int, features: ClipFeatures, *, reverse: bool) -> dict[int, TrackedMask]:
        """Find every object whose first prompted frame has been passed, and remember it."""
        with translated():
            found = {
                object_id: self._one(trail, frame, features)
                for object_id, trail in self._trails.items()
                if _is_passed(trail, frame, reverse=reverse)
            }
            for object_id, answer in found.items():
                self._shown[object_id] = (frame, answer.logits)
            return found

    def remove(self, object_id: int) -> None:
        """Forget an object."""
        self._trails.pop(object_id, None)
        self._shown.pop(object_id, None)

    def _tell(
        self, object_id: int, frame: int, features: ClipFeatures, mask: NDArray[np.bool_]
    ) -> None:
        if mask.any():
            trail = self._trails.setdefault(object_id, Trail())
            self._follower.prompt(trail, frame, features.picture, features.levels, mask)
            logits = (covered(mask, features.levels) * 2 - 1) * PROMPTED_LOGIT
            self._shown[object_id] = (frame, logits.cpu().numpy())
        elif object_id in self._trails:
            self._trails[object_id].deny(frame)
            if not self._trails[object_id].prompted:
                self.remove(object_id)

    def _one(self, trail: Trail, frame: int, features: ClipFeatures) -> TrackedMask:
        seen = self._follower.step(trail, frame, features.picture, features.levels)
        logits = seen.logits.cpu().numpy()
        if seen.present <= 0:
            logits = np.minimum(logits, -1.0)
        certainty = float(torch.tensor(seen.present).sigmoid())
        if seen.window is None:
            return TrackedMask(logits, seen.iou, certainty)
        whole = _in_whole_frame(logits, seen.window, features)
        return TrackedMask(whole, seen.iou, certainty, CloseUp(seen.window, logits))


def mask_of_frame(mask: NDArray[np.bool_], features: ClipFeatures) -> NDArray[np.bool_]:
    """(h, w) bool at low resolution -> (H, W) bool of the frame, by nearest cell."""
    height, width = features.picture.shape[:2]
    rows = (np.arange(height) * mask.shape[0]) // height
    columns = (np.arange(width) * mask.shape[1]) // width
    return mask[np.ix_(rows, columns)]


def _in_whole_frame(
    logits: NDArray[np.float32], window: Window, features: ClipFeatures
) -> NDArray[np.float32]:
    """(4 h, 4 w) float32 over the whole frame: each cell's centre looked up in the window."""
    height, width = features.picture.shape[:2]
    cells = tuple(4 * count for count in features.levels.grid)
    rows = _looked_up(cells[0], height, window.top, window.side, logits.shape[0])
    columns = _looked_up(cells[1], width, window.left, window.side, logits.shape[1])
    whole = np.full(cells, OUTSIDE, np.float32)
    whole[np.ix_(rows >= 0, columns >= 0)] = logits[np.ix_(rows[rows >= 0], columns[columns >= 0])]
    return whole


def _looked_up(cells: int, pixels: int, first: int, side: int, count: int) -> NDArray[np.int_]:
    """Along one axis, for each cell of the frame the window's cell under its centre; -1 outside."""
    centres = (np.arange(cells) + 0.5) * pixels / cells
    places = np.floor((centres - first) / side * count).astype(int)
    return np.where((places >= 0) & (places < count), places, -1)


def _is_passed(trail: Trail, frame: int, *, reverse: bool) -> bool:
    """Whether a run has come to the first prompted frame that lies in its way."""
    return frame <= max(trail.prompted) if reverse else frame >= min(trail.prompted)
