"""Official names of the SAM 2 family reach our modules one to one."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
import torch

from sam3_annotator.model.build_tracker import build_sam2, build_sam2_image, build_tracker_net
from sam3_annotator.model.keys_official import sam2_parts
from sam3_annotator.model.keys_sam2 import SAM2_IMAGE_RULES, SAM2_RULES
from sam3_annotator.model.keys_tracker import INERT_TRACKER_NAMES, TRACKER_RULES, renamed
from sam3_annotator.model.tracker_config import (
    BUNDLED_HEADS,
    HIERA_TINY,
    SAM2_BASE_PLUS,
    SAM2_LARGE,
    SAM2_SMALL,
    SAM2_TINY,
    SAM3_TRACKER,
    SAM21_BASE_PLUS,
    SAM21_LARGE,
    SAM21_SMALL,
    SAM21_TINY,
    HeadsConfig,
)

SIZES = {
    "tiny": (SAM2_TINY, SAM21_TINY),
    "small": (SAM2_SMALL, SAM21_SMALL),
    "base+": (SAM2_BASE_PLUS, SAM21_BASE_PLUS),
    "large": (SAM2_LARGE, SAM21_LARGE),
}
KEYS = Path(__file__).parents[2] / "golden" / "keys"


def _shapes(file, column):
    lines = gzip.decompress((KEYS / file).read_bytes()).decode().splitlines()
    rows = [line.split("\t") for line in lines]
    return {row[0]: tuple(map(int, row[column].split(","))) for row in rows if row[column]}


def test_the_bundled_weights_fill_the_image_model():
    official = _shapes("map_sam2_tiny.txt.gz", 2)
    score_head = {name for name in official if "pred_obj_score_head" in name}
    for heads, missing in ((BUNDLED_HEADS, score_head), (HeadsConfig(), set())):
        with torch.device("meta"):
            ours = build_sam2_image(HIERA_TINY, heads).state_dict()
        named = {renamed(n, SAM2_IMAGE_RULES): s for n, s in official.items() if n not in missing}
        assert {name: tuple(value.shape) for name, value in ours.items()} == named


def test_the_tracker_of_sam3_takes_every_official_tensor():
    lines = gzip.decompress((KEYS / "official_sam3.txt.gz").read_bytes()).decode().splitlines()
    rows = (line.split("\t")[:2] for line in lines if line.startswith("tracker."))
    official = {n.removeprefix("tracker."): tuple(re.findall(r"\d+", s)) for n, s in rows}
    inert = [official.pop(name) for name in INERT_TRACKER_NAMES]
    assert len(inert) == 1
    with torch.device("meta"):
        ours = build_tracker_net(SAM3_TRACKER).state_dict()
    named = {renamed(n, TRACKER_RULES): tuple(map(int, s)) for n, s in official.items()}
    assert len(named) == len(official) == 308
    assert {name: tuple(value.shape) for name, value in ours.items()} == named


@pytest.mark.parametrize("version", ["2", "2.1"])
@pytest.mark.parametrize("size", SIZES)
def test_every_sam2_file_fills_its_model(size, version):
    parts = sam2_parts(size, version=version)
    official = {name: shape for part in parts.values() for name, shape in part.items()}
    official = {n: s for n, s in official.items() if n not in INERT_TRACKER_NAMES}
    with torch.device("meta"):
        ours = build_sam2(SIZES[size][version == "2.1"]).state_dict()
    named = {renamed(name, SAM2_RULES): tuple(shape) for name, shape in official.items()}
    assert {name: tuple(value.shape) for name, value in ours.items()} == named
