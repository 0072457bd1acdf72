"""Official names of the SAM 2 family reach our modules one to one."""

from __future__ import annotations

import gzip
from pathlib import Path

import torch

from sam3_annotator.model.build_tracker import build_sam2_image
from sam3_annotator.model.keys_sam2 import SAM2_IMAGE_RULES
from sam3_annotator.model.keys_tracker import renamed
from sam3_annotator.model.tracker_config import BUNDLED_HEADS, HIERA_TINY, HeadsConfig

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
