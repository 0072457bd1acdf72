"""Following objects through one clip, whatever family does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol

import numpy as np
import torch

from sam3_annotator.inference.device import translated
from sam3_annotator.inference.features import Encoding
from sam3_annotator.model.track_prompts import Clicks, TrackOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sam3_annotator.inference.prompts import ClickPrompt
    from sam3_annotator.model.memory_bank import TrackState
    from sam3_annotator.model.mini_window import CloseUp
    from sam3_annotator.model.sam_heads import ImageFeatures
    from sam3_annotator.model.tracker import Tracker


@dataclass(frozen=True, slots=True)
class TrackedMask:
    """One object on one frame.

    Attributes:
        logits: (h, w) float32, low resolution over the whole picture; above 0 is inside, and
            nothing is when the object is absent.
        score: predicted IoU in [0, 1].
        object_score: probability in [0, 1] that the object is there.
        close_up: the same answer, finer, where there is one.
    """

    logits: NDArray[np.float32]
    score: float
    object_score: float
    close_up: CloseUp | None = None


class ClipTracker(Protocol[Encoding]):
    """Memories of the objects of one clip; frames are visited in any order and direction."""

    @property
    def shares_features(self) -> bool:
        """Whether the backend's own encodings of frames are what :meth:`step` wants."""
        ...

    def encode(self, picture: NDArray[np.uint8]) -> Encoding:
        """Encode a frame: (H, W, 3) uint8 RGB."""
        ...

    def condition(
        self, frame: int, features: Encoding, masks: Mapping[int, NDArray[np.bool_]]
    ) -> None:
        """Tell what objects look like on a frame: object id -> (H, W) bool; empty is absent."""
        ...

    def click(
        self, frame: int, features: Encoding, object_id: int, prompt: ClickPrompt
    ) -> TrackedMask:
        """Answer clicks on one object; the frame conditions it from now on."""
        ...

    def step(self, frame: int, features: Encoding, *, reverse: bool) -> dict[int, TrackedMask]:
        """Find every object whose first conditioning frame has been passed, and remember it."""
        ...

    def remove(self, object_id: int) -> None:
        """Forget an object; the others are not touched."""
        ...


class SamClipTracker(Generic[Encoding]):
    """The memory tracker of SAM 3, SAM 2.1 and SAM 2.

    Args:
        tracker: the model's tracker.
        encode: the backend's encoder.
        levels: takes the tracker's feature maps (nothing added) out of an encoding.
        state: memories of the clip's objects.
    """

    shares_features = True

    def __init__(
        self,
        tracker: Tracker,
        encode: Callable[[NDArray[np.uint8]], Encoding],
        levels: Callable[[Encoding], ImageFeatures],
        state: TrackState,
    ) -> None:
        self._tracker = tracker
        self._levels = levels
        self._state = state
        self.encode = encode

    def condition(
        self, frame: int, features: Encoding, masks: Mapping[int, NDArray[np.bool_]]
    ) -> None:
        """Tell what objects look like on a frame."""
        with translated():
            given = {i: torch.from_numpy(m.astype(np.float32)) for i, m in masks.items()}
            self._tracker.prompt_masks(self._levels(features), self._state, frame, given)

    def click(
        self, frame: int, features: Encoding, object_id: int, prompt: ClickPrompt
    ) -> TrackedMask:
        """Answer clicks on one object, starting from what is remembered of this frame."""
        with translated():
            given = prompt.mask_logits
            previous = None if given is None else torch.from_numpy(given.copy())
            clicks = Clicks(
                torch.from_numpy(prompt.points),
                torch.from_numpy(prompt.labels),
                None if prompt.box is None else torch.from_numpy(prompt.box),
                previous,
            )
            levels = self._levels(features)
            return tracked_mask(
                self._tracker.prompt_clicks(levels, self._state, object_id, frame, clicks)
            )

    def step(self, frame: int, features: Encoding, *, reverse: bool) -> dict[int, TrackedMask]:
        """Find every object on a frame and remember it."""
        with translated():
            levels = self._levels(features)
            outputs = self._tracker.step(levels, self._state, frame, reverse=reverse)
            self._tracker.remember(levels, self._state, frame, outputs, reverse=reverse)
            return {i: tracked_mask(o) for i, o in outputs.items()}

    def remove(self, object_id: int) -> None:
        """Forget an object."""
        self._state.remove(object_id)


def tracked_mask(output: TrackOutput) -> TrackedMask:
    """A tracker's answer as plain values; an absent object has no positive logit."""
    logits = output.logits.float().cpu().numpy()
    if not output.is_present:
        logits = np.minimum(logits, -1.0)
    presence = 1.0 / (1.0 + float(np.exp(-np.clip(output.object_logit, -60, 60))))
    return TrackedMask(logits, float(output.iou), presence)
