"""Pixels in, pixels out: resizing, coordinates, masks at picture size, duplicates."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import interpolate

from sam3_annotator.model.detector import DetectorOutput
from sam3_annotator.model.preprocess import (
    SAM2_INPUT,
    InputSpec,
    boxes_to_pixels,
    boxes_to_unit,
    detections,
    masks_to_pixels,
    points_to_unit,
    prepare_image,
    suppress_duplicates,
)
from tests.support.reference import transformers

SMALL = InputSpec(size=56, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))


def picture(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("size", [(300, 400), (1008, 1008), (17, 2000)])
def test_input_is_the_published_resize(size):
    """Tolerance: one rounding of a value in [-1, 1]; a grey level would be 0.0078."""
    image = picture(*size)
    processor = transformers.Sam3ImageProcessor()
    expected = processor(torch.from_numpy(image).permute(2, 0, 1), return_tensors="pt")
    got = prepare_image(image)
    assert got.shape == (1, 3, 1008, 1008)
    assert got.is_contiguous()
    assert (got - expected["pixel_values"]).abs().max() < 1e-6


def test_sam_2_colours():
    grey = np.full((8, 8, 3), 128, dtype=np.uint8)
    got = prepare_image(grey, SAM2_INPUT)
    assert got.shape == (1, 3, 1024, 1024)
    expected = (128 / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    assert np.allclose(got[0, :, 5, 5].numpy(), expected, atol=1e-6)


def test_views_of_arrays_are_taken_as_they_look():
    image = picture(20, 30)
    mirrored = prepare_image(image[:, ::-1], SMALL)
    assert torch.equal(mirrored, prepare_image(image[:, ::-1].copy(), SMALL))


def test_read_only_batches_and_precision():
    image = picture(20, 30)
    image.flags.writeable = False
    alone = prepare_image(image, SMALL)
    batch = prepare_image(torch.from_numpy(np.stack([image, image])), SMALL, dtype=torch.bfloat16)
    assert batch.shape == (2, 3, 56, 56)
    assert batch.dtype == torch.bfloat16
    assert torch.equal(batch[1], alone[0].bfloat16())


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4, 3)), np.zeros((4, 4), np.uint8), np.zeros((3, 4, 4), np.uint8)]
)
def test_anything_but_bytes_in_rgb_is_refused(image):
    with pytest.raises(ValueError, match="uint8 RGB"):
        prepare_image(image, SMALL)


@given(
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    st.lists(st.floats(0, 5000, width=32), min_size=4, max_size=4),
)
def test_boxes_come_back(size, corners):
    box = torch.tensor(corners)
    assert torch.allclose(boxes_to_pixels(boxes_to_unit(box, size), size), box, atol=0.01)


def test_x_goes_with_width():
    box = boxes_to_unit(torch.tensor([[10.0, 20.0, 30.0, 40.0]]), (100, 200))
    assert torch.allclose(box, torch.tensor([[0.1, 0.3, 0.1, 0.2]]))
    points = torch.tensor([[50.0, 50.0]])
    assert torch.allclose(points_to_unit(points, (100, 200)), torch.tensor([[0.25, 0.5]]))


@settings(deadline=None, max_examples=40)
@given(
    st.tuples(st.integers(1, 300), st.integers(1, 300)),
    st.tuples(st.integers(2, 30), st.integers(2, 30)),
    st.floats(-2.5, 1.0),
    st.integers(0, 99),
)
def test_cropped_masks_equal_whole_masks(size, cells, offset, seed):
    """Beside logits within a rounding of zero, where either answer is right."""
    noise = torch.randn(3, *cells, generator=torch.Generator().manual_seed(seed))
    logits = noise + offset
    expected = interpolate(logits[None], size, mode="bilinear", align_corners=False)[0]
    for crop, whole in zip(masks_to_pixels(logits, size), expected, strict=True):
        wrong = crop.whole(size) != (whole.sigmoid() > 0.5)
        assert not (wrong & (whole.abs() > 1e-5)).any()


def test_small_objects_are_not_paid_for_at_picture_size():
    logits = torch.full((1, 288, 288), -5.0)
    logits[0, 100:110, 200:203] = 5
    crop = masks_to_pixels(logits, (2160, 3840))[0]
    assert crop.inside.numel() < 0.003 * 2160 * 3840
    assert (crop.top, crop.left) == pytest.approx((100 * 7.5, 200 * 13.3), abs=20)


def test_an_empty_mask_is_empty():
    crop = masks_to_pixels(torch.full((1, 8, 8), -1.0), (50, 60))[0]
    assert crop.inside.numel() == 0
    assert not crop.whole((50, 60)).any()


def squares(*spans):
    masks = torch.full((len(spans), 40, 40), -3.0)
    for mask, (low, high) in zip(masks, spans, strict=True):
        mask[low:high, low:high] = 3
    return masks


def test_duplicates_go_best_first():
    masks = squares((0, 20), (1, 21), (25, 35), (26, 36), (0, 20))
    scores = torch.tensor([0.7, 0.9, 0.6, 0.55, 0.4])
    assert suppress_duplicates(scores, masks).tolist() == [False, True, True, False, False]


def test_one_suppressed_candidate_does_not_suppress_another():
    masks = squares((0, 20), (13, 33), (26, 40))
    scores = torch.tensor([0.9, 0.8, 0.7])
    kept = suppress_duplicates(scores, masks, iou_threshold=0.05)
    assert kept.tolist() == [True, False, True]


def output_of(logits, presence, masks):
    count = len(logits)
    return DetectorOutput(
        logits=torch.tensor([logits]),
        presence_logit=torch.tensor([presence]),
        boxes=torch.tensor([[[0.5, 0.5, 0.2, 0.4]] * count]),
        mask_logits=masks[None],
        semantic_logits=torch.zeros(1, 1, 40, 40),
        queries=torch.zeros(1, count, 4),
    )


def test_detections_are_in_pixels_best_first():
    output = output_of([1.0, 3.0, -3.0], 4.0, squares((0, 20), (20, 40), (0, 40)))
    found = detections(output, (100, 200))
    assert found.queries.tolist() == [1, 0]
    assert torch.allclose(found.boxes_xyxy_px[0], torch.tensor([80.0, 30.0, 120.0, 70.0]))
    assert found.masks[0].whole((100, 200))[60:, 110:].all()
    assert found.presence == pytest.approx(0.982, abs=1e-3)


def test_absence_of_the_concept_silences_every_candidate():
    output = output_of([8.0, 9.0], -2.0, squares((0, 20), (20, 40)))
    assert len(detections(output, (100, 200)).masks) == 0
    assert len(detections(output, (100, 200), iou_threshold=0.1).masks) == 0


def test_detections_drop_duplicates_when_asked():
    output = output_of([2.0, 3.0], 4.0, squares((0, 20), (1, 21)))
    assert len(detections(output, (50, 50)).masks) == 2
    assert detections(output, (50, 50), iou_threshold=0.1).queries.tolist() == [1]


def test_the_picture_is_cut_on_logits_not_on_probabilities():
    """D7: transformers interpolates probabilities, so its borders lie elsewhere."""
    logits = torch.tensor([[[9.0, -1.0], [9.0, -1.0]]])
    size = (2, 100)
    ours = masks_to_pixels(logits, size)[0].whole(size)
    theirs = interpolate(logits.sigmoid()[None], size, mode="bilinear", align_corners=False) > 0.5
    assert ours.sum() > theirs.sum() + 20
