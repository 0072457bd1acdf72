"""Predictor: one picture in, masks in its own pixels out; the Python door to every family.

This is where coordinates change hands: callers speak of original-image pixels, backends of
fractions of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sam3_annotator.domain.geometry import Box
from sam3_annotator.engine.protocol import Capability
from sam3_annotator.errors import Rejected
from sam3_annotator.inference.exact_masks import full_masks
from sam3_annotator.inference.opening import open_backend
from sam3_annotator.inference.prompts import ClickPrompt, RawMasks
from sam3_annotator.model.mask_cleanup import fill_holes, remove_specks
from sam3_annotator.model.preprocess import (
    boxes_to_pixels,
    boxes_to_unit,
    points_to_unit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from sam3_annotator.domain.mask import Mask
    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.inference.backend import Backend
    from sam3_annotator.inference.features import Features

_SPECK_SHARE = 0.001
"""Holes and islands below this share of the picture are not what anybody pointed at."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture that prompts can be answered on, any number of times.

    Attributes:
        height: rows of the original picture.
        width: columns of the original picture.
        weights_hash: of the model that encoded it; no other can use it.
    """

    height: int
    width: int
    weights_hash: str
    features: Features = field(repr=False)

    @property
    def size_bytes(self) -> int:
        """Memory held, bytes."""
        return self.features.size_bytes

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the original picture."""
        return self.height, self.width


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Masks that answer clicks and boxes, most likely first.

    Attributes:
        masks: M masks in original pixels.
        scores: (M,) float32, predicted IoU in [0, 1], descending.
        logits: (M, h, w) float32, low resolution; hand one back as ``mask_logits`` to refine it.
        object_score: probability in [0, 1] that something is there; None if unknown.
    """

    masks: tuple[Mask, ...]
    scores: NDArray[np.float32]
    logits: NDArray[np.float32]
    object_score: float | None


@dataclass(frozen=True, slots=True)
class Detections:
    """Every instance of a concept, best first.

    Attributes:
        scores: (N,) float32 in [0, 1].
        presence: probability in [0, 1] that the concept is there at all; None where the model
            does not judge that (the bundled one).
        boxes_xyxy_px: (N, 4) float32, in original pixels, clipped to the picture.
        masks: N masks in original pixels.
        logits: (N, h, w) float32 low-resolution mask logits, or None when not asked for.
    """

    scores: NDArray[np.float32]
    presence: float | None
    boxes_xyxy_px: NDArray[np.float32]
    masks: tuple[Mask, ...]
    logits: NDArray[np.float32] | None = None

    def box(self, index: int) -> Box:
        """One box as a value."""
        x0, y0, x1, y1 = (float(v) for v in self.boxes_xyxy_px[index])
        return Box(x0, y0, x1, y1)


class Predictor:
    """A loaded model for pictures. Not thread-safe; use one per thread.

    Example:
        >>> predictor = Predictor.load()                         # the bundled model
        >>> encoded = predictor.encode(rgb)                      # (H, W, 3) uint8
        >>> answer = predictor.segment(encoded, points=[(120, 80)], labels=[1])
        >>> answer.masks[0].to_array(*rgb.shape[:2])
    """

    def __init__(self, backend: Backend[Any]) -> None:
        self.backend = backend

    @classmethod
    def load(
        cls,
        weights: str | Path = "mini",
        device: str = "auto",
        dtype: str = "auto",
        progress: Callable[[str], None] | None = None,
    ) -> Predictor:
        """Load weights.

        Args:
            weights: a file or folder of any known family, or "mini" for the bundled model.
            device: "auto", "cpu", "cuda", "cuda:1", "mps", "xpu".
            dtype: "auto", "fp32", "bf16" or "fp16".
            progress: told what is being done, in words.

        Raises:
            WeightsTrouble: the weights are absent, damaged or of an unknown kind.
            DeviceTrouble: the device is not there.
        """
        return cls(open_backend(weights, device, dtype, progress))

    @property
    def info(self) -> ModelInfo:
        """What is loaded, and what it can do."""
        return self.backend.info

    def encode(self, image: NDArray[np.uint8]) -> Encoded:
        """Encode a picture once, for any number of prompts.

        Args:
            image: (H, W, 3) uint8 RGB, upright.

        Raises:
            ValueError: another shape or type.
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(f"expected (H, W, 3) uint8, got {image.shape} {image.dtype}")
        features = self.backend.encode(image)
        return Encoded(image.shape[0], image.shape[1], self.info.weights_hash, features)

    def segment(  # noqa: PLR0913 - one argument per kind of prompt
        self,
        encoded: Encoded,
        *,
        points: ArrayLike | None = None,
        labels: Sequence[int] | None = None,
        box: ArrayLike | None = None,
        mask_logits: NDArray[np.float32] | None = None,
        multimask: bool | None = None,
        cleans: bool = True,
    ) -> Segmentation:
        """Masks for one object.

        Args:
            encoded: from :meth:`encode`.
            points: (P, 2) xy in original pixels; the pixel at column 3 has its centre at 3.5.
            labels: P times 1 (inside) or 0 (outside); all inside when left out.
            box: (4,) xyxy in original pixels.
            mask_logits: (h, w) logits of an earlier answer to refine.
            multimask: whether to offer whole, part and sub-part; by default only for a lone click.
            cleans: fill holes and drop islands smaller than a thousandth of the picture, as the
                published picture predictor does with holes; ``logits`` are never cleaned.

        Raises:
            Rejected: no prompt at all.
            ValueError: labels do not match points.
        """
        self._require(encoded)
        prompt = click_prompt(encoded, points, labels, box, mask_logits, multimask)
        return _segmentation(self.backend.segment(encoded.features, prompt), encoded, cleans=cleans)

    def detect(
        self,
        encoded: Encoded,
        *,
        text: str = "",
        boxes: ArrayLike | None = None,
        box_labels: Sequence[int] | None = None,
        min_score: float = 0.5,
        with_logits: bool = False,
    ) -> Detections:
        """Every instance of a concept.

        Args:
            encoded: from :meth:`encode`.
            text: a noun phrase, or "" for exemplars alone.
            boxes: (P, 4) xyxy exemplar boxes in original pixels.
            box_labels: P times 1 (like this) or 0 (not like this); all 1 when left out.
            min_score: candidates below are left out.
            with_logits: keep the low-resolution mask logits.

        Raises:
            Rejected: the family cannot do that, or there is nothing to look for.
            ValueError: labels do not match boxes.
        """
        self._require(encoded)
        exemplars = np.zeros((0, 4), np.float32) if boxes is None else _rows(boxes, 4)
        marks = _labels(box_labels, len(exemplars))
        self._require_concept(text, marks)
        unit = _cxcywh_unit(exemplars, encoded)
        raw = self.backend.detect(encoded.features, text.strip(), unit, marks, min_score)
        order = np.argsort(-raw.scores, kind="stable")
        presence = raw.presence_logit
        return Detections(
            scores=raw.scores[order],
            presence=None if presence is None else float(1 / (1 + np.exp(-presence))),
            boxes_xyxy_px=_xyxy_px(raw.boxes[order], encoded),
            masks=full_masks(raw.mask_logits[order], encoded.height, encoded.width),
            logits=raw.mask_logits[order] if with_logits else None,
        )

    def low_resolution_logits(self, mask: Mask, encoded: Encoded) -> NDArray[np.float32]:
        """A drawn mask as logits that :meth:`segment` can refine: +-10 around the outline.

        Args:
            mask: in original pixels.
            encoded: the picture it lies on.
        """
        side = self.backend.low_resolution
        return _shrunk_logits(mask, encoded.height, encoded.width, side)

    def _require(self, encoded: Encoded) -> None:
        if encoded.weights_hash != self.info.weights_hash:
            raise ValueError("this picture was encoded by another model")

    def _require_concept(self, text: str, marks: NDArray[np.int64]) -> None:
        can = self.info.capabilities
        if not can & {Capability.PHRASE, Capability.EXEMPLAR}:
            raise Rejected(
                "{name} cannot search by concept; load SAM 3 weights.", name=self.info.name
            )
        if text.strip() and Capability.PHRASE not in can:
            raise Rejected(
                "{name} cannot search by a phrase. Draw an exemplar box, or load SAM 3 weights.",
                name=self.info.name,
            )
        if marks.size and Capability.EXEMPLAR not in can:
            raise Rejected(
                "{name} cannot search by exemplars; load SAM 3 weights.", name=self.info.name
            )
        if not text.strip() and not (marks == 1).any():
            raise Rejected("Give a phrase, or at least one positive exemplar.")


def click_prompt(
    encoded: Encoded,
    points: ArrayLike | None,
    labels: Sequence[int] | None,
    box: ArrayLike | None,
    mask_logits: NDArray[np.float32] | None,
    multimask: bool | None,  # noqa: FBT001 - three-valued: None leaves the choice to us
) -> ClickPrompt:
    """Prompts in original pixels as a backend wants them; see :meth:`Predictor.segment`."""
    xy = np.zeros((0, 2), np.float32) if points is None else _rows(points, 2)
    marks = _labels(labels, len(xy))
    if not len(xy) and box is None and mask_logits is None:
        raise Rejected("Click something, or draw a box.")
    if multimask is None:
        multimask = len(xy) == 1 and box is None and mask_logits is None
    # The heads count pixel indices, whose centres are whole numbers; we count from pixel edges.
    unit = points_to_unit(torch.from_numpy(xy - 0.5), encoded.size)
    return ClickPrompt(
        points=unit.numpy(),
        labels=marks,
        box=None if box is None else _cxcywh_unit(_rows(box, 4), encoded)[0],
        mask_logits=mask_logits,
        wants_three=multimask,
    )


def _segmentation(raw: RawMasks, encoded: Encoded, *, cleans: bool) -> Segmentation:
    order = np.argsort(-raw.scores, kind="stable")
    logits = np.ascontiguousarray(raw.logits[order])
    logits.flags.writeable = False
    shown = _without_specks(logits) if cleans else logits
    masks = full_masks(shown, encoded.height, encoded.width)
    return Segmentation(masks, raw.scores[order], logits, raw.object_score)


def _without_specks(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    area = int(logits.shape[-1] * logits.shape[-2] * _SPECK_SHARE)
    tensor = torch.from_numpy(logits.copy())
    cleaned = remove_specks(fill_holes(tensor, area), area)
    return np.asarray(cleaned.numpy(), np.float32)


def _rows(values: ArrayLike, width: int) -> NDArray[np.float32]:
    rows = np.asarray(values, dtype=np.float32).reshape(-1, width)
    if not np.isfinite(rows).all():
        raise ValueError("coordinates must be finite numbers")
    return rows


def _labels(labels: Sequence[int] | None, count: int) -> NDArray[np.int64]:
    marks = np.ones(count, np.int64) if labels is None else np.asarray(labels, np.int64)
    if marks.shape != (count,) or not np.isin(marks, (0, 1)).all():
        raise ValueError(f"expected {count} labels, each 0 or 1")
    return marks


def _cxcywh_unit(boxes_xyxy_px: NDArray[np.float32], encoded: Encoded) -> NDArray[np.float32]:
    low = np.minimum(boxes_xyxy_px[:, :2], boxes_xyxy_px[:, 2:])
    high = np.maximum(boxes_xyxy_px[:, :2], boxes_xyxy_px[:, 2:])
    ordered = torch.from_numpy(np.concatenate([low, high], axis=1))
    return np.asarray(boxes_to_unit(ordered, encoded.size).numpy(), np.float32)


def _xyxy_px(boxes_cxcywh_unit: NDArray[np.float32], encoded: Encoded) -> NDArray[np.float32]:
    boxes = boxes_to_pixels(torch.from_numpy(boxes_cxcywh_unit), encoded.size)
    limit = torch.tensor([encoded.width, encoded.height] * 2)
    return np.asarray(torch.minimum(boxes.clamp(min=0), limit).numpy(), np.float32)


def _shrunk_logits(mask: Mask, height: int, width: int, side: int) -> NDArray[np.float32]:
    """Share of each cell that the mask covers, as logits 20 x - 10 (tracker.md section 1.5)."""
    box = mask.box
    coverage = np.zeros((side, side), np.float32)
    if mask.is_empty:
        return coverage * 20 - 10
    crop = mask.crop().astype(np.float32)
    rows = _overlap(side, height, box.top, box.bottom)
    columns = _overlap(side, width, box.left, box.right)
    covered: NDArray[np.float32] = (rows @ crop @ columns.T * 20 - 10).astype(np.float32)
    return covered


def _overlap(cells: int, pixels: int, first: int, last: int) -> NDArray[np.float32]:
    """(cells, last - first): how much of each cell each pixel of a range covers, summing to 1."""
    edges = np.linspace(0, pixels, cells + 1)
    start = np.arange(first, last)
    low = np.maximum(edges[:-1, None], start[None])
    high = np.minimum(edges[1:, None], start[None] + 1)
    share: NDArray[np.float32] = (np.maximum(high - low, 0) * (cells / pixels)).astype(np.float32)
    return share
