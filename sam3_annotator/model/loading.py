"""From a strictly read checkpoint to state dicts of our modules, and the sizes that fit them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model import keys_detector
from sam3_annotator.model.checkpoint import Checkpoint, open_checkpoint
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.families import SAM3
from sam3_annotator.model.keys_sam2 import SAM2_IMAGE_RULES, SAM2_RULES
from sam3_annotator.model.keys_tracker import (
    INERT_TRACKER_NAMES,
    TRACKER_RULES,
    Rules,
    head_rules,
    renamed,
)
from sam3_annotator.model.recognise import Layout
from sam3_annotator.model.tracker_config import (
    SAM2_BASE_PLUS,
    SAM2_LARGE,
    SAM2_SMALL,
    SAM2_TINY,
    SAM21_BASE_PLUS,
    SAM21_LARGE,
    SAM21_SMALL,
    SAM21_TINY,
    Sam2Config,
)

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from torch import Tensor

    from sam3_annotator.model.families import Family
    from sam3_annotator.model.inspection import Inspection

State = dict[str, "Tensor"]

DETECTOR = "detector"
TRACKER = "tracker"
HEADS = "heads"
SAM2_MODEL = "model"
SAM2_IMAGE_MODEL = "image_model"

_SAM2_CONFIGS = {
    ("2", "tiny"): SAM2_TINY,
    ("2", "small"): SAM2_SMALL,
    ("2", "base+"): SAM2_BASE_PLUS,
    ("2", "large"): SAM2_LARGE,
    ("2.1", "tiny"): SAM21_TINY,
    ("2.1", "small"): SAM21_SMALL,
    ("2.1", "base+"): SAM21_BASE_PLUS,
    ("2.1", "large"): SAM21_LARGE,
}


@dataclass(frozen=True, slots=True)
class LoadedWeights:
    """Tensors of a checkpoint under our own names, ready for ``load_state_dict(assign=True)``.

    Attributes:
        inspection: what the file is.
        states: state dicts by module. SAM 3: ``detector`` with ``tracker``, or with ``heads`` where
            the file has no memory, or alone where it has no click heads either. SAM 2: ``model``,
            or ``image_model`` where the file has no memory.
    """

    inspection: Inspection
    states: dict[str, State]

    @property
    def family(self) -> Family:
        """The kind of checkpoint."""
        return self.inspection.family

    @property
    def detector_config(self) -> DetectorConfig:
        """Sizes of the SAM 3 detector that takes ``states["detector"]``."""
        return DetectorConfig(
            tracker_neck="clicks" in self.inspection.parts,
            point_prompts=self.inspection.layout is Layout.OFFICIAL,
        )

    @property
    def sam2_config(self) -> Sam2Config:
        """Sizes of the SAM 2 model that takes ``states["model"]`` or ``states["image_model"]``."""
        return _SAM2_CONFIGS[self.family.version, self.family.size]

    @property
    def has_object_score(self) -> bool:
        """Whether the click heads can say that nothing is there."""
        return bool({"clicks", "object_score"} & set(self.inspection.parts))


def load(path: Path, *, dtype: torch.dtype | None, device: torch.device | str) -> LoadedWeights:
    """Read a checkpoint strictly, convert it to ``dtype`` and put it on ``device``.

    Args:
        path: file or folder of any family that can be run.
        dtype: precision of all weights; ``None`` keeps the file's. On the CPU in the file's own
            precision the tensors stay mapped to the file and take no memory of their own.
        device: where the weights go; ``"meta"`` reads nothing and gives shapes.

    Raises:
        WeightsTrouble: the file is not usable; see ``open_checkpoint``.
    """
    checkpoint = open_checkpoint(path, dtype=dtype, device=device)
    return LoadedWeights(checkpoint.inspection, our_states(checkpoint))


def our_states(checkpoint: Checkpoint) -> dict[str, State]:
    """State dicts by module; see ``LoadedWeights.states``.

    Raises:
        WeightsTrouble: SAM 3 weights without the detector, which all of its uses need.
    """
    if checkpoint.inspection.family is SAM3:
        return _sam3_states(checkpoint)
    if checkpoint.inspection.abilities.clips:
        return {SAM2_MODEL: _renamed(_official(checkpoint), SAM2_RULES)}
    stills = _official(checkpoint, without="memory")
    return {SAM2_IMAGE_MODEL: _renamed(stills, SAM2_IMAGE_RULES)}


def _sam3_states(checkpoint: Checkpoint) -> dict[str, State]:
    parts = checkpoint.inspection.parts
    if "detector" not in parts:
        raise WeightsTrouble(
            "{path} holds only the tracker half of SAM 3 ({abilities}).",
            "Give the full weights: sam3.pt, or the folder with the whole model.safetensors.",
            path=checkpoint.inspection.path,
            abilities=checkpoint.inspection.abilities.words(),
        )
    official = _official(checkpoint)
    states = {DETECTOR: keys_detector.to_ours(_below("detector.", official))}
    tracker = _below("tracker.", official)
    if "memory" in parts:
        states[TRACKER] = _renamed(tracker, TRACKER_RULES)
    elif "clicks" in parts:
        states[HEADS] = _renamed(tracker, head_rules("") + TRACKER_RULES)
    return states


def _official(checkpoint: Checkpoint, *, without: str = "") -> State:
    tensors: State = {}
    for part in checkpoint.inspection.parts:
        if part != without:
            tensors |= checkpoint.tensors(part)
    return tensors


def _below(prefix: str, official: State) -> State:
    return {k.removeprefix(prefix): v for k, v in official.items() if k.startswith(prefix)}


def _renamed(official: State, rules: Rules) -> State:
    return {
        renamed(name, rules): tensor
        for name, tensor in official.items()
        if name not in INERT_TRACKER_NAMES
    }
