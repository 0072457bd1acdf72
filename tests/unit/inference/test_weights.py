from __future__ import annotations

import os

import pytest
import torch

from sam3_annotator import paths
from sam3_annotator.errors import FileTrouble, WeightsTrouble
from sam3_annotator.inference import conversion, weights
from sam3_annotator.inference.conversion import convert
from sam3_annotator.inference.weights import Origin, best_weights, known_weights, locate, sha256_of
from sam3_annotator.model.checkpoint import TensorFile, inspect, open_checkpoint
from sam3_annotator.model.families import SAM2, parts_of
from sam3_annotator.model.file_kinds import find
from sam3_annotator.model.quantized import write_quantized
from tests.support.weights_files import golden_shapes, write_safetensors, write_torch

TINY = dict(parts_of(SAM2["2", "tiny"])["image"])


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """An empty user folder and an empty package; a test fills what it needs."""
    user, bundled = tmp_path / "user", tmp_path / "package"
    user.mkdir()
    (bundled / "weights").mkdir(parents=True)
    monkeypatch.setattr(paths, "weights_dir", lambda: user)
    monkeypatch.setattr(paths, "resource", lambda relative: bundled / relative)
    monkeypatch.delenv(weights.SITE_VARIABLE, raising=False)
    return tmp_path


@pytest.fixture
def mini(places):
    tensors = {name: torch.zeros(shape) for name, shape in TINY.items()}
    path = places / "package" / weights.BUNDLED_FILE
    write_quantized(path, tensors, {}, {"family": "sam2_tiny"})
    return path


def test_nothing_at_all_is_told():
    assert known_weights() == []
    with pytest.raises(WeightsTrouble, match="no weights on this machine"):
        best_weights()


def test_bundled_model_is_called_mini(mini):
    known, fast = known_weights()
    assert (known.name, known.origin, known.trouble) == ("mini", Origin.BUNDLED, "")
    assert (fast.name, fast.origin, fast.path) == ("mini-fast", Origin.BUNDLED, mini)
    assert locate("mini") == locate("mini-fast") == locate(None) == mini


def test_the_bundled_model_can_what_the_files_beside_it_can(places, mini):
    assert known_weights()[0].abilities.words() == "clicks, clips"
    (mini.parent / "mini_finder.safetensors").write_bytes(b"here")
    assert known_weights()[0].abilities.words() == "exemplars, clicks, clips"
    (places / "user" / "a.pt").write_bytes(b"?")
    assert known_weights()[0].abilities.words() == "nothing"


def test_sam3_of_the_user_is_taken_first(places, mini):
    write_torch(places / "user" / "a.pt", TINY)
    assert best_weights().name == "sam2_tiny"
    sam3 = write_torch(places / "user" / "z.pt", golden_shapes("official_sam3"))
    assert best_weights().path == sam3
    assert locate("sam3") == sam3


def test_site_places_are_files_and_folders(places, monkeypatch):
    folder = places / "site"
    folder.mkdir()
    shards = folder / "sam3"
    shards.mkdir()
    write_safetensors(shards / "model.safetensors", golden_shapes("transformers_sam3_video"))
    single = write_torch(places / "tiny.pt", TINY)
    monkeypatch.setenv(weights.SITE_VARIABLE, os.pathsep.join(map(str, (folder, single))))
    assert [(w.path, w.name, w.origin) for w in known_weights()] == [
        (shards, "sam3", Origin.SITE),
        (single, "sam2_tiny", Origin.SITE),
    ]


def test_unusable_files_are_listed_with_the_reason(places):
    (places / "user" / "page.pt").write_text("<!DOCTYPE html>")
    write_safetensors(
        places / "user" / "x.safetensors", golden_shapes("official_sam31", computed=False)
    )
    page, multiplex = known_weights()
    assert "web page" in page.trouble
    assert multiplex.name == "sam3.1"
    assert "cannot run yet" in multiplex.trouble
    with pytest.raises(WeightsTrouble):
        best_weights()


def test_site_place_that_does_not_exist_is_listed_with_the_reason(places, monkeypatch):
    monkeypatch.setenv(weights.SITE_VARIABLE, str(places / "gone.pt"))
    (known,) = known_weights()
    assert "There is no file" in known.trouble


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("dir/sam3.pt", "There is no file"),
        ("sam3.pt", "There is no file"),
        ("sam3", "download sam3"),
    ],
)
def test_unknown_names_and_paths_are_told_apart(wanted, words):
    with pytest.raises(WeightsTrouble) as caught:
        locate(wanted)
    assert words in str(caught.value)


def test_hash_is_worked_out_once(places, monkeypatch):
    path = write_torch(places / "a.pt", TINY)
    first = sha256_of(path)
    monkeypatch.setattr(weights.hashlib, "sha256", lambda *_: pytest.fail("hashed again"))
    assert sha256_of(path) == first


def test_hash_is_worked_out_again_after_a_change(places):
    path = write_torch(places / "a.pt", TINY)
    first = sha256_of(path)
    path.write_bytes(path.read_bytes() + b"x")
    assert sha256_of(path) != first


def test_damaged_hash_store_costs_only_time(places):
    path = write_torch(places / "a.pt", TINY)
    first = sha256_of(path)
    (places / "user" / "hashes.json").write_text("[1, 2")
    assert sha256_of(path) == first


def test_an_interrupted_conversion_leaves_nothing(places):
    def interrupt(*_):
        raise KeyboardInterrupt

    source, target = write_torch(places / "a.pt", TINY), places / "b.safetensors"
    with pytest.raises(KeyboardInterrupt):
        convert(source, target=target, on_progress=interrupt)
    assert not list(places.glob("b.safetensors*"))


def test_conversion_keeps_every_number_and_notes_its_source(places):
    tensors = {name: torch.randn(shape) for name, shape in TINY.items()}
    source = places / "tiny.pt"
    torch.save({"model": tensors}, source)
    steps = []
    target = convert(source, on_progress=lambda *s: steps.append(s))
    assert target.parent == paths.weights_dir()
    converted = open_checkpoint(target)
    assert converted.inspection.metadata["source_sha256"] == sha256_of(source)
    assert converted.inspection.metadata["source"] == "tiny.pt"
    read = converted.tensors("image")
    assert all(torch.equal(read[name], tensors[name]) for name in tensors)
    assert steps[-1][0] == steps[-1][1]


def test_conversion_is_done_once(places):
    source = write_torch(places / "tiny.pt", TINY)
    first = convert(source)
    stamp = first.stat().st_mtime_ns
    assert convert(source) == first
    assert first.stat().st_mtime_ns == stamp
    assert convert(source, dtype="bf16") != first


def test_conversion_can_halve_the_size(places):
    source = write_torch(places / "tiny.pt", TINY)
    target = convert(source, dtype="bf16", target=places / "half.safetensors")
    assert inspect(target).dtypes["F32"] == 1  # the table of waves that clicks are placed with
    assert set(inspect(target).dtypes) == {"BF16", "F32"}
    assert target.stat().st_size < 0.51 * convert(source).stat().st_size


def test_computed_tables_are_left_out(places):
    source = write_torch(places / "sam3.pt", golden_shapes("official_sam3"))
    planned = conversion.plan(TensorFile(find(source)).headers, "bf16")
    assert set(planned) == set(golden_shapes("official_sam3", computed=False))
    exact = [name for name, dtype in planned.items() if dtype != "BF16"]
    assert exact == ["tracker.sam_prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"]


def test_misfits_are_not_converted(places):
    shapes = dict(TINY)
    del shapes["no_mem_embed"]
    with pytest.raises(WeightsTrouble, match="1 missing"):
        convert(write_torch(places / "x.pt", shapes))


def test_our_own_format_is_not_converted(mini):
    with pytest.raises(WeightsTrouble, match="own small format"):
        convert(mini)


def test_failing_disk_leaves_nothing_behind(places, monkeypatch):
    source = write_torch(places / "tiny.pt", TINY)

    def full(_tensor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(conversion, "_bytes_of", full)
    with pytest.raises(FileTrouble, match="the disk is full"):
        convert(source, target=places / "out.safetensors")
    assert not list(places.glob("out*"))
