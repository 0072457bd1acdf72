"""DAVIS and MOTS as others write and read them, and what they cannot hold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.davis import frame_numbers
from sam3_annotator.io.exchange import (
    CategoryEntry,
    ExportOptions,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
)
from sam3_annotator.io.registry import export_labels, import_labels
from tests.support.labels import disjoint, drawn, only_clips, sample, shapes_of


def test_davis_as_others_read_it(tmp_path: Path) -> None:
    export_labels("davis", sample(), tmp_path / "out", ExportOptions(every_frame=True))
    pictures = sorted((tmp_path / "out" / "Annotations" / "run").iterdir())
    assert [path.name for path in pictures] == [f"{i:05d}.png" for i in range(6)]
    with Image.open(pictures[1]) as picture:
        assert picture.mode == "P"
        assert picture.getpalette()[:9] == [0, 0, 0, 128, 0, 0, 0, 128, 0]
        indices = np.asarray(picture)
    assert np.unique(indices).tolist() == [0, 1, 2]
    np.testing.assert_array_equal(indices == 1, drawn(10, 16, (2, 1, 6, 5)).to_array(10, 16))
    with Image.open(pictures[2]) as picture:
        assert not np.asarray(picture).any()


def test_mots_as_others_read_it(tmp_path: Path) -> None:
    export_labels("mots", sample(), tmp_path / "out")
    lines = (tmp_path / "out" / "instances_txt" / "run.txt").read_text().splitlines()
    frame, number, kind, height, width, runs = lines[0].split(" ")
    assert (frame, number, kind, height, width) == ("0", "1001", "1", "10", "16")
    decoded = coco_mask.decode({"size": [10, 16], "counts": runs}).astype(bool)
    np.testing.assert_array_equal(decoded, drawn(10, 16, (1, 1, 5, 5)).to_array(10, 16))
    with Image.open(tmp_path / "out" / "instances" / "run" / "000001.png") as picture:
        assert picture.mode == "I;16"
        assert sorted(set(np.asarray(picture).reshape(-1).tolist())) == [0, 1001, 2001]


def test_mots_pictures_and_single_text_files_are_read_too(tmp_path: Path) -> None:
    labels = disjoint(only_clips(sample()))
    export_labels("mots", labels, tmp_path / "out")
    text = import_labels("mots", [tmp_path / "out" / "instances_txt" / "run.txt"]).labels
    assert shapes_of(text) == shapes_of(labels)
    for path in (tmp_path / "out" / "instances_txt").iterdir():
        path.unlink()
    pictures = import_labels("mots", [tmp_path / "out"]).labels
    assert shapes_of(pictures) == shapes_of(labels)


def test_foreign_mots(tmp_path: Path) -> None:
    # The example of the format's own page.
    runs = "WSV:2d;1O10000O10000O1O100O100O1O100O1000000000000000O100O102N5K00O1O1N2O110OO2O001O1"
    line = f"52 1005 1 375 1242 {runs}NTga3"
    mask = coco_mask.decode({"size": [375, 1242], "counts": line.split()[5]}).astype(bool)
    (tmp_path / "0002.txt").write_text(f"{line}\n53 10000 10 375 1242 {line.split()[5]}\n")
    labels = import_labels("mots", [tmp_path / "0002.txt"]).labels
    assert [c.name for c in labels.categories] == ["car", "ignore"]
    assert labels.objects[1].attributes == (("iscrowd", True),)
    assert labels.media[0].frame_count == 54
    np.testing.assert_array_equal(labels.masks[0].mask.to_array(375, 1242), mask)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 2 3", "line 1: expected"),
        ("x 1001 1 4 4 0`0", "line 1: expected"),
        ("0 2001 1 4 4 `0", "line 1: id 2001 does not belong to class 1"),
        ("0 1001 1 4 4 zzz", "line 1: "),
        ("0 1001 1 4 4 04\n0 1001 1 5 4 04", "line 1: the counts add up"),
        ("-1 1001 1 4 4 04", "line 1: expected"),
        ("99999999999 1001 1 4 4 04", "line 1: expected"),
    ],
)
def test_wrong_mots_text_is_told_by_line(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.txt").write_text(line + "\n")
    with pytest.raises(ExchangeTrouble, match=message):
        import_labels("mots", [tmp_path / "a.txt"])


def test_foreign_davis_without_our_notes(tmp_path: Path) -> None:
    place = tmp_path / "DAVIS" / "Annotations" / "480p"
    for clip in ("bear", "cows"):
        (place / clip).mkdir(parents=True)
        for frame in (0, 4):
            pixels = np.zeros((6, 8), np.uint8)
            pixels[1:3, frame : frame + 2] = 2
            Image.fromarray(pixels).save(place / clip / f"{frame:05d}.png")
    labels = import_labels("davis", [tmp_path / "DAVIS"]).labels
    assert [(m.name, m.frame_count) for m in labels.media] == [("bear", 5), ("cows", 5)]
    assert [c.name for c in labels.categories] == ["object"]
    assert len(labels.objects) == 2
    assert {entry.frame for entry in labels.masks} == {0, 4}
    single = import_labels("davis", [place / "bear"]).labels
    assert [m.name for m in single.media] == ["bear"]


def test_wrong_davis_folders(tmp_path: Path) -> None:
    with pytest.raises(ExchangeTrouble, match="no numbered PNG"):
        import_labels("davis", [tmp_path])
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "00000.png")
    with pytest.raises(ExchangeTrouble, match="stores colours"):
        import_labels("davis", [tmp_path])
    (tmp_path / "00000.png").write_bytes(b"nothing")
    with pytest.raises(ExchangeTrouble, match="no picture"):
        import_labels("davis", [tmp_path])
    for frame, width in enumerate((4, 5)):
        Image.fromarray(np.zeros((4, width), np.uint8)).save(tmp_path / f"{frame:05d}.png")
    with pytest.raises(ExchangeTrouble, match=r"5 x 4 .* first picture .* 4 x 4"):
        import_labels("davis", [tmp_path])
    (tmp_path / "sam3_annotator.json").write_text('{"clips": {"x": {"media": 3}}}')
    with pytest.raises(ExchangeTrouble, match=r"clips\.x\.media"):
        import_labels("davis", [tmp_path])
    note = {"clips": {tmp_path.name: {"media": "../../etc"}}}
    (tmp_path / "sam3_annotator.json").write_text(json.dumps(note))
    with pytest.raises(ExchangeTrouble, match="leads out"):
        import_labels("davis", [tmp_path])


def test_frame_numbers_of_pictures() -> None:
    def paths(*names: str) -> list[Path]:
        return [Path(name) for name in names]

    assert frame_numbers(paths("00003.png", "00007.png")) == [3, 7]
    assert frame_numbers(paths("a.png", "b.png")) == [0, 1]
    assert frame_numbers(paths("1.png", "01.png")) == [0, 1]
    assert frame_numbers(paths("99999999999999.png")) == [0]


def test_too_much_for_numbers(tmp_path: Path) -> None:
    mask = drawn(4, 4, (0, 0, 1, 1))
    many = Labels(
        (MediaEntry(1, "c.mp4", MediaKind.CLIP, 4, 4),),
        (CategoryEntry(1, "a"),),
        tuple(ObjectEntry(key, 1, 1) for key in range(1, 1001)),
        (MaskEntry(1, 0, mask),),
    )
    for key, message in (("davis", "at most 255"), ("mots", "at most 999")):
        with pytest.raises(ExchangeTrouble, match=message):
            export_labels(key, many, tmp_path / key)
        assert not (tmp_path / key).exists()
    categories = tuple(CategoryEntry(key, f"c{key}") for key in range(1, 66))
    with pytest.raises(ExchangeTrouble, match="65 categories"):
        export_labels("mots", Labels(many.media, categories, (), ()), tmp_path / "m")
