"""How many clicks a good mask takes: simulated clicks and boxes on pictures with true masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from sam3_annotator.domain.mask_scores import mask_iou
from sam3_annotator.model.mini_window import mask_box
from sam3_annotator.model.segmenter import Segmenter
from sam3_annotator.training.feature_cache import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.model.build_tracker import Sam2ImageModel
    from sam3_annotator.model.sam_heads import ImageFeatures

MOST_CLICKS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture with the true masks of its things.

    Attributes:
        name: what to call it.
        rgb: (H, W, 3) uint8.
        masks: (H, W) bool each, not empty.
        names: what each of them is called, "" where nobody said.
    """

    name: str
    rgb: NDArray[np.uint8]
    masks: tuple[NDArray[np.bool_], ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClickScores:
    """Mean IoU over all things.

    Attributes:
        clicks: after 1 to 5 clicks, best mask by its own prediction.
        oracle: after one click, best of the three masks by truth.
        box: with the tight box, single mask.
        grabcut: classical baseline from the same box.
        things: how many.
    """

    clicks: tuple[float, ...]
    oracle: float
    box: float
    grabcut: float
    things: int


@torch.inference_mode()
def evaluate_clicks(
    model: Sam2ImageModel, samples: Iterable[Sample], *, side: int = 1024, grabcut: bool = True
) -> ClickScores:
    """Click and box every thing of every sample.

    Args:
        model: image encoder and click heads.
        samples: pictures with truth.
        side: model input, px.
        grabcut: also run the classical baseline (slow).
    """
    clicks: list[list[float]] = []
    oracle, boxes, cuts = [], [], []
    segmenter = Segmenter(model.heads)
    for sample in samples:
        features = still_features(model, segmenter, sample.rgb, side)
        for truth in sample.masks:
            line, best = click_through(segmenter, features, truth)
            clicks.append(line)
            oracle.append(best)
            boxes.append(mask_iou(box_mask(segmenter, features, truth), truth))
            if grabcut:
                cuts.append(mask_iou(grabcut_mask(sample.rgb, truth), truth))
    means = tuple(float(np.mean([line[n] for line in clicks])) for n in range(MOST_CLICKS))
    return ClickScores(
        means, float(np.mean(oracle)), float(np.mean(boxes)),
        float(np.mean(cuts)) if cuts else 0.0, len(clicks),
    )  # fmt: skip


def still_features(
    model: Sam2ImageModel, segmenter: Segmenter, rgb: NDArray[np.uint8], side: int
) -> ImageFeatures:
    """A picture (H, W, 3) uint8 RGB, squashed to ``side`` and encoded for the click heads."""
    squashed = cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA)
    return segmenter.features(model.encoder(normalised(np.asarray(squashed, np.uint8)[None])))


def click_through(
    segmenter: Segmenter, features: ImageFeatures, truth: NDArray[np.bool_]
) -> tuple[list[float], float]:
    """IoU after each click, each one into the largest mistake; and the oracle of the first."""
    shown, offered = clicked_masks(segmenter, features, truth)
    oracle = max(mask_iou(mask, truth) for mask in offered)
    return [mask_iou(mask, truth) for mask in shown], oracle


def clicked_masks(
    segmenter: Segmenter, features: ImageFeatures, truth: NDArray[np.bool_]
) -> tuple[list[NDArray[np.bool_]], list[NDArray[np.bool_]]]:
    """The mask after each click into the largest mistake; and all that the first one offered."""
    size = truth.shape
    points: list[tuple[float, float]] = []
    labels: list[int] = []
    shown = np.zeros(size, np.bool_)
    prompt: Tensor | None = None
    line: list[NDArray[np.bool_]] = []
    offered: list[NDArray[np.bool_]] = []
    for _ in range(MOST_CLICKS):
        x, y, label = next_click(shown, truth)
        points.append((x / size[1], y / size[0]))
        labels.append(label)
        answer = segmenter.segment(
            features,
            points=torch.tensor([points]),
            labels=torch.tensor([labels]),
            mask_logits=prompt,
            multimask=len(points) == 1,
        )
        prompt = answer.as_prompt(answer.best())
        if len(points) == 1:
            offered = [to_size(answer.logits[0, m], size) for m in range(answer.logits.shape[1])]
        shown = to_size(prompt[0, 0], size)
        line.append(shown)
    return line, offered


def next_click(shown: NDArray[np.bool_], truth: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Where a person would click next: the deepest pixel of the largest mistake.

    Returns:
        Column, row, and label (1 where something is missing, 0 where there is too much). Where
        nothing is wrong, the deepest pixel of the truth.
    """
    best = (0.0, 0, 0, 1)
    for label, wrong in ((1, truth & ~shown), (0, shown & ~truth)):
        depth = _depth(wrong)
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        if depth[row, column] > best[0]:
            best = (float(depth[row, column]), int(column), int(row), label)
    if best[0] == 0.0:
        depth = _depth(truth)
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        return int(column), int(row), 1
    return best[1:]


def _depth(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    padded = np.pad(mask.astype(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def box_mask(
    segmenter: Segmenter, features: ImageFeatures, truth: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Single mask for the tight box of ``truth``."""
    left, top, right, bottom = mask_box(truth)
    height, width = truth.shape
    box = torch.tensor(
        [[(left + right) / 2 / width, (top + bottom) / 2 / height,
          (right - left) / width, (bottom - top) / height]]
    )  # fmt: skip
    answer = segmenter.segment(features, boxes_cxcywh_unit=box, multimask=False)
    return to_size(answer.logits[0, 0], truth.shape)


def grabcut_mask(rgb: NDArray[np.uint8], truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """OpenCV's GrabCut from the tight box, five rounds."""
    left, top, right, bottom = mask_box(truth)
    mask = np.zeros(truth.shape, np.uint8)
    tables = [np.zeros((1, 65), np.float64) for _ in range(2)]
    cv2.setRNGSeed(0)
    bgr = np.ascontiguousarray(rgb[..., ::-1])
    rect = (left, top, right - left, bottom - top)
    cv2.grabCut(bgr, mask, rect, tables[0], tables[1], 5, cv2.GC_INIT_WITH_RECT)
    return np.asarray((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))


def to_size(logits: Tensor, size: tuple[int, ...]) -> NDArray[np.bool_]:
    """Mask logits (h, w) over the squashed picture -> (H, W) bool in the picture's size."""
    full = F.interpolate(logits[None, None].float(), size=(size[0], size[1]), mode="bilinear")
    mask: NDArray[np.bool_] = (full[0, 0] > 0).numpy()
    return mask
