"""How a tracker is set up for the device it runs on: batches, and room for keys and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sam3_annotator.inference import device as devices
from sam3_annotator.model.memory_plan import RunSize, plan_memory
from sam3_annotator.model.tracker import Tracker

if TYPE_CHECKING:
    import torch

    from sam3_annotator.model.tracker_net import TrackerNet

GPU_BATCHES = (4, 2, 1)
"""Objects computed together on a GPU, the first for which there is room.

One object's attention fills about two thirds of a large GPU, and its small kernels take longer to
start than to run. Chosen by that reasoning and not yet measured:
``sam3-annotator bench --random sam3 --device cuda --batch 1,2,4,8``.
"""
GPU_SHARE = 1 / 8
"""Share of the free memory that one batch may work in, and that kept keys and values may take."""
_GPUS = ("cuda", "xpu")


def tracker_on(net: TrackerNet, device: torch.device) -> Tracker:
    """A tracker as it runs best on a device.

    On processors objects go one by one and nothing is kept beside memories: larger batches gain
    nothing, and working keys and values out on every frame costs 2 to 3 % of it (measured; see
    ``docs/benchmarks.md``). The answers are the same either way, within rounding for batches and
    to the bit for what is kept.

    Args:
        net: the weights, on the device already.
        device: where they are.
    """
    if device.type not in _GPUS:
        return Tracker(net)
    room = int(devices.memory(device).free_bytes * GPU_SHARE)
    value = next(net.parameters()).element_size()
    fitting = (b for b in GPU_BATCHES if _working_bytes(net, b, value) <= room)
    return Tracker(net, batch_size=next(fitting, 1), projection_bytes=room)


def _working_bytes(net: TrackerNet, batch_size: int, value_bytes: int) -> int:
    run = RunSize(batch_size, batch_size=batch_size, compute_bytes=value_bytes)
    return plan_memory(net.config, run).working
