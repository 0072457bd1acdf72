"""Frames beside an export: written where readers look, listed, and verified against a clip."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import ExchangeTrouble, FileTrouble
from sam3_annotator.io.clip_export import export_with_clips
from sam3_annotator.io.exchange import (
    CategoryEntry,
    ExportOptions,
    Labels,
    MaskEntry,
    MediaEntry,
    ObjectEntry,
)
from sam3_annotator.io.frames_csv import verify_export, write_frames_csv
from sam3_annotator.io.registry import export_labels
from sam3_annotator.io.video import Clip
from tests.support import clips
from tests.support.labels import drawn, target_of

if TYPE_CHECKING:
    from pathlib import Path


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
    told = [note for note in report.notes if note.startswith("No list of frames")]
    assert "x/gone.mp4" in told[0]
    assert "60 frames now and had 3" in told[1]


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
