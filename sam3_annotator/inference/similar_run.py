"""SimilarRun: things like exemplars, found on the exemplars' own frames and followed from there.

What :class:`~sam3_annotator.inference.concept_run.ConceptRun` does for SAM 3, for weights that know
no phrases: nothing is looked for on frames without an exemplar, so a newcomer needs one of its own.
Objects that a person points at are followed beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from sam3_annotator.domain.prompts import ConceptPrompt
from sam3_annotator.errors import Rejected
from sam3_annotator.inference.exact_masks import full_masks
from sam3_annotator.model.boxes import mask_iou
from sam3_annotator.model.concept_answers import presence_logit
from sam3_annotator.model.concept_frames import ConceptFrame, ConceptMask
from sam3_annotator.model.concept_life import NO_CONCEPT
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.preprocess import boxes_to_unit, suppress_duplicates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

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
    """What is known of one track besides its memories.

    Attributes:
        concept: its number.
        score: at birth, in [0, 1].
        empty: frames in a row without a mask.
        is_pinned: a person pointed at it; nothing automatic ends it.
        is_unwanted: a person removed it; it is followed silently, so that it is not found again.
    """

    concept: int
    score: float
    empty: int = 0
    is_pinned: bool = False
    is_unwanted: bool = False

    def shows(self, mask: ConceptMask) -> bool:
        """Whether people should be told of its mask on a frame."""
        return self.is_pinned or (not self.is_unwanted and _is_visible(mask))


@dataclass(slots=True)
class SimilarRun:
    """Everything like some exemplars on one clip.

    Args:
        backend: the model.
        size: height and width of every frame, pixels.
        total: frames of the clip.
        rules: thresholds for what is found, what is the same, what is gone, and how much there is
            room for.

    Attributes:
        objects: takes clicks and masks for single objects; shares the memories.
    """

    backend: FindsSimilar
    size: tuple[int, int]
    total: int
    rules: ConceptRules = field(default_factory=ConceptRules)
    objects: ClipTracker[Sam2Features] = field(init=False)
    _concepts: list[dict[int, ConceptPrompt]] = field(default_factory=list, init=False)
    _lives: dict[int, _Life] = field(default_factory=dict, init=False)
    _next_id: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.objects = self.backend.clip_tracker(self.total)

    @property
    def is_provisional(self) -> bool:
        """Whether tracks may still turn out to be mistakes; here never."""
        return False

    def add(self, frame: int, prompt: ConceptPrompt, number: int | None = None) -> int:
        """Look for things like exemplars on their frame.

        Args:
            frame: where the exemplars lie.
            prompt: exemplars alone.
            number: of the concept that they add to; None for one of its own.

        Returns:
            The concept's number.

        Raises:
            Rejected: there is a phrase.
        """
        if prompt.phrase.strip():
            raise Rejected(
                "{name} cannot search by a phrase. Draw an exemplar box, or load SAM 3 weights.",
                name=self.backend.info.name,
            )
        if number is None:
            number = len(self._concepts)
            self._concepts.append({})
        earlier = self._concepts[number].get(frame, ConceptPrompt())
        exemplars = earlier.exemplars + prompt.exemplars
        self._concepts[number][frame] = replace(prompt, exemplars=exemplars)
        return number

    def pin(self, object_id: int, frame: int) -> None:
        """Say that a person pointed at an object: nothing automatic takes it back."""
        del frame
        life = self._lives.setdefault(object_id, _Life(NO_CONCEPT, 1.0))
        life.is_pinned, life.is_unwanted = True, False
        self._next_id = max(self._next_id, object_id + 1)

    def seed(
        self,
        frame: int,
        features: Sam2Features,
        seeds: Mapping[int, tuple[NDArray[np.bool_], float]],
        concept: int,
    ) -> None:
        """Go on with objects that another run has found; see ``ConceptRun.seed``."""
        self.objects.condition(frame, features, {one: mask for one, (mask, _) in seeds.items()})
        for object_id, (_, score) in seeds.items():
            self._lives.setdefault(object_id, _Life(concept, score))
            self._next_id = max(self._next_id, object_id + 1)

    def remove(self, object_id: int) -> None:
        """Tell no more of an object; see ``ConceptRun.remove``."""
        life = self._lives.get(object_id)
        if life is None or life.concept == NO_CONCEPT:
            self._lives.pop(object_id, None)
            self.objects.remove(object_id)
            return
        life.is_pinned, life.is_unwanted = False, True

    def step(self, frame: int, features: Sam2Features, *, reverse: bool) -> ConceptFrame:
        """Work on one frame; frames come in order."""
        answers = self.objects.step(frame, features, reverse=reverse)
        followed = [self._told(one, answer) for one, answer in answers.items()]
        began: list[ConceptMask] = []
        for number, prompts in enumerate(self._concepts):
            prompt = prompts.get(frame)
            if prompt is not None and not prompt.is_empty:
                found = self._look(features, prompt)
                followed, news = self._sorted(followed, found, number)
                began += self._begun(frame, features, number, found, news)
        shown = tuple(mask for mask in followed if self._lives[mask.object_id].shows(mask))
        ended = self._end_gone(followed)
        new = tuple(mask.object_id for mask in began)
        return ConceptFrame(frame, (*shown, *began), new, (), ended)

    def _told(self, object_id: int, answer: TrackedMask) -> ConceptMask:
        life = self._lives[object_id]
        return ConceptMask(
            object_id,
            life.concept,
            torch.from_numpy(answer.logits),
            answer.score if life.is_pinned else life.score,
            presence_logit(answer.object_score),
            answer.score,
            life.is_pinned,
            close_up=answer.close_up,
        )

    def _look(self, features: Sam2Features, prompt: ConceptPrompt) -> RawDetections:
        rows = [(e.box.x0, e.box.y0, e.box.x1, e.box.y1) for e in prompt.exemplars]
        boxes = boxes_to_unit(torch.tensor(rows), self.size).numpy().astype(np.float32)
        labels = np.array([int(e.is_positive) for e in prompt.exemplars], np.int64)
        return self.backend.similar(features, boxes, labels, self.rules.min_score)

    def _sorted(
        self, followed: list[ConceptMask], found: RawDetections, number: int
    ) -> tuple[list[ConceptMask], list[int]]:
        """What is followed, compared with what is found; and the rows of what is news."""
        logits, scores = torch.from_numpy(found.mask_logits), torch.from_numpy(found.scores)
        seen = [mask for mask in followed if _is_visible(mask)]
        own = [mask for mask in seen if mask.concept == number]
        overlaps = _overlaps(own, logits)
        is_news = (overlaps < self.rules.touch_iou).all(dim=0)
        # What was pointed at may be of any kind: only the very same thing is no news.
        pointed = _overlaps([mask for mask in seen if mask.concept == NO_CONCEPT], logits)
        is_news &= (pointed < self.rules.match_iou).all(dim=0)
        is_news &= suppress_duplicates(
            scores, logits, score_threshold=0.0, iou_threshold=self.rules.duplicate_iou
        )
        nearest = overlaps.amax(dim=1).tolist() if len(logits) else [0.0] * len(own)
        agreeing = {mask.object_id: iou for mask, iou in zip(own, nearest, strict=True)}
        told = [
            replace(mask, detector_iou=agreeing.get(mask.object_id, mask.detector_iou))
            for mask in followed
        ]
        room = max(0, self.rules.max_objects - len(self._lives))
        best = scores.argsort(descending=True, stable=True).tolist()
        return told, [row for row in best if is_news[row]][:room]

    def _begun(
        self,
        frame: int,
        features: Sam2Features,
        number: int,
        found: RawDetections,
        rows: list[int],
    ) -> list[ConceptMask]:
        """Begin to follow what is news."""
        begun = []
        for row in rows:
            object_id, self._next_id = self._next_id, self._next_id + 1
            score = float(found.scores[row])
            self._lives[object_id] = _Life(number, score)
            logits, sure = torch.from_numpy(found.mask_logits[row]), presence_logit(score)
            begun.append(ConceptMask(object_id, number, logits, score, sure, score))
        exact = full_masks(found.mask_logits[rows], *self.size)
        given = zip(begun, exact, strict=True)
        masks = {one.object_id: mask.to_array(*self.size) for one, mask in given}
        self.objects.condition(frame, features, masks)
        return begun

    def _end_gone(self, followed: list[ConceptMask]) -> tuple[int, ...]:
        """Give up what has been without a mask for long."""
        gone = []
        for mask in followed:
            life = self._lives[mask.object_id]
            life.empty = 0 if _is_visible(mask) else life.empty + 1
            if not life.is_pinned and 0 < self.rules.gone_frames <= life.empty:
                gone.append(mask.object_id)
        for object_id in gone:
            self.objects.remove(object_id)
            del self._lives[object_id]
        return tuple(gone)


def _is_visible(mask: ConceptMask) -> bool:
    return bool((mask.logits > 0).any())


def _overlaps(followed: list[ConceptMask], found: Tensor) -> Tensor:
    """(N, M) IoU of what is followed with what is found: (M, h, w) logits."""
    if not followed:
        return torch.zeros(0, len(found))
    return mask_iou(torch.stack([mask.logits for mask in followed]) > 0, found > 0)
