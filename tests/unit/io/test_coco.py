"""COCO out and in: exact masks, an honest report, and wrong files told by annotation id."""

from __future__ import annotations

import copy
import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from sam3_annotator.domain.entities import FrameFlag, MediaKind, Source
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.errors import ExchangeTrouble, FileTrouble
from sam3_annotator.io import coco as coco_module
from sam3_annotator.io.coco import export_coco, open_quietly
from sam3_annotator.io.coco_import import import_coco
from sam3_annotator.io.coco_rle import (
    differing_pixels,
    mask_from_polygons,
    polygons_of,
)
from sam3_annotator.io.exchange import (
    CategoryEntry,
    ExportOptions,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
)
from sam3_annotator.io.registry import export_labels
from tests.support.labels import drawn, sample, shapes_of, tracks_of

GOLDEN = Path(__file__).parents[2] / "golden" / "formats"


def test_golden_file(tmp_path: Path) -> None:
    export_coco(sample(), tmp_path / "out.json", ExportOptions())
    pretty = json.dumps(
        json.loads((tmp_path / "out.json").read_text("utf-8")), indent=1, ensure_ascii=False
    )
    assert pretty == (GOLDEN / "coco.json").read_text("utf-8").rstrip("\n")


def test_report_counts_and_notes(tmp_path: Path) -> None:
    report = export_coco(sample(), tmp_path / "out.json", ExportOptions())
    assert report.paths == (tmp_path / "out.json",)
    assert report.counts == {"images": 6, "categories": 3, "annotations": 8}
    assert report.differences == ()
    assert report.notes == ("1 frames without a mask (absent objects) are not listed.",)
    every = export_coco(sample(), tmp_path / "all.json", ExportOptions(every_frame=True))
    assert every.counts["images"] == 8


def test_pycocotools_reads_the_same_pixels(tmp_path: Path) -> None:
    export_coco(sample(), tmp_path / "out.json", ExportOptions())
    reader = open_quietly(tmp_path / "out.json")
    wanted = [entry for entry in sample().masks if not entry.mask.is_empty]
    by_box = {tuple(found["bbox"]): found for found in reader.anns.values()}
    for entry in wanted:
        box = entry.mask.box
        found = by_box[(box.left, box.top, box.width, box.height)]
        decoded = reader.annToMask(found).astype(bool)
        np.testing.assert_array_equal(decoded, entry.mask.to_array(*decoded.shape))
        assert found["area"] == entry.mask.area
    crowds = [found["id"] for found in reader.anns.values() if found["iscrowd"]]
    assert len(crowds) == 1


def test_everything_survives_a_round_trip(tmp_path: Path) -> None:
    export_coco(sample(), tmp_path / "out.json", ExportOptions())
    back = import_coco([tmp_path / "out.json"])
    assert back.warnings == ()
    assert shapes_of(back.labels) == shapes_of(sample())
    assert tracks_of(back.labels) == tracks_of(sample())
    assert [m.name for m in back.labels.media] == ["clips/run.mp4", "town/a.jpg", "scan.tif"]
    assert {(m.name, m.page, m.content_hash, m.frame_count) for m in back.labels.media} == {
        (m.name, m.page, m.content_hash, m.frame_count) for m in sample().media
    }
    assert [(c.name, c.supercategory, c.color) for c in back.labels.categories] == [
        (c.name, c.supercategory, c.color) for c in sample().categories
    ]
    assert {o.attributes for o in back.labels.objects} == {o.attributes for o in sample().objects}
    assert {(m.frame, m.score, m.source, m.flags, m.attributes) for m in back.labels.masks} == {
        (m.frame, m.score, m.source, m.flags, m.attributes)
        for m in sample().masks
        if not m.mask.is_empty
    }
    assert 0.875 in {o.score for o in back.labels.objects}


def test_polygons_where_they_are_exact_else_run_lengths(tmp_path: Path) -> None:
    options = ExportOptions(polygon_tolerance_px=0.0)
    report = export_coco(sample(), tmp_path / "out.json", options)
    assert report.differences == ()
    assert "1 of 8 masks were written as run-lengths" in " ".join(report.notes)
    assert "differ" not in " ".join(report.notes)
    back = import_coco([tmp_path / "out.json"])
    assert shapes_of(back.labels) == shapes_of(sample())


def disc(radius: int = 20, size: int = 64) -> Mask:
    y, x = np.mgrid[:size, :size] + 0.5 - size / 2
    return Mask.from_array(x * x + y * y < radius * radius)


def one_mask(mask: Mask, size: int = 64) -> Labels:
    return Labels(
        (MediaEntry(1, "a.png", MediaKind.IMAGE, size, size),),
        (CategoryEntry(1, "thing"),),
        (ObjectEntry(1, 1, 1),),
        (MaskEntry(1, 0, mask),),
    )


def test_polygons_within_a_tolerance_are_counted_not_hidden(tmp_path: Path) -> None:
    report = export_coco(
        one_mask(disc()), tmp_path / "o.json", ExportOptions(polygon_tolerance_px=1.0)
    )
    assert report.differences == ()
    assert "all within 1.0 px of the edge" in report.notes[0]
    segmentation = json.loads((tmp_path / "o.json").read_text())["annotations"][0]["segmentation"]
    exact = polygons_of(disc(), 64, 64, 0.0)
    assert exact is not None
    assert len(segmentation[0]) < len(exact[0]) / 2
    assert polygons_of(drawn(9, 9, (1, 1, 8, 8), hole=True), 9, 9, 5.0) is None


def test_a_fault_in_the_writer_is_found_by_reading_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = coco_module.text_of

    def shifted(mask: Mask, height: int, width: int) -> str:
        return real(mask.translated(0, 1).clipped(width, height), height, width)

    monkeypatch.setattr(coco_module, "text_of", shifted)
    report = export_coco(sample(), tmp_path / "out.json", ExportOptions())
    assert len(report.differences) == 8
    assert "Annotation 1 differs in" in report.differences[0]


def test_uncompressed_counts_and_several_polygons(tmp_path: Path) -> None:
    document = minimal()
    document["annotations"] = [
        annotation(1, segmentation={"size": [10, 12], "counts": [11, 3, 106]}),
        annotation(2, segmentation=[[0, 0, 4, 0, 4, 3, 0, 3], [6, 6, 9, 6, 9, 9, 6, 9]]),
    ]
    back = import_coco([written(tmp_path, document)])
    first, second = (entry.mask for entry in back.labels.masks)
    assert first == drawn(10, 12, (1, 1, 2, 4))
    assert second == drawn(10, 12, (0, 0, 4, 3), (6, 6, 9, 9))


def test_several_files_become_one(tmp_path: Path) -> None:
    left, right = minimal(), minimal()
    right["categories"][0]["id"] = 77
    right["annotations"][0]["category_id"] = 77
    right["images"].append({"id": 9, "file_name": "b.jpg", "width": 5, "height": 5})
    paths = [written(tmp_path, left, "l.json"), written(tmp_path, right, "r.json")]
    labels = import_coco(paths).labels
    assert [media.name for media in labels.media] == ["a.jpg", "b.jpg"]
    assert [category.name for category in labels.categories] == ["cat"]
    assert len(labels.objects) == 2
    right["images"][0]["width"] = 13
    right["annotations"] = []
    with pytest.raises(ExchangeTrouble, match=r"r\.json.*image 1: a\.jpg is 13 x 10 here and 12"):
        import_coco([paths[0], written(tmp_path, right, "r.json")])


@pytest.mark.parametrize("name", ["lab.s3a", "photo.jpg", "labels"])
def test_a_file_of_another_kind_is_never_replaced(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.write_bytes(b"work of a year")
    with pytest.raises(ExchangeTrouble, match="no export of this format"):
        export_labels("coco", sample(), target)
    assert target.read_bytes() == b"work of a year"


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    document = minimal()
    document["annotations"] += [
        {**annotation(2), "segmentation": []},
        {**annotation(3), "segmentation": None},
        {**annotation(4), "attributes": {"parts": [1, 2], "n": 3, "t": "x"}},
    ]
    back = import_coco([written(tmp_path, document)])
    assert len(back.labels.masks) == 2
    assert any("without any pixel were left out (2 times)" in w for w in back.warnings)
    assert any('"parts"' in w for w in back.warnings)
    assert back.labels.objects[1].attributes == (("n", 3.0), ("t", "x"))


def test_foreign_video_fields(tmp_path: Path) -> None:
    document = minimal()
    document["videos"] = [{"id": 4, "name": "v", "width": 12, "height": 10}]
    document["images"][0] |= {"video_id": 4, "frame_id": 7}
    document["annotations"][0]["track_id"] = "t1"
    labels = import_coco([written(tmp_path, document)]).labels
    assert labels.media[0].kind is MediaKind.CLIP
    assert labels.media[0].frame_count == 8
    assert labels.masks[0].frame == 7


def minimal() -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 12, "height": 10}],
        "categories": [{"id": 3, "name": "cat"}],
        "annotations": [annotation(1)],
    }


def annotation(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number, "image_id": 1, "category_id": 3,
        "segmentation": [[1, 1, 4, 1, 4, 4]], **fields,
    }  # fmt: skip


def written(folder: Path, document: object, name: str = "in.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def changed(*keys: Any, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(minimal())
    place: Any = document
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = to
    return document


FIRST = ("annotations", 0)


WRONG = {
    "dangling image": (changed(*FIRST, "image_id", to=5), "annotation 1: there is no image 5"),
    "dangling category": (changed(*FIRST, "category_id", to=9), "annotation 1: .* no category 9"),
    "no image id": (changed("annotations", to=[{"id": 8}]), "annotation 8: .*image_id"),
    "twice": (changed("annotations", to=[annotation(1)] * 2), "annotation 1: is there twice"),
    "parent": (changed("images", 0, "file_name", to="../../x.jpg"), "image 1: .*leads out"),
    "hidden parent": (changed("images", 0, "file_name", to="a/../../x.jpg"), "leads out"),
    "absolute": (changed("images", 0, "file_name", to="/etc/passwd"), "leads out"),
    "drive": (changed("images", 0, "file_name", to="C:\\x.jpg"), "leads out"),
    "share": (changed("images", 0, "file_name", to="\\\\host\\x.jpg"), "leads out"),
    "zero size": (changed("images", 0, "width", to=0), "image 1: .*width"),
    "huge size": (changed("images", 0, "width", to=1 << 40), "annotation 1: "),
    "size": (
        changed(*FIRST, "segmentation", to={"size": [9, 9], "counts": "QQ"}),
        "annotation 1: run-lengths of 9 x 9 pixels on a picture of 12 x 10",
    ),
    "sum": (
        changed(*FIRST, "segmentation", to={"size": [10, 12], "counts": [5, 6]}),
        "annotation 1: the counts add up to 11, not to 12 x 10",
    ),
    "big count": (
        changed(*FIRST, "segmentation", to={"size": [10, 12], "counts": [1 << 80]}),
        "annotation 1: ",
    ),
    "code": (
        changed(*FIRST, "segmentation", to={"size": [10, 12], "counts": "\u00e9"}),
        "annotation 1: the counts contain",
    ),
    "two points": (changed(*FIRST, "segmentation", to=[[1, 1, 2, 2]]), "annotation 1: a polygon"),
    "odd": (changed(*FIRST, "segmentation", to=[[1, 1, 2, 2, 3, 3, 4]]), "annotation 1: a polygon"),
    "far": (changed(*FIRST, "segmentation", to=[[1, 1, 1e300, 2, 3, 3]]), "annotation 1: .*far"),
    "text": (changed(*FIRST, "segmentation", to="abc"), "annotation 1: segmentation"),
    "score": (changed(*FIRST, "score", to="high"), "annotation 1: .*score"),
    "crowd": (changed(*FIRST, "iscrowd", to=7), "annotation 1: .*iscrowd"),
    "no name": (changed("categories", 0, "name", to=""), "category 3: .*name"),
    "list": (changed("annotations", to={}), "a list is expected"),
    "entry": (changed("annotations", to=[3]), "entry 0"),
    "nan": (json.dumps(minimal()).replace("[1, 1,", "[NaN, 1,"), "NaN"),
    "infinite": (json.dumps(minimal()).replace("[1, 1,", "[1e999, 1,"), "1e999"),
    "deep": ("[" * 200_000, "nested too deeply"),
    "deep object": ('{"a":' * 200_000, "nested too deeply"),
    "cut off": (json.dumps(minimal())[:-20], "not JSON: .* line 1"),
    "list on top": ("[]", "holds a list"),
    "something else": ('{"a": 1}', "no COCO file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_told_by_record(tmp_path: Path, case: str) -> None:
    document, message = WRONG[case]
    with pytest.raises(ExchangeTrouble, match=message) as caught:
        import_coco([written(tmp_path, document)])
    assert "in.json" in str(caught.value)


@pytest.mark.parametrize("segmentation", [None, {"size": [1 << 20] * 2, "counts": [0, 1 << 40]}])
def test_a_small_file_cannot_ask_for_a_terabyte(tmp_path: Path, segmentation: Any) -> None:
    document = minimal()
    document["images"][0] |= {"width": 1 << 20, "height": 1 << 20}
    if segmentation is not None:
        document["annotations"][0]["segmentation"] = segmentation
    with pytest.raises(ExchangeTrouble, match="annotation 1: 1048576 x 1048576 is no size"):
        import_coco([written(tmp_path, document)])


def test_many_problems_are_told_at_once_but_not_endlessly(tmp_path: Path) -> None:
    document = changed("annotations", to=[annotation(i, category_id=99) for i in range(50)])
    with pytest.raises(ExchangeTrouble, match=r"annotation 0: .*annotation 19: .*and 30 more"):
        import_coco([written(tmp_path, document)])


def test_files_too_large_missing_or_not_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileTrouble, match="not there"):
        import_coco([tmp_path / "none.json"])
    (tmp_path / "bin.json").write_bytes(b"\xff\xfe\x00\x01\x80")
    with pytest.raises(ExchangeTrouble):
        import_coco([tmp_path / "bin.json"])
    path = written(tmp_path, minimal())
    monkeypatch.setattr("sam3_annotator.io.json_files.read_json.__kwdefaults__", {"limit_bytes": 9})
    with pytest.raises(ExchangeTrouble, match="more than"):
        import_coco([path])


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(FileTrouble, match="disk is full"):
            export_coco(sample(), path, ExportOptions())
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.json"]
    with pytest.raises(FileTrouble, match="does not exist"):
        export_coco(sample(), tmp_path / "none" / "out.json", ExportOptions())


def test_cancelling_from_progress_leaves_nothing(tmp_path: Path) -> None:
    labels = one_mask(drawn(8, 8, (0, 0, 4, 4)), 8)
    many = Labels(labels.media, labels.categories, labels.objects, labels.masks * 250)

    def stop(done: int, total: int) -> None:
        assert 0 < done <= total
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_coco(many, tmp_path / "out.json", ExportOptions(progress=stop))
    assert not list(tmp_path.iterdir())


def test_source_and_flags_stand_in_our_own_dictionary(tmp_path: Path) -> None:
    export_coco(sample(), tmp_path / "out.json", ExportOptions())
    found = json.loads((tmp_path / "out.json").read_text("utf-8"))["annotations"]
    assert {a["sam3_annotator"]["source"] for a in found} == {
        Source.MODEL.value, Source.HUMAN.value, Source.INTERPOLATED.value,
    }  # fmt: skip
    assert ["occluded"] in [a["sam3_annotator"].get("flags") for a in found]
    assert FrameFlag.OCCLUDED.name == "OCCLUDED"


def test_polygon_rasterised_as_pycocotools_does() -> None:
    polygon = [1.3, 0.7, 7.9, 2.2, 5.5, 8.8]
    runs = coco_mask.merge(coco_mask.frPyObjects([polygon], 10, 12))
    wanted = coco_mask.decode(runs).astype(bool)
    np.testing.assert_array_equal(mask_from_polygons([polygon], 10, 12).to_array(10, 12), wanted)


def test_differing_pixels_counts_both_kinds() -> None:
    mask = drawn(6, 8, (1, 1, 5, 4), hole=True)
    pixels = mask.to_array(6, 8)
    assert differing_pixels(pixels, mask) == 0
    pixels[1, 1] = False
    pixels[2, 3] = not pixels[2, 3]
    pixels[5, 7] = True
    assert differing_pixels(pixels.astype(np.uint8), mask) == 3
    assert differing_pixels(pixels, EMPTY_MASK) == int(pixels.sum())
