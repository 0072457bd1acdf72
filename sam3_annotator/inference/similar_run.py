"""SimilarRun: things like exemplars, found on the exemplars' own frames and followed from there.

What :class:`~sam3_annotator.inference.concept_run.ConceptRun` does for SAM 3, for weights that know
no phrases: nothing is looked for on frames without an exemplar, so a newcomer needs one of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from sam3_annotator.errors import Rejected
from sam3_annotator.inference.exact_masks import full_masks
from sam3_annotator.model.boxes import mask_iou
from sam3_annotator.model.concept_answers import presence_logit
from sam3_annotator.model.concept_frames import ConceptFrame, ConceptMask
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.preprocess import boxes_to_unit, suppress_duplicates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from sam3_annotator.domain.prompts import ConceptPrompt
    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.inference.backend_sam2 import Sam2Features
    from sam3_annotator.inference.clip_tracking import ClipTracker, TrackedMask
    from sam3_annotator.inference.prompts import RawDetections


class FindsSimilar(Protocol):
    """The part of a backend that a run needs."""

    @property
    def info(self) -> ModelInfo:
        """What it is."""
        ...

    def clip_tracker(self, total: int) -> ClipTracker[Sam2Features]:
        """Start following objects on a clip of ``total`` frames."""
        ...

    def similar(
        self,
        features: Sam2Features,
        boxes: NDArray[np.float32],
        labels: NDArray[np.int64],
        min_score: float,
    ) -> RawDetections:
        """Everything like exemplars on a frame that the clip tracker has encoded.

        Args:
            features: of the frame.
            boxes: (P, 4) float32 cxcywh in fractions of the frame.
            labels: (P,) int64, 1 like this, 0 not like this.
            min_score: answers below are left out.
        """
        ...


@dataclass(slots=True)
class _Life:
    """What is known of one track besides its memories: score at birth, frames without a mask."""

    score: float
    empty: int = 0


@dataclass(slots=True)
class SimilarRun:
    """Everything like some exemplars on one clip.

    Args:
        backend: the model.
        size: height and width of every frame, pixels.
        total: frames of the clip.
        rules: thresholds for what is found, what is the same, and what is gone.

    Attributes:
        objects: memories of what is followed.
    """

    backend: FindsSimilar
    size: tuple[int, int]
    total: int
    rules: ConceptRules = field(default_factory=ConceptRules)
    objects: ClipTracker[Sam2Features] = field(init=False)
    _prompts: dict[int, ConceptPrompt] = field(default_factory=dict, init=False)
    _lives: dict[int, _Life] = field(default_factory=dict, init=False)
    _next_id: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.objects = self.backend.clip_tracker(self.total)

    @property
    def is_provisional(self) -> bool:
        """Whether tracks may still turn out to be mistakes; here never."""
        return False

    def add(self, frame: int, prompt: ConceptPrompt, number: int | None = None) -> int:
        """Look for things like exemplars on their frame; all belong to one concept.

        Raises:
            Rejected: there is a phrase.
        """
        del number
        if prompt.phrase.strip():
            raise Rejected(
                "{name} cannot search by a phrase; load SAM 3 weights.", name=self.backend.info.name
            )
        self._prompts[frame] = prompt
        return 0

    def seed(
        self,
        frame: int,
        features: Sam2Features,
        seeds: Mapping[int, tuple[NDArray[np.bool_], float]],
        concept: int,
    ) -> None:
        """Go on with objects that another run has found; see ``ConceptRun.seed``."""
        del concept
        self.objects.condition(frame, features, {one: mask for one, (mask, _) in seeds.items()})
        for object_id, (_, score) in seeds.items():
            self._lives.setdefault(object_id, _Life(score))
            self._next_id = max(self._next_id, object_id + 1)

    def step(self, frame: int, features: Sam2Features, *, reverse: bool) -> ConceptFrame:
        """Work on one frame; frames come in order."""
        answers = self.objects.step(frame, features, reverse=reverse)
        followed = [self._told(one, answer) for one, answer in answers.items()]
        masks = [mask for mask in followed if bool((mask.logits > 0).any())]
        new: list[ConceptMask] = []
        prompt = self._prompts.get(frame)
        if prompt is not None:
            masks, new = self._found(frame, features, prompt, masks)
        ended = self._end_gone(answers, {mask.object_id for mask in masks})
        began = tuple(mask.object_id for mask in new)
        return ConceptFrame(frame, (*masks, *new), began, (), ended)

    def _told(self, object_id: int, answer: TrackedMask) -> ConceptMask:
        logits, sure = torch.from_numpy(answer.logits), presence_logit(answer.object_score)
        score = self._lives[object_id].score
        return ConceptMask(
            object_id, 0, logits, score, sure, answer.score, close_up=answer.close_up
        )

    def _found(
        self, frame: int, features: Sam2Features, prompt: ConceptPrompt, followed: list[ConceptMask]
    ) -> tuple[list[ConceptMask], list[ConceptMask]]:
        """What is followed, compared with what is found here, and what is news."""
        rows = [(e.box.x0, e.box.y0, e.box.x1, e.box.y1) for e in prompt.exemplars]
        boxes = boxes_to_unit(torch.tensor(rows), self.size).numpy().astype(np.float32)
        labels = np.array([int(e.is_positive) for e in prompt.exemplars], np.int64)
        found = self.backend.similar(features, boxes, labels, self.rules.min_score)
        logits, scores = torch.from_numpy(found.mask_logits), torch.from_numpy(found.scores)
        overlaps = _overlaps([mask.logits for mask in followed], logits)
        nearest = overlaps.amax(dim=1).tolist() if len(logits) else [0.0] * len(followed)
        told = [_agreeing(mask, iou) for mask, iou in zip(followed, nearest, strict=True)]
        is_news = (overlaps < self.rules.touch_iou).all(dim=0)
        is_news &= suppress_duplicates(
            scores,
            logits,
            score_threshold=0.0,
            iou_threshold=self.rules.duplicate_iou,
        )
        new = []
        for row in torch.nonzero(is_news).flatten().tolist():
            object_id, self._next_id = self._next_id, self._next_id + 1
            score = float(scores[row])
            self._lives[object_id] = _Life(score)
            sure = presence_logit(score)
            new.append(ConceptMask(object_id, 0, logits[row], score, sure, score))
        exact = full_masks(logits[is_news].numpy(), *self.size)
        given = {
            one.object_id: mask.to_array(*self.size) for one, mask in zip(new, exact, strict=True)
        }
        self.objects.condition(frame, features, given)
        return told, new

    def _end_gone(self, looked_for: Mapping[int, TrackedMask], seen: set[int]) -> tuple[int, ...]:
        """Give up what has been without a mask for long."""
        gone = []
        for object_id in looked_for:
            life = self._lives[object_id]
            life.empty = 0 if object_id in seen else life.empty + 1
            if 0 < self.rules.gone_frames <= life.empty:
                gone.append(object_id)
        for object_id in gone:
            self.objects.remove(object_id)
            del self._lives[object_id]
        return tuple(gone)


def _agreeing(mask: ConceptMask, detector_iou: float) -> ConceptMask:
    return replace(mask, detector_iou=detector_iou)


def _overlaps(followed: list[Tensor], found: Tensor) -> Tensor:
    """(N, M) IoU of what is followed with what is found."""
    if not followed:
        return torch.zeros(0, len(found))
    return mask_iou(torch.stack(followed) > 0, found > 0)
