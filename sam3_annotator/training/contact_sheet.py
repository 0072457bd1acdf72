"""Pictures of what a model did, to look at beside its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from sam3_annotator.model.segmenter import Segmenter
from sam3_annotator.training.eval_clicks import box_mask, clicked_masks, still_features
from sam3_annotator.training.eval_tracking import (
    LEAST_START,
    encode_frame,
    make_followers,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sam3_annotator.model.build_tracker import Sam2ImageModel
    from sam3_annotator.model.mini_memory import MiniMemory
    from sam3_annotator.training.clips import Clip
    from sam3_annotator.training.eval_clicks import Sample

TILE_PX = 160
MOST_COLUMNS = 10
MOST_THINGS = 12
COLOURS = np.array(
    [(230, 60, 60), (60, 170, 230), (250, 190, 40), (90, 200, 90), (200, 90, 220), (40, 210, 200)],
    np.float32,
)


def followed_numbers(clip: Clip) -> list[int]:
    """Labels of the things that are large enough in the first frame to be followed from it."""
    areas = np.bincount(clip.labels[0].ravel(), minlength=256)
    return [n for n in range(1, 256) if areas[n] >= LEAST_START * clip.labels[0].size]


@torch.inference_mode()
def clip_sheet(
    image: Sam2ImageModel, memory: MiniMemory | None, clip: Clip, *, side: int = 512
) -> NDArray[np.uint8]:
    """Truth in the first line, then one line per follower; up to ten frames, evenly spread.

    Returns:
        (lines * 160, columns * 160, 3) uint8 RGB.
    """
    numbers = followed_numbers(clip)
    columns = np.unique(np.linspace(0, len(clip.frames) - 1, MOST_COLUMNS).astype(int))
    truth = [np.stack([labels == n for n in numbers]) for labels in clip.labels]
    lines = [_line(clip, truth, columns)]
    encoded = [encode_frame(image, frame, side) for frame in clip.frames]
    for follower in make_followers(image, memory).values():
        follower.start(clip.frames[0], encoded[0], truth[0])
        masks = [truth[0]]
        for frame, features in zip(clip.frames[1:], encoded[1:], strict=True):
            masks.append(follower.step(frame, features))
        lines.append(_line(clip, masks, columns))
    return np.concatenate(lines)


@torch.inference_mode()
def picture_sheet(
    model: Sam2ImageModel, samples: Iterable[Sample], *, side: int = 1024
) -> NDArray[np.uint8]:
    """A line per picture: truth, after one click on each thing, after three, and from its box.

    Args:
        model: image encoder and click heads.
        samples: at least one picture; of many things in one the largest are shown.
        side: model input, px.

    Returns:
        (lines * 160, 640, 3) uint8 RGB.
    """
    segmenter, lines = Segmenter(model.heads), []
    for sample in samples:
        features = still_features(model, segmenter, sample.rgb, side)
        truths = sorted(sample.masks, key=lambda mask: -int(mask.sum()))[:MOST_THINGS]
        clicked = [clicked_masks(segmenter, features, truth)[0] for truth in truths]
        boxed = [box_mask(segmenter, features, truth) for truth in truths]
        columns = (truths, [line[0] for line in clicked], [line[2] for line in clicked], boxed)
        tiles = [painted(sample.rgb, np.stack(masks)) for masks in columns]
        lines.append(np.concatenate(tiles, axis=1))
    return np.concatenate(lines)


def _line(
    clip: Clip, masks: list[NDArray[np.bool_]], columns: NDArray[np.int_]
) -> NDArray[np.uint8]:
    return np.concatenate([painted(clip.frames[t], masks[t]) for t in columns], axis=1)


def painted(rgb: NDArray[np.uint8], masks: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A tile with every mask (N, H, W) in its colour."""
    picture = rgb.astype(np.float32)
    for index, mask in enumerate(masks):
        colour = COLOURS[index % len(COLOURS)]
        picture = np.where(mask[..., None], picture * 0.45 + colour * 0.55, picture)
    small = cv2.resize(picture, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
