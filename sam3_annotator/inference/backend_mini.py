"""The bundled model: SAM 2's image half, with what was trained for it here.

Stills are encoded at 1024 pixels, or at 768 where speed matters more. Clips and the search for
similar things work on an encoding at 512, the size they were trained with; a still gets that second
encoding when it is first searched.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import cv2
import numpy as np
import torch

from sam3_annotator.errors import Rejected
from sam3_annotator.inference.device import translated
from sam3_annotator.inference.memory_follower import MemoryFollower
from sam3_annotator.inference.mini_tracking import PreviousMaskFollower, follower_plan
from sam3_annotator.inference.prompts import ClickPrompt, RawDetections, RawMasks
from sam3_annotator.inference.refining import best_refinement, is_refinement
from sam3_annotator.inference.run_needs import encoding_bytes
from sam3_annotator.model.boxes import logit
from sam3_annotator.model.mini_tracker import MiniTracker
from sam3_annotator.model.mini_window import WindowRules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.inference.backend_sam2 import Sam2Backend, Sam2Features
    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.model.memory_plan import MemoryPlan, RunSize
    from sam3_annotator.model.mini_memory import MiniMemory
    from sam3_annotator.model.mini_similar import SimilarFinder
    from sam3_annotator.model.sam_heads import SamHeads

STILL_SIDE, FAST_SIDE, CLIP_SIDE = 1024, 768, 512
_STRIDE = 16
"""Pixels of the model input to a cell of the encoding."""

Kept = TypeVar("Kept")


@dataclass(slots=True)
class Late(Generic[Kept]):
    """Room for something that is made when it is first needed."""

    value: Kept | None = None


@dataclass(frozen=True, slots=True)
class MiniFeatures:
    """An encoded still.

    Attributes:
        still: at the full size, for clicks.
        small: the picture at the search's size, (512, 512, 3) uint8.
        search: its encoding, once somebody has searched.
    """

    still: Sam2Features
    small: NDArray[np.uint8]
    search: Late[Sam2Features] = field(default_factory=Late)

    @property
    def size_bytes(self) -> int:
        """Memory held once both encodings are there, bytes."""
        rows, columns = self.still.levels.grid
        share = (CLIP_SIDE // _STRIDE) ** 2 / (rows * columns)
        return int(self.still.size_bytes * (1 + share)) + self.small.nbytes


class MiniBackend:
    """The bundled model behind the common door.

    Args:
        stills: encoder and click heads at the full size.
        heads: the same click heads.
        info: what to say about it.
        memory: the trained memory for clips; None to follow by the previous mask.
        finder: finds similar things; None when it is not installed.
    """

    def __init__(
        self,
        stills: Sam2Backend,
        heads: SamHeads,
        info: ModelInfo,
        *,
        memory: MiniMemory | None = None,
        finder: SimilarFinder | None = None,
    ) -> None:
        self._stills = stills
        self._clips = stills.at_size(CLIP_SIDE)
        self._heads, self._memory, self._finder = heads, memory, finder
        self.info = info
        self.device = stills.device

    def without_memory(self) -> MiniBackend:
        """The same model, following by the previous mask alone: what the memory has to beat."""
        return MiniBackend(self._stills, self._heads, self.info, finder=self._finder)

    @property
    def low_resolution(self) -> int:
        """Side of mask logits, in cells."""
        return self._stills.low_resolution

    def encode(self, picture: NDArray[np.uint8]) -> MiniFeatures:
        """Encode a picture: (H, W, 3) uint8 RGB."""
        size = (CLIP_SIDE, CLIP_SIDE)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        return MiniFeatures(self._stills.encode(picture), np.asarray(small, np.uint8))

    def segment(self, features: MiniFeatures, prompt: ClickPrompt) -> RawMasks:
        """Answer clicks, a box and an earlier mask."""
        return _answered(self._stills, features.still, prompt)

    def detect(
        self,
        features: MiniFeatures,
        phrase: str,
        boxes: NDArray[np.float32],
        labels: NDArray[np.int64],
        min_score: float,
    ) -> RawDetections:
        """Find everything similar to exemplars; phrases mean nothing to this model."""
        if phrase:
            raise Rejected(
                "{name} cannot search by a phrase. Draw an exemplar box, or load SAM 3 weights.",
                name=self.info.name,
            )
        if features.search.value is None:
            features.search.value = self._clips.encode(features.small)
        return self.similar(features.search.value, boxes, labels, min_score)

    def similar(
        self,
        features: Sam2Features,
        boxes: NDArray[np.float32],
        labels: NDArray[np.int64],
        min_score: float,
    ) -> RawDetections:
        """Everything like exemplars on a frame as the clip tracker encodes it."""
        if self._finder is None:
            raise Rejected("{name} cannot find things by example.", name=self.info.name)
        with translated():
            learned = self._finder.learn(
                features.levels,
                torch.from_numpy(boxes).to(self.device),
                torch.from_numpy(labels).to(self.device),
            )
            found = self._finder.find(features.levels, learned).above(min_score)
        scores = found.scores.float().cpu()
        return RawDetections(
            logits=logit(scores).numpy(),
            presence_logit=None,
            scores=scores.numpy(),
            boxes=found.boxes.float().cpu().numpy(),
            mask_logits=found.mask_logits.float().cpu().numpy(),
        )

    def clip_tracker(self, total: int) -> ClipTracker[Any]:
        """Start following objects on a clip; each way to follow has an encoding of its own."""
        del total
        encode, answer = self._clips.encode, partial(_answered, self._clips)
        if self._memory is None:
            return PreviousMaskFollower(self._heads, encode, answer)
        windows = WindowRules()
        encode_window = self._stills.at_size(windows.input_side).encode
        tracker = MiniTracker(self._heads, self._memory)
        return MemoryFollower(tracker, encode, encode_window, answer, windows)

    def memory_plan(self, run: RunSize) -> MemoryPlan:
        """Bytes for following some objects; see ``run_needs.PlansMemory``."""
        config = None if self._memory is None else self._memory.config
        encoding = encoding_bytes(self.info, is_concept=run.is_concept)
        side = self._clips.low_resolution // 4
        close = WindowRules().input_side // 16
        return follower_plan(config, side, close, replace(run, encoding_bytes=encoding))


def _answered(model: Sam2Backend, features: Sam2Features, prompt: ClickPrompt) -> RawMasks:
    """Answer clicks; those on an earlier mask with what leaves most of it as it was."""
    if is_refinement(prompt):
        return best_refinement(model.refine(features, prompt), prompt)
    return model.segment(features, prompt)
