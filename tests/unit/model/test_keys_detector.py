"""Published names of the detector: all known, each to one of ours, the inert ones by name."""

from __future__ import annotations

import torch

from sam3_annotator.model.build import build_detector
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.keys_detector import (
    POINT_BRANCH,
    PREFIX,
    is_inert,
    our_name,
    to_ours,
)
from sam3_annotator.model.keys_official import sam3_parts

INERT_COUNT = 32 + 2 * 4 + 1 + 4  # rotations, level 3 of two necks, CLIP's projection, third stage


def published_tensors() -> dict[str, torch.Tensor]:
    """Every tensor of the published detector, without its prefix and without memory."""
    shapes = {
        name.removeprefix(PREFIX): shape
        for part in sam3_parts().values()
        for name, shape in part.items()
        if name.startswith(PREFIX)
    }
    for block in range(32):  # stored in the file, though it is a table anyone can work out
        rotations = f"backbone.vision_backbone.trunk.blocks.{block}.attn.freqs_cis"
        shapes[rotations] = (5184 if block % 8 == 7 else 576, 32)
    return {name: torch.empty(shape, device="meta") for name, shape in shapes.items()}


def test_the_published_detector_has_the_published_number_of_tensors_and_parameters():
    tensors = published_tensors()
    assert len(tensors) == 1156
    learned = {name: t for name, t in tensors.items() if not name.endswith("freqs_cis")}
    assert sum(t.numel() for t in learned.values()) == 848_311_862


def test_every_published_tensor_is_ours_or_inert_by_name():
    tensors = published_tensors()
    ours = build_detector(DetectorConfig(), device="meta").state_dict()
    renamed = to_ours(tensors)
    assert set(renamed) == set(ours)
    assert {n: t.shape for n, t in renamed.items()} == {n: t.shape for n, t in ours.items()}
    assert sum(map(is_inert, tensors)) == INERT_COUNT == len(tensors) - len(ours)


def test_nothing_is_copied_and_the_unused_position_row_goes():
    table = torch.randn(1, 577, 1024)
    filters = torch.randn(256, 256, 1, 1)
    got = to_ours(
        {
            "backbone.vision_backbone.trunk.pos_embed": table,
            "segmentation_head.instance_seg_head.weight": filters,
        }
    )
    position = got["image_encoder.trunk.position"]
    assert torch.equal(position, table[:, 1:])
    assert position.untyped_storage().data_ptr() == table.untyped_storage().data_ptr()
    assert got["mask_head.instance.weight"].data_ptr() == filters.data_ptr()


def test_unknown_names_are_passed_on_for_strict_loading_to_refuse():
    assert our_name("something.new") == "something.new"
    assert not is_inert("backbone.vision_backbone.convs.33.conv_1x1.weight")
    assert not is_inert("segmentation_head.pixel_decoder.norms.1.weight")


def test_the_point_branch_is_named():
    ours = build_detector(DetectorConfig(), device="meta").state_dict()
    assert set(POINT_BRANCH) <= set(ours)
    without = build_detector(DetectorConfig(point_prompts=False), device="meta").state_dict()
    assert set(ours) - set(without) == set(POINT_BRANCH)
