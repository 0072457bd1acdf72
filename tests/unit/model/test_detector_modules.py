"""Each part of the detector against transformers, with one set of small random weights.

Tolerances: both sides compute in float32 and in a different order of operations, so the difference
is a few roundings (1.2e-7 each) of the largest value. TIGHT is 1e-5 of that value.
"""

from __future__ import annotations

import dataclasses

import pytest
import torch

from sam3_annotator.errors import Rejected
from sam3_annotator.model.boxes import cxcywh_to_xyxy
from sam3_annotator.model.build import build_detector
from sam3_annotator.model.config import DetectorConfig, ViTConfig
from sam3_annotator.model.layers import sine_map
from sam3_annotator.model.prompt_encoder import GeometryPrompts, roi_align
from sam3_annotator.model.vit import from_windows, to_windows
from tests.support.detector_reference import matched_pair, randomise
from tests.support.reference import torchvision

TIGHT = 1e-5
CONFIG = DetectorConfig.tiny(tracker_neck=False)
GRID, WIDTH = CONFIG.vit.grid, CONFIG.width


def close(ours, reference, *, tolerance=TIGHT):
    assert ours.shape == reference.shape
    assert torch.isfinite(ours).all()
    scale = reference.abs().max().clamp_min(1)
    assert ((ours - reference).abs().max() / scale).item() < tolerance


def noise(*shape, seed=1):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module", autouse=True)
def _no_gradients():
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def pair(_no_gradients):
    return matched_pair(CONFIG)


def test_the_trunk_agrees(pair):
    ours, reference = pair
    pixels = noise(2, 3, 56, 56)
    expected = reference.vision_encoder.backbone(pixels).last_hidden_state
    close(ours.image_encoder.trunk(pixels).flatten(1, 2), expected)


def test_the_trunk_agrees_on_a_single_window_and_on_an_oblong_picture(pair):
    ours, reference = pair
    for size in ((28, 28), (28, 56)):
        pixels = noise(1, 3, *size)
        expected = reference.vision_encoder.backbone.embeddings(pixels)
        tokens = ours.image_encoder.trunk
        index = tokens._position_index(size[0] // 7, size[1] // 7, pixels.device)
        got = tokens.patch_embed(pixels, 4) + tokens.position[:, index]
        close(from_windows(got, size[0] // 7, size[1] // 7, 4).flatten(1, 2), expected)


def test_a_picture_that_is_no_multiple_of_the_window_is_refused(pair):
    with pytest.raises(ValueError, match="no multiple of 28"):
        pair[0].encode_image(noise(1, 3, 56, 49))


def test_windows_taken_a_few_at_a_time_give_the_same(pair, monkeypatch):
    pixels = noise(2, 3, 56, 56)
    expected = pair[0].image_encoder.trunk(pixels)
    monkeypatch.setattr("sam3_annotator.model.vit.WINDOWS_AT_ONCE_ON_CPU", 100)
    close(pair[0].image_encoder.trunk(pixels), expected)


def test_windows_come_apart_and_together():
    grid = noise(2, 6, 9, 5)
    parts = to_windows(grid, 3)
    assert torch.equal(parts[0, :9].view(3, 3, 5), grid[0, :3, :3])
    assert torch.equal(parts[1, 9:18].view(3, 3, 5), grid[1, :3, 3:6])
    assert torch.equal(from_windows(parts, 6, 9, 3), grid)


def test_norm_eps_of_the_trunk_is_the_published_one():
    """D2: the reference defaults to 1e-6; the weights were trained with 1e-5."""
    faint = noise(1, 3, 56, 56) * 1e-3
    ours, published = matched_pair(CONFIG, norm_eps=1e-5)
    _, theirs = matched_pair(CONFIG, norm_eps=1e-6)
    for module in (
        ours.image_encoder.trunk,
        published.vision_encoder.backbone,
        theirs.vision_encoder.backbone,
    ):
        for parameter in module.parameters():
            parameter.mul_(0.05)  # so faint a signal that the eps is seen
    got = ours.image_encoder.trunk(faint).flatten(1, 2)
    expected, other = (
        reference.vision_encoder.backbone(faint).last_hidden_state
        for reference in (published, theirs)
    )
    scale = expected.abs().max()
    assert (got - expected).abs().max() / scale < TIGHT
    assert (got - other).abs().max() / scale > 100 * TIGHT
    assert ViTConfig().norm_eps == 1e-5


def test_the_neck_agrees_and_leaves_out_the_level_nobody_uses(pair):
    ours, reference = pair
    trunk = noise(2, GRID, GRID, CONFIG.vit.width)
    expected, _ = reference.vision_encoder.neck(trunk.permute(0, 3, 1, 2))
    got = ours.image_encoder.neck(trunk)
    assert len(got) == len(expected) - 1 == 3
    for level, wanted in zip(got, expected, strict=False):
        close(level, wanted)
        assert level.is_contiguous(memory_format=torch.channels_last)


def test_position_codes_agree(pair):
    encoding = pair[1].vision_encoder.neck.position_encoding
    expected = encoding((1, WIDTH, 5, 7), torch.device("cpu"), torch.float32)
    close(sine_map(5, 7, WIDTH, torch.device("cpu"))[None].permute(0, 3, 1, 2), expected)


def test_both_necks_hang_on_one_trunk_pass():
    ours = build_detector(DetectorConfig.tiny())
    randomise(ours)
    calls = []
    ours.image_encoder.trunk.register_forward_hook(lambda *_: calls.append(1))
    features = ours.encode_image(noise(1, 3, 56, 56))
    assert len(calls) == 1
    assert features.tracker is not None
    assert [level.shape for level in features.tracker] == [
        level.shape for level in features.detector
    ]
    assert not torch.equal(features.tracker[0], features.detector[0])
    assert ours.encode_image(noise(1, 3, 56, 56), with_tracker=False).tracker is None


def test_the_text_encoder_agrees_on_real_tokens(pair):
    """D13, D16: padding ids and masks differ, and neither can reach a real token."""
    ours, reference = pair
    ids = torch.tensor([[94, 5, 7, 9, 95, 0, 0, 0], [94, 1, 2, 3, 4, 5, 6, 95]])
    real = ids != 0
    expected = reference.get_text_features(
        input_ids=torch.where(real, ids, 95), attention_mask=real.long()
    ).pooler_output
    got = ours.encode_text(ids)
    assert torch.equal(got.is_real, real)
    close(got.tokens[real], expected[real])


def test_padding_that_all_phrases_share_is_left_out(pair):
    """It costs half the time of a phrase, and no answer sees it."""
    ours, _ = pair
    short, long = [94, 5, 95, 0, 0, 0, 0, 0], [94, 5, 7, 9, 95, 0, 0, 0]
    both = ours.encode_text(torch.tensor([short, long]))
    assert both.tokens.shape[1] == 5
    assert torch.equal(both.is_real[0], torch.tensor([True, True, True, False, False]))
    close(both.tokens[:1, :3], ours.encode_text(torch.tensor([short])).tokens)
    image = noise(1, 3, 56, 56)
    features = ours.encode_image(image, with_tracker=False)
    alone = ours.detect(features, ours.encode_text(torch.tensor([short])))
    padded = ours.detect(features, both.phrase(0))
    close(alone.mask_logits, padded.mask_logits)
    close(alone.logits, padded.logits)


@pytest.mark.parametrize("batch", [1, 2])
def test_exemplars_agree(pair, batch):
    ours, reference = pair
    image = noise(batch, WIDTH, GRID, GRID)
    boxes = torch.tensor(
        [
            [
                [0.4, 0.5, 0.3, 0.2],
                [0.6, 0.6, 0.7, 0.75],
                [0.5, 0.5, 1.0, 1.0],
                [0.8, 0.1, 0.01, 0.02],
            ]
        ]
    )
    boxes = boxes.repeat(batch, 1, 1)
    labels = torch.tensor([[1, 0, 1, 0]]).repeat(batch, 1)
    labels[-1, 3] = -1
    position = sine_map(GRID, GRID, WIDTH, image.device)
    expected = reference.geometry_encoder(
        box_embeddings=boxes,
        box_mask=labels >= 0,
        box_labels=labels.clamp_min(0),
        img_feats=(image,),
        img_pos_embeds=(position.permute(2, 0, 1)[None].expand(batch, -1, -1, -1),),
    )
    prompts = GeometryPrompts.of_boxes(boxes, labels)
    tokens, real = ours.geometry_encoder(prompts, image, position.flatten(0, 1)[None])
    # The reference moves padding to the end; in ours it stays where it was.
    for row in range(batch):
        close(tokens[row][real[row]], expected.last_hidden_state[row][expected.attention_mask[row]])


def test_one_picture_serves_several_exemplar_prompts(pair):
    image = noise(1, WIDTH, GRID, GRID)
    position = sine_map(GRID, GRID, WIDTH, image.device).flatten(0, 1)[None]
    boxes = torch.rand(3, 2, 4, generator=torch.Generator().manual_seed(2)) * 0.5 + 0.2
    points = torch.rand(3, 1, 2, generator=torch.Generator().manual_seed(3))
    labels, ones = torch.tensor([[1, 0]] * 3), torch.ones(3, 1, dtype=torch.int64)
    encoder = pair[0].geometry_encoder
    together, _ = encoder(GeometryPrompts(boxes, labels, points, ones), image, position)
    for row in range(3):
        part = slice(row, row + 1)
        alone = GeometryPrompts(boxes[part], labels[part], points[part], ones[part])
        close(together[part], encoder(alone, image, position)[0])


def test_point_exemplars_follow_the_published_formula(pair):
    """D9: the reference has no point branch, so the formula is written out once more, by hand."""
    encoder = pair[0].geometry_encoder
    image = noise(1, WIDTH, GRID, GRID)
    x, y = 0.3, 0.8
    looks = torch.nn.functional.layer_norm(
        image[0].permute(1, 2, 0), (WIDTH,), encoder.image_norm.weight, encoder.image_norm.bias
    )
    column, row = x * GRID - 0.5, y * GRID - 0.5
    left, top = int(column), int(row)
    along, down = column - left, row - top
    seen = (
        looks[top, left] * (1 - along) * (1 - down)
        + looks[top, left + 1] * along * (1 - down)
        + looks[top + 1, left] * (1 - along) * down
        + looks[top + 1, left + 1] * along * down
    )
    code = []
    for coordinate in (x, y):  # x first, unlike boxes
        for channel in range(WIDTH // 2):
            angle = torch.tensor(
                coordinate * 2 * torch.pi / 10000 ** (channel // 2 * 2 / (WIDTH // 2))
            )
            code.append(angle.cos() if channel % 2 else angle.sin())
    expected = (
        encoder.label_embed.weight[0]
        + encoder.point_direct(torch.tensor([x, y]))
        + encoder.point_pooled(seen)
        + encoder.point_position(torch.stack(code))
    )
    got = encoder._point_tokens(
        torch.tensor([[[x, y]]]), torch.tensor([[0]]), looks.permute(2, 0, 1)[None]
    )
    close(got[0, 0], expected)


def test_points_are_refused_without_their_weights():
    ours = build_detector(dataclasses.replace(CONFIG, point_prompts=False))
    prompts = dataclasses.replace(
        GeometryPrompts.none(1, torch.device("cpu")),
        points=torch.rand(1, 1, 2),
        point_labels=torch.ones(1, 1, dtype=torch.int64),
    )
    position = sine_map(GRID, GRID, WIDTH, torch.device("cpu")).flatten(0, 1)[None]
    with pytest.raises(Rejected, match="point"):
        ours.geometry_encoder(prompts, noise(1, WIDTH, GRID, GRID), position)


@pytest.mark.parametrize("size", [(24, 31), (8, 13)])
def test_pooling_equals_roi_align(size):
    rows, columns = size
    features = noise(2, 5, rows, columns)
    corners = torch.rand(2, 12, 2, 2, generator=torch.Generator().manual_seed(4)).sort(2).values
    boxes = torch.cat(
        ((corners[:, :, 0] + corners[:, :, 1]) / 2, corners[:, :, 1] - corners[:, :, 0]), -1
    )
    boxes[:, 0] = torch.tensor([0.5, 0.5, 1.0, 1.0])
    boxes[:, 1] = torch.tensor([0.5, 0.5, 0.0, 0.0])
    boxes[:, 2] = torch.tensor([0.45, 0.6, 0.9, 0.8])
    # A box thinner than a cell is widened to one; keep that inside, see the next test.
    boxes[..., :2] = boxes[..., :2].clamp_max(1 - 1.2 / min(size))
    scale = torch.tensor([columns, rows, columns, rows])
    expected = torchvision.ops.roi_align(features, (cxcywh_to_xyxy(boxes) * scale).unbind(), 7)
    close(roi_align(features, boxes, 7).flatten(0, 1), expected)


def test_pooling_counts_samples_outside_the_picture_as_zero():
    """As the compiled kernels of torchvision do; its pure-Python fallback repeats the border."""
    ones = torch.ones(1, 1, 8, 8)
    sliver = torch.tensor([[[0.99, 0.5, 0.0, 0.5]]])  # starts at cell 7.92, widened to 8.92
    got = roi_align(ones, sliver, 7)[0, 0, 0]
    outside = 7.92 + (torch.arange(7) + 0.5) / 7 > 8
    assert torch.allclose(got, (~outside).float().expand(7, 7), atol=1e-6)


def prompt_of(batch, tokens=6):
    real = torch.ones(batch, tokens, dtype=torch.bool)
    real[0, 4:] = False
    return noise(batch, tokens, WIDTH, seed=5), real


def test_the_fusion_encoder_agrees(pair):
    ours, reference = pair
    image, (prompt, real) = noise(2, WIDTH, GRID, GRID), prompt_of(2)
    position = sine_map(GRID, GRID, WIDTH, image.device)
    expected = reference.detr_encoder(
        vision_features=[image],
        text_features=prompt,
        vision_pos_embeds=[position.permute(2, 0, 1)[None].expand(2, -1, -1, -1)],
        text_mask=real,
    ).last_hidden_state
    got = ours.fusion(
        image.flatten(2).mT, position.flatten(0, 1)[None], prompt, real[:, None, None]
    )
    close(got, expected)


def test_the_decoder_agrees(pair):
    ours, reference = pair
    image, (prompt, real) = noise(2, GRID * GRID, WIDTH), prompt_of(2)
    position = sine_map(GRID, GRID, WIDTH, image.device).flatten(0, 1)[None]
    expected = reference.detr_decoder(
        vision_features=image,
        text_features=prompt,
        vision_pos_encoding=position.expand(2, -1, -1),
        text_mask=real,
        spatial_shapes=torch.tensor([[GRID, GRID]]),
    )
    got = ours.decoder(image, position, (GRID, GRID), (prompt, real[:, None, None]))
    close(got.queries, expected.intermediate_hidden_states[-1])
    close(got.presence_logit, expected.presence_logits[-1, :, 0])
    entering_last = expected.reference_boxes[-1].clamp(1e-3, 1 - 1e-3).logit()
    close(got.boxes, (entering_last + ours.decoder.box_head(got.queries)).sigmoid())


def test_boxes_pressed_to_the_edge_agree():
    """Anchors far outside the range that the inverse sigmoid keeps apart."""
    ours, reference = matched_pair(CONFIG)
    ours.decoder.anchors.mul_(12)  # the reference shares nothing with ours
    reference.detr_decoder.reference_points.weight.mul_(12)
    image, (prompt, real) = noise(1, GRID * GRID, WIDTH), prompt_of(1)
    position = sine_map(GRID, GRID, WIDTH, image.device).flatten(0, 1)[None]
    expected = reference.detr_decoder(
        vision_features=image,
        text_features=prompt,
        vision_pos_encoding=position,
        text_mask=real,
        spatial_shapes=torch.tensor([[GRID, GRID]]),
    )
    got = ours.decoder(image, position, (GRID, GRID), (prompt, real[:, None, None]))
    close(got.queries, expected.intermediate_hidden_states[-1])


def test_presence_is_not_clamped(pair):
    """D3: the published code throws its clamp away; the reference really clamps to 10."""
    ours, reference = matched_pair(CONFIG)
    image, (prompt, real) = noise(1, GRID * GRID, WIDTH), prompt_of(1)
    position = sine_map(GRID, GRID, WIDTH, image.device).flatten(0, 1)[None]
    ours.decoder.presence_head.layers[2].bias.fill_(25.0)
    reference.detr_decoder.presence_head.layer3.bias.fill_(25.0)
    theirs = reference.detr_decoder(
        vision_features=image,
        text_features=prompt,
        vision_pos_encoding=position,
        text_mask=real,
        spatial_shapes=torch.tensor([[GRID, GRID]]),
    ).presence_logits[-1]
    got = ours.decoder(image, position, (GRID, GRID), (prompt, real[:, None, None])).presence_logit
    assert theirs.item() == 10
    assert got.item() > 20


def test_scores_agree_and_are_clamped(pair):
    ours, reference = pair
    queries, (prompt, real) = noise(2, CONFIG.queries, WIDTH, seed=6), prompt_of(2)
    for gain in (1, 1000):
        expected = reference.dot_product_scoring(queries[None] * gain, prompt, real)[0, :, :, 0]
        got = ours.scorer(queries * gain, prompt, real)
        close(got, expected)
    assert got.abs().max() == 12


def test_the_mask_head_agrees(pair):
    ours, reference = pair
    levels = [noise(2, WIDTH, GRID * n, GRID * n, seed=n) for n in (4, 2, 1)]
    image, queries = noise(2, GRID * GRID, WIDTH), noise(2, CONFIG.queries, WIDTH, seed=7)
    prompt, real = prompt_of(2)
    expected = reference.mask_decoder(
        decoder_queries=queries,
        backbone_features=levels,
        encoder_hidden_states=image,
        prompt_features=prompt,
        prompt_mask=real,
    )
    masks, semantic = ours.mask_head(image, tuple(levels), queries, (prompt, real[:, None, None]))
    close(masks, expected.pred_masks)
    close(semantic, expected.semantic_seg)
