"""Every published tensor lands on exactly one of our parameters, at full size, with its shape."""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.build import build_detector
from sam3_annotator.model.build_tracker import build_sam2, build_sam2_image, build_tracker_net
from sam3_annotator.model.checkpoint import open_checkpoint
from sam3_annotator.model.families import SAM2, SAM3
from sam3_annotator.model.inspection import expected_names
from sam3_annotator.model.loading import load, our_states
from sam3_annotator.model.recognise import Layout
from sam3_annotator.model.sam_heads import SamHeads
from sam3_annotator.model.tracker_config import (
    BUNDLED_HEADS,
    SAM3_TRACKER,
    HeadsConfig,
)
from tests.support.weights_files import golden_shapes, write_safetensors, write_torch


def _shapes(state):
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def _meta(module, *arguments):
    with torch.device("meta"):
        return _shapes(module(*arguments).state_dict())


@pytest.fixture(scope="module")
def official(tmp_path_factory):
    path = tmp_path_factory.mktemp("official") / "sam3.pt"
    return load(write_torch(path, golden_shapes("official_sam3")), dtype=None, device="meta")


@pytest.fixture(scope="module")
def transformers(tmp_path_factory):
    path = tmp_path_factory.mktemp("transformers") / "model.safetensors"
    shapes = golden_shapes("transformers_sam3_video")
    return load(write_safetensors(path, shapes, "BF16"), dtype=None, device="meta")


def test_official_file_fills_the_detector(official):
    ours = build_detector(official.detector_config, device="meta").state_dict()
    assert _shapes(official.states["detector"]) == _shapes(ours)


def test_transformers_file_fills_the_detector(transformers):
    ours = build_detector(transformers.detector_config, device="meta").state_dict()
    assert _shapes(transformers.states["detector"]) == _shapes(ours)


def test_no_two_official_tensors_land_on_the_same_parameter(official):
    ours = sum(len(state) for state in official.states.values())
    assert ours + len(official.inspection.inert) == 1465


def test_official_and_transformers_files_fill_the_tracker(official, transformers):
    expected = _meta(build_tracker_net, SAM3_TRACKER)
    assert _shapes(official.states["tracker"]) == expected
    assert _shapes(transformers.states["tracker"]) == expected


def test_detector_alone_has_no_click_neck(tmp_path):
    whole = golden_shapes("transformers_sam3_video")
    alone = {n: s for n, s in whole.items() if n.startswith("detector_model.")}
    loaded = load(write_safetensors(tmp_path / "w", alone), dtype=None, device="meta")
    assert set(loaded.states) == {"detector"}
    ours = build_detector(loaded.detector_config, device="meta").state_dict()
    assert _shapes(loaded.states["detector"]) == _shapes(ours)


def test_tracker_half_alone_is_told_apart(tmp_path):
    whole = golden_shapes("transformers_sam3_video")
    trunk = "detector_model.vision_encoder.backbone."
    half = {n: s for n, s in whole.items() if n.startswith((trunk, "tracker_"))}
    checkpoint = open_checkpoint(write_safetensors(tmp_path / "w", half))
    with pytest.raises(WeightsTrouble, match="only the tracker half of SAM 3"):
        our_states(checkpoint)


def test_click_heads_without_memory_are_filled(tmp_path):
    shapes = golden_shapes("official_sam3")
    for name in expected_names(SAM3, Layout.OFFICIAL)["memory"]:
        del shapes[name]
    loaded = load(write_torch(tmp_path / "w.pt", shapes), dtype=None, device="meta")
    assert _shapes(loaded.states["heads"]) == _meta(SamHeads, SAM3_TRACKER.heads)


@pytest.mark.parametrize("size", ["tiny", "large"])
@pytest.mark.parametrize("layout", list(Layout))
def test_sam2_stills_are_filled(tmp_path, size, layout):
    parts = expected_names(SAM2["2", size], layout)
    for present, heads in (
        (("image",), BUNDLED_HEADS),
        (("image", "object_score"), HeadsConfig()),
    ):
        shapes = {n: s for part in present for n, s in parts[part].items()}
        loaded = load(write_safetensors(tmp_path / "w", shapes), dtype=None, device="meta")
        assert loaded.has_object_score == heads.has_object_score
        expected = _meta(build_sam2_image, loaded.sam2_config.backbone, heads)
        assert _shapes(loaded.states["image_model"]) == expected


@pytest.mark.parametrize("which", SAM2)
@pytest.mark.parametrize("layout", list(Layout))
def test_whole_sam2_files_are_filled(tmp_path, which, layout):
    shapes = {}
    for part in expected_names(SAM2[which], layout).values():
        shapes |= part
    loaded = load(write_safetensors(tmp_path / "w", shapes), dtype=None, device="meta")
    assert _shapes(loaded.states["model"]) == _meta(build_sam2, loaded.sam2_config)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_weights_arrive_in_the_precision_asked_for(tmp_path, dtype):
    shapes = dict(expected_names(SAM2["2", "tiny"], Layout.OFFICIAL)["image"])
    loaded = load(write_torch(tmp_path / "w.pt", shapes), dtype=dtype, device="cpu")
    state = loaded.states["image_model"]
    table = state.pop("heads.clicks.frequencies")
    assert {tensor.dtype for tensor in state.values()} == {dtype}
    assert table.dtype == torch.float32  # rounding it would move clicks
