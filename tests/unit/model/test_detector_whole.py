"""The whole detector against transformers with small random weights, and what may be kept apart.

Tolerance: float32 on both sides, in a different order; every output is of order 1 to 10, the
measured differences are below 1e-5.
"""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.boxes import cxcywh_to_xyxy
from sam3_annotator.model.build import build_detector
from sam3_annotator.model.config import DetectorConfig
from sam3_annotator.model.prompt_encoder import GeometryPrompts
from tests.support.detector_reference import matched_pair, randomise

TOLERANCE = 2e-5
CONFIG = DetectorConfig.tiny(tracker_neck=False)
IDS = torch.tensor([[94, 5, 7, 9, 95, 0, 0, 0]])
REAL = (IDS != 0).long()
BOXES = torch.tensor([[[0.4, 0.5, 0.3, 0.2], [0.6, 0.6, 0.7, 0.75]]])
PIXELS = torch.rand(1, 3, 56, 56, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.fixture(scope="module", autouse=True)
def _no_gradients():
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def pair(_no_gradients):
    return matched_pair(CONFIG)


def differences(ours, reference):
    """Largest absolute difference of each output, by name; D5 and D6 are bridged here."""
    return {
        "logits": ours.logits - reference.pred_logits,
        "presence": ours.presence_logit - reference.presence_logits[:, 0],
        "boxes": cxcywh_to_xyxy(ours.boxes) - reference.pred_boxes,
        "masks": ours.mask_logits - reference.pred_masks,
        "semantic": ours.semantic_logits - reference.semantic_seg,
    }


def assert_equal(ours, reference, tolerance=TOLERANCE):
    for name, difference in differences(ours, reference).items():
        assert difference.abs().max().item() < tolerance, name


def answer(ours, boxes=None, labels=None, **options):
    features = ours.encode_image(PIXELS)
    geometry = None if boxes is None else GeometryPrompts.of_boxes(boxes, labels)
    return ours.detect(features, ours.encode_text(IDS), geometry, **options)


def reference_answer(reference, boxes=None, labels=None):
    return reference(
        pixel_values=PIXELS,
        input_ids=IDS,
        attention_mask=REAL,
        input_boxes=boxes,
        input_boxes_labels=labels,
    )


@pytest.mark.parametrize("labels", [[1, 1], [1, 0], [0, 0]], ids=["++", "+-", "--"])
def test_text_with_boxes_agrees(pair, labels):
    ours, reference = pair
    labels = torch.tensor([labels])
    assert_equal(answer(ours, BOXES, labels), reference_answer(reference, BOXES, labels))


def test_labels_matter(pair):
    liked = answer(pair[0], BOXES, torch.tensor([[1, 1]]))
    disliked = answer(pair[0], BOXES, torch.tensor([[1, 0]]))
    assert (liked.logits - disliked.logits).abs().max() > 1e-3


def test_text_alone_keeps_the_summary_token(pair):
    """D1: without boxes the reference leaves out the exemplar encoder's summary token.

    Ours is the published side. The reference gets there with one box marked as padding.
    """
    ours, reference = pair
    padding = torch.tensor([[-10]])
    assert_equal(answer(ours), reference_answer(reference, BOXES[:, :1], padding))
    plain = reference_answer(reference)
    assert max(d.abs().max() for d in differences(answer(ours), plain).values()) > 0.1
    assert_equal(answer(ours, summary_without_exemplars=False), plain)


def test_one_picture_many_prompts_equals_one_at_a_time(pair):
    ours, _ = pair
    features = ours.encode_image(PIXELS)
    text = ours.encode_text(torch.tensor([[94, 5, 7, 9, 95, 0, 0, 0], [94, 8, 95, 0, 0, 0, 0, 0]]))
    geometry = GeometryPrompts.of_boxes(BOXES.repeat(2, 1, 1), torch.tensor([[1, 0], [1, -1]]))
    together = ours.detect(features, text, geometry)
    for row, labels in enumerate(([[1, 0]], [[1]])):
        boxes = BOXES[:, : len(labels[0])]
        alone = ours.detect(
            features, text.phrase(row), GeometryPrompts.of_boxes(boxes, torch.tensor(labels))
        )
        for name in ("logits", "boxes", "mask_logits", "presence_logit", "semantic_logits"):
            got, expected = getattr(together, name)[row], getattr(alone, name)[0]
            assert torch.allclose(got, expected, atol=TOLERANCE), (row, name)


def test_many_phrases_without_exemplars_equal_one_at_a_time(pair):
    ours, _ = pair
    features = ours.encode_image(PIXELS)
    text = ours.encode_text(torch.tensor([[94, 5, 7, 9, 95, 0, 0, 0], [94, 8, 95, 0, 0, 0, 0, 0]]))
    together = ours.detect(features, text)
    for row in range(2):
        alone = ours.detect(features, text.phrase(row))
        assert torch.allclose(together.logits[row], alone.logits[0], atol=TOLERANCE)
        assert torch.allclose(together.mask_logits[row], alone.mask_logits[0], atol=TOLERANCE)


def test_several_pictures_equal_one_at_a_time(pair):
    ours, _ = pair
    pixels = torch.cat((PIXELS, PIXELS.flip(-1)))
    text = ours.encode_text(IDS)
    together = ours.detect(ours.encode_image(pixels), text)
    alone = ours.detect(ours.encode_image(pixels[1:]), text)
    assert torch.allclose(together.mask_logits[1], alone.mask_logits[0], atol=TOLERANCE)
    assert torch.allclose(together.boxes[1], alone.boxes[0], atol=TOLERANCE)


def test_scores_are_products_and_clip_scores_saturate(pair):
    output = answer(pair[0])
    product = output.logits.sigmoid() * output.presence_logit.sigmoid()[:, None]
    assert torch.equal(output.scores, product)
    assert torch.allclose(output.clip_scores, product.clamp(0.001, 0.999), atol=1e-3)
    assert output.clip_scores.max() < 0.9995
    assert output.clip_scores.min() > 0.0005


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_stays_near(dtype):
    """Tolerance: bfloat16 keeps 8 bits, float16 11; five rounds of attention add up."""
    precise = build_detector(DetectorConfig.tiny())
    randomise(precise)
    half = build_detector(DetectorConfig.tiny(), dtype=dtype)
    half.load_state_dict(precise.state_dict())
    labels = torch.tensor([[1, 0]])
    expected = answer(precise, BOXES, labels)
    geometry = GeometryPrompts.of_boxes(BOXES, labels)
    got = half.detect(half.encode_image(PIXELS.to(dtype)), half.encode_text(IDS), geometry)
    assert got.logits.dtype == got.boxes.dtype == torch.float32
    assert got.mask_logits.dtype == dtype
    error = (got.mask_logits.float() - expected.mask_logits).norm() / expected.mask_logits.norm()
    assert error < (0.2 if dtype is torch.bfloat16 else 0.02)
    assert (got.boxes - expected.boxes).abs().max() < 0.1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_gpu_gives_the_answers_of_the_processor(dtype):
    """Tolerance: float32 kernels may use TF32 (10 bits); half precision as in the test above."""
    precise = build_detector(DetectorConfig.tiny())
    randomise(precise)
    there = build_detector(DetectorConfig.tiny(), dtype=dtype, device="cuda")
    there.load_state_dict(precise.state_dict())
    labels = torch.tensor([[1, 0]])
    expected = answer(precise, BOXES, labels)
    features = there.encode_image(PIXELS.to("cuda", dtype))
    geometry = GeometryPrompts.of_boxes(BOXES.cuda(), labels.cuda())
    got = there.detect(features, there.encode_text(IDS), geometry)
    error = (got.mask_logits.float().cpu() - expected.mask_logits).norm()
    assert error / expected.mask_logits.norm() < (0.2 if dtype is torch.bfloat16 else 0.02)


def test_tables_made_under_inference_mode_can_be_trained_with_later():
    ours = build_detector(DetectorConfig.tiny())
    randomise(ours)
    with torch.inference_mode():
        answer(ours, BOXES, torch.tensor([[1, 0]]))
    ours.requires_grad_(requires_grad=True)
    with torch.enable_grad():
        output = answer(ours, BOXES, torch.tensor([[1, 0]]))
        (output.mask_logits.mean() + output.boxes.sum() + output.logits.sum()).backward()
    without = [
        name
        for name, parameter in ours.named_parameters()
        if parameter.grad is None and "tracker_neck" not in name and "point_" not in name
    ]
    assert all("presence_" in name or "semantic" in name for name in without), without
