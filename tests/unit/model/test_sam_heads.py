"""Click heads against transformers: every kind of prompt, one and three masks, the fallback."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sam3_annotator.model.prompt_tokens import ClickEncoder
from sam3_annotator.model.sam_heads import SamHeads, alternatives, single, stability
from sam3_annotator.model.segmenter import Segmentation, Segmenter
from sam3_annotator.model.tracker_config import SMALL_HEADS, HeadsConfig
from tests.support.sam_reference import (
    GRID,
    SIDE,
    our_weights,
    part,
    prepared_levels,
    random_levels,
    sam2_image_model,
    sam3_image_model,
)

# Same float32 arithmetic in another order; logits reach about 5, measured below 1e-5.
TOLERANCE = 5e-5
BATCH = 2

PROMPTS = {
    "one click": {"points": 1},
    "clicks of both signs": {"points": 3},
    "box": {"box": True},
    "box and clicks": {"points": 2, "box": True},
    "earlier mask": {"mask": True},
    "click and earlier mask": {"points": 1, "mask": True},
    "box and earlier mask": {"box": True, "mask": True},
}


@pytest.fixture(scope="module", params=["sam2", "sam3"])
def reference(request):
    return sam2_image_model() if request.param == "sam2" else sam3_image_model()


@pytest.fixture(scope="module")
def segmenter(reference):
    """Our heads with the reference's weights and its stride (16 or 14)."""
    stride = reference.prompt_encoder.input_image_size // GRID
    heads = SamHeads(replace(SMALL_HEADS, stride=stride)).eval()
    heads.load_state_dict(part(our_weights(reference), "heads."))
    return Segmenter(heads)


@pytest.fixture(scope="module")
def picture(reference):
    """Levels of one picture: raw for us, prepared for the reference."""
    levels = random_levels(0)
    return levels, prepared_levels(reference, levels)


@torch.inference_mode()
def test_the_reference_prepares_levels_as_assumed():
    """The no-memory vector is added to the coarsest level, the finer ones are projected."""
    model, pixels = sam2_image_model(), torch.randn(1, 3, SIDE, SIDE)
    levels = list(model.vision_encoder(pixels).fpn_hidden_states)
    for ours, theirs in zip(
        prepared_levels(model, levels), model.get_image_embeddings(pixels), strict=True
    ):
        torch.testing.assert_close(ours, theirs)


def _prompt(kind, batch, side=SIDE):
    """The same prompts as ``(ours, theirs)`` arguments; theirs in model pixels."""
    torch.manual_seed(2)
    ours, theirs = {}, {}
    points = torch.rand(batch, kind.get("points", 0), 2)
    labels = torch.tensor([[1, 0, 1]]).expand(batch, -1)[:, : points.shape[1]]
    if points.shape[1]:
        ours |= {"points": points, "labels": labels}
    corners = torch.tensor([[0.1, 0.2, 0.6, 0.9]]).repeat(batch, 1)
    corners[1:] += 0.05
    if kind.get("box"):
        low, high = corners[:, :2], corners[:, 2:]
        ours["boxes_cxcywh_unit"] = torch.cat([(low + high) / 2, high - low], dim=1)
        # The published predictor writes a box as two points before the clicks.
        box = corners.view(batch, 2, 2)
        points = torch.cat([box, points], dim=1)
        labels = torch.cat([torch.tensor([[2, 3]]).expand(batch, -1), labels], dim=1)
    if points.shape[1]:
        theirs |= {"input_points": points[None] * side, "input_labels": labels[None]}
    if kind.get("mask"):
        mask = torch.randn(batch, 1, 4 * GRID, 4 * GRID) * 5
        ours["mask_logits"] = mask
        theirs["input_masks"] = mask
    return ours, theirs


@pytest.mark.parametrize("multimask", [True, False])
@pytest.mark.parametrize("kind", PROMPTS.values(), ids=PROMPTS.keys())
@torch.inference_mode()
def test_every_prompt_equals_the_reference(reference, segmenter, picture, kind, multimask):
    levels, prepared = picture
    # The reference takes several mask prompts only as several pictures.
    batch = 1 if kind.get("mask") else BATCH
    ours, theirs = _prompt(kind, batch, reference.prompt_encoder.input_image_size)
    expected = reference(image_embeddings=prepared, multimask_output=multimask, **theirs)
    answer = segmenter.segment(segmenter.features(levels), multimask=multimask, **ours)
    assert answer.logits.shape == (batch, 3 if multimask else 1, 4 * GRID, 4 * GRID)
    torch.testing.assert_close(answer.logits, expected.pred_masks[0], atol=TOLERANCE, rtol=0)
    torch.testing.assert_close(answer.ious, expected.iou_scores[0], atol=TOLERANCE, rtol=0)
    torch.testing.assert_close(
        answer.object_logits, expected.object_score_logits[0], atol=TOLERANCE, rtol=0
    )


@torch.inference_mode()
def test_box_of_the_reference_equals_our_box_points(reference, segmenter, picture):
    """A box given as a box differs there only in the order of tokens: same answer."""
    levels, prepared = picture
    ours, _ = _prompt({"box": True}, BATCH)
    corners = torch.cat(
        [
            ours["boxes_cxcywh_unit"][:, :2] - ours["boxes_cxcywh_unit"][:, 2:] / 2,
            ours["boxes_cxcywh_unit"][:, :2] + ours["boxes_cxcywh_unit"][:, 2:] / 2,
        ],
        dim=1,
    )
    expected = reference(
        image_embeddings=prepared,
        input_boxes=corners[None] * reference.prompt_encoder.input_image_size,
    )
    answer = segmenter.segment(segmenter.features(levels), **ours)
    torch.testing.assert_close(answer.logits, expected.pred_masks[0], atol=TOLERANCE, rtol=0)


@torch.inference_mode()
def test_prompts_of_a_batch_do_not_see_each_other(segmenter, picture):
    features = segmenter.features(picture[0])
    ours, _ = _prompt({"points": 2}, BATCH)
    together = segmenter.segment(features, **ours).logits
    alone = segmenter.segment(features, **{k: v[1:] for k, v in ours.items()}).logits
    torch.testing.assert_close(together[1:], alone, atol=TOLERANCE, rtol=0)


@torch.inference_mode()
def test_rows_filled_with_no_point_are_not_the_same_as_shorter_rows(segmenter, picture):
    """Every padding point is a token, as in the published model: callers should not mix lengths."""
    features = segmenter.features(picture[0])
    point, label = torch.tensor([[[0.3, 0.4]]]), torch.tensor([[1]])
    short = segmenter.segment(features, points=point, labels=label)
    padded = segmenter.segment(
        features, points=point.repeat(1, 2, 1), labels=torch.tensor([[1, -1]])
    )
    assert not torch.allclose(short.logits, padded.logits, atol=TOLERANCE)


@torch.inference_mode()
def test_the_fallback_replaces_only_unstable_masks(segmenter, picture):
    decoded = segmenter.heads(
        segmenter.features(picture[0]), torch.rand(4, 2, 2), torch.ones(4, 2, dtype=torch.long)
    )
    values = stability(decoded.logits[:, 0], 0.05)
    threshold = float(values.sort().values[1:3].mean())  # two stable, two not
    chosen = single(decoded, 0.05, threshold)
    best = alternatives(decoded).ious.argmax(1)
    for row in range(4):
        wanted = 0 if values[row] >= threshold else int(best[row]) + 1
        assert torch.equal(chosen.logits[row, 0], decoded.logits[row, wanted])
        assert chosen.ious[row, 0] == decoded.ious[row, wanted]
    assert torch.equal(chosen.tokens, decoded.tokens[:, :1])


def test_stability_of_empty_full_and_undecided_masks():
    logits = torch.stack([torch.full((2, 2), v) for v in (-1.0, 1.0, 0.0)])
    assert stability(logits, 0.05).tolist() == [1.0, 1.0, 0.0]


@torch.inference_mode()
def test_no_prompt_at_all_is_refused(segmenter, picture):
    features = segmenter.features(picture[0])
    with pytest.raises(ValueError, match="needs points"):
        segmenter.segment(features)
    with pytest.raises(ValueError, match="come together"):
        segmenter.segment(features, points=torch.zeros(1, 1, 2))


@torch.inference_mode()
def test_weights_without_presence_head_say_so(picture):
    heads = SamHeads(HeadsConfig(128, mlp_width=64, attention_heads=4, has_object_score=False))
    answer = Segmenter(heads.eval()).segment(
        Segmenter(heads).features(picture[0]),
        points=torch.zeros(1, 1, 2),
        labels=torch.ones(1, 1, dtype=torch.long),
    )
    assert answer.object_logits is None


@torch.inference_mode()
def test_any_input_size_works(segmenter):
    levels = [torch.randn(1, 128, 4 * s * 3, 4 * s * 5) for s in (4, 2, 1)]
    answer = segmenter.segment(
        segmenter.features(levels), points=torch.rand(1, 1, 2), labels=torch.ones(1, 1).long()
    )
    assert answer.logits.shape == (1, 3, 48, 80)


@torch.inference_mode()
def test_best_mask_becomes_the_next_prompt(segmenter, picture):
    features = segmenter.features(picture[0])
    ours, _ = _prompt({"points": 1}, BATCH)
    answer = segmenter.segment(features, **ours)
    prompt = answer.as_prompt(answer.best())
    assert prompt.shape == (BATCH, 1, 4 * GRID, 4 * GRID)
    assert float(prompt.abs().max()) <= 32.0
    row = int(answer.ious[1].argmax())
    assert torch.equal(prompt[1, 0], answer.logits[1, row].clamp(-32, 32))


def test_small_holes_are_filled_as_published():
    logits = torch.full((1, 2, 40, 40), 3.0)
    logits[:, :, 5:21, 5:21] = -1.0  # 256 cells
    logits[0, 1, 21, 20] = -1.0  # one more
    answer = Segmentation(logits, torch.zeros(1, 2), None).filled()
    assert (answer.logits[0, 0, 5:21, 5:21] == 10.0).all()
    assert torch.equal(answer.logits[0, 1], logits[0, 1])


def test_positions_survive_a_cast_to_half_precision():
    """Rounded to bfloat16 the Fourier table would move a click by pixels."""
    encoder = ClickEncoder(SMALL_HEADS)
    exact = encoder.frequencies.clone()
    encoder.to(torch.bfloat16)
    assert encoder.frequencies.dtype == torch.float32
    assert torch.equal(encoder.frequencies, exact)
    assert encoder.no_mask.dtype == torch.bfloat16
    assert encoder.grid_positions(3, 4).dtype == torch.bfloat16


def test_grid_positions_follow_size_and_weights():
    encoder = ClickEncoder(SMALL_HEADS)
    first = encoder.grid_positions(3, 4)
    assert encoder.grid_positions(3, 4) is first
    encoder.load_state_dict(ClickEncoder(SMALL_HEADS).state_dict())
    assert not torch.equal(encoder.grid_positions(3, 4), first)
    assert encoder.grid_positions(4, 3).shape[-2:] == (4, 3)
