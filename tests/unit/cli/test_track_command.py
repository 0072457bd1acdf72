"""``track``: prompts on one frame of a clip in, a file with masks on every frame out."""

from __future__ import annotations

import itertools
import json

import cv2
import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from sam3_annotator.cli import main, track
from sam3_annotator.errors import MediaTrouble

SIZE = (180, 320)
FRAMES = 3


def disc(index, frame):
    mask = np.zeros(SIZE, np.uint8)
    cv2.circle(mask, (60 + 90 * index + 5 * frame, 60 + 20 * index), 18, 1, -1)
    return mask.astype(bool)


@pytest.fixture
def clip(tmp_path):
    """Two red discs that move to the right beside a green square, as a folder of pictures."""
    folder = tmp_path / "clip"
    folder.mkdir()
    for frame in range(FRAMES):
        picture = np.full((*SIZE, 3), (120, 125, 130), np.uint8)
        picture[120:150, 30:64] = (40, 150, 60)
        for index in range(2):
            picture[disc(index, frame)] = (205, 45, 40)
        Image.fromarray(picture).save(folder / f"{frame:03d}.png")
    return folder


def test_nothing_to_follow_and_frames_that_are_not_there_are_refused(clip, tmp_path, capsys):
    assert main(["track", str(clip), "--output", str(tmp_path / "out.json")]) == 1
    assert "--like" in capsys.readouterr().err
    words = [
        "track",
        str(clip),
        "--output",
        str(tmp_path / "out.json"),
        "--box",
        "1,1,9,9",
        "--frame",
        "3",
    ]
    assert main(words) == 1
    assert "frames 0 to 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "7", "--stop", "9"], "frames 0 to 2"),
        (["--stop", "-3"], "frames 0 to 2"),
        (["--frame", "2", "--stop", "1"], "--stop 1 comes before"),
        (["--click", "900,20"], "900,20 lies outside the picture of 320 x 180"),
        (["--like=-9,-9,-1,-1"], "outside the picture"),
        (["--format", "nosuch"], 'no format "nosuch"'),
        (["--format", "davis"], "already holds files"),
        (["--weights", "nosuch"], "nosuch"),
    ],
)
def test_what_cannot_be_written_or_followed_is_told_before_the_work(
    clip, tmp_path, capsys, words, said
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious.txt").write_text("mine")
    output = tmp_path / ("full" if "davis" in words else "out.json")
    assert (
        main(["track", str(clip), "--output", str(output), "--box", "1,1,9,9", "--quiet", *words])
        == 1
    )
    told = capsys.readouterr()
    assert said in told.err
    assert not told.out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip", "full"]


def test_a_target_that_is_not_there_or_not_ours_is_told_before_the_work(clip, tmp_path, capsys):
    prompt = ["--box", "1,1,9,9", "--weights", "never looked for"]
    assert main(["track", str(clip), "--output", str(tmp_path / "no" / "out.json"), *prompt]) == 1
    assert "folder of" in capsys.readouterr().err
    assert main(["track", str(clip), "--output", str(tmp_path), *prompt]) == 1
    assert "directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (MediaTrouble("Frame 2 is damaged."), 1)]
)
@pytest.mark.slow
def test_frames_done_before_an_end_in_the_middle_are_written(
    clip, tmp_path, capsys, monkeypatch, error, code
):
    whole = track._frames

    def broken(video, arguments):
        yield from itertools.islice(whole(video, arguments), 2)
        raise error

    monkeypatch.setattr(track, "_frames", broken)
    output = tmp_path / "out.json"
    words = [
        "track",
        str(clip),
        "--output",
        str(output),
        "--box",
        "42,42,78,78",
        "--device",
        "cpu",
        "--quiet",
    ]
    assert main(words) == code
    assert "the frames done so far were written" in capsys.readouterr().err
    written = json.loads(output.read_text(encoding="utf-8"))
    assert [one["image_id"] for one in written["annotations"]] == [1, 2]


@pytest.mark.slow
def test_everything_like_an_example_is_followed_both_ways(clip, tmp_path, capsys):
    output = tmp_path / "out.json"
    words = [
        "track",
        str(clip),
        "--output",
        str(output),
        "--format",
        "coco-video",
        "--device",
        "cpu",
    ]
    assert main([*words, "--frame", "1", "--like", "45,40,85,80", "--backward", "--quiet"]) == 0
    assert str(output) in capsys.readouterr().out
    written = json.loads(output.read_text(encoding="utf-8"))
    assert [c["name"] for c in written["categories"]] == ["like the exemplars"]
    found = [one["segmentations"] for one in written["annotations"]]
    assert len(found) == 2
    for frame in range(FRAMES):
        masks = [coco_mask.decode(one[frame]).astype(bool) for one in found]
        for index in range(2):
            truth = disc(index, frame)
            assert max((m & truth).sum() / (m | truth).sum() for m in masks) > 0.8
    assert main([*words, "--text", "disc", "--quiet"]) == 1
    assert "cannot search by a phrase" in capsys.readouterr().err
