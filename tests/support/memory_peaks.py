"""How many bytes of tensors are alive at once while something runs, counted at the allocator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.profiler import ProfilerActivity, profile

if TYPE_CHECKING:
    from collections.abc import Callable


def peak_bytes(action: Callable[[], object]) -> int:
    """Most bytes that the action holds on the CPU at any moment, beyond what there was before.

    What a kernel asks the system for behind the allocator's back is not seen.
    """
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        kept = action()
    events = profiler.profiler.kineto_results.events()
    changes = sorted((e.start_ns(), e.nbytes()) for e in events if e.name() == "[memory]")
    del kept
    held = peak = 0
    for _, change in changes:
        held += change
        peak = max(peak, held)
    return peak
