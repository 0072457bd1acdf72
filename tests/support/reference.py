"""Imports transformers, the numerical reference of the model tests.

transformers' SAM 3 needs torchvision, whose wheel on the package index is built for the CUDA build
of torch. Beside a CPU build its compiled operators cannot load and even importing it fails. The
pure-Python fallbacks (RoI align is the one used) are all that the reference needs; declaring the
two operator names that the import looks up is enough to get there. Import this module before
anything of transformers: ``from tests.support.reference import transformers``.
"""

from __future__ import annotations

import sys
import warnings

import torch

_NAMES_LOOKED_UP = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def _declare_missing_operators() -> torch.library.Library:
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name, schema in _NAMES_LOOKED_UP.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(name + schema)
    return library


# WORKAROUND(torchvision, 0.28): the compiled half of the wheel does not load beside a CPU torch.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        import torchvision
    except RuntimeError:
        LIBRARY = _declare_missing_operators()
        import torchvision
    import transformers

    # Lazily loaded modules warn of deprecated torch features on first use: get that over with here.
    for _name in ("Sam3Model", "Sam3TrackerModel", "Sam3TrackerVideoModel", "Sam3VideoModel"):
        getattr(transformers, _name)

# The fallback would be compiled on first call, which needs a C++ compiler and takes half a minute.
_roi_module = sys.modules["torchvision.ops.roi_align"]
_roi_module._roi_align = getattr(_roi_module._roi_align, "__wrapped__", _roi_module._roi_align)

__all__ = ["torchvision", "transformers"]
