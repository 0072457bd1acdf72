"""Ways to carry masks through a clip: the trained memory, and what it has to beat."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from sam3_annotator.model.mini_follow import MiniFollower, Trail
from sam3_annotator.model.mini_window import mask_box
from sam3_annotator.model.segmenter import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.model.mini_follow import Sighting
    from sam3_annotator.model.sam_heads import ImageFeatures, SamHeads

PADDING = 0.1
"""How much a previous mask's box is widened on each side before it prompts the next frame."""


class Follower(Protocol):
    """Carries the masks of N things from frame to frame; masks have the size of the frames."""

    def start(
        self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: NDArray[np.bool_]
    ) -> None:
        """Take the true masks (N, H, W) bool of the first frame."""
        ...

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> NDArray[np.bool_]:
        """Masks (N, H, W) bool of the next frame."""
        ...


class Copy:
    """Never moves: what any tracker has to beat."""

    def __init__(self) -> None:
        self._masks = np.zeros((0, 0, 0), np.bool_)

    def start(
        self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: NDArray[np.bool_]
    ) -> None:
        """See ``Follower``."""
        del rgb, features
        self._masks = masks

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> NDArray[np.bool_]:
        """See ``Follower``."""
        del rgb, features
        return self._masks


class Flow:
    """Warps the previous mask by dense optical flow (DIS), at a quarter of the model's input."""

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._grey = np.zeros((0, 0), np.uint8)
        self._soft = np.zeros((0, 0, 0), np.float32)

    def start(
        self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: NDArray[np.bool_]
    ) -> None:
        """See ``Follower``."""
        self._soft = shrunk(masks, mask_side(features)).float().numpy()
        self._grey = _grey(rgb, (self._soft.shape[1] * 2, self._soft.shape[2] * 2))

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> NDArray[np.bool_]:
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
        return enlarged(torch.from_numpy(self._soft > 0.5), rgb.shape[:2])


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

    def start(
        self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: NDArray[np.bool_]
    ) -> None:
        """See ``Follower``."""
        del rgb
        self._logits = (shrunk(masks, mask_side(features)).float() * 2 - 1)[:, None] * 10.0

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> NDArray[np.bool_]:
        """See ``Follower``; a thing whose mask became empty stays lost."""
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
        return enlarged(self._logits[:, 0] > 0, rgb.shape[:2])


class Remember:
    """The trained memory, each thing for itself, as the program follows them."""

    def __init__(self, follower: MiniFollower) -> None:
        self._follower = follower
        self._trails: list[Trail] = []
        self._frame = 0

    def start(
        self, rgb: NDArray[np.uint8], features: ImageFeatures, masks: NDArray[np.bool_]
    ) -> None:
        """See ``Follower``."""
        self._frame, self._trails = 0, [Trail() for _ in masks]
        for trail, mask in zip(self._trails, masks, strict=True):
            self._follower.prompt(trail, 0, rgb, features, mask)

    def step(self, rgb: NDArray[np.uint8], features: ImageFeatures) -> NDArray[np.bool_]:
        """See ``Follower``; empty where the thing is judged absent."""
        self._frame += 1
        seen = [self._follower.step(trail, self._frame, rgb, features) for trail in self._trails]
        return np.stack([_seen_mask(one, rgb.shape[:2]) for one in seen])


def _seen_mask(seen: Sighting, size: tuple[int, ...]) -> NDArray[np.bool_]:
    """(H, W) bool mask of a sighting; the logits are enlarged before they are cut at 0."""
    window = seen.window
    part = (size[0], size[1]) if window is None else (window.side, window.side)
    mask = np.zeros(size, np.bool_)
    if seen.present > 0:
        inside = F.interpolate(seen.logits[None, None], size=part, mode="bilinear")[0, 0] > 0
        mask[(slice(None), slice(None)) if window is None else (window.rows, window.columns)] = (
            inside.numpy()
        )
    return mask


def mask_side(features: ImageFeatures) -> int:
    """Side of the model's masks, in cells."""
    return 4 * features.grid[0]


def shrunk(masks: NDArray[np.bool_], side: int) -> Tensor:
    """(N, H, W) bool -> (N, side, side) bool."""
    stack = [
        cv2.resize(mask.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
        for mask in masks
    ]
    return torch.from_numpy(np.stack(stack) > 0.5)


def padded_boxes(masks: Tensor) -> Tensor:
    """(N, 4) cxcywh fractions of ``masks: (N, h, w)`` bool, none empty, widened by ``PADDING``."""
    height, width = masks.shape[1:]
    boxes = []
    for mask in masks.numpy():
        left, top, right, bottom = mask_box(mask)
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


def enlarged(masks: Tensor, size: tuple[int, ...]) -> NDArray[np.bool_]:
    """(N, h, w) bool masks -> (N, H, W) bool."""
    full = F.interpolate(masks[:, None].float(), size=(size[0], size[1]), mode="bilinear")
    out: NDArray[np.bool_] = (full[:, 0] > 0.5).numpy()
    return out


def _grey(rgb: NDArray[np.uint8], size: tuple[int, ...]) -> NDArray[np.uint8]:
    small = cv2.resize(rgb, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
