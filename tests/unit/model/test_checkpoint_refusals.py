"""Everything that people hand over as weights and that is none: each gets its own clear word."""

from __future__ import annotations

import os
import pickle
import zipfile

import pytest
import torch

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.checkpoint import inspect, open_checkpoint
from sam3_annotator.model.families import SAM2, parts_of
from tests.support.weights_files import golden_shapes, write_safetensors, write_torch


def _refusal(path):
    with pytest.raises(WeightsTrouble) as caught:
        open_checkpoint(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty (0 bytes)"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"\n  <html lang='en'>", "web page"),
        (b'{"error": "Access denied"}', "JSON"),
        (b"GGUF\x03\x00\x00\x00" + b"\x00" * 64, "GGUF"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git LFS"),
        (b"\x08\x08\x12\x07pytorch\x1a\x052.5.1:\x80\x01", "ONNX"),
        (b"\x14\x00\x00\x00ORTM" + b"\x00" * 64, "ONNX"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 64, "gzip"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "PNG"),
        (b"\x00" * 4096, "only zeros"),
        (b"hello, these are not weights", "not a weights file"),
    ],
)
def test_other_files_are_named(tmp_path, content, word):
    path = tmp_path / "sam3.pt"
    path.write_bytes(content)
    assert word in _refusal(path)


def test_absent_file(tmp_path):
    assert "There is no file" in _refusal(tmp_path / "sam3.pt")


def test_folder_without_weights(tmp_path):
    (tmp_path / "readme.md").write_text("nothing here")
    assert "holds no weights" in _refusal(tmp_path)


def test_folder_with_several_weights_asks_which(tmp_path):
    for name in ("a.pt", "b.pt"):
        write_torch(tmp_path / name, {"x": (1,)})
    assert "holds 2 weights files (a.pt, b.pt)" in _refusal(tmp_path)


@pytest.mark.parametrize("keep", [0.3, 0.999])
def test_truncated_torch_file(tmp_path, keep):
    path = write_torch(tmp_path / "sam3.pt", dict(parts_of(SAM2["2", "tiny"])["memory"]))
    os.truncate(path, int(path.stat().st_size * keep))
    assert "cut off" in _refusal(path)


def test_truncated_safetensors_says_how_much_is_missing(tmp_path):
    path = write_safetensors(tmp_path / "x.safetensors", golden_shapes("transformers_sam3_video"))
    os.truncate(path, path.stat().st_size - 1000)
    assert "1,000 of" in _refusal(path)
    os.truncate(path, 100)
    assert "cut off inside its header" in _refusal(path)


def test_damaged_safetensors_header(tmp_path):
    path = write_safetensors(tmp_path / "x.safetensors", {"a": (2,)})
    content = bytearray(path.read_bytes())
    content[12:16] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert "damaged safetensors header" in _refusal(path)


class _Shell:
    def __reduce__(self):
        return os.system, ("touch was_run",)


@pytest.mark.parametrize("legacy", [False, True])
def test_pickle_that_wants_to_run_code_is_refused_and_not_run(tmp_path, monkeypatch, legacy):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "sam3.pt"
    content = {"model": {"x": torch.zeros(2)}, "extra": _Shell()}
    torch.save(content, path, _use_new_zipfile_serialization=not legacy)
    text = _refusal(path)
    assert "would run code" in text
    assert "system" in text
    assert not (tmp_path / "was_run").exists()


def test_plain_pickle_is_refused_and_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights.pkl"
    path.write_bytes(pickle.dumps(_Shell()))
    _refusal(path)
    assert not (tmp_path / "was_run").exists()


def test_zip_that_is_no_torch_file(tmp_path):
    path = tmp_path / "sam3.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sam3/readme.txt", "hello")
    assert "zip archive without torch weights" in _refusal(path)


def test_torchscript_program(tmp_path):
    path = tmp_path / "sam3.pt"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("m/data.pkl", "m/constants.pkl", "m/code/__torch__.py"):
            archive.writestr(name, "x")
    assert "TorchScript" in _refusal(path)


def test_torch_file_without_tensors(tmp_path):
    torch.save({"epoch": 3}, tmp_path / "x.pt")
    assert "without named tensors" in _refusal(tmp_path / "x.pt")


def test_lora_only(tmp_path):
    shapes = {f"detector.layers.{i}.q_proj.lora_{s}.weight": (4, 4) for i in range(3) for s in "AB"}
    path = write_safetensors(tmp_path / "adapter_model.safetensors", shapes)
    assert "only a LoRA adapter (6 of 6 tensors)" in _refusal(path)


def test_fp8(tmp_path):
    shapes = dict(parts_of(SAM2["2.1", "tiny"])["image"])
    dtypes = {name: "F8_E4M3" if len(shape) == 2 else "F32" for name, shape in shapes.items()}
    path = write_safetensors(tmp_path / "x.safetensors", shapes, dtypes)
    text = _refusal(path)
    assert "SAM 2 hiera-tiny" in text
    assert "fp8" in text


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("image_encoder.blocks.0.attn.qkv.weight", "SAM 1"),
        ("model.diffusion_model.input_blocks.0.0.weight", "Stable Diffusion"),
        ("model.22.cv3.0.weight", "not those of a SAM 2 or SAM 3 model"),
    ],
)
def test_other_models(tmp_path, name, word):
    path = write_safetensors(tmp_path / "x.safetensors", {name: (4, 4)})
    assert word in _refusal(path)


def test_shard_index_cannot_leave_its_folder(tmp_path):
    index = tmp_path / "model.safetensors.index.json"
    index.write_text('{"weight_map": {"a": "../../etc/passwd"}}')
    with pytest.raises(WeightsTrouble, match="outside its own folder"):
        inspect(tmp_path)
    index.write_text("[" * 100_000)
    with pytest.raises(WeightsTrouble, match="not a readable list"):
        inspect(tmp_path)
