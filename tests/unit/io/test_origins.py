"""Files tell where each mask comes from: its source, its run, and what reviewers say of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sam3_annotator.domain.entities import ReviewState
from sam3_annotator.io.exchange import RunEntry
from sam3_annotator.io.registry import export_labels, import_labels
from tests.support.labels import only_clips, sample

if TYPE_CHECKING:
    from pathlib import Path

RUN = RunEntry(3, "mini", "ab" * 32, '{"legs": ["forward"]}', 1000.5)


def told(key: str, document: dict) -> list[dict]:
    """What a file says of each mask."""
    extras = [record["sam3_annotator"] for record in document["annotations"]]
    if key == "coco":
        return extras
    return [frame for one in extras for frame in one["frames"].values()]


@pytest.mark.parametrize("key", ["coco", "coco-video"])
def test_masks_name_their_run_and_verdict(tmp_path: Path, key: str) -> None:
    labels = only_clips(sample())
    first, *others = labels.masks
    masks = (replace(first, run=3, review=ReviewState.ACCEPTED), *others)
    export_labels(key, replace(labels, masks=masks, runs=(RUN,)), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert document["info"]["sam3_annotator"]["runs"] == [
        {
            "id": 3,
            "model": "mini",
            "weights_sha256": "ab" * 32,
            "settings": {"legs": ["forward"]},
            "started_at": 1000.5,
        }
    ]
    found = [(one.get("run"), one.get("review")) for one in told(key, document)]
    assert found.count((3, "accepted")) == 1
    assert found.count((None, None)) == len(found) - 1
    back = import_labels(key, [tmp_path / "out.json"]).labels
    assert len(back.masks) == sum(not entry.mask.is_empty for entry in masks)


@pytest.mark.parametrize("key", ["coco", "coco-video"])
def test_nothing_is_said_of_runs_where_none_is_known(tmp_path: Path, key: str) -> None:
    export_labels(key, only_clips(sample()), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert "runs" not in document["info"]["sam3_annotator"]
