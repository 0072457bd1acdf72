"""Formats for clips: golden files, independent readers, reports that hide nothing, wrong input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.outlines import mask_of_rings
from sam3_annotator.errors import ExchangeTrouble, FileTrouble
from sam3_annotator.io import coco_video as coco_video_module
from sam3_annotator.io import davis as davis_module
from sam3_annotator.io import mots as mots_module
from sam3_annotator.io import sav as sav_module
from sam3_annotator.io import yolo as yolo_module
from sam3_annotator.io.clip_export import export_with_clips
from sam3_annotator.io.davis import frame_numbers
from sam3_annotator.io.exchange import (
    CategoryEntry,
    ExportOptions,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
    safe_name,
)
from sam3_annotator.io.frames_csv import verify_export, write_frames_csv
from sam3_annotator.io.registry import FORMATS, export_labels, format_by_key, import_labels
from sam3_annotator.io.sidecar import flat_names
from sam3_annotator.io.video import Clip
from tests.support import clips
from tests.support.labels import disjoint, drawn, only_clips, sample, shapes_of, tracks_of

GOLDEN = Path(__file__).parents[2] / "golden" / "formats"
CLIP_FORMATS = [entry.key for entry in FORMATS if not entry.holds_pictures]
GOLDEN_FOLDERS = [entry.key for entry in FORMATS if entry.key != "coco"]


def target_of(key: str, folder: Path) -> Path:
    return folder / f"out{format_by_key(key).suffix}"


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


def test_coco_video_keeps_what_is_known_of_each_frame(tmp_path: Path) -> None:
    labels = only_clips(sample())
    export_labels("coco-video", labels, tmp_path / "out.json")
    back = import_labels("coco-video", [tmp_path / "out.json"]).labels
    assert {(m.frame, m.mask, m.score, m.source, m.flags, m.attributes) for m in back.masks} == {
        (m.frame, m.mask, m.score, m.source, m.flags, m.attributes)
        for m in labels.masks
        if not m.mask.is_empty
    }


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


def test_saco_pairs_and_phrases(tmp_path: Path) -> None:
    report = export_labels("saco", sample(), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert {a["noun_phrase"] for a in document["annotations"]} == {"bus", "пешеход"}
    assert [pair["noun_phrase"] for pair in document["video_np_pairs"]] == ["bus", "пешеход"]
    assert "not listed as looked for" in report.notes[-1]
    assert len(document["videos"][0]["file_names"]) == 6


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


def test_yolo_lines_fill_to_the_exact_masks(tmp_path: Path) -> None:
    labels = sample()
    report = export_labels("yolo", labels, tmp_path / "out")
    assert report.differences == ()
    assert report.notes == ("1 crowds were left out.",)
    text = (tmp_path / "out" / "labels" / "town" / "a.txt").read_text()
    number, *places = text.split()
    assert number == "0"
    ring = np.array(places, float).reshape(-1, 2) * (20, 12)
    assert mask_of_rings([ring]) == labels.masks[0].mask, "a hole and an island in one ring"
    assert (
        (tmp_path / "out" / "data.yaml")
        .read_text("utf-8")
        .endswith('names:\n  0: "bus"\n  1: "пешеход"\n  2: "unused"\n')
    )
    twins = tuple(
        MediaEntry(i, f"a.{s}", MediaKind.IMAGE, 4, 4) for i, s in enumerate(("jpg", "png"))
    )
    with pytest.raises(ExchangeTrouble, match=r"share the label file a\.txt"):
        export_labels("yolo", Labels(twins, (), (), ()), tmp_path / "twins")


def test_a_fault_in_the_yolo_writer_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        yolo_module, "one_ring", lambda mask: yolo_module.outlines_of(mask)[0].outer
    )
    report = export_labels("yolo", sample(), tmp_path / "out")
    assert report.differences == ("town/a.txt: an object of class 0 differs in 11 pixels.",)


@pytest.mark.parametrize(
    ("key", "name", "count"),
    [
        ("coco", "x/variable/000003.jpg", 1),
        ("coco-video", "x/variable/000003.jpg", 60),
        ("davis", "out/JPEGImages/variable/00003.jpg", 1),
        ("mots", "out/images/variable/000003.jpg", 1),
        ("yolo", "out/images/x/variable/000003.jpg", 1),
    ],
)
def test_frames_are_written_where_readers_look(
    tmp_path: Path, clip_path: Path, key: str, name: str, count: int
) -> None:
    clip = Clip(clip_path)
    target = target_of(key, tmp_path)
    options = ExportOptions(clips={5: clip}, write_frames=True)
    report = export_labels(key, one_object_on(clip), target, options)
    assert report.counts["frames written"] == count
    assert tmp_path / name in report.paths
    with Image.open(tmp_path / name) as picture:
        difference = np.abs(np.asarray(picture).astype(int) - clip.frame(3))
    assert np.median(difference) <= 3
    if key == "coco":
        names = [image["file_name"] for image in json.loads(target.read_text())["images"]]
        assert [(tmp_path / name).exists() for name in names] == [True]
    clip.close()


def one_object_on(clip: Clip) -> Labels:
    return Labels(
        (MediaEntry(5, "x/variable.mp4", MediaKind.CLIP, *clips.SIZE, clip.frame_count),),
        (CategoryEntry(1, "a"),),
        (ObjectEntry(1, 5, 1),),
        (MaskEntry(1, 3, drawn(48, 64, (0, 0, 9, 9))),),
    )


@pytest.fixture(scope="session")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.make("variable_rate.mp4", tmp_path_factory.mktemp("clips"))


@pytest.mark.parametrize("key", ["coco", "davis"])
def test_frames_are_listed_and_verified(tmp_path: Path, clip_path: Path, key: str) -> None:
    clip = Clip(clip_path)
    labels = one_object_on(clip)
    target = target_of(key, tmp_path)
    report = export_labels(key, labels, target, ExportOptions(clips={5: clip}))
    path = report.paths[-1]
    wanted = (
        target.parent / "out.variable.frames.csv"
        if key == "coco"
        else target / "variable.frames.csv"
    )
    assert path == wanted
    lines = path.read_text().splitlines()
    assert len(lines) == clip.frame_count + 1
    assert lines[2].startswith(f"1,{clip.pts(1)},{clip.time_s(1):.6f},")
    assert verify_export(path, clip) == ()
    clip.close()


def test_clips_are_opened_for_their_frames(tmp_path: Path, clip_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "variable.mp4").write_bytes(clip_path.read_bytes())
    good = MediaEntry(1, "x/variable.mp4", MediaKind.CLIP, *clips.SIZE, clips.FRAMES)
    gone = MediaEntry(2, "x/gone.mp4", MediaKind.CLIP, *clips.SIZE, 3)
    other = MediaEntry(3, "x/../x/variable.mp4", MediaKind.CLIP, *clips.SIZE, 3)
    labels = Labels((good, gone, other), (), (), ())
    report = export_with_clips("coco", labels, tmp_path / "o.json", ExportOptions(), tmp_path)
    assert report.paths == (tmp_path / "o.json", tmp_path / "o.variable.frames.csv")
    assert "x/gone.mp4" in report.notes[0]
    assert "60 frames now and had 3" in report.notes[1]


def test_another_clip_does_not_pass_for_the_exported_one(tmp_path: Path, clip_path: Path) -> None:
    clip = Clip(clip_path)
    path = tmp_path / "frames.csv"
    write_frames_csv(path, clip)
    other = Clip(clips.make("bframes.mp4", tmp_path))
    found = verify_export(path, other)
    assert "shows another picture" in found[0]
    assert found[-1].startswith("And ")
    short = Clip(clips.make("turned_90.mp4", tmp_path))
    assert "made on 60 frames, the clip has 8" in verify_export(path, short)[0]
    lines = path.read_text().splitlines()
    lines[4] = lines[4].replace(f",{clip.pts(3)},", f",{clip.pts(3) + 1},")
    path.write_text("\n".join(lines) + "\n")
    assert verify_export(path, clip) == (
        f"Frame 3 has timestamp {clip.pts(3)}, not {clip.pts(3) + 1}.",
    )
    for text in (
        "a,b\n",
        "",
        "index,pts,time_s,hash\n5,1,0,x\n",
        "index,pts,time_s,hash\n0,x,0,x\n",
    ):
        path.write_text(text)
        with pytest.raises(ExchangeTrouble, match=r"no list of frames|damaged"):
            verify_export(path, clip)
    with pytest.raises(FileTrouble):
        verify_export(tmp_path / "none.csv", clip)
    for source in (clip, other, short):
        source.close()
