"""What a run will need on the device, from the model's own plan of its memory."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from sam3_annotator.engine.protocol import RunNeeds
from sam3_annotator.inference import device as devices
from sam3_annotator.model.concept_rules import ConceptRules
from sam3_annotator.model.memory_plan import MemoryPlan, RunSize, plan_memory

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from sam3_annotator.engine.protocol import ModelInfo, PlanRun
    from sam3_annotator.model.tracker import Tracker

_MB = 1_000_000
_TINY, _BASE, _LARGE = (196 * _MB, 340 * _MB), (225 * _MB, 395 * _MB), (284 * _MB, 504 * _MB)
_SIZES = {"tiny": _TINY, "small": _TINY, "base_plus": _BASE, "large": _LARGE}
ENCODING_BYTES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "mini": (49 * _MB, 85 * _MB),
        "sam3": (204 * _MB, 406 * _MB),
        **{f"sam{v}_{size}": needs for v in ("2", "2.1") for size, needs in _SIZES.items()},
    }
)
"""Family -> most bytes alive while a clip's frame is encoded, in half and in full precision.

Counted at the allocator on a CPU (torch 2.13, a frame of 1920 x 1080) by
``tests/unit/inference/test_run_needs.py``.
"""
DETECTION_BYTES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"mini": (230 * _MB, 230 * _MB), "sam3": (269 * _MB, 537 * _MB)}
)
"""The same while a concept is looked for on a frame; for SAM 3 with the encoded frame (122 or
244 MB)."""


@runtime_checkable
class PlansMemory(Protocol):
    """A backend that knows beforehand what following objects will take."""

    def memory_plan(self, run: RunSize) -> MemoryPlan:
        """Bytes for following some objects.

        Args:
            run: how many, and whether concepts are looked for; the rest is the model's business.

        Raises:
            Rejected: the weights have no memory.
        """
        ...


def tracker_plan(tracker: Tracker, info: ModelInfo, run: RunSize) -> MemoryPlan:
    """The plan of a memory tracker as it is loaded."""
    size = replace(
        run,
        compute_bytes=next(tracker.net.parameters()).element_size(),
        memory_bytes=tracker.memory_dtype.itemsize,
        batch_size=tracker.batch_size,
        projection_bytes=tracker.projection_bytes,
        encoding_bytes=encoding_bytes(info, is_concept=run.is_concept),
    )
    return plan_memory(tracker.config, size)


def encoding_bytes(info: ModelInfo, *, is_concept: bool = False) -> int:
    """Most bytes alive while a frame is encoded or searched; 0 for what was never measured."""
    precision = int(info.dtype == "fp32")
    needs = [ENCODING_BYTES.get(info.family, (0, 0))[precision]]
    if is_concept:
        needs.append(DETECTION_BYTES.get(info.family, (0, 0))[precision])
    return max(needs)


def run_needs(
    backend: object, device: torch.device, request: PlanRun, cached_bytes: int
) -> RunNeeds:
    """Answer a request for a plan; all zero where the backend cannot tell.

    Args:
        backend: the loaded model.
        device: where it computes.
        request: how many objects, and what for.
        cached_bytes: embeddings that would be dropped for room.
    """
    if not isinstance(backend, PlansMemory):
        return RunNeeds(request.objects, 0, 0, 0)
    size = RunSize(request.objects, max(1, request.prompted_frames), is_concept=request.is_concept)
    plan = backend.memory_plan(size)
    free = devices.memory(device).free_bytes
    return RunNeeds(
        request.objects, plan.shared + plan.working, plan.per_object, free + cached_bytes
    )


def rules_with_room(needs: RunNeeds) -> ConceptRules:
    """The published thresholds, and no more objects than there is memory for.

    Args:
        needs: of a concept run; where nothing is known of the memory, nothing is limited.
    """
    rules = ConceptRules()
    if not needs.free_bytes or not needs.object_bytes:
        return rules
    return replace(rules, max_objects=min(rules.max_objects, max(1, needs.room_for)))
