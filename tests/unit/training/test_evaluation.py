"""Readers of true masks, simulated clicks, and the tracking scores on clips with known answers."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.model.build_tracker import Sam2ImageModel
from sam3_annotator.model.tracker_config import SMALL_HEADS, SMALL_HIERA
from sam3_annotator.training import eval_similar
from sam3_annotator.training.clips import Clip
from sam3_annotator.training.contact_sheet import TILE_PX, clip_sheet
from sam3_annotator.training.eval_clicks import (
    MOST_CLICKS,
    Sample,
    evaluate_clicks,
    next_click,
)
from sam3_annotator.training.eval_tracking import evaluate_tracking, make_followers
from sam3_annotator.training.evaluate import (
    Model,
    Plan,
    open_model,
    run_plan,
    table,
    without_nan,
)
from sam3_annotator.training.followers import Copy, Flow, Logits
from sam3_annotator.training.real_scenes import scene_pairs
from sam3_annotator.training.truth_folders import davis_clips, picture_samples


@pytest.fixture(scope="module")
def model() -> Sam2ImageModel:
    torch.manual_seed(0)
    image = Sam2ImageModel(SMALL_HIERA, SMALL_HEADS).eval()
    return image.requires_grad_(requires_grad=False)


def square_clip(columns: list[int | None], side: int = 64) -> Clip:
    """A red square; None where it is gone."""
    frames = np.full((len(columns), side, side, 3), 90, np.uint8)
    frames += np.random.default_rng(0).integers(0, 40, frames.shape[1:], dtype=np.uint8)
    labels = np.zeros(frames.shape[:3], np.uint8)
    for t, column in enumerate(columns):
        if column is not None:
            frames[t, 20:40, column : column + 20] = (230, 30, 30)
            labels[t, 20:40, column : column + 20] = 1
    return Clip(frames, labels, ("square",))


def test_clicks_go_where_the_mistake_is() -> None:
    truth = np.zeros((40, 60), bool)
    truth[10:30, 10:50] = True
    assert next_click(np.zeros_like(truth), truth)[2] == 1
    shown = truth.copy()
    shown[:, 50:] = True
    column, row, label = next_click(shown, truth)
    assert label == 0
    assert column >= 50
    assert 0 <= row < 40
    column, row, label = next_click(truth, truth)
    assert (label, bool(truth[row, column])) == (1, True)


def test_click_scores_have_every_number(model: Sam2ImageModel) -> None:
    clip = square_clip([10])
    sample = Sample("s", clip.frames[0], (clip.labels[0] == 1,))
    scores = evaluate_clicks(model, [sample], side=64)
    assert len(scores.clicks) == MOST_CLICKS
    assert scores.things == 1
    assert 0.5 < scores.grabcut <= 1
    assert scores.oracle >= scores.clicks[0] or scores.oracle == pytest.approx(scores.clicks[0])


def test_copy_is_perfect_on_a_still_and_flow_follows(model: Sam2ImageModel) -> None:
    still = evaluate_tracking(model, {"copy": Copy()}, [square_clip([10] * 4)], side=128)["copy"]
    assert still.j == pytest.approx(1.0, abs=0.02)
    assert still.f == pytest.approx(1.0, abs=0.02)
    moving = square_clip([10, 13, 16, 19, 22])
    scores = evaluate_tracking(model, {"copy": Copy(), "flow": Flow()}, [moving], side=128)
    assert scores["flow"].j > scores["copy"].j + 0.15


def test_masks_of_what_is_not_there_are_counted(model: Sam2ImageModel) -> None:
    clip = square_clip([10, None, None, 10])
    scores = evaluate_tracking(model, {"copy": Copy()}, [clip], side=128)["copy"]
    assert scores.false_masks == 1.0
    assert scores.absences == 2
    assert scores.j == pytest.approx(1.0, abs=0.02)
    assert scores.j_all == pytest.approx(1 / 3, abs=0.02)
    assert (scores.identity, scores.hard, scores.things) == (1.0, 1, 1)


def test_a_lost_mask_stays_lost(model: Sam2ImageModel) -> None:
    follower = Logits(model.heads, with_box=True)
    clip = square_clip([10, 10])
    from sam3_annotator.training.eval_tracking import encode_frame  # noqa: PLC0415 - one use

    features = encode_frame(model, clip.frames[0], 64)
    follower.start(clip.frames[0], features, np.zeros((2, *clip.labels.shape[1:]), np.bool_))
    assert not follower.step(clip.frames[1], features).any()


def test_the_contact_sheet_has_a_line_per_follower(model: Sam2ImageModel) -> None:
    clip = square_clip([10, 12, 14])
    sheet = clip_sheet(model, None, clip, side=64)
    assert sheet.shape == ((1 + len(make_followers(model, None))) * TILE_PX, 3 * TILE_PX, 3)


def save_picture(path, rgb) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rgb).save(path)


def test_coco_and_labelme_are_read(tmp_path) -> None:
    clip = square_clip([10])
    save_picture(tmp_path / "coco" / "images" / "a.jpg", clip.frames[0])
    outline = [10, 20, 30, 20, 30, 40, 10, 40]
    entry = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [outline], "iscrowd": 0}
    image = {"id": 1, "file_name": "a.jpg", "width": 64, "height": 64}
    (tmp_path / "coco" / "truth.json").write_text(
        json.dumps({"images": [image], "annotations": [entry], "categories": [{"id": 1}]})
    )
    save_picture(tmp_path / "labelme" / "a.jpg", clip.frames[0])
    points = np.reshape(outline, (-1, 2)).tolist()
    (tmp_path / "labelme" / "a.json").write_text(json.dumps({"shapes": [{"points": points}]}))
    for folder in (tmp_path / "coco", tmp_path / "coco" / "truth.json", tmp_path / "labelme"):
        (sample,) = picture_samples(folder)
        overlap = (sample.masks[0] & (clip.labels[0] == 1)).sum() / 400
        assert overlap > 0.9
    with pytest.raises(ExchangeTrouble, match="holds no COCO"):
        list(picture_samples(tmp_path))


def test_what_is_no_thing_is_left_out_and_names_are_kept(tmp_path) -> None:
    save_picture(tmp_path / "a.jpg", square_clip([10]).frames[0])
    square = [[10, 20], [30, 20], [30, 40], [10, 40]]
    shapes = [
        {"label": "cup", "points": square},
        {"label": "__ignore__", "points": square},
        {"label": "dust", "points": [[1, 1], [3, 1], [3, 3]]},
    ]
    (tmp_path / "a.json").write_text(json.dumps({"shapes": shapes}))
    (sample,) = picture_samples(tmp_path)
    assert sample.names == ("cup",)
    (tmp_path / "a.json").write_text(json.dumps({"shapes": shapes[1:]}))
    with pytest.raises(ExchangeTrouble, match="holds no mask"):
        list(picture_samples(tmp_path))


def named(*places: tuple[str, int, int, int]) -> Sample:
    """Squares as (name, left, top, side)."""
    masks = []
    for _, left, top, side in places:
        mask = np.zeros((64, 64), bool)
        mask[top : top + side, left : left + side] = True
        masks.append(mask)
    rgb = np.full((64, 64, 3), 90, np.uint8)
    return Sample("s", rgb, tuple(masks), tuple(name for name, *_ in places))


def test_pictures_with_names_become_pairs() -> None:
    cups = named(("cup", 40, 40, 8), ("plate", 30, 30, 30), ("", 0, 0, 10))
    plates = named(("plate", 4, 4, 20))
    nameless = Sample("n", cups.rgb, cups.masks)
    spoon = named(("spoon", 4, 4, 20))
    (first, second), (last, again) = scene_pairs([cups, nameless, plates, spoon])
    assert first.concepts == (0, 1)  # the plate is larger, so it lies below the cup
    assert first.labels[8 * 43, 8 * 43] == 2
    assert first.labels[8 * 35, 8 * 35] == 1
    assert first.labels[20, 20] == 0
    assert second.concepts == (0,)
    assert last.concepts == (0,)
    assert again.concepts == (1, 2)  # the first picture once more, in the numbers of this pair
    assert list(scene_pairs([cups])) == []
    assert list(scene_pairs([nameless])) == []


def test_a_report_on_own_folders_has_numbers_and_sheets(model: Sam2ImageModel, tmp_path) -> None:
    clip = square_clip([10, 12, 14])
    save_davis(tmp_path / "davis", clip)
    outline = [10, 20, 30, 20, 30, 40, 10, 40]
    for name in "ab":
        save_picture(tmp_path / "own" / f"{name}.jpg", clip.frames[0])
        shape = {"label": "cup", "points": np.reshape(outline, (-1, 2)).tolist()}
        (tmp_path / "own" / f"{name}.json").write_text(json.dumps({"shapes": [shape]}))
    plan = Plan(pictures=tmp_path / "own", clips=tmp_path / "davis", side=64)
    report = run_plan(Model(model), plan, tmp_path / "out")
    assert report["clicks"]["things"] == 2
    assert set(report["clips"]) == set(make_followers(model, None))
    assert "similar_in_pictures" not in report  # there is no finder
    assert json.loads((tmp_path / "out" / "report.json").read_text())["clicks"]["things"] == 2
    with Image.open(tmp_path / "out" / "clicks.png") as sheet:
        assert sheet.size == (4 * TILE_PX, 2 * TILE_PX)
    with Image.open(tmp_path / "out" / "clips.png") as sheet:
        assert sheet.width == 3 * TILE_PX
    assert "clips" in table(report)


@pytest.mark.slow
def test_similar_things_are_measured_on_own_pictures(tmp_path, monkeypatch) -> None:
    """Two red discs in each of two pictures, and a green square in the first."""
    asked = ("1 positive", "1 positive in another picture")
    monkeypatch.setattr(eval_similar, "WAYS", {way: eval_similar.WAYS[way] for way in asked})
    for name, shapes in (("a", ("disc", "disc", "square")), ("b", ("disc", "disc"))):
        picture = np.full((128, 256, 3), 120, np.uint8)
        entries = []
        for index, kind in enumerate(shapes):
            x = 50 + 70 * index
            if kind == "disc":
                cv2.circle(picture, (x, 60), 22, (210, 40, 30), -1)
            else:
                picture[40:80, x - 20 : x + 20] = (30, 180, 60)
            corners = [[x - 20, 40], [x + 20, 40], [x + 20, 80], [x - 20, 80]]
            entries.append({"label": kind, "points": corners})
        save_picture(tmp_path / "own" / f"{name}.jpg", picture)
        (tmp_path / "own" / f"{name}.json").write_text(json.dumps({"shapes": entries}))
    plan = Plan(pictures=tmp_path / "own", side=512)
    found = run_plan(open_model(), plan, tmp_path / "out")["similar_in_pictures"]
    assert found["1 positive"]["prompts"] == 3
    assert found["1 positive"]["recall"] > 0.6
    assert found["1 positive in another picture"]["prompts"] == 3


def save_davis(folder, clip: Clip) -> None:
    for t, (frame, labels) in enumerate(zip(clip.frames, clip.labels, strict=True)):
        save_picture(folder / "JPEGImages" / "480p" / "c" / f"{t:05d}.jpg", frame)
        mask = Image.fromarray(labels, "P")
        mask.putpalette([0, 0, 0, 255, 0, 0] + [0] * 762)
        (folder / "Annotations" / "480p" / "c").mkdir(parents=True, exist_ok=True)
        mask.save(folder / "Annotations" / "480p" / "c" / f"{t:05d}.png")


def test_davis_is_read(tmp_path) -> None:
    clip = square_clip([10, 14, None])
    save_davis(tmp_path, clip)
    (back,) = davis_clips(tmp_path)
    assert np.array_equal(back.labels, clip.labels)
    assert len(next(davis_clips(tmp_path, most_frames=2)).frames) == 2
    with pytest.raises(ExchangeTrouble, match="Annotations"):
        next(davis_clips(tmp_path / "JPEGImages"))


def test_reports_are_json_for_every_reader() -> None:
    report = {"a": {"j": float("nan"), "clicks": (0.5, float("nan"))}, "n": 3}
    assert json.loads(json.dumps(without_nan(report), allow_nan=False)) == {
        "a": {"j": None, "clicks": [0.5, None]},
        "n": 3,
    }
