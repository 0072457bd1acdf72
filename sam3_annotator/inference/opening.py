"""From a weights file to a backend: recognise, build, fill, choose device and precision."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch

from sam3_annotator import paths
from sam3_annotator.engine.protocol import Capability, ModelInfo
from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.inference import weights as weights_files
from sam3_annotator.inference.backend_mini import FAST_SIDE, STILL_SIDE, MiniBackend
from sam3_annotator.inference.backend_sam2 import Sam2Backend
from sam3_annotator.inference.backend_sam3 import Sam3Backend
from sam3_annotator.inference.device import DTYPES, Device, choose
from sam3_annotator.inference.tracking_setup import tracker_on
from sam3_annotator.model import loading
from sam3_annotator.model.build import build_detector
from sam3_annotator.model.build_tracker import (
    build_sam2,
    build_sam2_image,
    build_tracker_net,
)
from sam3_annotator.model.families import SAM3
from sam3_annotator.model.mini_image import load_mini_image
from sam3_annotator.model.mini_similar import SimilarFinder
from sam3_annotator.model.mini_weights import (
    FINDER_FILE,
    TRACKER_FILE,
    load_mini_memory,
    load_mini_similar,
    mini_part,
)
from sam3_annotator.model.sam_heads import SamHeads
from sam3_annotator.model.tokenizer import Tokenizer
from sam3_annotator.model.tracker_config import SAM3_TRACKER
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sam3_annotator.inference.backend import Backend
    from sam3_annotator.model.tracker import Tracker

MERGES = "tokenizer/bpe_simple_vocab_16e6.txt.gz"
TRACKER, FINDER = "tracker", "finder"
"""Parts of the bundled model that can be trained and put in the place of its own."""
_AS_SHIPPED: Mapping[str, Path] = MappingProxyType({})
_CLICKS = frozenset({Capability.CLICK, Capability.BOX})
_NAMES = {dtype: name for name, dtype in DTYPES.items()}


def open_backend(
    weights: str | Path,
    device: str = "auto",
    dtype: str = "auto",
    progress: Callable[[str], None] | None = None,
) -> Backend[Any]:
    """Load weights of any known family.

    Args:
        weights: a file or folder, a family's name, "mini" for the bundled model, or "mini-fast" for
            the same with smaller pictures. A tracker or finder from ``sam3-annotator train`` is
            opened in its place in the bundled model.
        device: see ``device.choose``.
        dtype: see ``device.choose``.
        progress: told what is being done, in words.

    Raises:
        WeightsTrouble: the weights are absent, damaged or of an unknown kind.
        DeviceTrouble: the device is not there.
    """
    say = progress or _silent
    path = weights_files.locate(weights)
    chosen = choose(device, dtype)
    say(Wording("Reading {name}", name=path.name))
    if str(weights) == weights_files.BUNDLED_NAME:
        return _mini(path, chosen, "mini", STILL_SIDE)
    if str(weights) == weights_files.FAST_NAME:
        return _mini(path, chosen, "mini (fast)", FAST_SIDE)
    if part := mini_part(path):
        bundled = paths.resource(weights_files.BUNDLED_FILE)
        return _mini(bundled, chosen, f"mini + {path.name}", STILL_SIDE, {part: path})
    loaded = loading.load(path, dtype=chosen.dtype, device=chosen.torch_device)
    say(Wording("Checking the file's hash"))
    digest = weights_files.sha256_of(path)
    say(Wording("Building the model"))
    if loaded.family is SAM3:
        return _sam3(loaded, digest, chosen)
    return _sam2(loaded, digest, chosen)


def _mini(
    path: Path, chosen: Device, name: str, side: int, trained: Mapping[str, Path] = _AS_SHIPPED
) -> Backend[Any]:
    """The bundled model; ``trained`` names files that replace its tracker or its finder."""
    if unknown := set(trained) - {TRACKER, FINDER}:
        part = unknown.pop()
        raise WeightsTrouble(
            "{path} holds the part “{found}” of the bundled model, not {part}.",
            path=trained[part],
            found=part,
            part=f"{TRACKER}, {FINDER}",
        )
    model = load_mini_image(path)
    # Clicks are decoded in float32: rounding there flips which of the three masks is offered first.
    encoder = model.encoder.to(device=chosen.torch_device, dtype=chosen.dtype)
    heads = model.heads.to(device=chosen.torch_device)
    memory_file = trained.get(TRACKER, paths.resource(TRACKER_FILE))
    finder_file = trained.get(FINDER, paths.resource(FINDER_FILE))
    memory = load_mini_memory(memory_file) if memory_file.exists() else None
    taught = load_mini_similar(finder_file) if finder_file.exists() else None
    can = _CLICKS | {Capability.TRACK}
    if taught is not None:
        can |= {Capability.EXEMPLAR, Capability.TRACK_CONCEPT}
    parts = [path, *(f for f in (memory_file, finder_file) if f.exists())]
    hashes = [weights_files.sha256_of(part) for part in parts]
    # What is answered depends on the size too, and its encodings must not be taken for others.
    told = hashes if side == STILL_SIDE else [*hashes, str(side)]
    digest = hashlib.sha256("".join(told).encode())
    info = _info(name, "mini", can, digest.hexdigest(), chosen)
    return MiniBackend(
        Sam2Backend(encoder, heads, None, info, side),
        heads,
        info,
        memory=None if memory is None else memory.to(chosen.torch_device),
        finder=None if taught is None else SimilarFinder(heads, taught.to(chosen.torch_device)),
    )


def _sam3(loaded: loading.LoadedWeights, digest: str, chosen: Device) -> Backend[Any]:
    detector = build_detector(loaded.detector_config, device="meta")
    _fill(detector, loaded.states[loading.DETECTOR], loaded)
    can = {Capability.PHRASE, Capability.EXEMPLAR}
    heads, tracker = _sam3_clicks(loaded, chosen)
    if heads is not None:
        can |= _CLICKS
    if tracker is not None:
        can |= {Capability.TRACK, Capability.TRACK_CONCEPT}
    info = _info("SAM 3", SAM3.name, frozenset(can), digest, chosen)
    tokenizer = Tokenizer(paths.resource(MERGES))
    return Sam3Backend(detector, heads, tracker, tokenizer, info)


def _sam3_clicks(
    loaded: loading.LoadedWeights, chosen: Device
) -> tuple[SamHeads | None, Tracker | None]:
    """Click heads and tracker, as far as the file holds them."""
    if loading.TRACKER in loaded.states:
        with torch.device("meta"):
            net = build_tracker_net(SAM3_TRACKER)
        _fill(net, loaded.states[loading.TRACKER], loaded)
        return net.heads, tracker_on(net, chosen.torch_device)
    if loading.HEADS in loaded.states:
        with torch.device("meta"):
            heads = SamHeads(SAM3_TRACKER.heads)
        _fill(heads, loaded.states[loading.HEADS], loaded)
        return heads, None
    return None, None


def _sam2(loaded: loading.LoadedWeights, digest: str, chosen: Device) -> Backend[Any]:
    config, family = loaded.sam2_config, loaded.family
    if loading.SAM2_MODEL in loaded.states:
        with torch.device("meta"):
            whole = build_sam2(config)
        _fill(whole, loaded.states[loading.SAM2_MODEL], loaded)
        info = _info(family.title, family.name, _CLICKS | {Capability.TRACK}, digest, chosen)
        tracker = tracker_on(whole.tracker, chosen.torch_device)
        return Sam2Backend(whole.encoder, whole.tracker.heads, tracker, info)
    heads = replace(config.tracker.heads, has_object_score=loaded.has_object_score)
    with torch.device("meta"):
        stills = build_sam2_image(config.backbone, heads)
    _fill(stills, loaded.states[loading.SAM2_IMAGE_MODEL], loaded)
    info = _info(family.title, family.name, _CLICKS, digest, chosen)
    return Sam2Backend(stills.encoder, stills.heads, None, info)


def _fill(
    module: torch.nn.Module,
    state: dict[str, torch.Tensor],
    loaded: loading.LoadedWeights,
) -> None:
    """Give a module made on the meta device its tensors, without copying them."""
    try:
        module.load_state_dict(state, strict=True, assign=True)
    except RuntimeError as error:
        raise WeightsTrouble(
            "{path} does not fit {title}.", path=loaded.inspection.path, title=loaded.family.title
        ) from error
    module.eval().requires_grad_(requires_grad=False)


def _info(
    name: str, family: str, can: frozenset[Capability], digest: str, chosen: Device
) -> ModelInfo:
    device = str(chosen.torch_device)
    return ModelInfo(name, family, can, digest, device, _NAMES[chosen.dtype])


def _silent(_: str) -> None:
    """Stands where nobody wants to hear of progress."""
