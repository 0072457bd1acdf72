"""``eval-video``: every format it reads, what it refuses, and TrackEval beside it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sam3_annotator.cli.program import main
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import Mask
from sam3_annotator.io.exchange import CategoryEntry, Labels, MaskEntry, MediaEntry, ObjectEntry
from sam3_annotator.io.registry import export_labels
from tests.support.projects import Made

PYTHON = os.environ.get("READERS_PYTHON", "")
WIDTH, HEIGHT, FRAMES = 64, 48, 12


def labels(shift=0, swap_from=99, missing=(), name="clip.mp4", category="car"):
    """Two squares that pass each other; ``swap_from`` exchanges their identities."""
    masks = []
    for frame in range(FRAMES):
        boxes = {
            1: PixelBox(4 + 2 * frame + shift, 4, 16 + 2 * frame + shift, 16),
            2: PixelBox(40 - 2 * frame + shift, 24, 52 - 2 * frame + shift, 40),
        }
        for number, box in boxes.items():
            owner = 3 - number if frame >= swap_from else number
            if (number, frame) not in missing:
                masks.append(MaskEntry(owner, frame, Mask.from_box(box)))
    return Labels(
        (MediaEntry(1, name, MediaKind.CLIP, WIDTH, HEIGHT, FRAMES),),
        (CategoryEntry(1, category),),
        (ObjectEntry(1, 1, 1), ObjectEntry(2, 1, 1)),
        tuple(masks),
    )


def written(tmp_path, key, what, name):
    target = tmp_path / (f"{name}.json" if key.startswith("coco") else name)
    export_labels(key, what, target)
    return target


def scored(capsys, *words):
    assert main(["eval-video", *map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("key", ["coco-video", "coco", "davis", "mots"])
def test_the_truth_scores_one_in_every_format(tmp_path, capsys, key):
    truth = written(tmp_path, "coco-video", labels(), "truth")
    answer = written(tmp_path, key, labels(), "answer")
    found = scored(capsys, truth, answer)["all"]
    for name in ("J&F", "J", "F", "HOTA", "DetA", "AssA", "IDF1"):
        assert found[name] == pytest.approx(1), name
    assert found["switches"] == 0


def test_a_swap_lowers_association_and_leaves_detection(tmp_path, capsys):
    truth = written(tmp_path, "coco-video", labels(), "truth")
    answer = written(tmp_path, "coco-video", labels(swap_from=6), "answer")
    found = scored(capsys, truth, answer)["all"]
    assert found["DetA"] == pytest.approx(1)
    assert found["AssA"] == pytest.approx((6 / 18 * 24) / 24)
    assert found["IDF1"] == pytest.approx(0.5)
    assert found["switches"] == 2
    assert found["J"] == pytest.approx(0.5)


def test_shifted_masks_score_their_overlap(tmp_path, capsys):
    truth = written(tmp_path, "coco-video", labels(), "truth")
    answer = written(tmp_path, "coco-video", labels(shift=2), "answer")
    found = scored(capsys, truth, answer)
    assert found["all"]["J"] == pytest.approx(10 / 14)
    assert found["clips"]["clip"]["objects"]["car 1"]["frames"] == FRAMES


def test_frames_without_truth_count_unless_told_otherwise(tmp_path, capsys):
    gone = {(n, f) for n in (1, 2) for f in range(1, FRAMES)}
    truth = written(tmp_path, "coco-video", labels(missing=gone), "truth")
    answer = written(tmp_path, "coco-video", labels(), "answer")
    assert scored(capsys, truth, answer)["all"]["J"] == pytest.approx(1 / FRAMES)
    assert scored(capsys, truth, answer, "--labelled-only")["all"]["J"] == 1


def test_other_categories_match_only_when_asked(tmp_path, capsys):
    truth = written(tmp_path, "coco-video", labels(), "truth")
    answer = written(tmp_path, "coco-video", labels(category="bus"), "answer")
    assert scored(capsys, truth, answer)["all"]["HOTA"] == 0
    assert scored(capsys, truth, answer, "--any-category")["all"]["HOTA"] == pytest.approx(1)


def test_a_project_is_read_too(tmp_path, capsys):
    made = Made(tmp_path / "p.s3a")
    made.close()
    found = scored(capsys, made.path, made.path)["all"]
    assert found["J&F"] == found["HOTA"] == 1


def test_the_table_names_every_clip(tmp_path, capsys):
    truth = written(tmp_path, "coco-video", labels(), "truth")
    assert main(["eval-video", str(truth), str(truth)]) == 0
    head, clip, total = capsys.readouterr().out.splitlines()
    assert head.split() == ["clip", "J&F", "J", "F", "HOTA", "DetA", "AssA", "IDF1", "switches"]
    assert clip.split() == ["clip", *["100.0"] * 7, "0"]
    assert total.split() == ["all", *["100.0"] * 7, "0"]


def test_what_cannot_be_scored_is_refused(tmp_path, capsys):
    truth = written(tmp_path, "coco-video", labels(), "truth")
    assert main(["eval-video", str(truth), str(tmp_path / "none.json")]) == 1
    assert "not there" in capsys.readouterr().err
    small = labels()
    small = Labels(
        (MediaEntry(1, "clip.mp4", MediaKind.CLIP, WIDTH, HEIGHT + 1, FRAMES),),
        small.categories, small.objects, small.masks,
    )  # fmt: skip
    other = written(tmp_path, "coco-video", small, "small")
    assert main(["eval-video", str(truth), str(other)]) == 1
    assert "64 x 49" in capsys.readouterr().err


def test_davis_leaves_the_ends_out(tmp_path, capsys):
    truth = written(tmp_path, "davis", labels(), "truth")
    answer = written(tmp_path, "davis", labels(missing={(1, 0), (2, 0)}), "answer")
    assert scored(capsys, truth, answer, "--skip-ends")["all"]["J"] == 1
    assert scored(capsys, truth, answer)["all"]["J"] == pytest.approx(11 / 12)


@pytest.mark.skipif(not PYTHON, reason="READERS_PYTHON names no interpreter with TrackEval")
def test_hota_agrees_with_trackeval(tmp_path, capsys):
    truth = written(tmp_path, "mots", labels(), "truth")
    gone = {(1, f) for f in (3, 4, 9)}
    answer = written(tmp_path, "mots", labels(shift=1, swap_from=7, missing=gone), "answer")
    (text,) = sorted(truth.rglob("*.txt"))[:1]
    (other,) = sorted(answer.rglob("*.txt"))[:1]
    script = Path(__file__).parents[2] / "support" / "score_mots.py"
    done = subprocess.run(
        [PYTHON, str(script), str(text), str(other), str(FRAMES)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = scored(capsys, truth, answer)["all"]
    assert 100 * found["HOTA"] == pytest.approx(float(done.stdout), abs=0.01)
    assert np.isfinite(found["F"])
