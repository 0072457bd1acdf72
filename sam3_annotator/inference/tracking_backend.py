"""TrackingBackend: what the families with a memory tracker have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.errors import Rejected
from sam3_annotator.inference.run_needs import tracker_plan

if TYPE_CHECKING:
    from sam3_annotator.engine.protocol import ModelInfo
    from sam3_annotator.model.memory_plan import MemoryPlan, RunSize
    from sam3_annotator.model.tracker import Tracker


class TrackingBackend:
    """A model that may have a memory.

    Args:
        info: what to say about it.
        tracker: the memory tracker; None when the weights have none.

    Attributes:
        info: the same.
        tracker: the same.
    """

    def __init__(self, info: ModelInfo, tracker: Tracker | None) -> None:
        self.info = info
        self.tracker = tracker

    def need_tracker(self) -> Tracker:
        """The tracker.

        Raises:
            Rejected: the weights have no memory.
        """
        if self.tracker is None:
            raise Rejected(
                "{name}: this file has no memory, so it cannot track.", name=self.info.name
            )
        return self.tracker

    def memory_plan(self, run: RunSize) -> MemoryPlan:
        """Bytes for following some objects; see ``run_needs.PlansMemory``."""
        return tracker_plan(self.need_tracker(), self.info, run)
