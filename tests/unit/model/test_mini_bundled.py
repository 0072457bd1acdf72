"""The shipped weights themselves: all parts load, and together they stay small."""

from __future__ import annotations

import hashlib

import pytest
import torch

from sam3_annotator import paths
from sam3_annotator.errors import WeightsTrouble
from sam3_annotator.model.mini_image import IMAGE_FILE, load_mini_image
from sam3_annotator.model.mini_weights import (
    FINDER_FILE,
    TRACKER_FILE,
    load_mini_memory,
    load_mini_similar,
)
from sam3_annotator.model.quantized import read_metadata

MOST_BYTES = 40_000_000


def test_the_parts_together_stay_small() -> None:
    files = [paths.resource(name) for name in (IMAGE_FILE, TRACKER_FILE, FINDER_FILE)]
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES


def test_the_notice_beside_them_tells_their_hashes_and_licence() -> None:
    folder = paths.resource(IMAGE_FILE).parent
    notice = (folder / "NOTICE.md").read_text(encoding="utf-8")
    for name in (IMAGE_FILE, TRACKER_FILE, FINDER_FILE):
        file = paths.resource(name)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        assert f"| `{file.name}` | `{digest}` |" in notice
    assert "Apache License" in (folder / "LICENSE-APACHE-2.0.txt").read_text(encoding="utf-8")


def test_the_image_part_is_sam2_by_its_names() -> None:
    path = paths.resource(IMAGE_FILE)
    assert read_metadata(path)["family"] == "sam2_tiny"
    model = load_mini_image(path)
    assert sum(p.numel() for p in model.parameters()) > 31_000_000
    assert not any(p.requires_grad for p in model.parameters())


def test_the_trained_parts_load_and_are_finite() -> None:
    memory = load_mini_memory(paths.resource(TRACKER_FILE))
    similar = load_mini_similar(paths.resource(FINDER_FILE))
    for module in (memory, similar):
        assert all(torch.isfinite(value).all() for value in module.state_dict().values())
        assert not module.training
    assert similar.fact_spread.ne(1).any()  # the judge was fitted


def test_parts_are_not_mixed_up() -> None:
    with pytest.raises(WeightsTrouble, match="finder"):
        load_mini_memory(paths.resource(FINDER_FILE))
    with pytest.raises(WeightsTrouble):
        load_mini_image(paths.resource(TRACKER_FILE))
