"""The detector, ours and transformers', as steps to time; random weights, the work is the same."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from sam3_annotator.model.build import build_detector
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.prompt_encoder import GeometryPrompts
from tests.support.detector_reference import reference_config, to_reference
from tests.support.reference import transformers

no_init_weights = importlib.import_module("transformers.initialization").no_init_weights

if TYPE_CHECKING:
    from collections.abc import Callable

IDS = torch.tensor([[49406, 320, 4481, 1228, 2840, 49407] + [0] * 26])
BOXES = torch.tensor([[[0.4, 0.5, 0.3, 0.2], [0.62, 0.6, 0.5, 0.7]]])
LABELS = torch.tensor([[1, 0]])


def size_of(model: str) -> DetectorConfig:
    """The published size, or a quarter of the trunk's depth with everything else as published."""
    full = DetectorConfig()
    if model == "SAM 3 detector":
        return full
    return replace(full, vit=replace(full.vit, depth=8, global_blocks=(3, 7)))


def our_detector(model: str, dtype: torch.dtype, device: str):
    detector = build_detector(size_of(model), device="meta", dtype=dtype)
    detector.to_empty(device=device)
    for parameter in detector.parameters():
        torch.nn.init.uniform_(parameter, -0.03, 0.03)
    return detector


def our_steps(model: str, dtype: torch.dtype, device: str) -> dict[str, Callable[[], object]]:
    ours = our_detector(model, dtype, device)
    pixels = torch.zeros(1, 3, 1008, 1008, device=device, dtype=dtype).uniform_(-1, 1)
    ids, boxes, labels = IDS.to(device), BOXES.to(device), LABELS.to(device)
    features = ours.encode_image(pixels, with_tracker=False)
    text = ours.encode_text(ids)
    exemplars = GeometryPrompts.of_boxes(boxes, labels)
    return {
        "encode a picture": lambda: ours.encode_image(pixels, with_tracker=False),
        "encode a phrase": lambda: ours.encode_text(ids),
        "answer a phrase": lambda: ours.detect(features, text),
        "answer a phrase and two boxes": lambda: ours.detect(features, text, exemplars),
    }


def reference_steps(model: str, dtype: torch.dtype, device: str) -> dict[str, Callable[[], object]]:
    torch.set_default_dtype(dtype)
    with no_init_weights():  # they are replaced below
        reference = transformers.Sam3Model(reference_config(size_of(model))).to(device).eval()
    torch.set_default_dtype(torch.float32)
    reference.load_state_dict(
        to_reference(our_detector(model, dtype, device).state_dict()), strict=False, assign=True
    )
    pixels = torch.zeros(1, 3, 1008, 1008, device=device, dtype=dtype).uniform_(-1, 1)
    ids, labels = IDS.to(device), LABELS.to(device)
    boxes, mask = BOXES.to(device, dtype), (IDS != 0).long().to(device)
    vision = reference.get_vision_features(pixels)
    text = reference.get_text_features(input_ids=ids, attention_mask=mask)
    prompt = {"vision_embeds": vision, "text_embeds": text, "attention_mask": mask}
    return {
        "encode a picture": lambda: reference.get_vision_features(pixels),
        "encode a phrase": lambda: reference.get_text_features(input_ids=ids, attention_mask=mask),
        "answer a phrase": lambda: reference(**prompt),
        "answer a phrase and two boxes": lambda: reference(
            **prompt, input_boxes=boxes, input_boxes_labels=labels
        ),
    }
