"""QueueRow: one row of the review queue, and the filters that let rows through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from sam3_annotator.domain.entities import ReviewState

if TYPE_CHECKING:
    from sam3_annotator.domain.doubts.queue import Doubt
    from sam3_annotator.domain.ids import MediaId, ObjectId

DOUBTFUL = 0.05
"""Chance of an error from which a span is shown unasked."""


class Show(str, Enum):
    """Which rows of the queue to show."""

    DOUBTFUL = "doubtful"
    """Not judged yet, or changed since, with a reason to doubt."""
    OPEN = "open"
    """Everything that nobody has judged."""
    UNSIGNED = "unsigned"
    """Everything that changed since the last sign-off."""
    NEEDS_WORK = "needs_work"
    """Judged to need work, or rejected."""
    ACCEPTED = "accepted"
    ALL = "all"


_STATES_SHOWN = {
    Show.OPEN: (ReviewState.PROPOSED,),
    Show.NEEDS_WORK: (ReviewState.NEEDS_WORK, ReviewState.REJECTED),
    Show.ACCEPTED: (ReviewState.ACCEPTED,),
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One span of one object to look at.

    Attributes:
        state: what was said about its peak; PROPOSED again once the mask changed.
        is_unsigned: whether its peak changed since the last sign-off.
    """

    media_id: MediaId
    doubt: Doubt
    state: ReviewState
    is_unsigned: bool = True

    @property
    def object_id(self) -> ObjectId:
        """Whose span it is."""
        return self.doubt.object_id

    @property
    def is_doubtful(self) -> bool:
        """Whether nobody has judged it and something is unusual."""
        return self.state is ReviewState.PROPOSED and self.doubt.probability >= DOUBTFUL

    def fits(self, show: Show) -> bool:
        """Whether a filter lets it through."""
        match show:
            case Show.DOUBTFUL:
                return self.is_doubtful
            case Show.UNSIGNED:
                return self.is_unsigned
            case Show.ALL:
                return True
            case _:
                return self.state in _STATES_SHOWN[show]
