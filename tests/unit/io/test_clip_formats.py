"""What all formats for clips share: golden files, round trips, reports that hide nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import ExchangeTrouble, FileTrouble
from sam3_annotator.io import coco_video as coco_video_module
from sam3_annotator.io import davis as davis_module
from sam3_annotator.io import mots as mots_module
from sam3_annotator.io import sav as sav_module
from sam3_annotator.io.exchange import (
    CategoryEntry,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
    safe_name,
)
from sam3_annotator.io.registry import FORMATS, export_labels, format_by_key, import_labels
from sam3_annotator.io.sidecar import flat_names
from tests.support.labels import (
    disjoint,
    drawn,
    only_clips,
    sample,
    shapes_of,
    target_of,
    tracks_of,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "formats"


CLIP_FORMATS = [entry.key for entry in FORMATS if not entry.holds_pictures]


GOLDEN_FOLDERS = [entry.key for entry in FORMATS if entry.key != "coco"]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("key", GOLDEN_FOLDERS)
def test_golden_files(tmp_path: Path, key: str) -> None:
    export_labels(key, sample(), target_of(key, tmp_path))
    for name, data in tree(tmp_path).items():
        golden = GOLDEN / key / name
        if name.endswith(".json"):
            assert json.loads(data) == json.loads(golden.read_bytes()), name
        elif name.endswith(".png"):  # Pillow's compression may change, the numbers may not
            with Image.open(tmp_path / name) as ours, Image.open(golden) as theirs:
                assert ours.mode == theirs.mode
                assert ours.getpalette() == theirs.getpalette()
                np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
        else:
            assert data == golden.read_bytes(), name
    assert set(tree(tmp_path)) == set(tree(GOLDEN / key))


@pytest.mark.parametrize("key", ["coco-video", "saco", "davis", "mots"])
def test_masks_and_identities_survive_a_round_trip(tmp_path: Path, key: str) -> None:
    labels = disjoint(only_clips(sample()))
    report = export_labels(key, labels, target_of(key, tmp_path))
    assert report.differences == ()
    back = import_labels(key, [target_of(key, tmp_path)]).labels
    assert shapes_of(back) == shapes_of(labels)
    assert tracks_of(back) == tracks_of(labels)
    assert [(m.name, m.frame_count) for m in back.media] == [("clips/run.mp4", 6)]
    assert [c.name for c in back.categories] == ["bus", "пешеход", "unused"]


@pytest.mark.parametrize("key", ["coco-video", "saco", "davis", "mots", "sav"])
def test_pictures_alone_are_no_export_of_clips(tmp_path: Path, key: str) -> None:
    labels = sample()
    pictures = tuple(entry for entry in labels.media if entry not in labels.clips)
    target = target_of(key, tmp_path)
    with pytest.raises(ExchangeTrouble, match="holds clips, and none"):
        export_labels(key, Labels(pictures, labels.categories, (), ()), target)
    assert not target.exists()


@pytest.mark.parametrize("key", CLIP_FORMATS)
def test_pictures_are_left_out_with_a_note(tmp_path: Path, key: str) -> None:
    report = export_labels(key, sample(), target_of(key, tmp_path))
    assert "2 pictures are not clips" in " ".join(report.notes)


def crossing() -> Labels:
    return Labels(
        (MediaEntry(1, "c.mp4", MediaKind.CLIP, 10, 8, 2),),
        (CategoryEntry(1, "a"), CategoryEntry(2, "b")),
        (ObjectEntry(1, 1, 1), ObjectEntry(2, 1, 2)),
        (
            MaskEntry(1, 0, drawn(8, 10, (0, 0, 6, 6))),
            MaskEntry(2, 0, drawn(8, 10, (4, 4, 10, 8))),
            MaskEntry(1, 1, drawn(8, 10, (5, 5, 7, 7))),
            MaskEntry(2, 1, drawn(8, 10, (4, 4, 10, 8))),
        ),
    )


@pytest.mark.parametrize("key", ["davis", "mots"])
def test_overlaps_are_listed_where_a_format_cannot_hold_them(tmp_path: Path, key: str) -> None:
    report = export_labels(key, crossing(), tmp_path / "out")
    assert list(report.differences) == [
        "c.mp4, frame 0: 4 pixels went to the object in front.",
        "c.mp4, frame 1: 4 pixels went to the object in front.",
    ]
    back = import_labels(key, [tmp_path / "out"]).labels
    assert shapes_of(back) == {
        ("c.mp4", 0, 0, "a", drawn(8, 10, (0, 0, 6, 6)).minus(drawn(8, 10, (4, 4, 6, 6)))),
        ("c.mp4", 0, 0, "b", drawn(8, 10, (4, 4, 10, 8))),
        ("c.mp4", 0, 1, "b", drawn(8, 10, (4, 4, 10, 8))),
    }


@pytest.mark.parametrize("key", ["coco", "coco-video", "saco", "sav", "yolo"])
def test_overlaps_are_kept_elsewhere(tmp_path: Path, key: str) -> None:
    assert export_labels(key, crossing(), target_of(key, tmp_path)).differences == ()


def moved(real: Any) -> Any:
    return lambda mask, *rest: real(mask.translated(1, 0), *rest)


@pytest.mark.parametrize(
    ("key", "module", "name"),
    [
        ("coco-video", coco_video_module, "text_of"),
        ("sav", sav_module, "text_of"),
        ("mots", mots_module, "text_of"),
    ],
)
def test_faults_in_a_text_writer_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, module: Any, name: str
) -> None:
    monkeypatch.setattr(module, name, moved(getattr(module, name)))
    report = export_labels(key, only_clips(sample()), target_of(key, tmp_path))
    assert any("differs in" in sentence for sentence in report.differences)


@pytest.mark.parametrize(("key", "module"), [("davis", davis_module), ("mots", mots_module)])
def test_faults_in_a_picture_writer_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, module: Any
) -> None:
    real, calls = module.painted, []

    def faulty(*arguments: Any) -> np.ndarray:
        pixels = real(*arguments)
        calls.append(1)
        if len(calls) == 1:
            pixels[0, 0] += 1
        return pixels

    monkeypatch.setattr(module, "painted", faulty)
    report = export_labels(key, disjoint(only_clips(sample())), tmp_path / "out")
    assert any("differs in 1 pixels" in sentence for sentence in report.differences)


def test_a_folder_that_holds_files_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export_labels("davis", sample(), tmp_path / "out")
    before = tree(tmp_path / "out")
    for key in ("davis", "mots", "sav", "yolo"):
        with pytest.raises(FileTrouble, match="already holds files"):
            export_labels(key, sample(), tmp_path / "out")
    assert tree(tmp_path / "out") == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("key", ["davis", "mots", "sav", "yolo"])
def test_a_failing_export_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(FileTrouble, match="disk is full"):
        export_labels(key, sample(), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_sav_as_its_own_reader_does(tmp_path: Path) -> None:
    export_labels("sav", sample(), tmp_path / "out")
    document = json.loads((tmp_path / "out" / "run_manual.json").read_text("utf-8"))
    assert len(document["masklet"]) == 6
    masks = [coco_mask.decode(runs) > 0 for runs in document["masklet"][1]]
    np.testing.assert_array_equal(masks[0], drawn(10, 16, (2, 1, 6, 5)).to_array(10, 16))
    assert document["masklet_id"] == [0, 1]
    assert document["masklet_first_appeared_frame"] == [0, 1]
    assert document["masklet_visibility_changes"] == [3, 3]
    assert document["masklet_size_abs"] == [16.0, 41.5]
    assert document["masklet_edited_frame_count"] == [2, 1]


def test_formats_are_found_by_key(tmp_path: Path) -> None:
    assert format_by_key("coco").suffix == ".json"
    with pytest.raises(ExchangeTrouble, match="Choose one of: coco"):
        format_by_key("xml")
    with pytest.raises(ExchangeTrouble, match="only be exported"):
        import_labels("sav", [tmp_path])
    with pytest.raises(ExchangeTrouble, match="One file or folder"):
        import_labels("davis", [tmp_path, tmp_path])
    assert len({entry.key for entry in FORMATS}) == len(FORMATS)


def test_flat_names_are_unique_and_safe() -> None:
    names = ["a/run.mp4", "b/run.avi", "b/RUN.mp4", "c/we ird:*?.mp4", ".hidden"]
    media = tuple(MediaEntry(i, name, MediaKind.CLIP, 4, 4) for i, name in enumerate(names))
    found = flat_names(Labels(media, (), (), ()))
    assert list(found.values()) == ["run", "run-2", "RUN-3", "we_ird___", "hidden"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b.jpg", "a/b.jpg"), ("a\\b.jpg", "a/b.jpg"), ("./a//b.jpg", "a/b.jpg"),
        ("..x/a..b", "..x/a..b"), ("../a", None), ("a/..", None), ("/a", None), ("C:/a", None),
        ("c:a", None), ("\\\\h\\a", None), ("", None), (".", None), ("a\0b", None), ("a\nb", None),
    ],
)  # fmt: skip
def test_safe_names(name: str, safe: str | None) -> None:
    assert safe_name(name) == safe
