from __future__ import annotations

import math

import pytest

from sam3_annotator.model.families import FAMILIES, SAM2, SAM3, abilities, parts_of
from sam3_annotator.model.keys_transformers import Step, recipe, source_shape, unify
from tests.support.weights_files import golden_rows, golden_shapes


def _merged(parts):
    merged = {}
    for part in parts.values():
        assert not merged.keys() & part.keys()
        merged |= part
    return merged


def test_sam3_tables_are_the_published_list():
    everything = golden_shapes("official_sam3")
    assert len(everything) == 1465
    assert _merged(parts_of(SAM3)) == golden_shapes("official_sam3", computed=False)
    detector = [s for n, s in _merged(parts_of(SAM3)).items() if n.startswith("detector.")]
    assert sum(map(math.prod, detector)) == 848_311_862


def test_sam2_tiny_image_part_is_the_published_list():
    parts = parts_of(SAM2["2", "tiny"])
    known = {
        official: tuple(map(int, shape.split(",")))
        for official, _, shape in golden_rows("map_sam2_tiny")
    }
    assert parts["image"] | parts["object_score"] == known
    assert sum(map(math.prod, parts["image"].values())) == 31_309_136


@pytest.mark.parametrize(
    ("size", "millions"), [("tiny", 38.9), ("small", 46.0), ("base+", 80.8), ("large", 224.4)]
)
def test_sam2_1_sizes_have_the_published_number_of_parameters(size, millions):
    total = sum(math.prod(shape) for shape in _merged(parts_of(SAM2["2.1", size])).values())
    assert total / 1e6 == pytest.approx(millions, abs=0.1)


def test_every_transformers_tensor_of_sam3_is_consumed_and_fits():
    there = golden_shapes("transformers_sam3_video")
    used = set()
    for official, shape in golden_shapes("official_sam3", computed=False).items():
        made = recipe(official)
        for name in (*made.sources, *made.shared):
            assert source_shape(made, shape) == there[name], (official, name)
            used.add(name)
    assert len(there) == 1797
    assert used == set(there)


def test_detector_recipes_are_the_proven_map():
    expected: dict[str, list[str]] = {}
    for official, name, _ in golden_rows("map_detector"):
        expected.setdefault(official, []).extend([] if name == "-" else [name])
    for official, names in expected.items():
        if not official.endswith("freqs_cis"):
            assert list(recipe(official).sources) == names


def test_tracker_recipes_are_the_proven_map():
    for official, name in golden_rows("map_tracker"):
        made = recipe(official)
        assert made.sources[0] == name.split("[")[0].split(" ")[0]
        if "[row " in name:
            assert made.row == int(name[-2])


def test_sam2_tiny_recipes_are_the_proven_map():
    for official, name, _ in golden_rows("map_sam2_tiny"):
        made = recipe(official)
        assert made.sources == (name.split(" ")[0].removesuffix("[" + str(made.row) + "]"),)


def test_only_unused_tensors_are_absent_from_transformers_files():
    absent = {n for n in _merged(parts_of(SAM3)) if recipe(n).step is Step.ABSENT}
    assert len(absent) == 6
    assert all("geometry_encoder.points_" in name for name in absent)


def test_parts_saved_alone_get_the_names_of_the_whole():
    whole = golden_shapes("transformers_sam3_video")
    detector = [n.removeprefix("detector_model.") for n in whole if n.startswith("detector_model.")]
    assert set(unify(detector).values()) == {n for n in whole if n.startswith("detector_model.")}
    tracker = [
        "vision_encoder.backbone.layer_norm.weight",
        "vision_encoder.neck.fpn_layers.0.proj1.bias",
    ]
    assert set(unify([*tracker, "no_memory_embedding"]).values()) <= set(whole)


def test_abilities_follow_from_parts():
    assert abilities(["trunk", "detector"]).words() == "phrases, exemplars"
    assert abilities(["trunk", "clicks", "memory"]).words() == "clicks, clips"
    assert abilities(["image"]).words() == "clicks"
    assert not abilities(["image", "memory"]).clips, "without an object score nothing can be lost"
    assert abilities([]).words() == "nothing"


def test_families_have_unique_stable_names():
    assert set(FAMILIES) >= {"sam3", "sam3.1", "sam2_tiny", "sam2.1_large"}
    assert FAMILIES["sam2.1_base+"].size == "base+"
    assert FAMILIES["sam2.1_base+"].version == "2.1"
