"""SearchRun: what finds and follows concepts on one clip, whatever family does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sam3_annotator.inference.backend_mini import MiniBackend
from sam3_annotator.inference.backend_sam3 import Sam3Backend
from sam3_annotator.inference.concept_run import ConceptRun
from sam3_annotator.inference.similar_run import SimilarRun
from sam3_annotator.model.concept_rules import ConceptRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from sam3_annotator.domain.prompts import ConceptPrompt
    from sam3_annotator.inference.backend import Backend
    from sam3_annotator.inference.clip_tracking import ClipTracker
    from sam3_annotator.model.concept_frames import ConceptFrame


class SearchRun(Protocol):
    """Concepts and pointed-at objects that are followed together on one clip."""

    @property
    def objects(self) -> ClipTracker[Any]:
        """Takes clicks and masks for single objects."""
        ...

    @property
    def rules(self) -> ConceptRules:
        """The thresholds at work."""
        ...

    @property
    def is_provisional(self) -> bool:
        """Whether tracks may still turn out to be mistakes on the frames that follow."""
        ...

    def add(self, frame: int, prompt: ConceptPrompt, number: int | None = None) -> int:
        """Look for a concept; exemplars without a phrase add to the concept of that number."""
        ...

    def pin(self, object_id: int, frame: int) -> None:
        """Say that a person pointed at an object: nothing automatic takes it back."""
        ...

    def seed(
        self,
        frame: int,
        features: Any,  # noqa: ANN401 - only the backend can read it
        seeds: Mapping[int, tuple[NDArray[np.bool_], float]],
        concept: int,
    ) -> None:
        """Go on with objects that another run has found: id -> mask (H, W), score."""
        ...

    def remove(self, object_id: int) -> None:
        """Tell no more of an object; what found it does not find it again."""
        ...

    def step(self, frame: int, features: Any, *, reverse: bool) -> ConceptFrame:  # noqa: ANN401
        """Work on one frame; frames come in order."""
        ...


def search_run(
    backend: Backend[Any], size: tuple[int, int], total: int, rules: ConceptRules | None = None
) -> SearchRun | None:
    """A fresh run of one clip; None for families that find nothing by themselves.

    Args:
        backend: the model.
        size: height and width of every frame, pixels.
        total: frames of the clip.
        rules: thresholds; the published ones by default.

    Raises:
        Rejected: the weights have no memory.
    """
    if isinstance(backend, Sam3Backend):
        return ConceptRun(backend, size, total, rules)
    if isinstance(backend, MiniBackend):
        return SimilarRun(backend, size, total, rules or ConceptRules())
    return None
