"""The picture door, on a tiny random model: coordinates, labels, cleaning, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from sam3_annotator.domain.geometry import PixelBox
from sam3_annotator.domain.mask import EMPTY_MASK, Mask
from sam3_annotator.errors import Rejected
from sam3_annotator.inference.exact_masks import full_masks
from sam3_annotator.inference.predictor import Predictor
from sam3_annotator.inference.prompts import RawMasks
from tests.support.tiny_models import tiny_sam2, tiny_sam3


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(3).integers(0, 255, (48, 80, 3), np.uint8)


@pytest.fixture(scope="module")
def sam2():
    return Predictor(tiny_sam2())


@pytest.fixture(scope="module")
def sam3():
    return Predictor(tiny_sam3())


class Recording:
    """A backend that notes its prompts and answers with one blot, one hole and one speck."""

    def __init__(self, like):
        self.like = like
        self.info = like.info
        self.low_resolution = 64
        self.prompts = []

    def encode(self, picture):
        return self.like.encode(picture)

    def segment(self, features, prompt):
        self.prompts.append(prompt)
        logits = np.full((1, 64, 64), -5, np.float32)
        logits[0, 10:40, 10:40] = 5
        logits[0, 20, 20] = -5
        logits[0, 60, 60] = 5
        return RawMasks(logits, np.array([0.9], np.float32), 0.8)


@pytest.fixture
def recording(sam2):
    return Recording(sam2.backend)


def test_pixel_edges_become_the_heads_pixel_indices(recording, picture):
    predictor = Predictor(recording)
    encoded = predictor.encode(picture)
    predictor.segment(encoded, points=[(40.5, 24.5)], labels=[0], box=(60, 40, 20, 8))
    (prompt,) = recording.prompts
    np.testing.assert_allclose(prompt.points, [[0.5, 0.5]])
    np.testing.assert_allclose(prompt.box, [0.5, 0.5, 0.5, 32 / 48])
    assert prompt.labels.tolist() == [0]
    assert not prompt.wants_three


def test_only_a_lone_click_asks_for_three_masks(recording, picture):
    predictor = Predictor(recording)
    encoded = predictor.encode(picture)
    predictor.segment(encoded, points=[(4, 4)])
    predictor.segment(encoded, points=[(4, 4)], multimask=False)
    predictor.segment(encoded, points=[(4, 4), (5, 5)])
    predictor.segment(encoded, points=[(4, 4)], mask_logits=np.zeros((64, 64), np.float32))
    assert [p.wants_three for p in recording.prompts] == [True, False, False, False]


def test_specks_are_cleaned_from_masks_and_not_from_logits(recording):
    predictor = Predictor(recording)
    square = np.zeros((64, 64, 3), np.uint8)
    encoded = predictor.encode(square)
    answer = predictor.segment(encoded, points=[(15, 15)])
    assert answer.masks[0] == Mask.from_box(PixelBox(10, 10, 40, 40))
    assert answer.logits[0, 20, 20] < 0
    raw = predictor.segment(encoded, points=[(15, 15)], cleans=False)
    assert raw.masks[0].area == 900 - 1 + 1


def test_masks_have_the_pictures_size(sam2, picture):
    encoded = sam2.encode(picture)
    answer = sam2.segment(encoded, box=(10, 10, 50, 40))
    assert answer.masks[0].to_array(48, 80).shape == (48, 80)
    assert 0 <= answer.scores[0] <= 1


def test_detections_come_best_first_and_inside_the_picture(sam3, picture):
    encoded = sam3.encode(picture)
    found = sam3.detect(encoded, text="cat", min_score=0.0, with_logits=True)
    assert len(found.masks) == len(found.scores) == len(found.logits) == 6
    assert (np.diff(found.scores) <= 0).all()
    assert (found.boxes_xyxy_px >= 0).all()
    assert (found.boxes_xyxy_px <= [80, 48, 80, 48]).all()
    assert found.box(0).x1 <= 80
    assert sam3.detect(encoded, text="cat", min_score=1.1).masks == ()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, Rejected),
        ({"points": [(1, 1)], "labels": [1, 0]}, ValueError),
        ({"points": [(1, 1)], "labels": [2]}, ValueError),
        ({"points": [(np.nan, 1)]}, ValueError),
    ],
)
def test_prompts_that_make_no_sense(sam2, picture, arguments, error):
    with pytest.raises(error):
        sam2.segment(sam2.encode(picture), **arguments)


def test_concepts_that_make_no_sense(sam2, sam3, picture):
    for asked in ({"text": "cat"}, {"boxes": [[1, 1, 9, 9]]}):
        with pytest.raises(Rejected, match="by concept; load SAM 3"):  # an exemplar is no way out
            sam2.detect(sam2.encode(picture), **asked)
    encoded = sam3.encode(picture)
    with pytest.raises(Rejected, match="at least one"):
        sam3.detect(encoded, boxes=[[1, 1, 9, 9]], box_labels=[0])
    with pytest.raises(ValueError, match="another model"):
        sam2.segment(encoded, points=[(1, 1)])


@pytest.mark.parametrize("shape", [(5, 5), (5, 5, 4)])
def test_pictures_of_another_shape_are_refused(sam2, shape):
    with pytest.raises(ValueError, match="expected"):
        sam2.encode(np.zeros(shape, np.uint8))


def test_a_drawn_mask_becomes_logits_and_back(recording):
    predictor = Predictor(recording)
    encoded = predictor.encode(np.zeros((128, 64, 3), np.uint8))
    mask = Mask.from_box(PixelBox(8, 16, 40, 96))
    logits = predictor.low_resolution_logits(mask, encoded)
    assert (logits.min(), logits.max()) == (-10, 10)
    assert full_masks(logits[None], 128, 64)[0].iou(mask) > 0.95
    assert (predictor.low_resolution_logits(EMPTY_MASK, encoded) == -10).all()
