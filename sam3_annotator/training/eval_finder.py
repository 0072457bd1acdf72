"""How well similar things are found: precision, recall, F1, false alarms, and the concept score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from sam3_annotator.model.boxes import cxcywh_to_xyxy
from sam3_annotator.model.mini_finder import chosen
from sam3_annotator.training.metrics import Asked, Counts, box_overlaps, concept_score, counts_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sam3_annotator.model.mini_finder import Found, MiniFinder
    from sam3_annotator.training.scene_cache import EncodedScene

HIT_IOU = 0.5


@dataclass(frozen=True, slots=True)
class FinderScores:
    """One way of asking, over all prompts.

    Attributes:
        precision, recall, f1: at box IoU 0.5.
        concept: cgF1 / 100 on boxes (F1 over IoU 0.5 to 0.95 times presence correlation).
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
    """

    positives: int
    negatives: int = 0
    elsewhere: bool = False


WAYS = {
    "1 positive": Way(1),
    "3 positives": Way(3),
    "1 positive, 1 negative": Way(1, negatives=1),
    "1 positive in another picture": Way(1, elsewhere=True),
}


@torch.inference_mode()
def evaluate_finder(
    finder: MiniFinder,
    pairs: Iterable[tuple[EncodedScene, EncodedScene]],
    *,
    least_score: float = 0.4,
    seed: int = 0,
) -> dict[str, FinderScores]:
    """Ask for every concept of every picture in every way.

    The ways share their prompts as far as possible: those with several exemplars are asked only
    where there are enough instances, so compare "1 positive" with the others by ``prompts``.
    """
    rng = np.random.default_rng(seed)
    asked: dict[str, list[Asked]] = {name: [] for name in WAYS}
    for pair in pairs:
        for target, other in (pair, pair[::-1]):
            for concept in sorted(set(target.concepts.tolist()) | set(other.concepts.tolist())):
                for name, way in WAYS.items():
                    source = other if way.elsewhere else target
                    found = _ask(finder, target, source, concept, way, rng)
                    if found is not None:
                        asked[name].append(_outcome(found, target, concept, least_score))
    return {name: _scores(outcomes) for name, outcomes in asked.items()}


def _ask(
    finder: MiniFinder,
    target: EncodedScene,
    source: EncodedScene,
    concept: int,
    way: Way,
    rng: np.random.Generator,
) -> Found | None:
    alike = torch.nonzero(source.concepts == concept).flatten().tolist()
    unlike = torch.nonzero(source.concepts != concept).flatten().tolist()
    if len(alike) < way.positives or len(unlike) < way.negatives:
        return None
    rows = rng.permutation(alike)[: way.positives].tolist()
    rows += rng.permutation(unlike)[: way.negatives].tolist()
    labels = (source.concepts[rows] == concept).long()
    tokens = finder.exemplars(source.features(), source.boxes[rows][None], labels[None])
    return finder.find(target.features(), tokens)


def _outcome(found: Found, target: EncodedScene, concept: int, least_score: float) -> Asked:
    answer = chosen(found, 0, least_score=least_score)
    truth = target.boxes[target.concepts == concept]
    corners = [cxcywh_to_xyxy(boxes).numpy() for boxes in (answer.boxes, truth)]
    return Asked(box_overlaps(corners[0], corners[1]))


def _scores(asked: list[Asked]) -> FinderScores:
    total = sum((counts_at(a.overlaps, HIT_IOU) for a in asked), Counts())
    absent = [a for a in asked if a.overlaps.shape[1] == 0]
    alarms = [float(a.overlaps.shape[0] > 0) for a in absent]
    return FinderScores(
        total.precision,
        total.recall,
        total.f1,
        concept_score(asked),
        float(np.mean(alarms)) if alarms else float("nan"),
        len(asked),
    )
