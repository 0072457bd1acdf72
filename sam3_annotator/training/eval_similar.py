"""How well similar things are found: precision, recall, F1, false alarms, and the concept score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from sam3_annotator.model.boxes import cxcywh_to_xyxy, mask_iou
from sam3_annotator.model.mini_detector import chosen
from sam3_annotator.training.detector_stage import truth_of
from sam3_annotator.training.metrics import Asked, Counts, box_overlaps, concept_score, counts_at
from sam3_annotator.training.similar_stage import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sam3_annotator.model.mini_detector import MiniDetector
    from sam3_annotator.model.mini_similar import SimilarFinder
    from sam3_annotator.training.scene_cache import EncodedScene

HIT_IOU = 0.5


@dataclass(frozen=True, slots=True)
class SimilarScores:
    """One way of asking, over all prompts.

    Attributes:
        precision, recall, f1: at IoU 0.5.
        concept: cgF1 / 100 (F1 over IoU 0.5 to 0.95 times presence correlation); nan where every
            prompt has a match, because presence then says nothing.
        false_alarms: share of prompts without a match that got an answer all the same.
        prompts: how many.
    """

    precision: float
    recall: float
    f1: float
    concept: float
    false_alarms: float
    prompts: int


@dataclass(frozen=True, slots=True)
class Way:
    """A way of asking.

    Attributes:
        positives, negatives: exemplar boxes of the concept, and of other things.
        elsewhere: the exemplars come from the other picture of the pair.
        room: least number of instances in the picture, so that ways can be compared.
    """

    positives: int
    negatives: int = 0
    elsewhere: bool = False
    room: int = 1


WAYS = {
    "1 positive": Way(1),
    "1 positive, where 3 are there": Way(1, room=3),
    "3 positives": Way(3, room=3),
    "1 positive, where others are there": Way(1, negatives=-1),
    "1 positive, 1 negative": Way(1, negatives=1),
    "1 positive in another picture": Way(1, elsewhere=True),
}
"""Each "where" line asks the very prompts of the line below it without what that line adds."""


def with_finder(finder: SimilarFinder, least_score: float) -> Callable[[Prompt], Asked]:
    """Answer by descriptors and click heads; judged by mask IoU."""

    def answer(prompt: Prompt) -> Asked:
        found = finder.find(prompt.target.features(), prompt.exemplars(finder)).above(least_score)
        truth = truth_of(prompt.target, prompt.concept).masks
        return Asked(mask_iou(found.mask_logits > 0, truth).numpy())

    return answer


def with_detector(detector: MiniDetector, least_score: float) -> Callable[[Prompt], Asked]:
    """Answer by a detector of SAM 3's shape; judged by box IoU."""

    def answer(prompt: Prompt) -> Asked:
        boxes, labels = prompt.boxes_and_labels()
        tokens = detector.exemplars(prompt.source.features(), boxes[None], labels[None])
        found = chosen(detector.find(prompt.target.features(), tokens), 0, least_score=least_score)
        truth = truth_of(prompt.target, prompt.concept).boxes
        corners = [cxcywh_to_xyxy(part).numpy() for part in (found.boxes, truth)]
        return Asked(box_overlaps(corners[0], corners[1]))

    return answer


@torch.inference_mode()
def evaluate_similar(
    answer: Callable[[Prompt], Asked],
    pairs: Iterable[tuple[EncodedScene, EncodedScene]],
    *,
    seed: int = 0,
) -> dict[str, SimilarScores]:
    """Ask for every concept of every picture in every way of ``WAYS``."""
    asked: dict[str, list[Asked]] = {name: [] for name in WAYS}
    for index, pair in enumerate(pairs):
        for side, (target, other) in enumerate((pair, pair[::-1])):
            for concept in sorted(set(target.concepts.tolist()) | set(other.concepts.tolist())):
                for name, way in WAYS.items():
                    rng = np.random.default_rng([seed, index, side, concept])
                    prompt = _prompt(rng, target, other if way.elsewhere else target, concept, way)
                    if prompt is not None:
                        asked[name].append(answer(prompt))
    return {name: _scores(outcomes) for name, outcomes in asked.items()}


def _prompt(
    rng: np.random.Generator, target: EncodedScene, source: EncodedScene, concept: int, way: Way
) -> Prompt | None:
    """The same generator state gives ways that share their first positive exemplar."""
    alike = torch.nonzero(source.concepts == concept).flatten().tolist()
    unlike = torch.nonzero(source.concepts != concept).flatten().tolist()
    if len(alike) < max(way.room, way.positives) or (way.negatives and not unlike):
        return None
    rows = rng.permutation(alike)[: way.positives].tolist()
    rows += rng.permutation(unlike)[: max(0, way.negatives)].tolist()
    return Prompt(source, target, concept, tuple(rows))


def _scores(asked: list[Asked]) -> SimilarScores:
    total = sum((counts_at(a.overlaps, HIT_IOU) for a in asked), Counts())
    absent = [a for a in asked if a.overlaps.shape[1] == 0]
    alarms = [float(a.overlaps.shape[0] > 0) for a in absent]
    return SimilarScores(
        total.precision,
        total.recall,
        total.f1,
        concept_score(asked) if absent else float("nan"),
        float(np.mean(alarms)) if alarms else float("nan"),
        len(asked),
    )
