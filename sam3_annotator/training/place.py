"""Where a training run computes."""

from __future__ import annotations

import torch

from sam3_annotator.errors import DeviceTrouble

AUTO = "auto"


def training_device(name: str = AUTO) -> torch.device:
    """The device of that name.

    Args:
        name: ``"auto"`` (a GPU where there is one), ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"xpu"``.

    Raises:
        DeviceTrouble: there is no such device, or it does not work.
    """
    if name == AUTO:
        kinds = (kind for kind in ("cuda", "xpu") if getattr(torch, kind).is_available())
        return torch.device(next(kinds, "cpu"))
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch asserts that it was built for a GPU
        raise DeviceTrouble("{name} cannot be used on this machine.", name=name) from error
    return device
