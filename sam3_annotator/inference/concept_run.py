"""ConceptRun: phrases, exemplars and pointed-at objects followed together through one clip."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.inference.device import translated
from sam3_annotator.model.concept_frames import ConceptQuery, ConceptState
from sam3_annotator.model.concept_life import NO_CONCEPT, TrackLife
from sam3_annotator.model.detector import BOX_ONLY_PHRASE
from sam3_annotator.model.preprocess import boxes_to_unit
from sam3_annotator.model.prompt_encoder import GeometryPrompts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from sam3_annotator.domain.prompts import ConceptPrompt
    from sam3_annotator.inference.backend_sam3 import Sam3Backend, Sam3Features
    from sam3_annotator.inference.clip_tracking import SamClipTracker
    from sam3_annotator.model.concept_frames import ConceptFrame
    from sam3_annotator.model.concept_rules import ConceptRules


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a run.

    Attributes:
        phrase: noun phrase, or "" for exemplars alone.
        prompts: what was given on each frame.
    """

    number: int
    phrase: str
    prompts: dict[int, ConceptPrompt] = field(default_factory=dict)


class ConceptRun:
    """Everything that is followed on one clip with SAM 3.

    Args:
        backend: the model.
        size: height and width of every frame, pixels.
        total: frames of the clip.
        rules: thresholds; the published ones by default.

    Attributes:
        objects: takes clicks and masks for single objects; shares the memories.
    """

    def __init__(
        self,
        backend: Sam3Backend,
        size: tuple[int, int],
        total: int,
        rules: ConceptRules | None = None,
    ) -> None:
        self._backend = backend
        self._size = size
        self._tracker = backend.concept_tracker(rules)
        self._state = ConceptState()
        self._state.tracks.total = total
        self._concepts: list[Concept] = []
        self.objects: SamClipTracker[Sam3Features] = backend.object_tracker(self._state.tracks)

    @property
    def rules(self) -> ConceptRules:
        """The thresholds at work."""
        return self._tracker.rules

    @property
    def is_provisional(self) -> bool:
        """Whether tracks may still turn out to be mistakes on the frames that follow.

        Only what a concept has found can be one, not what a person pointed at.
        """
        return self.rules.probation_frames > 0 and bool(self._concepts)

    def add(self, frame: int, prompt: ConceptPrompt, number: int | None = None) -> int:
        """Look for a concept; prompts with the same phrase belong together.

        Args:
            frame: where the prompt's exemplars lie.
            prompt: a phrase, exemplars, or both.
            number: of the concept that exemplars without a phrase add to; None for one of its own.

        Returns:
            The concept's number.
        """
        phrase = prompt.phrase.strip()
        known = None if number is None else self._concepts[number]
        if phrase:
            known = next((c for c in self._concepts if c.phrase == phrase), None)
        if known is None:
            known = Concept(len(self._concepts), phrase)
            self._concepts.append(known)
        earlier = known.prompts.get(frame)
        before = () if earlier is None else earlier.exemplars
        known.prompts[frame] = replace(prompt, exemplars=before + prompt.exemplars)
        return known.number

    def pin(self, object_id: int, frame: int) -> None:
        """Say that a person pointed at an object: nothing automatic takes it back."""
        life = self._state.lives.get(object_id)
        if life is None:
            life = TrackLife(object_id, NO_CONCEPT, frame, 1.0)
        self._state.lives[object_id] = replace(life, is_pinned=True, is_unwanted=False)
        self._state.next_id = max(self._state.next_id, object_id + 1)

    def seed(
        self,
        frame: int,
        features: Sam3Features,
        seeds: Mapping[int, tuple[NDArray[np.bool_], float]],
        concept: int,
    ) -> None:
        """Go on with objects of a concept that another run has found.

        Args:
            frame: what is known lies on it.
            features: of the frame.
            seeds: object id -> mask (H, W) bool, and the score in [0, 1] it was found with.
            concept: its number.
        """
        masks = {object_id: mask for object_id, (mask, _) in seeds.items()}
        self.objects.condition(frame, features, masks)
        for object_id, (_, score) in seeds.items():
            if object_id not in self._state.lives:
                life = TrackLife(object_id, concept, frame, score, is_settled=True)
                self._state.lives[object_id] = life
            self._state.next_id = max(self._state.next_id, object_id + 1)

    def remove(self, object_id: int) -> None:
        """Tell no more of an object; its number is not used again.

        What a phrase found is followed silently, so that it is not found once more.
        """
        life = self._state.lives.get(object_id)
        if life is None or life.concept == NO_CONCEPT:
            self._state.remove(object_id)
            return
        unwanted = replace(life, is_pinned=False, is_settled=True, is_unwanted=True)
        self._state.lives[object_id] = unwanted

    def step(self, frame: int, features: Sam3Features, *, reverse: bool) -> ConceptFrame:
        """Work on one frame; frames come in order."""
        with translated():
            queries = self._queries(frame)
            return self._tracker.step(frame, features.image, queries, self._state, reverse=reverse)

    def _queries(self, frame: int) -> list[ConceptQuery]:
        queries = []
        for concept in self._concepts:
            prompt = concept.prompts.get(frame)
            geometry = None
            if prompt is not None and prompt.exemplars and not prompt.is_empty:
                geometry = self._geometry(prompt)
            if concept.phrase or geometry is not None:
                text = self._backend.text(concept.phrase or BOX_ONLY_PHRASE)
                queries.append(ConceptQuery(concept.number, text, geometry))
        return queries

    def _geometry(self, prompt: ConceptPrompt) -> GeometryPrompts:
        rows = [(e.box.x0, e.box.y0, e.box.x1, e.box.y1) for e in prompt.exemplars]
        labels = torch.tensor([int(e.is_positive) for e in prompt.exemplars])
        unit = boxes_to_unit(torch.tensor(rows), self._size)
        device = self._backend.device
        return GeometryPrompts.of_boxes(unit[None].to(device), labels[None].to(device))
