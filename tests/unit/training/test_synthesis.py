"""Synthetic pictures and clips: truth fits the pixels, splits do not leak, seeds repeat."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from sam3_annotator.errors import FileTrouble
from sam3_annotator.training.clips import ClipRecipe, make_clip
from sam3_annotator.training.compositing import Pose, View, background, pasted
from sam3_annotator.training.scenes import SceneRecipe, make_pair
from sam3_annotator.training.sprites import CutoutLibrary, Photo, PhotoLibrary, is_held_out

WORDS = ("cat", "dog", "cup", "kite", "tree", "bird", "ball", "lamp", "shoe", "fish", "boat", "key")


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """Coloured discs as cut-outs, noise as photos."""
    folder = tmp_path_factory.mktemp("material")
    rng = np.random.default_rng(0)
    (folder / "cutouts" / "group").mkdir(parents=True)
    (folder / "photos").mkdir()
    for word in WORDS:
        rgba = np.zeros((60, 60, 4), np.uint8)
        rgba[..., :3] = rng.integers(0, 255, 3)
        cv2.circle(rgba, (30, 30), 28, (*rng.integers(0, 255, 3).tolist(), 255), -1)
        Image.fromarray(rgba).save(folder / "cutouts" / "group" / f"{word}--0.png")
    for index in range(12):
        noise = rng.integers(0, 255, (90, 120, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / "photos" / f"p{index}.jpg")
    return folder


def libraries(material, split="train"):
    return (
        CutoutLibrary(material / "cutouts", split),
        PhotoLibrary(material / "photos", split),
    )


def test_the_split_is_by_concept_and_complete(material) -> None:
    train, held_out = (CutoutLibrary(material / "cutouts", s) for s in ("train", "held_out"))
    assert set(train.concepts) | set(held_out.concepts) == {f"group/{w}" for w in WORDS}
    assert not set(train.concepts) & set(held_out.concepts)


def test_small_variations_of_a_concept_fall_on_one_side() -> None:
    for word in ("car", "face", "fish"):
        assert is_held_out(f"emoji/police_{word}") == is_held_out(f"other/racing_{word}")
    assert is_held_out("photo/a@1--0") == is_held_out("photo/a")


def test_an_empty_folder_is_explained(tmp_path) -> None:
    with pytest.raises(FileTrouble, match="holds no cut-outs"):
        CutoutLibrary(tmp_path, "train")


def test_pasting_shows_where_it_pasted() -> None:
    canvas = np.zeros((80, 100, 3), np.uint8)
    rgba = np.zeros((20, 40, 4), np.uint8)
    rgba[...] = (200, 100, 50, 255)
    picture, covered = pasted(canvas, rgba, Pose(50, 40, 40))
    assert covered.sum() == pytest.approx(800, rel=0.1)
    assert (picture[covered] > 0).any(axis=1).all()
    assert not picture[~cv2.dilate(covered.astype(np.uint8), np.ones((5, 5))).astype(bool)].any()
    gone, nothing = pasted(canvas, rgba, Pose(50, 40, 40, opacity=0.0))
    assert not gone.any()
    assert not nothing.any()
    _, outside = pasted(canvas, rgba, Pose(-60, 40, 40))
    assert not outside.any()


def test_pseudo_masks_move_with_the_camera() -> None:
    rgb = np.zeros((100, 100, 3), np.uint8)
    rgb[40:60, 40:60] = 255
    photo = Photo("p", rgb, (rgb[..., 0] > 0).astype(np.uint8))
    for view in (View(50, 50, 60), View(58, 45, 80, angle=0.4)):
        picture, segments = background(photo, view, 64)
        bright = picture[..., 0] > 127
        overlap = (bright & (segments > 0)).sum() / (bright | (segments > 0)).sum()
        assert overlap > 0.85


def test_clips_repeat_and_differ(material) -> None:
    recipe = ClipRecipe(side=64, frames=5)
    one, same, other = (
        make_clip(np.random.default_rng(seed), recipe, *libraries(material)) for seed in (4, 4, 5)
    )
    assert np.array_equal(one.frames, same.frames)
    assert np.array_equal(one.labels, same.labels)
    assert not np.array_equal(one.frames, other.frames)
    assert one.frames.shape == (5, 64, 64, 3)
    assert one.labels.max() <= len(one.concepts)


def test_things_leave_and_return(material) -> None:
    recipe = ClipRecipe(side=64, frames=8, absences=1.0, objects=1, camera=0.0, scenery=0.0)
    cutouts, photos = libraries(material)
    returns = 0
    for seed in range(12):
        clip = make_clip(np.random.default_rng(seed), recipe, cutouts, photos)
        shown = [(labels == 1).sum() > 0 for labels in clip.labels]
        gaps = [t for t in range(1, 7) if not shown[t] and any(shown[:t]) and any(shown[t:])]
        returns += bool(gaps)
    assert returns >= 4


def test_a_pair_shares_concepts_and_its_labels_are_used(material) -> None:
    cutouts, photos = libraries(material)
    shared = 0
    for seed in range(6):
        first, second = make_pair(
            np.random.default_rng(seed), SceneRecipe(side=96), cutouts, photos
        )
        shared += bool(set(first.concepts) & set(second.concepts))
        for scene in (first, second):
            assert scene.labels.max() <= len(scene.concepts)
    assert shared >= 2
