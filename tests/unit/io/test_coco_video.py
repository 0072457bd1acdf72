"""COCO for clips and SA-Co: what is kept of each frame, foreign files, wrong files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.registry import export_labels, import_labels
from tests.support.labels import only_clips, sample

if TYPE_CHECKING:
    from pathlib import Path


def test_coco_video_keeps_what_is_known_of_each_frame(tmp_path: Path) -> None:
    labels = only_clips(sample())
    export_labels("coco-video", labels, tmp_path / "out.json")
    back = import_labels("coco-video", [tmp_path / "out.json"]).labels
    assert {(m.frame, m.mask, m.score, m.source, m.flags, m.attributes) for m in back.masks} == {
        (m.frame, m.mask, m.score, m.source, m.flags, m.attributes)
        for m in labels.masks
        if not m.mask.is_empty
    }


def test_saco_pairs_and_phrases(tmp_path: Path) -> None:
    report = export_labels("saco", sample(), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert {a["noun_phrase"] for a in document["annotations"]} == {"bus", "пешеход"}
    assert [pair["noun_phrase"] for pair in document["video_np_pairs"]] == ["bus", "пешеход"]
    assert "not listed as looked for" in report.notes[-1]
    assert len(document["videos"][0]["file_names"]) == 6


def minimal_video() -> dict[str, Any]:
    runs = {"size": [4, 5], "counts": [3, 2, 15]}
    return {
        "videos": [{"id": 1, "width": 5, "height": 4, "file_names": ["v/0.jpg", "v/1.jpg"]}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [
            {"id": 7, "video_id": 1, "category_id": 1, "segmentations": [None, runs]}
        ],
    }  # fmt: skip


def test_foreign_youtube_vis(tmp_path: Path) -> None:
    (tmp_path / "y.json").write_text(json.dumps(minimal_video()))
    labels = import_labels("coco-video", [tmp_path / "y.json"]).labels
    assert (labels.media[0].name, labels.media[0].frame_count) == ("v", 2)
    assert [(entry.frame, entry.mask.area) for entry in labels.masks] == [(1, 2)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"video_id": 9}, "annotation 7: there is no video 9"),
        ({"category_id": 9}, "annotation 7: there is no category 9"),
        ({"segmentations": [None] * 3}, "annotation 7: 3 segmentations for 2 frames"),
        ({"segmentations": 4}, "annotation 7: .*segmentations"),
        ({"segmentations": [{"size": [9, 9], "counts": "0"}]}, "annotation 7: run-lengths of 9"),
        ({"segmentations": ["x"]}, "annotation 7: "),
    ],
)
def test_wrong_youtube_vis_is_told_by_annotation(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    document = minimal_video()
    document["annotations"][0] |= change
    (tmp_path / "y.json").write_text(json.dumps(document))
    with pytest.raises(ExchangeTrouble, match=message):
        import_labels("coco-video", [tmp_path / "y.json"])
    document["videos"][0]["file_names"] = ["../a.jpg"]
    (tmp_path / "y.json").write_text(json.dumps(document))
    with pytest.raises(ExchangeTrouble, match=r"video 1: .*leads out"):
        import_labels("coco-video", [tmp_path / "y.json"])
