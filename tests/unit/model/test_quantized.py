"""The shipped storage format: widths, planes, and what happens to files that are not it."""

from __future__ import annotations

import json
import os

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.quantized import (
    coded,
    group_length,
    join_planes,
    plane_widths,
    read_quantized,
    split_planes,
    write_quantized,
)


@settings(deadline=None, max_examples=40)
@given(bits=st.integers(2, 15), count=st.integers(1, 70), seed=st.integers(0, 99))
def test_planes_come_together_again(bits: int, count: int, seed: int) -> None:
    limit = 2 ** (bits - 1) - 1
    generator = torch.Generator().manual_seed(seed)
    codes = torch.randint(-limit, limit + 1, (count,), generator=generator).to(torch.int16)
    codes[0], codes[-1] = limit, -limit
    assert torch.equal(join_planes(split_planes(codes, bits), bits, count), codes)


def test_widths_are_cut_into_planes() -> None:
    assert plane_widths(9) == [8, 1]
    assert plane_widths(6) == [4, 2]
    with pytest.raises(ValueError, match="15"):
        plane_widths(16)


def test_groups_divide_rows() -> None:
    assert [group_length(n) for n in (96, 64, 147, 53)] == [48, 64, 49, 53]


def test_error_shrinks_with_width() -> None:
    torch.manual_seed(0)
    matrix = torch.randn(16, 96)
    errors = [
        float((coded(matrix, bits).values() - matrix).norm() / matrix.norm()) for bits in (6, 9, 12)
    ]
    assert errors[0] < 0.03
    assert errors[1] < errors[0] / 6
    assert errors[2] < errors[1] / 6


def test_file_round_trip(tmp_path) -> None:
    torch.manual_seed(0)
    tensors = {
        "a.weight": torch.randn(8, 3, 7, 7),
        "a.bias": torch.randn(8),
        "zeros": torch.zeros(4, 64),
    }
    path = tmp_path / "w.safetensors"
    write_quantized(path, tensors, {"a.weight": 12, "zeros": 6}, {"family": "sam2_tiny"})
    back = read_quantized(path)
    assert set(back) == set(tensors)
    assert torch.equal(back["a.bias"], tensors["a.bias"])
    assert torch.equal(back["zeros"], tensors["zeros"])
    assert back["a.weight"].shape == (8, 3, 7, 7)
    assert (back["a.weight"] - tensors["a.weight"]).abs().max() < 2e-3
    assert path.stat().st_size < 8 * 147 * 2 + 4096  # 12 bits a value, not 32


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_file_may_be_read_by_whom_the_user_lets(tmp_path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    path = tmp_path / "w.safetensors"
    write_quantized(path, {"a": torch.ones(2)}, {}, {})
    assert path.stat().st_mode == plain.stat().st_mode
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plain", "w.safetensors"]


def test_other_files_are_explained(tmp_path) -> None:
    plain = tmp_path / "plain.safetensors"
    save_file({"x": torch.zeros(1)}, plain)
    with pytest.raises(WeightsTrouble, match="not one of this program's own"):
        read_quantized(plain)
    with pytest.raises(WeightsTrouble, match="missing or damaged"):
        read_quantized(tmp_path / "absent.safetensors")
    path = tmp_path / "w.safetensors"
    write_quantized(path, {"a": torch.randn(4, 64)}, {"a": 9}, {})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(WeightsTrouble, match="missing or damaged"):
        read_quantized(path)


def test_a_newer_version_and_a_missing_plane_are_explained(tmp_path) -> None:
    path = tmp_path / "w.safetensors"
    write_quantized(path, {"a": torch.randn(4, 64)}, {"a": 9}, {})
    tensors = load_file(path)
    header = {"format": "sam3-annotator-quantized", "shapes": "{}", "bits": "{}"}
    save_file(tensors, path, metadata={**header, "version": "2"})
    with pytest.raises(WeightsTrouble, match="version 2"):
        read_quantized(path)
    del tensors["a::1"]
    header |= {"version": "1", "shapes": json.dumps({"a": [4, 64]}), "bits": json.dumps({"a": 9})}
    save_file(tensors, path, metadata=header)
    with pytest.raises(WeightsTrouble, match="missing or damaged"):
        read_quantized(path)
