"""The full-size detector against transformers: random weights from a file, through our loader.

Allowed: about 1e-4 of the largest value of each output (logits 1, boxes 1, masks 10, pyramid 10).
Sums run over up to 5,184 cells and 32 blocks, in a different order on each side.
"""

from __future__ import annotations

import pytest
import torch

from sam3_annotator.model.boxes import cxcywh_to_xyxy
from sam3_annotator.model.preprocess import prepare_image
from sam3_annotator.model.prompt_encoder import GeometryPrompts
from sam3_annotator.model.tokenizer import Tokenizer
from sam3_annotator.paths import resource
from tests.parity.table import record
from tests.support.detector_weights import load_ours, load_reference, write_random_weights

pytestmark = [pytest.mark.parity, pytest.mark.timeout(3000)]

ALLOWED = {
    "pyramid": 1e-3,
    "text": 1e-4,
    "logits": 1e-4,
    "presence": 1e-4,
    "boxes": 1e-4,
    "masks": 1e-3,
    "semantic": 1e-3,
}
BOXES = torch.tensor([[[0.4, 0.5, 0.3, 0.2], [0.62, 0.6, 0.5, 0.7]]])
LABELS = torch.tensor([[1, 0]])
PADDING = torch.tensor([[-10]])
PHRASES = ["visual", "a yellow school bus"]


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """(ours, reference, our picture, theirs, our phrases, theirs): everything encoded once."""
    path = tmp_path_factory.mktemp("weights") / "sam3.safetensors"
    write_random_weights(path)
    with torch.inference_mode():
        ours = load_ours(path)
        reference = load_reference(ours)
        image = torch.randint(0, 256, (700, 900, 3), generator=torch.Generator().manual_seed(1))
        pixels = prepare_image(image.to(torch.uint8))
        ids = Tokenizer(resource("tokenizer/bpe_simple_vocab_16e6.txt.gz")).encode(PHRASES)
        yield {
            "ours": ours,
            "reference": reference,
            "features": ours.encode_image(pixels, with_tracker=False),
            "theirs": reference.get_vision_features(pixels),
            "text": ours.encode_text(ids),
            "ids": ids,
        }
    path.unlink()


def check(kind: str, what: str, difference: torch.Tensor) -> None:
    largest = difference.abs().max().item()
    record(f"detector, {kind}: {what}", largest, ALLOWED[what])
    assert largest < ALLOWED[what]


def test_pyramid_at_full_size(scene):
    pairs = zip(scene["features"].detector, scene["theirs"].fpn_hidden_states, strict=False)
    check("1008 x 1008", "pyramid", torch.stack([(a - b).abs().max() for a, b in pairs]))


def test_phrases_at_full_size(scene):
    real = scene["ids"] != 0
    expected = scene["reference"].get_text_features(
        input_ids=torch.where(real, scene["ids"], 49407), attention_mask=real.long()
    )
    tokens = scene["text"].tokens  # ours leaves out the padding that all phrases share
    length = tokens.shape[1]
    difference = tokens - expected.pooler_output[:, :length]
    check("phrases", "text", difference[real[:, :length]])


@pytest.mark.parametrize(
    ("kind", "row", "boxes", "labels", "ours_too"),
    [
        ("box alone", 0, BOXES[:, :1], LABELS[:, :1], True),
        ("text with + and - boxes", 1, BOXES, LABELS, True),
        # D1: only with a padding box does the reference keep the published summary token.
        ("text alone", 1, BOXES[:, :1], PADDING, False),
    ],
)
def test_answers_at_full_size(scene, kind, row, boxes, labels, ours_too):
    ids = scene["ids"][row : row + 1]
    expected = scene["reference"](
        vision_embeds=scene["theirs"],
        input_ids=ids,
        attention_mask=(ids != 0).long(),
        input_boxes=boxes,
        input_boxes_labels=labels,
    )
    geometry = GeometryPrompts.of_boxes(boxes, labels) if ours_too else None
    got = scene["ours"].detect(scene["features"], scene["text"].phrase(row), geometry)
    check(kind, "logits", got.logits - expected.pred_logits)
    check(kind, "presence", got.presence_logit - expected.presence_logits[:, 0])
    check(kind, "boxes", cxcywh_to_xyxy(got.boxes) - expected.pred_boxes)
    check(kind, "masks", got.mask_logits - expected.pred_masks)
    check(kind, "semantic", got.semantic_logits - expected.semantic_seg)
