"""SAM 2 and 2.1 weights, and the image half of the bundled model: clicks, boxes, earlier masks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from sam3_annotator.errors import Rejected
from sam3_annotator.inference.clip_tracking import SamClipTracker
from sam3_annotator.inference.device import translated
from sam3_annotator.inference.prompts import ClickPrompt, RawDetections, RawMasks
from sam3_annotator.inference.tracking_backend import TrackingBackend
from sam3_annotator.model.memory_bank import TrackState
from sam3_annotator.model.preprocess import SAM2_INPUT, prepare_image
from sam3_annotator.model.segmenter import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.model.fpn import Sam2Encoder
    from sam3_annotator.model.sam_heads import ImageFeatures, SamHeads
    from sam3_annotator.model.segmenter import Segmentation
    from sam3_annotator.model.tracker import Tracker


@dataclass(frozen=True, slots=True)
class Sam2Features:
    """An encoded picture.

    Attributes:
        levels: what heads and memories want, with nothing added to the embedding yet.
    """

    levels: ImageFeatures

    def prompted(self, heads: SamHeads) -> ImageFeatures:
        """As the heads want it when nothing is remembered."""
        return replace(self.levels, embedding=heads.without_memory(self.levels.embedding))

    @property
    def size_bytes(self) -> int:
        """Memory held, bytes."""
        maps = (self.levels.embedding, self.levels.mid, self.levels.fine)
        return sum(m.numel() * m.element_size() for m in maps)


class Sam2Backend(TrackingBackend):
    """A SAM 2 model behind the common door.

    Args:
        encoder: backbone and neck.
        heads: click heads.
        tracker: the memory tracker; None when the weights have no memory.
        info: what to say about it.
        image_size: side of the square model input, pixels; a multiple of 32.
    """

    def __init__(
        self,
        encoder: Sam2Encoder,
        heads: SamHeads,
        tracker: Tracker | None,
        info: ModelInfo,
        image_size: int = 1024,
    ) -> None:
        self._encoder = encoder
        self._segmenter = Segmenter(heads)
        self._spec = replace(SAM2_INPUT, size=image_size)
        super().__init__(info, tracker)
        self.device = torch.device(info.device)

    def at_size(self, image_size: int) -> Sam2Backend:
        """The same model with another input size, sharing all weights."""
        heads = self._segmenter.heads
        return Sam2Backend(self._encoder, heads, self.tracker, self.info, image_size)

    @property
    def low_resolution(self) -> int:
        """Side of mask logits, in cells."""
        return self._spec.size // 4

    def encode(self, picture: NDArray[np.uint8]) -> Sam2Features:
        """Encode a picture: (H, W, 3) uint8 RGB."""
        with translated():
            pixels = prepare_image(picture, self._spec, device=self.device)
            maps = self._encoder(pixels)
            heads = self._segmenter.heads
            kind = next(heads.parameters()).dtype
            return Sam2Features(heads.features([m.to(kind) for m in maps]))

    def segment(self, features: Sam2Features, prompt: ClickPrompt) -> RawMasks:
        """Answer clicks, a box and an earlier mask."""
        with translated():
            return answer_clicks(self._segmenter, features.levels, prompt, self.device)

    def refine(self, features: Sam2Features, prompt: ClickPrompt) -> RawMasks:
        """All answers to clicks on an earlier mask, the decoder's own choice first."""
        with translated():
            heads = self._segmenter.heads
            levels = features.prompted(heads)
            given = _tensors(prompt, self.device)
            if given.mask_logits is None:
                raise ValueError("there is no earlier mask to refine")
            answer = self._segmenter.refine(
                levels,
                mask_logits=given.mask_logits,
                points=given.points,
                labels=given.labels,
                boxes_cxcywh_unit=given.boxes,
            )
            return _raw(answer)

    def detect(
        self,
        features: Sam2Features,
        phrase: str,
        boxes: NDArray[np.float32],
        labels: NDArray[np.int64],
        min_score: float,
    ) -> RawDetections:
        """Always refused: the family finds nothing by itself."""
        del features, phrase, boxes, labels, min_score
        raise Rejected("{name} cannot search by concept; load SAM 3 weights.", name=self.info.name)

    def clip_tracker(self, total: int) -> ClipTracker[Sam2Features]:
        """Start following objects on a clip."""
        return SamClipTracker(self.need_tracker(), self.encode, _tracker_levels, TrackState(total))


def answer_clicks(
    segmenter: Segmenter, levels: ImageFeatures, prompt: ClickPrompt, device: torch.device
) -> RawMasks:
    """Answer one click prompt with any family's click heads."""
    levels = replace(levels, embedding=segmenter.heads.without_memory(levels.embedding))
    given = _tensors(prompt, device)
    answer = segmenter.segment(
        levels,
        points=given.points,
        labels=given.labels,
        boxes_cxcywh_unit=given.boxes,
        mask_logits=given.mask_logits,
        multimask=prompt.wants_three,
    )
    return _raw(answer)


@dataclass(frozen=True, slots=True)
class _Given:
    """A click prompt as the heads want it, with a batch axis in front."""

    points: torch.Tensor | None
    labels: torch.Tensor | None
    boxes: torch.Tensor | None
    mask_logits: torch.Tensor | None


def _tensors(prompt: ClickPrompt, device: torch.device) -> _Given:
    has_points = len(prompt.points) > 0
    return _Given(
        torch.from_numpy(prompt.points)[None].to(device) if has_points else None,
        torch.from_numpy(prompt.labels)[None].to(device) if has_points else None,
        _on(device, prompt.box),
        None if prompt.mask_logits is None else _on(device, prompt.mask_logits[None]),
    )


def _raw(answer: Segmentation) -> RawMasks:
    score = answer.object_logits
    return RawMasks(
        logits=answer.logits[0].float().cpu().numpy(),
        scores=answer.ious[0].float().cpu().numpy(),
        object_score=None if score is None else float(score[0, 0].sigmoid()),
    )


def _on(device: torch.device, values: NDArray[np.float32] | None) -> torch.Tensor | None:
    """The values with a batch axis in front, on the device."""
    if values is None:
        return None
    return torch.from_numpy(np.array(values, np.float32))[None].to(device)


def _tracker_levels(features: Sam2Features) -> ImageFeatures:
    return features.levels
