"""Ways to carry masks through a clip: the trained memory, and what it has to beat."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from sam3_annotator.model.mini_tracker import MiniBank, MiniTracker
from sam3_annotator.model.segmenter import Segmenter
from sam3_annotator.training.eval_clicks import tight_box

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.model.sam_heads import ImageFeatures, SamHeads

PADDING = 0.1
"""How much a previous mask's box is widened on each side before it prompts the next frame."""


class Follower(Protocol):
    """Carries the masks of N things from frame to frame; masks are at the model's mask size."""

    def start(self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: Tensor) -> None:
        """Take the true masks (N, h, w) bool of the first frame."""
        ...

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> Tensor:
        """Masks (N, h, w) bool of the next frame."""
        ...


class Copy:
    """Never moves: what any tracker has to beat."""

    def __init__(self) -> None:
        self._masks = torch.zeros(0)

    def start(self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: Tensor) -> None:
        """See ``Follower``."""
        del rgb, features
        self._masks = masks

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> Tensor:
        """See ``Follower``."""
        del rgb, features
        return self._masks


class Flow:
    """Warps the previous mask by dense optical flow (DIS)."""

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._grey = np.zeros((0, 0), np.uint8)
        self._soft = np.zeros((0, 0, 0), np.float32)

    def start(self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: Tensor) -> None:
        """See ``Follower``."""
        del features
        self._grey = _grey(rgb, (masks.shape[1] * 2, masks.shape[2] * 2))
        self._soft = masks.float().numpy()

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> Tensor:
        """See ``Follower``."""
        del features
        grey = _grey(rgb, self._grey.shape)
        back = (
            np.asarray(self._flow.calc(grey, self._grey, np.zeros((*grey.shape, 2), np.float32)))
            / 2
        )  # flow at twice mask size
        small = cv2.resize(back, (self._soft.shape[2], self._soft.shape[1]))
        yy, xx = np.mgrid[0 : small.shape[0], 0 : small.shape[1]].astype(np.float32)
        moved = [
            cv2.remap(mask, xx + small[..., 0], yy + small[..., 1], cv2.INTER_LINEAR)
            for mask in self._soft
        ]
        self._grey, self._soft = grey, np.stack(moved)
        return torch.from_numpy(self._soft > 0.5)


class Logits:
    """Prompts every frame with the previous one's mask logits, and perhaps their box.

    Args:
        heads: click heads.
        with_box: add the box of the previous mask, a little widened, and let the decoder choose
            the best of its three masks.
    """

    def __init__(self, heads: SamHeads, *, with_box: bool) -> None:
        self._segmenter = Segmenter(heads)
        self._with_box = with_box
        self._logits = torch.zeros(0)

    def start(self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: Tensor) -> None:
        """See ``Follower``."""
        del rgb, features
        self._logits = (masks.float() * 2 - 1)[:, None] * 10.0

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> Tensor:
        """See ``Follower``; a thing whose mask became empty stays lost."""
        del rgb
        ready = replace(
            features, embedding=self._segmenter.heads.without_memory(features.embedding)
        )
        alive = (self._logits > 0).flatten(1).any(dim=1)
        if bool(alive.any()):
            logits = self._logits[alive]
            boxes = padded_boxes(logits[:, 0] > 0) if self._with_box else None
            answer = self._segmenter.segment(
                ready, boxes_cxcywh_unit=boxes, mask_logits=logits, multimask=self._with_box
            )
            self._logits[alive] = answer.as_prompt(answer.best())
        return self._logits[:, 0] > 0


class Remember:
    """The trained memory."""

    def __init__(self, tracker: MiniTracker, *, keep: int = 8) -> None:
        self._tracker, self._keep = tracker, keep
        self._bank, self._frame = MiniBank(), 0

    def start(self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: Tensor) -> None:
        """See ``Follower``."""
        del rgb
        self._bank, self._frame = MiniBank(), 0
        self._tracker.prompt(self._bank, 0, features, masks)

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> Tensor:
        """See ``Follower``; empty where the thing is judged absent."""
        del rgb
        self._frame += 1
        answer = self._tracker.step(self._bank, self._frame, features)
        self._bank.forget_tracked(self._keep)
        return (answer.logits > 0) & (answer.present > 0)[:, None, None]


def padded_boxes(masks: Tensor) -> Tensor:
    """(N, 4) cxcywh fractions of ``masks: (N, h, w)`` bool, none empty, widened by ``PADDING``."""
    height, width = masks.shape[1:]
    boxes = []
    for mask in masks.numpy():
        left, top, right, bottom = tight_box(mask)
        grow = 1 + 2 * PADDING
        boxes.append(
            [
                (left + right) / 2 / width,
                (top + bottom) / 2 / height,
                min(1.0, (right - left) / width * grow),
                min(1.0, (bottom - top) / height * grow),
            ]
        )
    return torch.tensor(boxes)


def masks_at_model_size(labels: NDArray[np.uint8], numbers: list[int], size: int) -> Tensor:
    """(N, size, size) bool masks of the numbered things of ``labels: (H, W)``."""
    stack = [
        cv2.resize((labels == n).astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
        for n in numbers
    ]
    return torch.from_numpy(np.stack(stack) > 0.5)


def enlarged(masks: Tensor, size: tuple[int, int]) -> NDArray[np.bool_]:
    """(N, h, w) bool masks -> (N, H, W) bool."""
    full = F.interpolate(masks[:, None].float(), size=size, mode="bilinear")
    out: NDArray[np.bool_] = (full[:, 0] > 0.5).numpy()
    return out


def _grey(rgb: NDArray[np.uint8], size: tuple[int, ...]) -> NDArray[np.uint8]:
    small = cv2.resize(rgb, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
