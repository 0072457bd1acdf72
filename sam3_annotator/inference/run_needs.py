"""What a run will need on the device, from the model's own plan of its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from sam3_annotator.engine.protocol import RunNeeds
from sam3_annotator.inference import device as devices
from sam3_annotator.model.memory_plan import MemoryPlan, RunSize, plan_memory

if TYPE_CHECKING:
    import torch

    from sam3_annotator.engine.protocol import PlanRun
    from sam3_annotator.model.tracker import Tracker


@runtime_checkable
class PlansMemory(Protocol):
    """A backend that knows beforehand what following objects will take."""

    def memory_plan(self, objects: int, prompted_frames: int) -> MemoryPlan:
        """Bytes for following some objects.

        Raises:
            Rejected: the weights have no memory.
        """
        ...


def tracker_plan(tracker: Tracker, objects: int, prompted_frames: int) -> MemoryPlan:
    """The plan of a memory tracker as it is loaded."""
    size = RunSize(
        objects,
        max(1, prompted_frames),
        compute_bytes=next(tracker.net.parameters()).element_size(),
        memory_bytes=tracker.memory_dtype.itemsize,
        caches_projections=tracker.caches_projections,
    )
    return plan_memory(tracker.config, size, tracker.batching)


def run_needs(
    backend: object, device: torch.device, request: PlanRun, cached_bytes: int
) -> RunNeeds:
    """Answer a request for a plan; all zero where the backend cannot tell.

    Args:
        backend: the loaded model.
        device: where it computes.
        request: how many objects.
        cached_bytes: embeddings that would be dropped for room.
    """
    if not isinstance(backend, PlansMemory):
        return RunNeeds(request.objects, 0, 0, 0)
    plan = backend.memory_plan(request.objects, request.prompted_frames)
    free = devices.memory(device).free_bytes
    return RunNeeds(
        request.objects, plan.shared + plan.working, plan.per_object, free + cached_bytes
    )
