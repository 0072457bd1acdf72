from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import save_file

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.checkpoint import inspect, open_checkpoint
from sam3_annotator.model.families import SAM2, SAM3, SAM31, parts_of
from sam3_annotator.model.inspection import expected_names
from sam3_annotator.model.quantized import write_quantized
from sam3_annotator.model.recognise import Layout
from tests.support.weights_files import (
    golden_dtypes,
    golden_shapes,
    hollow,
    write_safetensors,
    write_torch,
)


@pytest.fixture(scope="module")
def sam3_torch(tmp_path_factory):
    shapes = golden_shapes("official_sam3")
    return write_torch(tmp_path_factory.mktemp("sam3") / "anything.bin", shapes, "model")


def _sam2(size="tiny", version="2.1", layout=Layout.OFFICIAL):
    merged = {}
    for part in expected_names(SAM2[version, size], layout).values():
        merged |= part
    return merged


def test_official_sam3_torch_file_fits_at_full_size(sam3_torch):
    seen = inspect(sam3_torch)
    assert (seen.family, seen.layout, seen.fits) == (SAM3, Layout.OFFICIAL, True)
    assert seen.tensors == 1465
    assert seen.values == 860_055_224 + 256, "parameters and the Fourier matrix of clicks"
    assert seen.parts == ("trunk", "detector", "clicks", "memory")
    assert seen.abilities.words() == "phrases, exemplars, clicks, clips"
    assert sum(name.endswith("freqs_cis") for name in seen.inert) == 32
    others = [name for name in seen.inert if not name.endswith("freqs_cis")]
    assert len(others) == 14, "text projection, third mask stage, two fourth levels, no_mem_pos_enc"


def test_flat_and_wrapped_are_the_same(tmp_path):
    flat = inspect(write_torch(tmp_path / "flat.pt", _sam2()))
    wrapped = inspect(write_torch(tmp_path / "wrapped.pt", _sam2(), "model"))
    assert flat.fits
    assert wrapped.fits
    assert (flat.tensors, flat.family) == (wrapped.tensors, wrapped.family)


def test_safetensors_copy_of_the_official_file_fits(tmp_path):
    shapes = golden_shapes("official_sam3")
    path = write_safetensors(tmp_path / "x", shapes, golden_dtypes("official_sam3"))
    assert inspect(path).fits
    assert inspect(path).container == "safetensors"


def test_transformers_folder_gives_official_tensors(tmp_path):
    write_safetensors(tmp_path / "model.safetensors", golden_shapes("transformers_sam3_video"))
    checkpoint = open_checkpoint(tmp_path)
    assert checkpoint.inspection.layout is Layout.TRANSFORMERS
    assert checkpoint.inspection.tensors == 1797
    clicks = checkpoint.tensors("clicks")
    assert {name: tuple(t.shape) for name, t in clicks.items()} == parts_of(SAM3)["clicks"]


def test_transformers_tensors_are_put_together_in_order(tmp_path):
    shapes = _sam2(layout=Layout.TRANSFORMERS)
    tensors = {n: t.contiguous() for n, t in hollow(shapes).items()}
    points = torch.arange(4.0)[:, None].expand(4, 256).contiguous()
    tensors["prompt_encoder.point_embed.weight"] = points
    save_file(tensors, tmp_path / "model.safetensors")
    image = open_checkpoint(tmp_path).tensors("image")
    for row in range(4):
        found = image[f"sam_prompt_encoder.point_embeddings.{row}.weight"]
        assert torch.equal(found, points[row : row + 1])


def test_queries_keys_and_values_are_fused_in_that_order(tmp_path):
    shapes = golden_shapes("transformers_sam3_video")
    layer = "detector_model.vision_encoder.backbone.layers.3.attention"
    path = write_safetensors(tmp_path / "model.safetensors", shapes)
    with path.open("r+b") as stream:
        length = int.from_bytes(stream.read(8), "little")
        entries = json.loads(stream.read(length))
        for number, name in enumerate("qkv"):
            start, end = entries[f"{layer}.{name}_proj.bias"]["data_offsets"]
            stream.seek(8 + length + start)
            stream.write(torch.full(((end - start) // 4,), float(number)).numpy().tobytes())
    bias = "detector.backbone.vision_backbone.trunk.blocks.3.attn.qkv.bias"
    made = open_checkpoint(path).tensor(bias)
    assert made.reshape(3, 1024).mean(1).tolist() == [0.0, 1.0, 2.0]


def test_unused_class_position_and_transposed_projection_are_restored(tmp_path):
    whole = golden_shapes("transformers_sam3_video")
    checkpoint = open_checkpoint(write_safetensors(tmp_path / "model.safetensors", whole))
    table = "detector.backbone.vision_backbone.trunk.pos_embed"
    assert checkpoint.tensor(table).shape == (1, 577, 1024)
    projection = "detector.backbone.language_backbone.encoder.text_projection"
    assert checkpoint.tensor(projection).shape == (1024, 512)


def test_sharded_folder_is_one_checkpoint(tmp_path):
    names = list(golden_shapes("transformers_sam3_video").items())
    halves = {
        "model-1-of-2.safetensors": dict(names[:900]),
        "model-2-of-2.safetensors": dict(names[900:]),
    }
    for name, shapes in halves.items():
        write_safetensors(tmp_path / name, shapes)
    weight_map = {key: file for file, shapes in halves.items() for key in shapes}
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": weight_map}))
    assert inspect(tmp_path).fits
    assert inspect(index).tensors == 1797
    with pytest.raises(WeightsTrouble, match=r"missing \(first"):
        open_checkpoint(tmp_path / "model-1-of-2.safetensors")
    (tmp_path / "model-2-of-2.safetensors").unlink()
    with pytest.raises(WeightsTrouble, match=r"lacks 1 of 2 shards: model-2-of-2"):
        inspect(tmp_path)


def _sam3_model():
    whole = golden_shapes("transformers_sam3_video").items()
    prefix = "detector_model."
    return {name.removeprefix(prefix): s for name, s in whole if name.startswith(prefix)}


def _sam3_tracker_video_model():
    trunk = {n: s for n, s in _sam3_model().items() if n.startswith("vision_encoder.backbone.")}
    whole = golden_shapes("transformers_sam3_video").items()
    return trunk | {
        n.replace("tracker_neck.", "vision_encoder.neck.").removeprefix("tracker_model."): s
        for n, s in whole
        if n.startswith("tracker_")
    }


def _sam3_tracker_model():
    memory = expected_names(SAM3, Layout.TRANSFORMERS)["memory"]
    gone = {name.removeprefix("tracker_model.") for name in memory}
    return {n: s for n, s in _sam3_tracker_video_model().items() if n not in gone}


@pytest.mark.parametrize(
    ("shapes", "count", "words"),
    [
        (_sam3_model(), 1468, "phrases, exemplars"),
        (_sam3_tracker_video_model(), 845, "clicks, clips"),
        (_sam3_tracker_model(), 685, "clicks"),
    ],
)
def test_parts_of_sam3_saved_alone_are_known(tmp_path, shapes, count, words):
    seen = inspect(write_safetensors(tmp_path / "model.safetensors", shapes))
    assert (seen.family, seen.fits, seen.tensors) == (SAM3, True, count)
    assert seen.abilities.words() == words


@pytest.mark.parametrize("version", ["2", "2.1"])
@pytest.mark.parametrize("size", ["tiny", "small", "base+", "large"])
@pytest.mark.parametrize("layout", list(Layout))
def test_sam2_family_is_told_by_shape(tmp_path, size, version, layout):
    seen = inspect(write_safetensors(tmp_path / "w", _sam2(size, version, layout)))
    assert seen.family is SAM2[version, size]
    assert seen.fits
    assert seen.abilities.words() == "clicks, clips"


def test_sam31_is_recognised_and_refused(tmp_path):
    shapes = golden_shapes("official_sam31", computed=False)
    path = write_safetensors(tmp_path / "sam3.safetensors", shapes)
    assert inspect(path).family is SAM31
    with pytest.raises(WeightsTrouble, match=r"SAM 3\.1.*cannot run yet"):
        open_checkpoint(path)


def test_missing_unexpected_and_misshapen_are_all_named(tmp_path):
    shapes = _sam2()
    del shapes["obj_ptr_proj.layers.1.bias"]
    shapes["stray.weight"] = (3,)
    shapes["no_obj_ptr"] = (1, 128)
    path = write_torch(tmp_path / "odd.pt", shapes)
    with pytest.raises(WeightsTrouble) as caught:
        open_checkpoint(path)
    text = str(caught.value)
    assert "odd.pt was recognised as SAM 2.1 hiera-tiny" in text
    assert "1 missing (first: obj_ptr_proj.layers.1.bias)" in text
    assert "1 unexpected (first: stray.weight)" in text
    assert "no_obj_ptr is (1, 128), expected (1, 256)" in text


@pytest.mark.parametrize(
    "gone",
    [
        "image_encoder.trunk.blocks.0.attn.proj.weight",
        "image_encoder.trunk.blocks.11.mlp.layers.1.bias",
        "no_mem_embed",
    ],
)
def test_one_missing_tensor_does_not_hide_the_family(tmp_path, gone):
    shapes = _sam2()
    del shapes[gone]
    seen = inspect(write_torch(tmp_path / "m.pt", shapes))
    assert seen.family is SAM2["2.1", "tiny"]
    assert seen.missing == (gone,)


def test_missing_half_of_a_fused_matrix_is_named_as_in_the_file(tmp_path):
    shapes = golden_shapes("transformers_sam3_video")
    name = "detector_model.detr_encoder.layers.2.cross_attn.k_proj.weight"
    del shapes[name]
    seen = inspect(write_safetensors(tmp_path / "model.safetensors", shapes))
    assert seen.missing == (name,)


def test_image_only_sam2_has_no_memory_and_says_so(tmp_path):
    path = write_safetensors(tmp_path / "w", dict(parts_of(SAM2["2", "tiny"])["image"]), "BF16")
    checkpoint = open_checkpoint(path)
    assert checkpoint.inspection.abilities.words() == "clicks"
    with pytest.raises(WeightsTrouble, match="does not hold the part “memory”"):
        checkpoint.tensors("memory")


def test_safetensors_are_read_only_when_asked_for(tmp_path):
    """A file of 3.4 GB opens and gives one part without reading the rest."""
    shapes = golden_shapes("official_sam3", computed=False)
    path = write_safetensors(tmp_path / "w", shapes)
    assert path.stat().st_size > 3_400_000_000
    memory = open_checkpoint(path).tensors("memory")
    assert memory["tracker.no_obj_ptr"].shape == (1, 256)


def test_our_quantised_file_is_read_back_whole(tmp_path):
    shapes = dict(parts_of(SAM2["2", "tiny"])["image"])
    tensors = {name: torch.full(shape, 0.5) for name, shape in shapes.items()}
    widths = {name: 8 for name in list(shapes)[:40] if len(shapes[name]) > 1}
    path = tmp_path / "mini.safetensors"
    write_quantized(path, tensors, widths, {"family": "sam2_tiny"})
    checkpoint = open_checkpoint(path)
    assert checkpoint.inspection.family is SAM2["2", "tiny"]
    assert checkpoint.inspection.dtypes["coded"] == len(widths)
    image = checkpoint.tensors("image")
    assert {name: tuple(tensor.shape) for name, tensor in image.items()} == shapes
    assert image[next(iter(widths))].mean() == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(
    "gone",
    [
        "prompt_encoder.shared_embedding.positional_embedding",
        "shared_image_embedding.positional_embedding",
    ],
)
def test_tied_tensor_may_be_stored_once(tmp_path, gone):
    shapes = _sam2(layout=Layout.TRANSFORMERS)
    del shapes[gone]
    checkpoint = open_checkpoint(write_safetensors(tmp_path / "w", shapes))
    matrix = "sam_prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"
    assert checkpoint.tensor(matrix).shape == (2, 128)


def test_tied_tensor_must_be_stored_once(tmp_path):
    shapes = _sam2(layout=Layout.TRANSFORMERS)
    both = [name for name in shapes if name.endswith("positional_embedding")]
    for name in both:
        del shapes[name]
    assert set(inspect(write_safetensors(tmp_path / "w", shapes)).missing) == set(both)


@pytest.mark.parametrize("doubled", ["tracker_model.", "detector_model.", "tracker_neck."])
def test_prefixes_that_transformers_writes_twice_are_read(tmp_path, doubled):
    shapes = {
        f"tracker_model.{name}" if name.startswith(doubled) else name: shape
        for name, shape in golden_shapes("transformers_sam3_video").items()
    }
    seen = inspect(write_safetensors(tmp_path / "w", shapes))
    assert seen.fits
    assert seen.abilities.words() == "phrases, exemplars, clicks, clips"


def test_stored_position_counters_are_no_news(tmp_path):
    shapes = golden_shapes("transformers_sam3_video")
    counter = "detector_model.text_encoder.text_model.embeddings.position_ids"
    dtypes = dict.fromkeys(shapes, "F32") | {counter: "I64"}
    seen = inspect(write_safetensors(tmp_path / "w", shapes | {counter: (1, 32)}, dtypes))
    assert seen.fits
    assert counter in seen.inert
