"""What goes into the tracker for one object, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.prompt_tokens import NOT_A_POINT
from sam3_annotator.model.segmenter import joined_points

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Clicks:
    """A person's prompt for one object on one frame; always the whole list, not the newest.

    Attributes:
        points: (P, 2), fractions of the model input (pixel index / picture size).
        labels: (P,) int64, 1 inside, 0 outside.
        box_cxcywh_unit: (4,), fractions of the model input, or None.
        previous: (4 h, 4 w) logits of the mask to be corrected; None for the answer the tracker
            itself remembers of that frame, if any.
        refines: False to start afresh, without any earlier mask.
    """

    points: Tensor
    labels: Tensor
    box_cxcywh_unit: Tensor | None = None
    previous: Tensor | None = None
    refines: bool = True

    def joined(self, limit: int) -> tuple[Tensor, Tensor]:
        """Box corners and points as one list.

        Args:
            limit: with more points, only the first and the last ones are kept.

        Returns:
            Points (1, P, 2) float32 and labels (1, P) int64.

        Raises:
            ValueError: neither a point nor a box was given.
        """
        box = None if self.box_cxcywh_unit is None else self.box_cxcywh_unit[None]
        points, labels = joined_points(self.points[None].float(), self.labels[None], box)
        if points is None or labels is None or points.shape[1] == 0:
            raise ValueError("a click prompt needs a point or a box")
        if points.shape[1] > limit:
            head, tail = limit // 2, limit - limit // 2
            points = torch.cat([points[:, :head], points[:, -tail:]], dim=1)
            labels = torch.cat([labels[:, :head], labels[:, -tail:]], dim=1)
        return points, labels


@dataclass(frozen=True, slots=True)
class TrackOutput:
    """The answer for one object on one frame.

    Attributes:
        logits: (4 h, 4 w) float32 over the whole model input; above 0 is inside. Far below 0
            everywhere when the object is absent.
        iou: predicted quality of the mask, in [0, 1].
        object_logit: above 0 when the object is there.
        pointer: (C,), what the object looks like, for later frames.
        prompted: whether the frame holds a prompt for this object and the answer was stored.
    """

    logits: Tensor
    iou: float
    object_logit: float
    pointer: Tensor
    prompted: bool = False

    @property
    def is_present(self) -> bool:
        """Whether the object is on this frame."""
        return self.object_logit > 0


def no_points(count: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The empty prompt that tracking was trained with.

    Returns:
        Points (count, 1, 2) and labels (count, 1), all ``NOT_A_POINT``.
    """
    labels = torch.full((count, 1), NOT_A_POINT, device=device)
    return torch.zeros(count, 1, 2, device=device), labels
